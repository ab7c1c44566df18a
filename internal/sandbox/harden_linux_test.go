package sandbox

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ethkey/ethkey/internal/fault"
)

func init() {
	roles["open victim"] = func() error { return victim(func() error { return nil }) }
	roles["closed victim"] = func() error { return victim(hardened) }
	roles["spy"] = spy
	roles["state"] = state
}

// canary is what the spy looks for.
var canary = []byte("canary-in-a-coal-mine")

func hardened() error {
	if s := Harden(); s.NoDump != nil || s.NoCore != nil {
		return errors.Join(s.NoDump, s.NoCore)
	}
	return nil
}

// victim tells who and where it is, then waits for its standard input to close.
// It lets every tracer in as far as Yama is concerned, so that it is the wall
// that keeps them out.
func victim(prepare func() error) error {
	_ = unix.Prctl(unix.PR_SET_PTRACER, ^uintptr(0), 0, 0, 0)
	if err := prepare(); err != nil {
		return err
	}
	secret := bytes.Clone(canary)
	fmt.Printf("%d %d\n", os.Getpid(), uintptr(unsafe.Pointer(&secret[0])))
	_, _ = io.Copy(io.Discard, os.Stdin)
	if !bytes.Equal(secret, canary) {
		return errors.New("the spy wrote into the victim")
	}
	return nil
}

// ways are how one process of a user gets at another's memory or descriptors.
var ways = []struct {
	name string
	try  func(pid int, at uintptr) ([]byte, error)
}{
	{"the mem file of the proc tree", readMemFile},
	{"process_vm_readv", readVM},
	{"ptrace", readTraced},
	{"pidfd_getfd", takeDescriptor},
}

func readMemFile(pid int, at uintptr) ([]byte, error) {
	file, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	got := make([]byte, len(canary))
	_, err = file.ReadAt(got, int64(at))
	return got, err
}

func readVM(pid int, at uintptr) ([]byte, error) {
	got := make([]byte, len(canary))
	local := []unix.Iovec{{Base: &got[0], Len: uint64(len(got))}}
	_, err := unix.ProcessVMReadv(pid, local, []unix.RemoteIovec{{Base: at, Len: len(got)}}, 0)
	return got, err
}

func readTraced(pid int, at uintptr) ([]byte, error) {
	if err := unix.PtraceAttach(pid); err != nil {
		return nil, err
	}
	if _, err := unix.Wait4(pid, nil, unix.WALL, nil); err != nil {
		return nil, err
	}
	got := make([]byte, len(canary))
	_, err := unix.PtracePeekData(pid, at, got)
	return got, errors.Join(err, unix.PtraceDetach(pid))
}

// takeDescriptor takes the victim's standard output; that it has it is enough.
func takeDescriptor(pid int, _ uintptr) ([]byte, error) {
	pidfd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return nil, fmt.Errorf("pidfd_open: %w", err)
	}
	fd, err := unix.PidfdGetfd(pidfd, 1, 0)
	if err != nil {
		return nil, err
	}
	return canary, unix.Close(fd)
}

// spy tries every way at the victim it is told of, and prints what came of it.
func spy() error {
	runtime.LockOSThread() // a tracer is a thread
	var pid int
	var at uintptr
	if _, err := fmt.Sscan(os.Getenv("ETHKEY_TEST_VICTIM"), &pid, &at); err != nil {
		return err
	}
	for _, way := range ways {
		got, err := way.try(pid, at)
		switch {
		case err == nil && bytes.Equal(got, canary):
			fmt.Printf("%s: read\n", way.name)
		case errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES):
			fmt.Printf("%s: refused\n", way.name)
		default:
			fmt.Printf("%s: %v\n", way.name, err)
		}
	}
	return nil
}

// spyOn runs a victim and a spy under the same user and returns the spy's lines.
func spyOn(t *testing.T, role string) []string {
	t.Helper()
	target := roleCommand(role)
	stdin, err := target.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := target.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	target.Stderr = &stderr
	if err := target.Start(); err != nil {
		t.Fatal(err)
	}
	place, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("the victim says %q: %v %s", place, err, stderr.String())
	}
	agent := roleCommand("spy")
	agent.Env = append(agent.Env, "ETHKEY_TEST_VICTIM="+place)
	report, err := agent.CombinedOutput()
	if err != nil {
		t.Errorf("the spy failed: %v\n%s", err, report)
	}
	_ = stdin.Close()
	if err := target.Wait(); err != nil {
		t.Errorf("the victim failed: %v %s", err, stderr.String())
	}
	return strings.Split(strings.TrimSpace(string(report)), "\n")
}

func TestAnotherProcessOfTheUserIsKeptOut(t *testing.T) {
	for role, want := range map[string]string{"open victim": "read", "closed victim": "refused"} {
		got := spyOn(t, role)
		for i, way := range ways {
			if i >= len(got) || got[i] != way.name+": "+want {
				t.Errorf("%s: want %s: %s, got %q", role, way.name, want, got)
			}
		}
	}
}

func TestHardenAndWallSayWhatStands(t *testing.T) { runRole(t, "state") }

func state() error {
	s := Harden()
	if missing := s.Missing(); !slices.Equal(missing, []string{"seccomp"}) {
		return fmt.Errorf("after Harden, %q is missing", missing)
	}
	if s.Seccomp = Wall(); len(s.Missing()) != 0 {
		return fmt.Errorf("after Wall, %q is missing: %w", s.Missing(), s.Seccomp)
	}
	var core unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &core); err != nil || core != (unix.Rlimit{}) {
		return fmt.Errorf("core limit %+v, %w", core, err)
	}
	if dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0); err != nil || dumpable != 0 {
		return fmt.Errorf("dumpable %d, %w", dumpable, err)
	}
	if again := Harden(); again.NoDump != nil || again.NoCore != nil {
		return fmt.Errorf("a second Harden: %+v", again)
	}
	// What ethkey reads of itself stays readable.
	if _, err := os.ReadFile("/proc/self/exe"); err != nil {
		return err
	}
	return nil
}

func TestMissingNamesTheWallsThatAreDown(t *testing.T) {
	none := errors.New("none")
	for _, c := range []struct {
		state State
		want  string
	}{
		{State{}, ""},
		{State{Seccomp: none}, "seccomp"},
		{State{NoDump: none, NoCore: none}, "nodump nocore"},
		{State{none, none, none}, "seccomp nodump nocore"},
	} {
		if got := strings.Join(c.state.Missing(), " "); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	if fault.KindOf(down("x")) != fault.Environment {
		t.Error("a wall that is down is not a matter of the environment")
	}
}
