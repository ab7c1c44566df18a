package testkit

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// Reachable returns a copy of the program at path that an ordinary user can
// run; go test puts its own binaries where only their owner looks.
func Reachable(t testing.TB, path string) string {
	t.Helper()
	if os.Getuid() != 0 {
		return path
	}
	dir := filepath.Join(reachable(), "ethkey-testkit-"+strconv.Itoa(os.Getuid()))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(dir, filepath.Base(path))
	if err := install(path, to); err != nil {
		t.Fatal(err)
	}
	return to
}
