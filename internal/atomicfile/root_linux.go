package atomicfile

import (
	"errors"
	"os"
	"path"

	"golang.org/x/sys/unix"
)

const (
	noFollow = unix.O_NOFOLLOW
	noWait   = unix.O_NONBLOCK
)

// unsupported turns the ways in which kernels and drivers say "I cannot" into
// errors.ErrUnsupported.
func unsupported(err error, also ...unix.Errno) error {
	for _, errno := range append(also, unix.ENOSYS, unix.EOPNOTSUPP, unix.ENOTTY) {
		if errors.Is(err, errno) {
			return errors.ErrUnsupported
		}
	}
	return err
}

// RenameNoReplace implements FS.
func (r *Root) RenameNoReplace(from, to string) error {
	source, err := r.root.Open(path.Dir(from))
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := r.root.Open(path.Dir(to))
	if err != nil {
		return err
	}
	defer target.Close()
	err = unix.Renameat2(int(source.Fd()), path.Base(from), int(target.Fd()), path.Base(to), unix.RENAME_NOREPLACE)
	if err == nil {
		return nil
	}
	return unsupported(&os.LinkError{Op: "renameat2", Old: from, New: to, Err: err}, unix.EINVAL)
}

// SyncDir implements FS.
func (r *Root) SyncDir(name string) error {
	return r.onFolder(name, func(d *os.File) error {
		// Some drivers cannot sync a folder and say EINVAL.
		if err := unsupported(d.Sync(), unix.EINVAL); !errors.Is(err, errors.ErrUnsupported) {
			return err
		}
		return unix.Syncfs(int(d.Fd()))
	})
}

// SyncFS implements FS. The kernel does not pass syncfs(2) on to a FUSE driver,
// which may still hold what was written: there every file is synced by itself.
func (r *Root) SyncFS(name string) error {
	return r.onFolder(name, func(d *os.File) error {
		var stat unix.Statfs_t
		if err := unix.Fstatfs(int(d.Fd()), &stat); err != nil {
			return err
		}
		if uint32(stat.Type) == unix.FUSE_SUPER_MAGIC {
			return errors.ErrUnsupported
		}
		return unsupported(unix.Syncfs(int(d.Fd())))
	})
}

// Room implements FS.
func (r *Root) Room(name string) (uint64, error) {
	var free uint64
	err := r.onFolder(name, func(d *os.File) error {
		if err := unix.Faccessat(int(d.Fd()), ".", unix.W_OK|unix.X_OK, unix.AT_EACCESS); err != nil {
			return err
		}
		var stat unix.Statfs_t
		if err := unix.Fstatfs(int(d.Fd()), &stat); err != nil {
			return err
		}
		if stat.Flags&unix.ST_RDONLY != 0 {
			return unix.EROFS
		}
		free = stat.Bavail * uint64(stat.Bsize)
		return nil
	})
	return free, err
}

func (r *Root) onFolder(name string, do func(*os.File) error) error {
	d, err := r.root.Open(name)
	if err != nil {
		return err
	}
	defer d.Close()
	return do(d)
}

// flock takes the lock without waiting. NFS answers EBADF, for it wants a
// file that is open for writing, which a folder never is.
func flock(d *os.File) error {
	err := unix.Flock(int(d.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return ErrLocked
	}
	return unsupported(err, unix.ENOLCK, unix.EBADF, unix.EINVAL)
}

func dropCache(f *os.File) { _ = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED) }
