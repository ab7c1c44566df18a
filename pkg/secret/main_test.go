package secret

import (
	"os"
	"os/exec"
	"testing"
)

// roles are what the test binary does instead of testing when it is started
// with ETHKEY_TEST_ROLE: things that cannot be undone in the process.
var roles = map[string]func() error{}

func TestMain(m *testing.M) {
	role, ok := roles[os.Getenv("ETHKEY_TEST_ROLE")]
	if !ok {
		os.Exit(m.Run())
	}
	if err := role(); err != nil {
		_, _ = os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
	os.Exit(0)
}

// runRole runs the test binary in a role and fails the test when it fails.
func runRole(t *testing.T, role string, prepare func(*exec.Cmd)) {
	t.Helper()
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), "ETHKEY_TEST_ROLE="+role, "GORACE=atexit_sleep_ms=0")
	prepare(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", role, err, out)
	}
}
