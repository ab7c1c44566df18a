//go:build unix

package bolt

import (
	"errors"
	"os"
	"syscall"
)

// noWait opens a pipe at once, for it to be refused, instead of waiting for
// somebody at its other end.
const noWait = syscall.O_NONBLOCK

// lock takes the file for this process alone, or with others that only read.
// The lock goes with the open file.
func lock(f *os.File, shared bool) error {
	how := syscall.LOCK_EX
	if shared {
		how = syscall.LOCK_SH
	}
	err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errLocked
	}
	return err
}
