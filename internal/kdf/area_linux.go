package kdf

import (
	"golang.org/x/sys/unix"

	"github.com/ethkey/ethkey/internal/fault"
)

// mapArea maps private memory that neither a core dump nor a forked child gets.
// Huge pages, where the kernel gives them, spare a fault for every 4 KiB and
// most misses of the address cache, which scrypt provokes on purpose.
func mapArea(size int) ([]byte, error) {
	mem, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return nil, areaFault(size, err)
	}
	for _, advice := range []int{unix.MADV_DONTDUMP, unix.MADV_DONTFORK} {
		if err := unix.Madvise(mem, advice); err != nil {
			_ = unix.Munmap(mem)
			return nil, areaFault(size, err)
		}
	}
	_ = unix.Madvise(mem, unix.MADV_HUGEPAGE) // for speed alone
	return mem, nil
}

func unmapArea(mem []byte) { _ = unix.Munmap(mem) }

// offerArea lets the kernel take the pages of a wiped area, should it need
// some, without writing them to swap.
func offerArea(mem []byte) { _ = unix.Madvise(mem, unix.MADV_FREE) }

func areaFault(size int, cause error) error {
	return fault.New(fault.Environment, "cannot get %d MiB of memory for scrypt: %w", (size+1<<20-1)>>20, cause).
		WithHint("end other programs, raise the limit ('ulimit -v'), or work on fewer keystores at once")
}
