package validator_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/message"
	"github.com/ethkey/ethkey/pkg/validator"
)

// BenchmarkExitsFromMnemonic is 10,000 exits of one mnemonic, verified as read
// back, beside the arithmetic that they are made of.
func BenchmarkExitsFromMnemonic(b *testing.B) {
	const n = 10_000
	indices, err := validator.Consecutive(0, n)
	if err != nil {
		b.Fatal(err)
	}
	open := func() validator.KeySource { return mnemonicKeys(b, abandon, derive.Template{}, indices...) }
	benchmarkExits(b, n, open, open)
}

// BenchmarkExitsFromKeystores is 1,000 exits from a folder of keystores with
// one password and salt, at the usual cost of scrypt.
func BenchmarkExitsFromKeystores(b *testing.B) {
	const n = 1_000
	files := dearKeystores(b, n)
	typed := hidden(b, password)
	open := func() validator.KeySource {
		o, err := validator.OpenKeystores(context.Background(), hereMachine(), files, same(typed), nil)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(o.Close)
		return o
	}
	// The floor derives the one key, and decrypts.
	floor := func() validator.KeySource {
		first, _, err := keystore.Parse(files[0].Data)
		if err != nil {
			b.Fatal(err)
		}
		key, err := keystore.Derive(typed, first.Params())
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(key.Close)
		return bareKeystores{files, key}
	}
	benchmarkExits(b, n, open, floor)
}

// bareKeystores are keystores and their one key, with nothing checked.
type bareKeystores struct {
	files []validator.File
	key   *keystore.Key
}

func (k bareKeystores) Len() int           { return len(k.files) }
func (k bareKeystores) Label(i int) string { return k.files[i].Name }
func (k bareKeystores) Key(i int) (*bls.SecretKey, error) {
	ks, _, err := keystore.Parse(k.files[i].Data)
	if err != nil {
		return nil, err
	}
	plain, err := ks.Open(k.key)
	if err != nil {
		return nil, err
	}
	defer plain.Close()
	return bls.SecretKeyFromBytes(plain)
}

// hereMachine is machine with this computer's cores.
func hereMachine() validator.Machine {
	m := machine()
	m.Rand, m.Workers = rand.Reader, runtime.GOMAXPROCS(0)
	return m
}

// dearKeystores are keystoreFiles at the usual cost of scrypt.
func dearKeystores(b *testing.B, n int) []validator.File {
	files := keystoreFiles(b, n, 1)
	source := opened(b, hidden(b, password), files...)
	key, err := keystore.Derive(hidden(b, password), keystore.DefaultScrypt(bytes.Repeat([]byte{7}, 32)))
	if err != nil {
		b.Fatal(err)
	}
	defer key.Close()
	for i := range files {
		sk, err := source.Key(i)
		if err != nil {
			b.Fatal(err)
		}
		raw, err := sk.Bytes()
		if err != nil {
			b.Fatal(err)
		}
		pk := source.PublicKey(i)
		ks, err := keystore.Encrypt(key, raw.Bytes(), [16]byte{byte(i), byte(i >> 8)}, pk.Bytes(), source.Path(i), "", [16]byte{})
		if err != nil {
			b.Fatal(err)
		}
		raw.Close()
		sk.Close()
		files[i].Data = ks.Marshal()
	}
	return files
}

// benchmarkExits times Plan and Run from opening the source on, and reports
// how many times the floors that is: signed is keys and signatures on all
// cores; proven has the public keys and one batch verification too, without
// which a file that was read back is not known to be good.
func benchmarkExits(b *testing.B, n int, open, bare func() validator.KeySource) {
	indices := make([]beacon.ValidatorIndex, n)
	for i := range indices {
		indices[i] = beacon.ValidatorIndex(i)
	}
	var runs cost
	for b.Loop() {
		b.StopTimer()
		r := exitRequest(b, b.TempDir())
		r.ValidatorIndices = indices
		b.StartTimer()
		runs = runs.plus(measure(b, func() {
			r.Keys = open()
			if _, err := exit(hereMachine(), r); err != nil {
				b.Fatal(err)
			}
		}))
	}
	signed, proven := exitFloors(b, bare)
	times := float64(b.N)
	b.ReportMetric(float64(n)*times/runs.wall.Seconds(), "exits/s")
	b.ReportMetric(runs.wall.Seconds()/times/signed.wall.Seconds(), "x-signing")
	b.ReportMetric(runs.wall.Seconds()/times/proven.wall.Seconds(), "x-signing+verifying")
	b.ReportMetric(runs.cpu.Seconds()/times/signed.cpu.Seconds(), "cpu-x-signing")
	b.ReportMetric(runs.cpu.Seconds()/times/proven.cpu.Seconds(), "cpu-x-signing+verifying")
}

// cost is what something took: by the clock, and the work of all threads, which
// does not count the other programs of a busy machine.
type cost struct{ wall, cpu time.Duration }

func (c cost) plus(o cost) cost { return cost{c.wall + o.wall, c.cpu + o.cpu} }

func measure(b *testing.B, do func()) cost {
	b.Helper()
	wall, cpu := time.Now(), cpuTime(b)
	do()
	return cost{time.Since(wall), cpuTime(b) - cpu}
}

func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// exitFloors derives or decrypts, signs, and then verifies, with nothing
// checked or written.
func exitFloors(b *testing.B, bare func() validator.KeySource) (signed, proven cost) {
	network := chain(b, "mainnet")
	domain := message.ExitDomain(network.ExitForkVersion, *network.GenesisValidatorsRoot)
	var exits []message.SignedVoluntaryExit
	var pks []bls.PublicKey
	pass := func(public bool) {
		keys := bare()
		exits, pks = make([]message.SignedVoluntaryExit, keys.Len()), make([]bls.PublicKey, keys.Len())
		spread(keys.Len(), func(i int) {
			sk, err := keys.Key(i)
			if err != nil {
				b.Error(err)
				return
			}
			exits[i] = message.SignExit(sk, message.VoluntaryExit{ValidatorIndex: beacon.ValidatorIndex(i)}, domain)
			if public {
				pks[i] = sk.PublicKey()
			}
			sk.Close()
		})
	}
	signed = measure(b, func() { pass(false) })
	proven = measure(b, func() {
		pass(true)
		if err := message.VerifyExits(exits, pks, domain, rand.Reader); err != nil {
			b.Fatal(err)
		}
	})
	return signed, proven
}

// spread calls do(0) to do(n-1) on all cores.
func spread(n int, do func(i int)) {
	var wg sync.WaitGroup
	cores := runtime.GOMAXPROCS(0)
	for c := range cores {
		wg.Go(func() {
			for i := c; i < n; i += cores {
				do(i)
			}
		})
	}
	wg.Wait()
}
