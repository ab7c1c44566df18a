//go:build linux

package sandbox

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"

	// The product is linked with C, whose threads are made by the C library.
	_ "runtime/cgo"
)

// roles are what the test binary does instead of testing when it is started
// with ETHKEY_TEST_ROLE: the walls cannot be taken down again in a process.
var roles = map[string]func() error{}

func TestMain(m *testing.M) {
	role, ok := roles[os.Getenv("ETHKEY_TEST_ROLE")]
	if !ok {
		os.Exit(m.Run())
	}
	if err := role(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// roleCommand is the test binary in a role. When the tests run as root it runs
// as nobody: root passes many checks that the walls stand beside.
func roleCommand(role string) *exec.Cmd {
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), "ETHKEY_TEST_ROLE="+role, "GORACE=atexit_sleep_ms=0")
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	return cmd
}

func runRole(t *testing.T, role string) {
	t.Helper()
	if out, err := roleCommand(role).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", role, err, out)
	}
}
