package sandbox

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"unsafe"

	blst "github.com/supranational/blst/bindings/go"
	"golang.org/x/sys/unix"

	"github.com/ethkey/ethkey/internal/fault"
)

func init() {
	roles["inherited"] = inherited
	roles["why"] = why
	roles["crash in C"] = crashInC
}

// socketFile returns a new socket.
func socketFile(t *testing.T, domain, kind int) *os.File {
	t.Helper()
	fd, err := unix.Socket(domain, kind|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	file := os.NewFile(uintptr(fd), "socket")
	t.Cleanup(func() { _ = file.Close() })
	return file
}

// A network socket that comes with the process is not left to it: as a
// standard stream it is a fault, and above it is closed.
func TestInheritedNetworkSockets(t *testing.T) {
	for name, c := range map[string]struct {
		stdin, extra *os.File
		want         string
	}{
		"none":          {nil, nil, "<nil> open"},
		"unix":          {socketFile(t, unix.AF_UNIX, unix.SOCK_STREAM), socketFile(t, unix.AF_UNIX, unix.SOCK_DGRAM), "<nil> open"},
		"tcp as stdin":  {socketFile(t, unix.AF_INET, unix.SOCK_STREAM), nil, "descriptor 0 is a network socket open"},
		"udp6 as stdin": {socketFile(t, unix.AF_INET6, unix.SOCK_DGRAM), nil, "descriptor 0 is a network socket open"},
		"udp above":     {nil, socketFile(t, unix.AF_INET, unix.SOCK_DGRAM), "<nil> closed"},
		"netlink above": {nil, socketFile(t, unix.AF_NETLINK, unix.SOCK_RAW), "<nil> closed"},
	} {
		cmd := roleCommand("inherited")
		if c.stdin != nil {
			cmd.Stdin = c.stdin
		}
		if cmd.ExtraFiles = []*os.File{c.extra}; c.extra == nil {
			cmd.ExtraFiles[0] = os.Stderr
		}
		out, err := cmd.Output()
		if got := strings.TrimSpace(string(out)); err != nil || got != c.want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, c.want)
		}
	}
}

// inherited says what Wall answers, and what became of descriptor 3.
func inherited() error {
	err := Wall()
	state := "open"
	if _, errno := unix.FcntlInt(3, unix.F_GETFD, 0); errors.Is(errno, unix.EBADF) {
		state = "closed"
	}
	fmt.Println(err, state)
	return nil
}

// An environment that asks for every stack of a crash is a missing wall.
func TestStacksThatAreAskedFor(t *testing.T) {
	const asked = "[nocore: the environment asks for every stack of a crash (GOTRACEBACK): unset it]"
	for env, want := range map[string]string{
		"": "[]", "none": "[]", "0": "[]", "single": "[]",
		"all": asked, "system": asked, "crash": asked, "1": asked, "2": asked,
	} {
		cmd := roleCommand("why")
		cmd.Env = append(cmd.Env, "GOTRACEBACK="+env)
		if out, err := cmd.Output(); err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("GOTRACEBACK=%s: %s, %v", env, out, err)
		}
	}
}

func why() error {
	state := Harden()
	state.Seccomp = nil // not of interest here
	fmt.Println(state.Why())
	return nil
}

// A crash in C code prints one line and no registers.
func TestCrashInC(t *testing.T) {
	out, err := roleCommand("crash in C").CombinedOutput()
	var exit *exec.ExitError
	const want = "ethkey: error: the processor refused an instruction or an address; nothing more was written\nethkey: hint: run 'ethkey selftest'; on a processor that is old, use the portable build\n"
	if string(out) != want || !errors.As(err, &exit) || exit.ExitCode() != int(fault.Environment) {
		t.Errorf("%v\n%s", err, out)
	}
}

// crashInC has blst read a key from a page that may not be read.
func crashInC() error {
	page, err := unix.Mmap(-1, 0, os.Getpagesize(), unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return err
	}
	new(blst.P1Affine).From((*blst.SecretKey)(unsafe.Pointer(&page[0])))
	return errors.New("the page could be read")
}
