package sandbox

import (
	"os"

	"golang.org/x/sys/unix"
)

// Harden closes the process to others of the same user and forbids core files.
// It is for the first line of main. The State it returns counts Seccomp as
// down; Wall puts it up.
func Harden() State {
	return State{
		Seccomp: down("the system call filter is not set yet"),
		NoDump:  noDump(),
		NoCore:  noCore(),
	}
}

func noDump() error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return down("cannot make the process non-dumpable (PR_SET_DUMPABLE): %w", err)
	}
	if got, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0); err != nil || got != 0 {
		return down("the kernel leaves the process dumpable (PR_GET_DUMPABLE: %d)", got)
	}
	return nil
}

// noCore forbids core files, and an environment that asks the Go runtime for
// more of a crash than the one stack: the arguments of calls stand there.
func noCore() error {
	switch os.Getenv("GOTRACEBACK") {
	case "", "none", "0", "single":
	default:
		return down("the environment asks for every stack of a crash (GOTRACEBACK): unset it")
	}
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return down("cannot forbid core files (RLIMIT_CORE): %w", err)
	}
	return nil
}
