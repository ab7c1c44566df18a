package hmac

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"math/rand/v2"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
)

var standard = map[Function]func() hash.Hash{SHA256: sha256.New, SHA512: sha512.New}

func drawn(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// A hash agrees with the standard library's at every length around the
// padding's edges, however the message is cut.
func TestHashAgreesWithTheStandardLibrary(t *testing.T) {
	for f, reference := range standard {
		h := NewHash(f, make([]byte, f.HashRoom()))
		r := rand.New(rand.NewPCG(180, 4))
		for n := range 4 * f.BlockSize() {
			msg := drawn(r, n)
			want := reference()
			want.Write(msg)
			got := make([]byte, f.Size())
			h.Sum(got, msg)
			if !bytes.Equal(got, want.Sum(nil)) {
				t.Fatalf("%d bytes: %x, want %x", n, got, want.Sum(nil))
			}
			cut := r.IntN(n + 1)
			h.Reset()
			h.Write(msg[:cut])
			h.Write(msg[cut:])
			h.Finish(got)
			if !bytes.Equal(got, want.Sum(nil)) {
				t.Fatalf("%d bytes cut at %d: %x, want %x", n, cut, got, want.Sum(nil))
			}
		}
	}
}

func sameHMAC(t *testing.T, f Function, key []byte, message ...[]byte) {
	t.Helper()
	m := New(f, make([]byte, f.Room()))
	m.SetKey([]byte("another key, which must be forgotten"))
	kept := bytes.Clone(key)
	m.SetKey(key)
	reference := hmac.New(standard[f], key)
	for _, part := range message {
		reference.Write(part)
	}
	want := reference.Sum(nil)
	got := make([]byte, f.Size())
	for range 2 { // the second time over the same states
		m.Sum(got, message...)
		if !bytes.Equal(got, want) {
			t.Fatalf("key of %d bytes: %x, want %x", len(key), got, want)
		}
	}
	if !bytes.Equal(kept, key) {
		t.Fatal("the key was changed")
	}
	copy(got, want)
	m.Sum(got, got)
	again := hmac.New(standard[f], key)
	again.Write(want)
	if !bytes.Equal(got, again.Sum(nil)) {
		t.Fatal("the code of a message in its own place is wrong")
	}
}

func TestHMACAgreesWithTheStandardLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(2104, 0))
	for f := range standard {
		for n := range 3 * f.BlockSize() {
			sameHMAC(t, f, drawn(r, n), drawn(r, r.IntN(200)), drawn(r, r.IntN(200)))
		}
	}
}

func FuzzHMAC(f *testing.F) {
	f.Add([]byte("Jefe"), []byte("what do ya want "), []byte("for nothing?"), false) // RFC 4231, case 2
	f.Add(bytes.Repeat([]byte{0xaa}, 131), []byte("Test Using Larger Than Block-Size Key"), []byte(" - Hash Key First"), true)
	f.Fuzz(func(t *testing.T, key, a, b []byte, wide bool) {
		function := SHA256
		if wide {
			function = SHA512
		}
		sameHMAC(t, function, key, a, b)
	})
}

// After Close and a wiped room nothing of key or message is left.
func TestCloseLeavesNothing(t *testing.T) {
	for f := range standard {
		room := make([]byte, f.Room())
		m := New(f, room)
		m.SetKey([]byte("secret"))
		m.Sum(make([]byte, f.Size()), []byte("message"))
		m.Close()
		got, want := make([]byte, f.stateSize()), make([]byte, f.stateSize())
		m.Hash.save(got)
		NewHash(f, make([]byte, f.HashRoom())).save(want)
		if !bytes.Equal(got, want) {
			t.Error("the standard library's hash still holds a state")
		}
		others := bytes.Repeat([]byte{7}, len(room))
		copy(room, others)
		m.Close()
		if !bytes.Equal(room, others) {
			t.Error("a second Close wrote into what is another's by then")
		}
	}
}

func TestNothingIsAllocated(t *testing.T) {
	out := make([]byte, sha512.Size)
	for f := range standard {
		m := New(f, make([]byte, f.Room()))
		key, message := make([]byte, 200), make([]byte, 200)
		if n := testing.AllocsPerRun(10, func() {
			m.SetKey(key)
			m.Sum(out, message, out[:4])
		}); n != 0 && !testkit.Race { // which allocates for itself
			t.Errorf("%v allocations", n)
		}
	}
}

// Digest and Code agree with the standard library, and truncate.
func TestOnce(t *testing.T) {
	key, first, second := []byte("key"), []byte("a message "), []byte("of two parts")
	for f, std := range standard {
		h, m := std(), hmac.New(std, key)
		h.Write(append(first, second...))
		m.Write(append(first, second...))
		for _, size := range []int{1, 16, f.Size()} {
			digest, code := make([]byte, size), make([]byte, size)
			if err := f.Digest(digest, first, second); err != nil {
				t.Fatal(err)
			}
			if err := f.Code(code, key, first, second); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(digest, h.Sum(nil)[:size]) || !bytes.Equal(code, m.Sum(nil)[:size]) {
				t.Errorf("function %d, %d bytes: %x, %x", f, size, digest, code)
			}
		}
	}
}
