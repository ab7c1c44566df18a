package validator_test

import (
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/validator"
)

// A source of randomness that fails at any byte ends the run with nothing left;
// one that gives a byte at a time does not.
func TestRandomnessThatFails(t *testing.T) {
	for name, edit := range map[string]func(*validator.CreateRequest){
		"one salt":     func(*validator.CreateRequest) {},
		"unique salts": func(r *validator.CreateRequest) { r.UniqueSalts = true },
		"pbkdf2":       func(r *validator.CreateRequest) { r.PBKDF2 = true },
	} {
		t.Run(name, func(t *testing.T) {
			for n := int64(0); ; n += 4 {
				dir := t.TempDir()
				r := request(t, dir)
				r.Count = 2
				edit(&r)
				m := machine()
				m.Rand = iotest.OneByteReader(io.LimitReader(rand.NewChaCha8([32]byte{2}), n))
				_, _, err := create(m, r)
				if err == nil {
					if n < 2*(16+16+8) {
						t.Errorf("%d bytes of randomness were enough", n)
					}
					return
				}
				if fault.KindOf(err) != fault.Environment {
					t.Errorf("after %d bytes: kind %d, %v", n, fault.KindOf(err), err)
				}
				if left, _ := os.ReadDir(dir); len(left) != 0 {
					t.Fatalf("after %d bytes: left %v", n, left)
				}
			}
		})
	}
}

// A generator that repeats itself would encrypt two keys with one key stream.
func TestRepeatedSaltIsRefused(t *testing.T) {
	for _, way := range []struct{ pbkdf2, unique bool }{{true, false}, {false, true}} {
		dir := t.TempDir()
		m := machine()
		m.Rand = stuck{}
		r := request(t, dir)
		r.PBKDF2, r.UniqueSalts = way.pbkdf2, way.unique
		_, _, err := create(m, r)
		if fault.KindOf(err) != fault.Integrity || !strings.Contains(err.Error(), "salt twice") {
			t.Errorf("%+v: %v", way, err)
		}
		if left := listing(t, dir); len(left) != 0 {
			t.Errorf("left %v", left)
		}
	}
}

// stuck gives the same bytes for ever.
type stuck struct{}

func (stuck) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 7
	}
	return len(p), nil
}
