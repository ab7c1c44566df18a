package build

import (
	"crypto/sha256"
	"errors"
	"io"
	"os"

	"github.com/ethkey/ethkey/internal/fault"
)

// Self returns the SHA-256 of the running image. Without a proc tree, as in a
// bare chroot, it reads the path that the program was started by.
func Self() ([sha256.Size]byte, error) {
	return hashFirst("/proc/self/exe", startedAs(), executable())
}

func executable() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	return path
}

// hashFirst hashes the first of the files that can be read.
func hashFirst(paths ...string) (sum [sha256.Size]byte, err error) {
	var faults []error
	for _, path := range paths {
		if path == "" {
			continue
		}
		if sum, err = hashFile(path); err == nil {
			return sum, nil
		}
		faults = append(faults, err)
	}
	return sum, fault.New(fault.Environment, "cannot read the running program's own file: %w", errors.Join(faults...)).
		WithHint("start it by its full path, or mount /proc")
}

func hashFile(path string) (sum [sha256.Size]byte, err error) {
	file, err := os.Open(path)
	if err != nil {
		return sum, err
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return sum, err
	}
	h.Sum(sum[:0])
	return sum, nil
}
