//go:build !linux

package host

import (
	"errors"

	"github.com/ethkey/ethkey/internal/build"
)

// Kernel asks the running kernel, which is not Linux here: it knows nothing of
// what is asked (docs/threat-model.md).
func Kernel() System {
	return System{
		Random:      func() error { return errors.ErrUnsupported },
		Landlock:    func() (int, error) { return 0, errors.ErrUnsupported },
		MemfdSecret: func() error { return errors.ErrUnsupported },
		Memlock:     func() (uint64, error) { return 0, errors.ErrUnsupported },
		Medium:      func(string) (Medium, error) { return Medium{}, errors.ErrUnsupported },
		Self:        build.Self,
	}
}
