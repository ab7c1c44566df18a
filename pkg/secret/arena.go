package secret

import (
	"sync"

	"github.com/ethkey/ethkey/internal/fault"
)

const (
	cellSize  = 32      // bytes; one secret key or root
	chunkSize = 4 << 10 // bytes; one page on amd64, and at least one elsewhere
	maxSize   = 1 << 30 // bytes; no secret is anywhere near, and sums stay in range
)

// chunk is one locked mapping, cut into cells.
type chunk struct {
	mem  []byte
	used []bool // by cell
}

// arena is the process's locked memory. It is package state because the pages
// belong to the process, as its heap does.
var arena pages

type pages struct {
	mu     sync.Mutex
	chunks []*chunk
}

// alloc finds n free bytes, first fit, and maps another chunk when there are
// none.
func (p *pages) alloc(n int) (*span, error) {
	if n < 0 || n > maxSize {
		return nil, fault.New(fault.Refused, "a secret holds 0 to %d bytes", maxSize)
	}
	cells := max(1, (n+cellSize-1)/cellSize)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.chunks {
		if first, ok := c.fit(cells); ok {
			return c.take(first, cells, n), nil
		}
	}
	size := (cells*cellSize + chunkSize - 1) / chunkSize * chunkSize
	mem, err := mapLocked(size)
	if err != nil {
		return nil, err
	}
	c := &chunk{mem: mem, used: make([]bool, size/cellSize)}
	p.chunks = append(p.chunks, c)
	return c.take(0, cells, n), nil
}

// Reserve locks memory for n bytes of secrets to come, so that the limit of the
// machine shows before the work and not in the middle of it.
func Reserve(n int) error {
	b, err := New(n)
	b.Close()
	return err
}

// fit returns the first run of free cells that is long enough.
func (c *chunk) fit(cells int) (int, bool) {
	run := 0
	for i, used := range c.used {
		if used {
			run = 0
			continue
		}
		if run++; run == cells {
			return i - cells + 1, true
		}
	}
	return 0, false
}

func (c *chunk) take(first, cells, n int) *span {
	for i := first; i < first+cells; i++ {
		c.used[i] = true
	}
	return &span{chunk: c, first: first, cells: cells, len: n}
}

// free wipes the cells of s and makes them available again. It does so once:
// by a second time, through a copied Buffer, they may be another secret's.
func (p *pages) free(s *span) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.chunk == nil {
		return
	}
	Wipe(s.chunk.mem[s.first*cellSize : (s.first+s.cells)*cellSize])
	for i := s.first; i < s.first+s.cells; i++ {
		s.chunk.used[i] = false
	}
	s.chunk = nil
}

// WipeAll wipes every secret of the process. It is for the way out, after
// which no Buffer holds anything.
func WipeAll() {
	arena.mu.Lock()
	defer arena.mu.Unlock()
	for _, c := range arena.chunks {
		Wipe(c.mem)
	}
}
