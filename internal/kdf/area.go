package kdf

import (
	"unsafe"

	"github.com/ethkey/ethkey/pkg/secret"
)

// area is the memory of one derivation, outside Go's heap where the system
// allows. What is taken of it has its life.
type area struct {
	mem  []byte // all of it
	rest []byte // not taken yet
}

// newArea returns size zero bytes.
func newArea(size int) (*area, error) {
	mem, err := mapArea(size)
	if err != nil {
		return nil, err
	}
	return &area{mem: mem, rest: mem}, nil
}

// close wipes the area and gives it back.
func (a *area) close() {
	secret.Wipe(a.mem)
	unmapArea(a.mem)
	a.mem, a.rest = nil, nil
}

func (a *area) take(n int) []byte {
	part := a.rest[:n:n]
	a.rest = a.rest[n:]
	return part
}

// blocks takes n blocks. The area begins at a page, and all that is taken of
// it are whole blocks, so they lie as the processor wants them.
func (a *area) blocks(n int) []block {
	return unsafe.Slice((*block)(unsafe.Pointer(unsafe.SliceData(a.take(n*blockBytes)))), n)
}
