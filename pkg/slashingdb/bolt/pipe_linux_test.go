package bolt_test

import (
	"path/filepath"
	"syscall"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/slashingdb/bolt"
)

// A pipe in the store's place is refused, and waited at by nobody.
func TestPipeIsNoStore(t *testing.T) {
	o := options(filepath.Join(t.TempDir(), "pipe"))
	if err := syscall.Mkfifo(o.Path, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, o.ReadOnly = range []bool{true, false} {
		if _, err := bolt.Open(o); fault.KindOf(err) != fault.Refused {
			t.Errorf("read only %t: %v", o.ReadOnly, err)
		}
	}
}
