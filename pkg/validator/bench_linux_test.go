package validator_test

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	blst "github.com/supranational/blst/bindings/go"
	syscalls "golang.org/x/sys/unix"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/validator"
)

// fullMachine is machine with real costs and all cores.
func fullMachine() validator.Machine {
	m := machine()
	m.KDF, m.Rand, m.Workers = nil, rand.Reader, runtime.GOMAXPROCS(0)
	return m
}

// eachCore calls do(0) to do(n-1) on all cores.
func eachCore(n int, do func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wg.Wait()
}

// parts is what making n validators cannot do without.
type parts struct {
	b     testing.TB
	m     validator.Machine
	req   validator.CreateRequest
	tree  *derive.Tree
	roots [][32]byte
	pks   [][]byte
	sigs  [][]byte
}

func newParts(b testing.TB, m validator.Machine, req validator.CreateRequest) *parts {
	b.Helper()
	seed, err := req.Mnemonic.Seed(nil)
	if err != nil {
		b.Fatal(err)
	}
	defer seed.Close()
	tree, err := derive.NewTree(seed)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(tree.Close)
	p := &parts{b: b, m: m, req: req, tree: tree}
	p.roots, p.pks, p.sigs = make([][32]byte, req.Count), make([][]byte, req.Count), make([][]byte, req.Count)
	for i := range p.roots {
		p.roots[i] = sha256.Sum256([]byte(fmt.Sprint(i)))
	}
	return p
}

// keys are the EIP-2333 chains, the public keys and the signatures.
func (p *parts) keys() {
	eachCore(len(p.roots), func(i int) {
		withdrawal, signing, err := p.tree.Both(uint32(i))
		if err != nil {
			p.b.Error(err)
			return
		}
		p.pks[i] = signing.PublicKey().Bytes()
		p.sigs[i] = signing.Sign(p.roots[i][:]).Bytes()
		signing.Close()
		withdrawal.Close()
	})
}

// batch verifies the signatures as they come out of a file: the points are
// decompressed and checked, on all cores.
func (p *parts) batch() {
	n := len(p.roots)
	pks, sigs, msgs := make([]*blst.P1Affine, n), make([]*blst.P2Affine, n), make([]blst.Message, n)
	eachCore(n, func(i int) {
		pks[i], sigs[i], msgs[i] = new(blst.P1Affine).Uncompress(p.pks[i]), new(blst.P2Affine).Uncompress(p.sigs[i]), p.roots[i][:]
	})
	random := func(s *blst.Scalar) {
		var b [32]byte
		_, _ = rand.Read(b[:8])
		s.FromLEndian(b[:])
	}
	dst := []byte("BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_")
	if !new(blst.P2Affine).MultipleAggregateVerify(sigs, true, pks, true, msgs, dst, random, 64) {
		p.b.Error("the reference's signatures do not verify")
	}
}

// kdfs derives n keys, on all cores.
func (p *parts) kdfs(n int) {
	params := p.params(make([]byte, 32))
	eachCore(n, func(int) {
		key, err := keystore.Derive(p.req.Password, params)
		if err != nil {
			p.b.Error(err)
			return
		}
		key.Close()
	})
}

func (p *parts) params(salt []byte) keystore.Params {
	switch {
	case p.m.KDF != nil:
		return p.m.KDF(p.req.PBKDF2, salt)
	case p.req.PBKDF2:
		return keystore.DefaultPBKDF2(salt)
	default:
		return keystore.DefaultScrypt(salt)
	}
}

// files writes and syncs a file of a keystore's size for each validator, and
// the deposit data.
func (p *parts) files() {
	dir := p.b.TempDir()
	for i := range p.roots {
		p.file(filepath.Join(dir, fmt.Sprint(i)), 710)
	}
	p.file(filepath.Join(dir, "deposit_data"), 900*len(p.roots))
	d, err := os.Open(dir)
	if err != nil {
		p.b.Fatal(err)
	}
	if err := errors.Join(syscalls.Syncfs(int(d.Fd())), d.Close()); err != nil {
		p.b.Error(err)
	}
}

func (p *parts) file(name string, size int) {
	if err := os.WriteFile(name, make([]byte, size), 0o400); err != nil {
		p.b.Error(err)
	}
}

// ways are those of encrypting, each with its floor.
var ways = []way{
	{"shared-salt", 1000, func(*validator.CreateRequest) {}, func(p *parts) {
		p.keys()
		p.batch()
		p.kdfs(1)
		p.kdfs(1)
		p.files()
	}},
	{"unique-salts", 8, func(r *validator.CreateRequest) { r.UniqueSalts = true }, twoKDFs},
	{"unique-salts-from-memory", 8, func(r *validator.CreateRequest) { r.UniqueSalts, r.VerifyFromMemory = true, true }, oneKDF},
	{"pbkdf2", 100, func(r *validator.CreateRequest) { r.PBKDF2 = true }, twoKDFs},
	{"pbkdf2-from-memory", 100, func(r *validator.CreateRequest) { r.PBKDF2, r.VerifyFromMemory = true, true }, oneKDF},
}

func oneKDF(p *parts) { p.kdfs(len(p.roots)) }

func twoKDFs(p *parts) { p.kdfs(2 * len(p.roots)) }

type way struct {
	name      string
	n         int // validators that the benchmark makes
	edit      func(*validator.CreateRequest)
	reference func(*parts)
}

// sides returns what makes n validators this way, and its floor.
func (w way) sides(t testing.TB, m validator.Machine, n int) (ours, reference func()) {
	req := request(t, t.TempDir())
	req.Count = uint64(n)
	w.edit(&req)
	p := newParts(t, m, req)
	ours = func() {
		req.Folder = t.TempDir()
		if _, _, err := create(m, req); err != nil {
			t.Fatal(err)
		}
	}
	return ours, func() { w.reference(p) }
}

// BenchmarkCreate makes validators, verified as read back, beside what that
// cannot do without: for a shared salt the key chains, public keys, signatures
// and one batch verification on all cores, two scrypts, and the files written
// and synced; for salts of their own the key derivations alone.
func BenchmarkCreate(b *testing.B) {
	for _, w := range ways {
		b.Run(fmt.Sprintf("%s-%d", w.name, w.n), func(b *testing.B) {
			ours, reference := w.sides(b, fullMachine(), w.n)
			testkit.Compare(b, ours, reference)
		})
	}
}

// What the benchmark runs does work, at a cost that a test can bear.
func TestBenchmarksRun(t *testing.T) {
	for _, w := range ways {
		ours, reference := w.sides(t, machine(), 3)
		ours()
		reference()
	}
}
