package kdf

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"hash"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/pbkdf2"
	"golang.org/x/crypto/scrypt"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/hmac"
	"github.com/ethkey/ethkey/pkg/secret"
)

var background = context.Background()

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func reveal(t testing.TB, b *secret.Buffer, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	return bytes.Clone(b.Bytes())
}

// RFC 7914, section 11.
func TestPBKDF2Vectors(t *testing.T) {
	for _, c := range []struct {
		password, salt string
		c              int
		want           string
	}{
		{"passwd", "salt", 1, "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"},
		{"Password", "NaCl", 80000, "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d"},
	} {
		b, err := PBKDF2(background, SHA256, []byte(c.password), []byte(c.salt), c.c, 64)
		if got := reveal(t, b, err); !bytes.Equal(got, unhex(t, c.want)) {
			t.Errorf("%s: %x", c.password, got)
		}
	}
}

// RFC 7914, section 12, but for the one that takes a GiB.
func TestScryptVectors(t *testing.T) {
	for _, c := range []struct {
		password, salt string
		n, r, p        int
		want           string
	}{
		{"", "", 16, 1, 1, "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"},
		{"password", "NaCl", 1024, 8, 16, "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"},
		{"pleaseletmein", "SodiumChloride", 16384, 8, 1, "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"},
	} {
		b, err := Scrypt(background, []byte(c.password), []byte(c.salt), c.n, c.r, c.p, 64)
		if got := reveal(t, b, err); !bytes.Equal(got, unhex(t, c.want)) {
			t.Errorf("%s: %x", c.password, got)
		}
	}
}

// The inner functions' vectors share their input, whose mix begins as Salsa
// ends.
const (
	blocksIn = `
		f7ce0b653d2d72a4108cf5abe912ffdd777616dbbb27a70e8204f3ae2d0f6fad
		89f68f4811d1e87bcc3bd7400a9ffd29094f0184639574f39ae5a1315217bcd7
		894991447213bb226c25b54da86370fbcd984380374666bb8ffcb5bf40c254b0
		67d27c51ce4ad5fed829c90b505a571b7f4d1cad6a523cda770e67bceaaf7e89`
	salsaOut = `
		a41f859c6608cc993b81cacb020cef05044b2181a2fd337dfd7b1c6396682f29
		b4393168e3c9e6bcfe6bc5b7a06d96bae424cc102c91745c24ad673dc7618f81`
)

// RFC 7914, section 8.
func TestSalsa208(t *testing.T) {
	in := unhex(t, "7e879a214f3ec9867ca940e641718f26baee555b8c61c1b50df846116dcd3b1dee24f319df9b3d8514121e4b5ac5aa3276021d2909c74829edebc68db8b8c25e")
	var x [1]block
	decode(x[:], in)
	var y, zero block
	salsa208(&y, &x[0], &zero)
	got := make([]byte, blockBytes)
	encode(got, []block{y})
	if !bytes.Equal(got, unhex(t, salsaOut)) || x[0] != y {
		t.Errorf("%x", got)
	}
}

func testLane(t *testing.T, n, r int) *lane {
	t.Helper()
	a, err := newArea(blockBytes * (2*r*(n+2) + 1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.close)
	return newLane(a, n, r)
}

// RFC 7914, section 9.
func TestScryptBlockMix(t *testing.T) {
	l := testLane(t, 2, 1)
	decode(l.x, unhex(t, blocksIn))
	want := unhex(t, salsaOut+"20edc975323881a80540f64c162dcd3c21077cfe5f8d5fe2b1a4168f953678b77d3b3d803b60e4ab920996e59b4d53b65d2a225877d5edf5842cb9f14eefe425")
	got := make([]byte, len(want))
	l.scryptBlockMix(l.y, l.x)
	if encode(got, l.y); !bytes.Equal(got, want) {
		t.Errorf("%x", got)
	}
	// The same input as the combination of two.
	for i := range l.x {
		l.v[i] = block{uint32(i) + 5, 1 << 31, 15: 0xffffffff}
		l.x[i].xor(&l.v[i])
	}
	l.scryptBlockMixXOR(l.y, l.x, l.at(0))
	if encode(got, l.y); !bytes.Equal(got, want) {
		t.Errorf("combined: %x", got)
	}
}

// RFC 7914, section 10.
func TestScryptROMix(t *testing.T) {
	l := testLane(t, 16, 1)
	b := unhex(t, blocksIn)
	want := unhex(t, `
		79ccc193629debca047f0b70604bf6b62ce3dd4a9626e355fafc6198e6ea2b46
		d58413673b99b029d665c357601fb426a0b2f4bba200ee9f0a43d19b571a9c71
		ef1142e65d5a266fddca832ce59faa7cac0b9cf1be2bffca300d01ee387619c4
		ae12fd4438f203a0e4e1c47ec314861f4e9087cb33396a6873e8f9d2539a4b8e`)
	if err := l.scryptROMix(background, b); err != nil || !bytes.Equal(b, want) {
		t.Errorf("%x, %v", b, err)
	}
}

var functions = map[hmac.Function]func() hash.Hash{SHA256: sha256.New, SHA512: sha512.New}

func samePBKDF2(t *testing.T, f hmac.Function, password, salt []byte, c, dkLen int) {
	t.Helper()
	keptPassword, keptSalt := bytes.Clone(password), bytes.Clone(salt)
	b, err := PBKDF2(background, f, password, salt, c, dkLen)
	if got, want := reveal(t, b, err), pbkdf2.Key(keptPassword, keptSalt, c, dkLen, functions[f]); !bytes.Equal(got, want) {
		t.Errorf("PBKDF2(%x, %x, %d, %d) = %x; x/crypto has %x", keptPassword, keptSalt, c, dkLen, got, want)
	}
	if !bytes.Equal(password, keptPassword) || !bytes.Equal(salt, keptSalt) {
		t.Error("PBKDF2 changed its arguments")
	}
}

func TestPBKDF2AgreesWithXCrypto(t *testing.T) {
	source := rand.NewChaCha8([32]byte{1})
	for f := range functions {
		for _, passwordLen := range []int{0, 1, 63, 64, 65, 127, 128, 129, 255, 300} {
			for _, saltLen := range []int{0, 1, 59, 60, 61, 128, 500} {
				password, salt := make([]byte, passwordLen), make([]byte, saltLen)
				_, _ = source.Read(password)
				_, _ = source.Read(salt)
				samePBKDF2(t, f, password, salt, 1+passwordLen%3, 1+saltLen%130)
			}
		}
	}
	samePBKDF2(t, SHA512, []byte("password"), []byte("mnemonic"), 2048, 64)
}

func FuzzPBKDF2(f *testing.F) {
	f.Add([]byte("password"), []byte("salt"), uint8(1), uint8(32), false)
	f.Add([]byte(strings.Repeat("k", 129)), []byte("mnemonic"), uint8(2), uint8(64), true)
	f.Fuzz(func(t *testing.T, password, salt []byte, c, dkLen uint8, wide bool) {
		function := SHA256
		if wide {
			function = SHA512
		}
		if len(password)+len(salt) < 4096 {
			samePBKDF2(t, function, password, salt, 1+int(c%4), 1+int(dkLen))
		}
	})
}

func sameScrypt(t *testing.T, password, salt []byte, n, r, p, dkLen int) {
	t.Helper()
	keptPassword, keptSalt := bytes.Clone(password), bytes.Clone(salt)
	b, err := Scrypt(background, password, salt, n, r, p, dkLen)
	got := reveal(t, b, err)
	want, err := scrypt.Key(keptPassword, keptSalt, n, r, p, dkLen)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("Scrypt(%x, %x, %d, %d, %d, %d) = %x; x/crypto has %x, %v", keptPassword, keptSalt, n, r, p, dkLen, got, want, err)
	}
	if !bytes.Equal(password, keptPassword) || !bytes.Equal(salt, keptSalt) {
		t.Error("Scrypt changed its arguments")
	}
}

func TestScryptAgreesWithXCrypto(t *testing.T) {
	for n := 2; n <= 64; n *= 2 {
		for r := 1; r <= 9; r++ {
			for p := 1; p <= 3; p++ {
				sameScrypt(t, []byte("a password"), []byte{byte(n), byte(r), byte(p)}, n, r, p, 8*r)
			}
		}
	}
	sameScrypt(t, []byte("past the look at the context"), []byte("salt"), 4*look, 1, 1, 32)
}

func FuzzScrypt(f *testing.F) {
	f.Add([]byte("password"), []byte("NaCl"), uint8(4), uint8(8), uint8(2), uint8(64))
	f.Add([]byte{}, []byte{}, uint8(4), uint8(1), uint8(1), uint8(64))
	f.Fuzz(func(t *testing.T, password, salt []byte, logN, r, p, dkLen uint8) {
		if len(password)+len(salt) < 4096 {
			sameScrypt(t, password, salt, 2<<(logN%7), 1+int(r%12), 1+int(p%4), 1+int(dkLen))
		}
	})
}

func TestRefused(t *testing.T) {
	for _, c := range []struct{ n, r, p, dkLen int }{
		{0, 8, 1, 32}, {1, 8, 1, 32}, {3, 8, 1, 32}, {-2, 8, 1, 32}, {math.MinInt, 8, 1, 32}, {16, 0, 1, 32}, {16, 8, 0, 32}, {16, -1, -1, 32},
		{16, 1 << 15, 1 << 15, 32}, {16, math.MaxInt, math.MaxInt, 32}, {1 << 62, 1, 1, 32}, {1 << 40, 1 << 29, 1, 32}, {16, 8, 1, 0}, {16, 8, 1, -1},
	} {
		if _, err := Scrypt(background, nil, nil, c.n, c.r, c.p, c.dkLen); err == nil || fault.KindOf(err) != fault.Refused {
			t.Errorf("scrypt %+v: %v", c, err)
		}
	}
	for _, c := range []struct{ c, dkLen int }{{0, 32}, {-1, 32}, {1, 0}, {1, -1}, {1, math.MaxInt}} {
		if _, err := PBKDF2(background, SHA256, nil, nil, c.c, c.dkLen); err == nil || fault.KindOf(err) != fault.Refused {
			t.Errorf("pbkdf2 %+v: %v", c, err)
		}
	}
}

func TestMemoryThatIsNotThere(t *testing.T) {
	if _, err := Scrypt(background, nil, nil, 1<<50, 8, 1, 32); fault.KindOf(err) != fault.Environment || fault.HintOf(err) == "" {
		t.Error(err)
	}
}

// expired ends after some looks.
type expired struct {
	context.Context
	looks int
}

func (e *expired) Err() error {
	if e.looks--; e.looks < 0 {
		return context.Canceled
	}
	return nil
}

// Wherever the context ends, the work ends with its error.
func TestEndsWithItsContext(t *testing.T) {
	for looks := range 4 { // two in each half of scryptROMix
		ctx := &expired{background, looks}
		if b, err := Scrypt(ctx, nil, nil, 2*look, 1, 1, 32); !errors.Is(err, context.Canceled) || b != nil {
			t.Errorf("scrypt, %d looks: %v, %v", looks, b, err)
		}
	}
	b, err := Scrypt(&expired{background, 4}, nil, nil, 2*look, 1, 1, 32)
	reveal(t, b, err)
	for looks := range 2 {
		if b, err := PBKDF2(&expired{background, looks}, SHA256, nil, nil, 2*between, 32); !errors.Is(err, context.Canceled) || b != nil {
			t.Errorf("pbkdf2, %d looks: %v, %v", looks, b, err)
		}
	}
}

// The password is copied nowhere on Go's heap: with one of a MiB, far less
// than that is allocated.
func TestThePasswordIsNotCopied(t *testing.T) {
	password := make([]byte, 1<<20)
	for name, derive := range map[string]func() (*secret.Buffer, error){
		"scrypt": func() (*secret.Buffer, error) { return Scrypt(background, password, password[:8], 16, 8, 1, 32) },
		"pbkdf2": func() (*secret.Buffer, error) { return PBKDF2(background, SHA512, password, password[:8], 2, 64) },
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		b, err := derive()
		runtime.ReadMemStats(&after)
		reveal(t, b, err)
		if taken := after.TotalAlloc - before.TotalAlloc; taken > 1<<16 {
			t.Errorf("%s: %d bytes were allocated", name, taken)
		}
	}
}

// Between two derivations the work area is empty, also after one that was cut
// short, and it is used again.
func TestTheWorkAreaIsWiped(t *testing.T) {
	for looks := range 6 {
		b, err := Scrypt(&expired{background, looks}, []byte("p"), []byte("s"), 2*look, 8, 2, 32)
		if err == nil {
			b.Close()
		}
		if len(wiped.areas) != 1 {
			t.Fatalf("%d areas are kept, want one", len(wiped.areas))
		}
		if len(bytes.Trim(wiped.areas[0], "\x00")) != 0 {
			t.Errorf("after %d looks: the area is not empty", looks)
		}
	}
	b, err := Scrypt(background, nil, nil, look, 8, 2, 32)
	if reveal(t, b, err); len(wiped.areas) != 1 {
		t.Error("an area of another size is kept")
	}
}

func TestManyAtOnce(t *testing.T) {
	want, err := scrypt.Key([]byte("p"), []byte("s"), 64, 8, 1, 32)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			b, err := Scrypt(background, []byte("p"), []byte("s"), 64, 8, 1, 32)
			if err != nil || !bytes.Equal(b.Bytes(), want) {
				t.Errorf("wrong key, %v", err)
			}
			b.Close()
		})
	}
	wg.Wait()
}
