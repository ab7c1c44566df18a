package derive

import (
	"crypto/sha256"
	"encoding"
	"encoding/binary"
	"hash"
)

const (
	hashSize  = sha256.Size
	blockSize = sha256.BlockSize
	// stateSize is the size of crypto/sha256's marshalled state: a magic of 4
	// bytes, the chaining value, its buffered bytes, the length.
	stateSize   = magicSize + hashSize + blockSize + 8
	magicSize   = 4
	hasherSize  = blockSize + stateSize
	lengthStart = blockSize - 8 // FIPS 180-4, 5.1.1: the last 64 bits of the padding
)

// state is what crypto/sha256 promises of its hashes.
type state interface {
	hash.Hash
	encoding.BinaryAppender
	encoding.BinaryUnmarshaler
}

// hasher is SHA-256 of secrets. It buffers and pads (FIPS 180-4, 5.1.1) on a
// secret page and gives crypto/sha256 whole blocks only, so that the latter
// never holds a part of the message; the digest is read out of the marshalled
// state, onto the page as well.
type hasher struct {
	compress state
	block    []byte // on the page: what does not fill a block yet
	saved    []byte // on the page: room for a marshalled state
	length   uint64 // of the message so far, in bytes
}

func newHasher(page []byte) *hasher {
	compress, _ := sha256.New().(state)
	return &hasher{compress: compress, block: page[:blockSize], saved: page[blockSize:hasherSize]}
}

func (h *hasher) reset() {
	h.compress.Reset()
	h.length = 0
}

// save copies the state into dst. The message so far must be whole blocks.
func (h *hasher) save(dst []byte) {
	_, _ = h.compress.AppendBinary(dst[:0]) // cannot fail, and fits
}

// resume goes on from a state that save has made of one block.
func (h *hasher) resume(saved []byte) {
	_ = h.compress.UnmarshalBinary(saved) // cannot fail on what save wrote
	h.length = blockSize
}

func (h *hasher) write(p []byte) {
	for len(p) > 0 {
		n := copy(h.block[h.length%blockSize:], p)
		h.length += uint64(n)
		if h.length%blockSize == 0 {
			h.compress.Write(h.block)
		}
		p = p[n:]
	}
}

// writePadded writes one block: the key with zeros behind it, each byte
// combined with pad (RFC 2104).
func (h *hasher) writePadded(key []byte, pad byte) {
	clear(h.block)
	copy(h.block, key)
	for i := range h.block {
		h.block[i] ^= pad
	}
	h.length += blockSize
	h.compress.Write(h.block)
}

// finish pads and puts the digest into out.
func (h *hasher) finish(out []byte) {
	at := h.length % blockSize
	h.block[at] = 0x80
	clear(h.block[at+1:])
	if at >= lengthStart {
		h.compress.Write(h.block)
		clear(h.block)
	}
	binary.BigEndian.PutUint64(h.block[lengthStart:], 8*h.length)
	h.compress.Write(h.block)
	h.save(h.saved)
	copy(out, h.saved[magicSize:magicSize+hashSize])
}

// sum puts the SHA-256 of p into out, which may be p.
func (h *hasher) sum(out, p []byte) {
	h.reset()
	h.write(p)
	h.finish(out)
}
