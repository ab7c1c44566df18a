package slashingdb

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// The radix sort sorts, and keeps the order of equal numbers.
func TestSorter(t *testing.T) {
	var s sorter
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 10))
		numbers := make([]uint64, r.IntN(300))
		of := make([]uint32, len(numbers))
		for i := range numbers {
			numbers[i], of[i] = r.Uint64()>>r.IntN(64), uint32(i)
		}
		expected := slices.Clone(of)
		slices.SortStableFunc(expected, func(a, b uint32) int { return cmp.Compare(numbers[a], numbers[b]) })
		for n, e := range s.by(of, func(i uint32) uint64 { return numbers[i] }) {
			if e.i != expected[n] || e.number != numbers[e.i] {
				t.Fatalf("seed %d: place %d has %d", seed, n, e.i)
			}
		}
	}
}

func TestChunkedKeepsWhatWasAdded(t *testing.T) {
	var c chunked[int]
	for range 2 {
		for i := range 3*chunkSize + 1 {
			if at := c.add(i); at != uint32(i) {
				t.Fatalf("%d was put at %d", i, at)
			}
		}
		for i := range 3*chunkSize + 1 {
			if *c.at(uint32(i)) != i {
				t.Fatalf("%d is %d", i, *c.at(uint32(i)))
			}
		}
		c.n = 0
	}
}
