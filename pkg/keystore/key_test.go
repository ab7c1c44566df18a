package keystore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
)

func TestAbsurdCostIsRefusedBeforeMemoryIsTaken(t *testing.T) {
	salt := make([]byte, 32)
	password := process(t, "a cheap password")
	for _, c := range []struct {
		p    Params
		want string
	}{
		{Params{Function: Scrypt, N: 1 << 21, R: 8, P: 1}, "crypto.kdf.params.n: n=2097152 with r=8 asks for more than 1 GiB"},
		{Params{Function: Scrypt, N: 1 << 30, R: 1 << 30, P: 1}, "crypto.kdf.params.n: n=1073741824 with r=1073741824"},
		{Params{Function: Scrypt, N: 2, R: math.MaxInt32, P: 1}, "crypto.kdf.params.n"},
		{Params{Function: Scrypt, N: 2, R: 1 << 22, P: 8}, "crypto.kdf.params.r: r=4194304 with p=8 asks for more than 1 MiB of blocks"},
		{Params{Function: Scrypt, N: 2, R: 1 << 22, P: 1}, "crypto.kdf.params.r: r=4194304 with p=1"},
		{Params{Function: Scrypt, N: math.MaxInt, R: math.MaxInt, P: math.MaxInt}, "crypto.kdf.params.n: want a power of two"},
		{Params{Function: Scrypt, N: 1 << 20, R: 8, P: 9}, "crypto.kdf.params.p: n=1048576, r=8, p=9 ask for more than 2^26"},
		{Params{Function: Scrypt, N: 1 << 18, R: 8, P: 65}, "crypto.kdf.params.p: want 1 to 64, found 65"},
		{Params{Function: Scrypt, N: 1 << 18, R: 8, P: 0}, "crypto.kdf.params.p: want 1 to 64, found 0"},
		{Params{Function: Scrypt, N: 1 << 18, R: 0, P: 1}, "crypto.kdf.params.r: want at least 1, found 0"},
		{Params{Function: Scrypt, N: 1, R: 8, P: 1}, "crypto.kdf.params.n: want a power of two greater than 1, found 1"},
		{Params{Function: Scrypt, N: 0, R: 8, P: 1}, "crypto.kdf.params.n: want a power of two"},
		{Params{Function: Scrypt, N: -2, R: 8, P: 1}, "crypto.kdf.params.n: want a power of two"},
		{Params{Function: Scrypt, N: 262143, R: 8, P: 1}, "crypto.kdf.params.n: want a power of two"},
		{Params{Function: Scrypt, N: 2, R: 1 << 19, P: 64}, "crypto.kdf.params.r: r=524288 with p=64 asks for more than 1 MiB of blocks"},
		{Params{Function: Scrypt, N: 2, R: 1<<16 + 1, P: 1}, "crypto.kdf.params.r: r=65537 with p=1"},
		{Params{Function: PBKDF2, C: 0}, "crypto.kdf.params.c: want at least 1, found 0"},
		{Params{Function: PBKDF2, C: 1<<26 + 1}, "crypto.kdf.params.c: c=67108865 asks for more than 2^26"},
		{Params{Function: PBKDF2, C: math.MaxInt}, "crypto.kdf.params.c"},
		{Params{Function: "argon2id"}, `crypto.kdf.function: want "scrypt" or "pbkdf2", found "argon2id"`},
		{Params{}, "crypto.kdf.function"},
	} {
		c.p.Salt = salt
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Derive(password, c.p)
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), c.want) || fault.KindOf(err) != fault.Refused {
			t.Errorf("%+v: %v, want %s", c.p, err, c.want)
		}
		if taken := after.TotalAlloc - before.TotalAlloc; taken > 1<<20 {
			t.Errorf("%+v: %d bytes were taken", c.p, taken)
		}
	}
}

func TestAbsurdCostInAFile(t *testing.T) {
	file := cheapFile(t)
	for _, n := range []string{"2097152", "2147483648", "9223372036854775808", "18446744073709551615", "36893488147419103232"} {
		_, _, err := Parse([]byte(strings.Replace(file, `"n": 2`, `"n": `+n, 1)))
		if err == nil || !strings.Contains(err.Error(), "crypto.kdf.params.n") || !strings.Contains(err.Error(), n) {
			t.Errorf("n=%s: %v", n, err)
		}
	}
}

func TestCostOfTheLargestAllowed(t *testing.T) {
	for _, p := range []Params{
		{Function: Scrypt, N: 1 << 20, R: 8, P: 8}, {Function: Scrypt, N: 1 << 23, R: 1, P: 1},
		{Function: PBKDF2, C: MaxWork}, DefaultScrypt(nil), DefaultPBKDF2(nil),
	} {
		p.Salt = []byte{1}
		if err := p.Check(); err != nil || p.Memory() > MaxMemory+maxBlocks {
			t.Errorf("%+v: %v", p, err)
		}
	}
	if got := DefaultScrypt(nil).Memory(); got != 256<<20+3*1024 {
		t.Errorf("the default scrypt takes %d bytes", got)
	}
}

// Whatever is encrypted comes out again under its password and no other.
func TestRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewChaCha8([32]byte{1}))
	for i := range 200 {
		p := Params{Function: PBKDF2, C: 1 + rng.IntN(3), Salt: drawn(rng, 1+rng.IntN(40))}
		if i%2 == 0 {
			p = Params{Function: Scrypt, N: 2 << rng.IntN(4), R: 1 + rng.IntN(8), P: 1 + rng.IntN(2), Salt: p.Salt}
		}
		text := drawn(rng, 1+rng.IntN(maxSecret))
		if i%3 == 0 {
			clear(text[:len(text)/2]) // leading zeros are part of the secret
		}
		uuid, err := NewUUID(chacha{rng})
		if err != nil {
			t.Fatal(err)
		}
		ks, err := Encrypt(cheapKey(t, p), text, [16]byte(drawn(rng, 16)), drawn(rng, 48), "m/1", "ü \"x\" 🔑\n", uuid)
		if err != nil {
			t.Fatal(err)
		}
		back, _, err := Parse(ks.Marshal())
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprintf("%+v", back) != fmt.Sprintf("%+v", ks) {
			t.Fatalf("read as %+v, made as %+v", back, ks)
		}
		got, err := back.Decrypt(process(t, "a cheap password"))
		if err != nil || !bytes.Equal(got.Bytes(), text) {
			t.Fatalf("%v", err)
		}
		got.Close()
		if _, err := back.Decrypt(process(t, "a cheap passwore")); !errors.Is(err, ErrWrongPassword) {
			t.Fatalf("another password: %v", err)
		}
	}
}

func drawn(rng *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

type chacha struct{ *rand.Rand }

func (c chacha) Read(b []byte) (int, error) { return copy(b, drawn(c.Rand, len(b))), nil }

func TestEveryDamagedBitIsNoticed(t *testing.T) {
	k := cheapKey(t, Params{Function: PBKDF2, C: 1, Salt: []byte{1}})
	ks, err := Encrypt(k, counting(32), [16]byte{}, counting(48), "", "", [16]byte{})
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range [][]byte{ks.Ciphertext, ks.Checksum[:]} {
		for i := range 8 * len(field) {
			field[i/8] ^= 1 << (i % 8)
			if _, err := ks.Open(k); !errors.Is(err, ErrWrongPassword) {
				t.Errorf("bit %d: %v", i, err)
			}
			field[i/8] ^= 1 << (i % 8)
		}
	}
	if fault.KindOf(ErrWrongPassword) != fault.Refused || !strings.Contains(fault.HintOf(ErrWrongPassword), "keyboard layout") {
		t.Error(ErrWrongPassword)
	}
}

func TestOneKeyForManyKeystores(t *testing.T) {
	k := cheapKey(t, Params{Function: PBKDF2, C: 1, Salt: make([]byte, 32)})
	seen := map[string]bool{}
	for i := range 20 {
		ks, err := Encrypt(k, counting(32), [16]byte{byte(i)}, counting(48), "", "", [16]byte{})
		if err != nil {
			t.Fatal(err)
		}
		seen[string(ks.Ciphertext)] = true
		got, err := ks.Open(k)
		if err != nil || !bytes.Equal(got.Bytes(), counting(32)) {
			t.Fatal(err)
		}
		got.Close()
	}
	if len(seen) != 20 {
		t.Errorf("%d different cipher messages", len(seen))
	}
	_, err := Encrypt(k, counting(32), [16]byte{3}, counting(48), "", "", [16]byte{})
	if err == nil || fault.KindOf(err) != fault.Integrity {
		t.Errorf("an iv was used twice: %v", err)
	}
}

func TestKeyOfAnotherSaltIsNotTried(t *testing.T) {
	p := Params{Function: PBKDF2, C: 1, Salt: []byte{1}}
	ks, err := Encrypt(cheapKey(t, p), counting(32), [16]byte{}, counting(48), "", "", [16]byte{})
	if err != nil {
		t.Fatal(err)
	}
	p.Salt = []byte{2}
	_, err = ks.Open(cheapKey(t, p))
	if err == nil || errors.Is(err, ErrWrongPassword) {
		t.Error(err)
	}
}

func TestEncryptRefuses(t *testing.T) {
	k := cheapKey(t, Params{Function: PBKDF2, C: 1, Salt: []byte{1}})
	for _, c := range []struct{ secret, publicKey int }{{0, 48}, {65, 48}, {32, 47}, {32, 0}, {32, 49}} {
		if _, err := Encrypt(k, make([]byte, c.secret), [16]byte{}, make([]byte, c.publicKey), "", "", [16]byte{}); err == nil {
			t.Errorf("%+v was taken", c)
		}
	}
}

func TestDeriveEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, p := range []Params{DefaultScrypt([]byte{1}), DefaultPBKDF2([]byte{1})} {
		if k, err := DeriveContext(ctx, process(t, "a cheap password"), p); !errors.Is(err, context.Canceled) || k != nil {
			t.Errorf("%s: %v", p.Function, err)
		}
	}
}

// A member that only other programs know is not carried over, and a keystore
// that names no public key is not given one.
func TestMarshalWithoutAPublicKey(t *testing.T) {
	ks, _, err := Parse([]byte(cheapFile(t)))
	if err != nil {
		t.Fatal(err)
	}
	ks.PublicKey = nil
	if strings.Contains(string(ks.Marshal()), "pubkey") {
		t.Errorf("%s", ks.Marshal())
	}
}

func TestNothingPrintsASecret(t *testing.T) {
	password := process(t, "canary password")
	k, err := Derive(password, Params{Function: PBKDF2, C: 1, Salt: []byte{1}})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	dk := fmt.Sprintf("%x", k.dk.Bytes())
	ints := strings.Trim(fmt.Sprint(k.dk.Bytes()), "[]")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q", "%d"} {
		for _, value := range []any{k, k.dk, password} {
			out := fmt.Sprintf(verb, value)
			if strings.Contains(out, "canary") || strings.Contains(out, dk) || strings.Contains(out, ints) {
				t.Errorf("%s of %T prints it", verb, value)
			}
		}
	}
}

func TestUUIDIsVersion4(t *testing.T) {
	u, err := NewUUID(bytes.NewReader(bytes.Repeat([]byte{0xff}, 16)))
	if got := FormatUUID(u); err != nil || got != "ffffffff-ffff-4fff-bfff-ffffffffffff" || !uuidForm.MatchString(got) {
		t.Error(got, err)
	}
	if _, err := NewUUID(strings.NewReader("too short")); fault.KindOf(err) != fault.Environment {
		t.Error(err)
	}
	if _, err := NewSalt(strings.NewReader("")); fault.KindOf(err) != fault.Environment {
		t.Error(err)
	}
	salt, err := NewSalt(bytes.NewReader(counting(40)))
	if err != nil || !bytes.Equal(salt, counting(32)) {
		t.Error(salt, err)
	}
}

// The KDF's own share, beside x/crypto's, is internal/kdf's benchmark.
func BenchmarkDerive(b *testing.B) {
	password := process(b, "a cheap password")
	for _, p := range []Params{DefaultScrypt(make([]byte, 32)), DefaultPBKDF2(make([]byte, 32))} {
		b.Run(p.Function, func(b *testing.B) {
			for b.Loop() {
				k, err := Derive(password, p)
				if err != nil {
					b.Fatal(err)
				}
				k.Close()
			}
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	k := cheapKey(b, Params{Function: PBKDF2, C: 1, Salt: []byte{1}})
	ks, err := Encrypt(k, counting(32), [16]byte{}, counting(48), "", "", [16]byte{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		got, err := ks.Open(k)
		if err != nil {
			b.Fatal(err)
		}
		got.Close()
	}
}
