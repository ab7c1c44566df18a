package kdf

import (
	"slices"
	"sync"
	"unsafe"

	"github.com/ethkey/ethkey/pkg/secret"
)

// area is the memory of one derivation, outside Go's heap where the system
// allows. What is taken of it has its life.
type area struct {
	mem  []byte // all of it
	rest []byte // not taken yet
}

// wiped are areas between two derivations: empty, and the kernel may take
// their pages. Mapping 256 MiB anew costs up to a fifth of a scrypt. It is
// package state because the pages belong to the process, as its heap does.
var wiped idle

type idle struct {
	mu    sync.Mutex
	areas [][]byte
}

// take returns an area of that size, or nil; areas of other sizes are not kept
// beside the new one that is then mapped.
func (l *idle) take(size int) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.IndexFunc(l.areas, func(mem []byte) bool { return len(mem) == size }); i >= 0 {
		mem := l.areas[i]
		l.areas = slices.Delete(l.areas, i, i+1)
		return mem
	}
	for _, mem := range l.areas {
		unmapArea(mem)
	}
	l.areas = nil
	return nil
}

func (l *idle) put(mem []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.areas = append(l.areas, mem)
}

// newArea returns size zero bytes.
func newArea(size int) (*area, error) {
	mem := wiped.take(size)
	if mem == nil {
		var err error
		if mem, err = mapArea(size); err != nil {
			return nil, err
		}
	}
	return &area{mem: mem, rest: mem}, nil
}

// close wipes the area, and leaves it to the next derivation or the kernel.
func (a *area) close() {
	secret.Wipe(a.mem)
	offerArea(a.mem)
	wiped.put(a.mem)
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
