package bolt

import (
	"os"

	"golang.org/x/sys/unix"
)

// identify tells a file from its copies, by inode and time of birth: the number
// of an inode is used again when a file is removed.
func identify(f *os.File) fileID {
	var s unix.Statx_t
	if err := unix.Statx(int(f.Fd()), "", unix.AT_EMPTY_PATH, unix.STATX_INO|unix.STATX_BTIME, &s); err != nil {
		return fileID{}
	}
	id := fileID{Inode: s.Ino}
	if s.Mask&unix.STATX_BTIME != 0 {
		id.Born = s.Btime.Sec*1e9 + int64(s.Btime.Nsec)
	}
	return id
}

// dropCache makes the next reads come from the medium, as far as the system
// follows the advice.
func dropCache(f *os.File) { _ = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED) }
