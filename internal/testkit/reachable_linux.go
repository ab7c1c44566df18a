package testkit

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Reachable returns a copy of the program at path, under another name, that an
// ordinary user can run; go test puts its own binaries where only their owner
// looks.
func Reachable(t testing.TB, path, name string) string {
	t.Helper()
	dir, err := binaries(ModuleRoot(t))
	if err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(dir, filepath.Base(path))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(dir, name)
	if err := install(path, to); err != nil {
		t.Fatal(err)
	}
	return to
}

// ChownLike gives the file at path to the owner of the file that info
// describes.
func ChownLike(t testing.TB, path string, info os.FileInfo) {
	t.Helper()
	stat := info.Sys().(*syscall.Stat_t)
	if err := os.Chown(path, int(stat.Uid), int(stat.Gid)); err != nil {
		t.Fatal(err)
	}
}
