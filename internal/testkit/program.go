package testkit

import (
	"os"
	"os/exec"
	"testing"
)

// Program returns the path of a program that is not ours and that a test needs.
// Where it is not installed the test is skipped, unless CI=true: scripts/setup
// installs them all.
func Program(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
	case os.Getenv("CI") == "true":
		t.Fatalf("%s is not installed", name)
	default:
		t.Skipf("%s is not installed", name)
	}
	return path
}
