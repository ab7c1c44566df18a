package testkit

import (
	"os"
	"testing"
)

// memory is where Linux keeps a tmpfs: thousands of runs that sync a disk
// would wait for all who use it. A kill does not tell the two apart.
const memory = "/dev/shm"

// tempDir is t.TempDir below base, or below the folder for temporary files
// where base takes none.
func tempDir(t testing.TB, base string) string {
	t.Helper()
	dir, err := os.MkdirTemp(base, "ethkey-test-")
	if err != nil {
		dir, err = os.MkdirTemp("", "ethkey-test-")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("removing the test's folder: %v", err)
		}
	})
	return dir
}
