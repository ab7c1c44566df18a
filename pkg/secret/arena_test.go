package secret

import (
	"bytes"
	"testing"
	"unsafe"
)

func address(b *Buffer) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(b.Bytes()))) }

// fresh is an arena of its own, so that what is counted is what the test did.
func fresh(t *testing.T) *pages {
	t.Helper()
	return &pages{}
}

func (p *pages) buffer(t *testing.T, n int) *span {
	t.Helper()
	s, err := p.alloc(n)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestKeysArePackedAPageFull(t *testing.T) {
	p := fresh(t)
	for range chunkSize / cellSize {
		p.buffer(t, 32)
	}
	if len(p.chunks) != 1 {
		t.Errorf("%d keys take %d pages, want 1", chunkSize/cellSize, len(p.chunks))
	}
	if p.buffer(t, 1); len(p.chunks) != 2 {
		t.Errorf("one more takes %d pages, want 2", len(p.chunks))
	}
}

func TestFreedCellsAreUsedAgain(t *testing.T) {
	p := fresh(t)
	a, b, c := p.buffer(t, 64), p.buffer(t, 33), p.buffer(t, 32)
	p.free(b)
	if again := p.buffer(t, 40); again.first != b.first || again.cells != 2 {
		t.Errorf("cells %d+%d, want %d+2", again.first, again.cells, b.first)
	}
	p.free(a)
	p.free(c)
	for range 10_000 {
		p.free(p.buffer(t, 96))
	}
	if len(p.chunks) != 1 {
		t.Errorf("allocating and freeing grew to %d pages", len(p.chunks))
	}
}

func TestASecretLargerThanAPageIsWhole(t *testing.T) {
	p := fresh(t)
	s := p.buffer(t, 3*chunkSize+1)
	if len(s.bytes()) != 3*chunkSize+1 || len(p.chunks) != 1 {
		t.Errorf("%d bytes over %d chunks", len(s.bytes()), len(p.chunks))
	}
	for i := range s.bytes() {
		s.bytes()[i] = 0xff
	}
	whole := s.chunk.mem
	p.free(s)
	if !bytes.Equal(whole, make([]byte, len(whole))) {
		t.Error("bytes survive")
	}
}

func TestCellsAreAlignedForKeysUsedInPlace(t *testing.T) {
	for range 5 {
		if b := mustFrom(t, canary); address(b)%cellSize != 0 {
			t.Errorf("address %x", address(b))
		}
	}
}

func TestWipeAllLeavesNothing(t *testing.T) {
	roles := []*Buffer{mustFrom(t, canary), mustFrom(t, canary+canary+canary), mustFrom(t, "x")}
	WipeAll()
	for _, b := range roles {
		if !bytes.Equal(b.Bytes(), make([]byte, b.Len())) {
			t.Error("a secret survives WipeAll")
		}
	}
	for _, c := range arena.chunks {
		if !bytes.Equal(c.mem, make([]byte, len(c.mem))) {
			t.Error("a page survives WipeAll")
		}
	}
}

// What was reserved is there without a new mapping.
func TestReserve(t *testing.T) {
	if err := Reserve(100 * chunkSize); err != nil {
		t.Fatal(err)
	}
	before := len(arena.chunks)
	for range 100 {
		b, err := New(chunkSize / 2)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(b.Close)
	}
	if after := len(arena.chunks); after != before {
		t.Errorf("%d chunks were mapped after a reservation", after-before)
	}
	if err := Reserve(maxSize + 1); err == nil {
		t.Error("more than there can be was reserved")
	}
}
