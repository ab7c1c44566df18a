//go:build unix

package source

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
)

// FD reads the secret that is the whole rest of an open descriptor, and leaves
// the descriptor open and at its end. 1 and 2 are refused: they are where
// ethkey writes.
func FD(fd int) (*secret.Buffer, error) {
	name := fmt.Sprintf("descriptor %d", fd)
	if fd < 0 || fd == 1 || fd == 2 {
		return nil, fault.New(fault.Usage, "%s: not one to read a secret from, expected 0 or 3 and up", name)
	}
	// A copy, because closing the os.File would close the caller's own.
	copied, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return nil, fault.New(fault.Usage, "%s: not open (%w)", name, err).
			WithHint("a shell opens it for one command with %d<FILE", fd)
	}
	file := os.NewFile(uintptr(copied), name)
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.IsDir() {
		return nil, fault.New(fault.Refused, "%s: a folder, expected a secret", name)
	}
	if shows(file) {
		return nil, shownFault(name)
	}
	return Read(file, name)
}
