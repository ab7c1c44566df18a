package backup

import (
	"bytes"
	"crypto/rand"
	"errors"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
)

func identity(t testing.TB) *secret.Buffer {
	t.Helper()
	id, err := NewIdentity(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(id.Close)
	return id
}

func TestEnvelope(t *testing.T) {
	id := identity(t)
	for _, size := range []int{1, 100, 65536, 65537, MaxEnvelope} {
		contents := bytes.Repeat([]byte{0xa5}, size)
		sealed, err := Seal(id, contents)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(sealed, []byte("-----BEGIN AGE ENCRYPTED FILE-----\n")) || len(sealed) > maxSealed {
			t.Errorf("%d bytes: sealed as %d", size, len(sealed))
		}
		got, err := Open(id, append([]byte("\r\n "), sealed...))
		if err != nil || !bytes.Equal(got, contents) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

func TestEnvelopeRefuses(t *testing.T) {
	id, other := identity(t), identity(t)
	for _, size := range []int{0, MaxEnvelope + 1} {
		if _, err := Seal(id, make([]byte, size)); fault.KindOf(err) != fault.Refused {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
	sealed, err := Seal(id, []byte("what is inside"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(other, sealed); !errors.Is(err, ErrEnvelope) {
		t.Errorf("another identity: %v", err)
	}
	for i := 40; i < len(sealed)-40; i += 7 {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if got, err := Open(id, changed); err == nil && bytes.Equal(got, []byte("what is inside")) && changed[i] != '\n' {
			t.Errorf("byte %d changed, and it opens", i)
		}
	}
	for name, bad := range map[string][]byte{"nothing": nil, "text": []byte("hello"), "half": sealed[:len(sealed)/2], "huge": make([]byte, maxSealed+1)} {
		if _, err := Open(id, bad); fault.KindOf(err) != fault.Refused {
			t.Errorf("%s: %v", name, err)
		}
	}
}
