package sandbox

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Attempt is a forbidden system call and how the kernel answered it.
type Attempt struct {
	Name string
	Err  error // unix.EPERM when the wall stands
}

// Try makes some of the calls that the wall forbids, with arguments that would
// fail otherwise than by EPERM, or do no harm, if it did not stand.
func Try() []Attempt {
	var zero [256]byte
	null := uintptr(0)
	empty := uintptr(unsafe.Pointer(&zero))
	missing := uintptr(unsafe.Pointer(&[]byte("/nonexistent\x00")[0]))
	calls := []struct {
		name string
		nr   uintptr
		args [6]uintptr
	}{
		{"socket (internet)", unix.SYS_SOCKET, [6]uintptr{unix.AF_INET, unix.SOCK_STREAM}},
		{"socket (unix)", unix.SYS_SOCKET, [6]uintptr{unix.AF_UNIX, unix.SOCK_STREAM}},
		{"connect", unix.SYS_CONNECT, [6]uintptr{^null, empty, 16}},
		{"bind", unix.SYS_BIND, [6]uintptr{^null, empty, 16}},
		{"execve", unix.SYS_EXECVE, [6]uintptr{missing, empty, empty}},
		{"ptrace", unix.SYS_PTRACE, [6]uintptr{^null}},
		{"process_vm_readv", unix.SYS_PROCESS_VM_READV, [6]uintptr{^null}},
		{"process_vm_writev", unix.SYS_PROCESS_VM_WRITEV, [6]uintptr{^null}},
		{"io_uring_setup", unix.SYS_IO_URING_SETUP, [6]uintptr{0, empty}},
		{"bpf", unix.SYS_BPF, [6]uintptr{^null, empty, 0}},
		{"userfaultfd", unix.SYS_USERFAULTFD, [6]uintptr{^null}},
		{"pidfd_getfd", unix.SYS_PIDFD_GETFD, [6]uintptr{^null, ^null}},
	}
	attempts := make([]Attempt, 0, len(calls))
	for _, c := range calls {
		_, _, errno := unix.Syscall6(c.nr, c.args[0], c.args[1], c.args[2], c.args[3], c.args[4], c.args[5])
		a := Attempt{Name: c.name}
		if errno != 0 {
			a.Err = errno
		}
		attempts = append(attempts, a)
	}
	return attempts
}
