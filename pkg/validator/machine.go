package validator

import (
	"io"
	"sync"
	"time"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/pkg/keystore"
)

// Machine is what an operation gets from the outside.
type Machine struct {
	Open    func(folder string) (atomicfile.FS, error) // a folder that exists
	Rand    io.Reader
	Now     func() time.Time
	Workers int // concurrent derivations

	// Memory is how many bytes concurrent KDFs may take together; one always
	// runs. 0 is no bound.
	Memory uint64

	// WallsMissing names the walls that the process runs without. They stand in
	// every summary and report.
	WallsMissing []string

	// KDF returns the key derivation parameters for a salt. Nil means the
	// costs of EIP-2335's own examples: scrypt 2^18/8/1, PBKDF2 2^18.
	KDF func(pbkdf2 bool, salt []byte) keystore.Params
}

// Progress hears how many of total steps are done, one call at a time. It may
// be nil.
type Progress func(done, total int)

// Warning is what a person must know before agreeing to a plan.
type Warning struct {
	What string `json:"what"`
	Hint string `json:"hint,omitempty"`
}

func (m Machine) params(pbkdf2 bool, salt []byte) keystore.Params {
	switch {
	case m.KDF != nil:
		return m.KDF(pbkdf2, salt)
	case pbkdf2:
		return keystore.DefaultPBKDF2(salt)
	default:
		return keystore.DefaultScrypt(salt)
	}
}

// kdfWorkers is how many derivations of p fit in memory at a time.
func (m Machine) kdfWorkers(p keystore.Params) int {
	each := uint64(p.Memory())
	if m.Memory == 0 || each == 0 {
		return m.Workers
	}
	return int(max(1, min(m.Memory/each, uint64(m.Workers))))
}

func (p Progress) step(done, total int) {
	if p != nil {
		p(done, total)
	}
}

// counter returns a function that any goroutine may call to report one step
// more, after those done before.
func (p Progress) counter(before, total int) func() {
	var mu sync.Mutex
	done := before
	return func() {
		mu.Lock()
		defer mu.Unlock()
		done++
		p.step(done, total)
	}
}
