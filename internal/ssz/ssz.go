// Package ssz is the hash-tree-root of small containers (consensus-specs,
// ssz/simple-serialize.md, "Merkleization"): integers, byte vectors, and
// containers of them. It knows no lists and no types: a container lists the
// roots of its fields, in order.
package ssz

import (
	"crypto/sha256"
	"encoding/binary"
)

// BytesPerChunk is the size of a leaf.
const BytesPerChunk = 32

// Uint64 is the root of a uint64: little-endian, padded to a chunk.
func Uint64(v uint64) [BytesPerChunk]byte {
	var chunk [BytesPerChunk]byte
	binary.LittleEndian.PutUint64(chunk[:], v)
	return chunk
}

// Bytes is the root of a byte vector: merkleize(pack(b)). Up to 32 bytes it is
// the bytes themselves, padded to a chunk.
func Bytes(b []byte) [BytesPerChunk]byte {
	chunks := make([][BytesPerChunk]byte, (len(b)+BytesPerChunk-1)/BytesPerChunk)
	for i := range chunks {
		copy(chunks[i][:], b[i*BytesPerChunk:])
	}
	return Merkleize(chunks)
}

// Container is the root of a container whose fields have these roots.
func Container(fields ...[BytesPerChunk]byte) [BytesPerChunk]byte { return Merkleize(fields) }

// Merkleize is the root of a binary tree over the chunks, padded with chunks
// of zeros to the next power of two. Without chunks it is a chunk of zeros.
func Merkleize(chunks [][BytesPerChunk]byte) [BytesPerChunk]byte {
	width := 1
	for width < len(chunks) {
		width *= 2
	}
	layer := make([][BytesPerChunk]byte, width)
	copy(layer, chunks)
	for ; width > 1; width /= 2 {
		for i := range width / 2 {
			layer[i] = hash(layer[2*i], layer[2*i+1])
		}
	}
	return layer[0]
}

func hash(left, right [BytesPerChunk]byte) [BytesPerChunk]byte {
	return sha256.Sum256(append(left[:], right[:]...))
}
