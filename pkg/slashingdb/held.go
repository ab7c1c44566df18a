package slashingdb

import "slices"

// heldBlock and heldAttestation are messages kept with their place.

type heldBlock struct {
	Block
	at   At
	file int32
}

type heldAttestation struct {
	Attestation
	at   At
	file int32
}

// messages is a store that grows without copying.
type messages struct {
	blocks       chunked[heldBlock]
	attestations chunked[heldAttestation]
}

func (m *messages) reset() { m.blocks.n, m.attestations.n = 0, 0 }

// held are the messages of one key, as indexes into a store.
type held struct {
	blocks       []uint32
	attestations []uint32
}

func (h *held) reset() { h.blocks, h.attestations = h.blocks[:0], h.attestations[:0] }

func (m *messages) addBlock(to *held, b Block, at At, file int32) {
	to.blocks = append(to.blocks, m.blocks.add(heldBlock{b, at, file}))
}

func (m *messages) addAttestation(to *held, a Attestation, at At, file int32) {
	to.attestations = append(to.attestations, m.attestations.add(heldAttestation{a, at, file}))
}

// chunkSize keeps a chunk below 128 KiB.
const chunkSize = 1024

// chunked is a list in pieces. Its pieces are used again after n is set to 0.
type chunked[T any] struct {
	chunks [][]T
	n      uint32
}

func (c *chunked[T]) add(v T) uint32 {
	i := c.n
	if int(i/chunkSize) == len(c.chunks) {
		c.chunks = append(c.chunks, make([]T, chunkSize))
	}
	c.chunks[i/chunkSize][i%chunkSize] = v
	c.n++
	return i
}

func (c *chunked[T]) at(i uint32) *T { return &c.chunks[i/chunkSize][i%chunkSize] }

// sorter orders messages by a number, those of one number as they were. It
// keeps its memory from one key to the next.
type sorter struct{ list, spare []numbered }

type numbered struct {
	number uint64
	i      uint32
}

// by sorts indexes by the number of each. The result is valid until the next
// call.
func (s *sorter) by(of []uint32, number func(i uint32) uint64) []numbered {
	s.list = s.list[:0]
	sorted := true
	for _, i := range of {
		n := number(i)
		sorted = sorted && (len(s.list) == 0 || s.list[len(s.list)-1].number <= n)
		s.list = append(s.list, numbered{n, i})
	}
	if !sorted {
		s.sort()
	}
	return s.list
}

// sort is a radix sort, for a history may be long and in any order; the bytes
// in which no two numbers differ are passed over, and these are most.
func (s *sorter) sort() {
	differ := uint64(0)
	for _, e := range s.list {
		differ |= e.number ^ s.list[0].number
	}
	s.spare = slices.Grow(s.spare[:0], len(s.list))[:len(s.list)]
	for shift := 0; shift < 64; shift += 8 {
		if differ>>shift&0xff == 0 {
			continue
		}
		var begin [256]int
		for _, e := range s.list {
			begin[byte(e.number>>shift)]++
		}
		sum := 0
		for b, n := range begin {
			begin[b], sum = sum, sum+n
		}
		for _, e := range s.list {
			b := byte(e.number >> shift)
			s.spare[begin[b]] = e
			begin[b]++
		}
		s.list, s.spare = s.spare, s.list
	}
}
