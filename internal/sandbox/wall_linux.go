package sandbox

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ethkey/ethkey/internal/fault"
)

// Wall puts every thread of the process, present and to come, under the filter.
// Sockets that the process was started with go too, but for Unix sockets, which
// are pipes by another name. It cannot be undone. An error is a fault of kind
// Environment, and means that the wall is not whole.
func Wall() error {
	a, ok := architectures[runtime.GOARCH]
	if !ok {
		return wallFault("no system call table for linux/%s, expected amd64 or arm64", runtime.GOARCH)
	}
	// no_new_privs and the filter belong to a thread; the filter's TSYNC then
	// carries both to all others (seccomp(2)).
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return wallFault("the kernel does not know no_new_privs: %w", err)
	}
	if err := install(program(a)); err != nil {
		return err
	}
	if err := probe(); err != nil {
		return err
	}
	return noInheritedNetwork()
}

// inheritable is how many descriptors are looked at: the usual limit.
const inheritable = 1024

// noInheritedNetwork closes the network sockets that the process was started
// with: write(2) to one needs none of the calls that the filter denies. The
// standard streams stay, for another file would take their numbers; that one of
// them is such a socket is a fault.
func noInheritedNetwork() error {
	for fd := range inheritable {
		domain, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN)
		switch {
		case err != nil || domain == unix.AF_UNIX:
		case fd <= 2:
			return fault.New(fault.Environment, "descriptor %d is a network socket", fd).
				WithHint("start ethkey from a shell on the machine itself, not from a network service")
		default:
			_ = unix.Close(fd)
		}
	}
	return nil
}

func install(filter []unix.SockFilter) error {
	return verdict(setFilter(filter, unix.SECCOMP_FILTER_FLAG_TSYNC))
}

func setFilter(filter []unix.SockFilter, flags uintptr) (thread uintptr, errno unix.Errno) {
	prog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	thread, _, errno = unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, uintptr(unsafe.Pointer(&prog)))
	return thread, errno
}

// verdict is what seccomp(2) answered: an error, or the thread that would not
// take the filter.
func verdict(thread uintptr, errno unix.Errno) error {
	switch {
	case errno == unix.ENOSYS:
		return wallFault("this kernel has no seccomp (before Linux 3.17, or emulated by qemu): %w", errno)
	case errno == unix.EINVAL:
		return wallFault("this kernel takes no seccomp filters (CONFIG_SECCOMP_FILTER): %w", errno)
	case errno != 0:
		return wallFault("the kernel refused the system call filter: %w", errno)
	case thread != 0:
		return wallFault("thread %d runs under another system call filter", thread)
	}
	return nil
}

// probe makes a call that the filter denies with EPERM and a kernel without it
// refuses with EINVAL, for kernels that accept filters and do nothing.
func probe() error {
	const neither = 2 // SUID_DUMP_ROOT, which prctl(2) has refused since Linux 2.6.17
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, neither, 0, 0, 0); err != unix.EPERM {
		return wallFault("the kernel took the system call filter and does not act on it")
	}
	return nil
}

func wallFault(format string, args ...any) error {
	return fault.New(fault.Environment, format, args...).
		WithHint("use a machine with Linux 3.17 or newer; --allow-degraded=%s goes on without this wall, and says so in the result", Seccomp)
}
