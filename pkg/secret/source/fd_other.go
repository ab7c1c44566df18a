//go:build !unix

package source

import (
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
)

// FD is refused: numbered descriptors are a matter of Unix.
func FD(fd int) (*secret.Buffer, error) {
	return nil, fault.New(fault.Usage, "descriptor %d: this system has none to inherit; name a file instead", fd)
}
