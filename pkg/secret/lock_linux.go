package secret

import (
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/ethkey/ethkey/internal/fault"
)

// mapLocked returns size zero bytes that are never swapped or dumped: hidden
// from the kernel's own map where it can, locked in the ordinary way where not.
func mapLocked(size int) ([]byte, error) { return mapFirst(size, mapSecret, mapPrivate) }

// mapFirst tries each way in turn and returns the last one's error.
func mapFirst(size int, ways ...func(int) ([]byte, error)) (mem []byte, err error) {
	for _, way := range ways {
		if mem, err = way(size); err == nil {
			return mem, nil
		}
	}
	return nil, err
}

// mapPrivate maps ordinary memory and locks it.
func mapPrivate(size int) ([]byte, error) {
	mem, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return nil, limitFault(size, err)
	}
	if err := unix.Mlock(mem); err != nil {
		_ = unix.Munmap(mem)
		return nil, limitFault(size, err)
	}
	for _, advice := range []int{unix.MADV_DONTDUMP, unix.MADV_WIPEONFORK} {
		if err := unix.Madvise(mem, advice); err != nil {
			_ = unix.Munmap(mem)
			return nil, fault.New(fault.Environment, "cannot keep a page of memory out of core dumps and child processes: %w", err)
		}
	}
	return mem, nil
}

// mapSecret maps memfd_secret(2) memory: out of the kernel's own map, hence
// out of reach of process_vm_readv, the mem file of the proc tree and
// hibernation. It counts against the memlock limit as mlock does.
func mapSecret(size int) ([]byte, error) {
	fd, err := unix.MemfdSecret(unix.O_CLOEXEC)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	if err := unix.Ftruncate(fd, int64(size)); err != nil {
		return nil, err
	}
	mem, err := unix.Mmap(fd, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, err
	}
	// A shared mapping cannot be wiped on fork; it can be left out of the child.
	if err := unix.Madvise(mem, unix.MADV_DONTFORK); err != nil {
		_ = unix.Munmap(mem)
		return nil, err
	}
	clear(mem) // has the pages made: a signal is likely to come after a page fault, and saves what was being copied
	return mem, nil
}

func limitFault(size int, cause error) error {
	limit := "unknown"
	var r unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_MEMLOCK, &r) == nil {
		limit = fmt.Sprintf("%d KiB", r.Cur>>10)
		if r.Cur == unix.RLIM_INFINITY {
			limit = "none"
		}
	}
	return fault.New(fault.Environment, "cannot lock %d KiB more of memory for secrets (memlock limit: %s): %w", size>>10, limit, cause).
		WithHint("raise the limit with 'ulimit -l', or make fewer keys at once")
}
