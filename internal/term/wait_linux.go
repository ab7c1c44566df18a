package term

import (
	"errors"

	"golang.org/x/sys/unix"
)

// ready waits until fd can be read or wake can, for at most ms milliseconds,
// or for ever when ms is negative.
func ready(fd, wake uintptr, ms int) (readable, woken bool, err error) {
	fds := []unix.PollFd{
		{Fd: int32(fd), Events: unix.POLLIN},
		{Fd: int32(wake), Events: unix.POLLIN},
	}
	for {
		_, err := unix.Poll(fds, ms)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return false, false, err
		}
		// POLLHUP, POLLERR and POLLNVAL are for read to explain.
		return fds[0].Revents != 0, fds[1].Revents != 0, nil
	}
}

// hungUp reports whether err is what a terminal answers once nobody holds its
// other end.
func hungUp(err error) bool { return errors.Is(err, unix.EIO) }
