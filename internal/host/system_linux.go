package host

import (
	"errors"

	"golang.org/x/sys/unix"

	"github.com/ethkey/ethkey/internal/build"
)

// Kernel asks the running kernel.
func Kernel() System {
	return System{
		Random: random, Landlock: landlock, MemfdSecret: memfdSecret, Memlock: memlock, Medium: medium, Self: build.Self,
	}
}

func random() error {
	var b [1]byte
	n, err := unix.Getrandom(b[:], unix.GRND_NONBLOCK)
	if err == nil && n != len(b) {
		return errors.New("no byte was returned")
	}
	return err
}

func landlock() (int, error) {
	version, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return 0, errno
	}
	return int(version), nil
}

func memfdSecret() error {
	fd, err := unix.MemfdSecret(unix.O_CLOEXEC)
	if err != nil {
		return err
	}
	return unix.Close(fd)
}

func memlock() (uint64, error) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_MEMLOCK, &limit); err != nil {
		return 0, err
	}
	if limit.Cur == unix.RLIM_INFINITY {
		return Unlimited, nil
	}
	return limit.Cur, nil
}

func medium(path string) (Medium, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return Medium{}, err
	}
	return Medium{Type: uint32(s.Type), Free: s.Bavail * uint64(s.Bsize), ReadOnly: s.Flags&unix.ST_RDONLY != 0}, nil
}
