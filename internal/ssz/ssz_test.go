package ssz

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"testing"
)

// zeroHashes are the well-known roots of trees of zeros: 1, 2 and 4 leaves
// (consensus-specs, deposit contract, zero_hashes).
var zeroHashes = []string{
	"0000000000000000000000000000000000000000000000000000000000000000",
	"f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b",
	"db56114e00fdd4c1f85c892bf35ac9a89289aaecb1ebd0a96cde606a748b5d71",
}

func TestMerkleizeZeros(t *testing.T) {
	for chunks, depth := range map[int]int{0: 0, 1: 0, 2: 1, 3: 2, 4: 2} {
		root := Merkleize(make([][32]byte, chunks))
		if got := hex.EncodeToString(root[:]); got != zeroHashes[depth] {
			t.Errorf("%d chunks: %s, want %s", chunks, got, zeroHashes[depth])
		}
	}
}

// reference is merkleize by its definition: the hash of the roots of the
// halves.
func reference(chunks [][32]byte, width int) [32]byte {
	if width == 1 {
		if len(chunks) == 0 {
			return [32]byte{}
		}
		return chunks[0]
	}
	half := min(width/2, len(chunks))
	left, right := reference(chunks[:half], width/2), reference(chunks[half:], width/2)
	return sha256.Sum256(append(append([]byte{}, left[:]...), right[:]...))
}

func TestMerkleize(t *testing.T) {
	for n := 1; n <= 20; n++ {
		chunks := make([][32]byte, n)
		for i := range chunks {
			binary.BigEndian.PutUint64(chunks[i][8:], uint64(1+i))
		}
		before := append([][32]byte{}, chunks...)
		width := 1
		for width < n {
			width *= 2
		}
		if Merkleize(chunks) != reference(chunks, width) || Container(chunks...) != reference(chunks, width) {
			t.Errorf("%d chunks: wrong root", n)
		}
		for i := range chunks {
			if chunks[i] != before[i] {
				t.Fatalf("%d chunks: the argument was changed", n)
			}
		}
	}
}

func TestUint64(t *testing.T) {
	if got := Uint64(0x0102030405060708); got != [32]byte{8, 7, 6, 5, 4, 3, 2, 1} {
		t.Errorf("%x", got)
	}
}

func TestBytes(t *testing.T) {
	if got := Bytes([]byte{1, 2, 3, 4}); got != [32]byte{1, 2, 3, 4} {
		t.Errorf("%x", got)
	}
	b := make([]byte, 96)
	for i := range b {
		b[i] = byte(i)
	}
	full := [32]byte(b)
	if Bytes(b[:32]) != full {
		t.Error("32 bytes are their own root")
	}
	if want := sha256.Sum256(append(append([]byte{}, b[:48]...), make([]byte, 16)...)); Bytes(b[:48]) != want {
		t.Error("48 bytes: wrong root")
	}
	if want := reference([][32]byte{full, [32]byte(b[32:]), [32]byte(b[64:])}, 4); Bytes(b) != want {
		t.Error("96 bytes: wrong root")
	}
}
