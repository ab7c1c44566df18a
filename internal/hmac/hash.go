package hmac

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding"
	"encoding/binary"
	"hash"

	"github.com/ethkey/ethkey/pkg/secret"
)

// Function is a hash function of FIPS 180-4.
type Function int

// The functions. Every size of the second is twice that of the first.
const (
	SHA256 Function = iota
	SHA512
)

// magicSize is what the standard library's marshalled states begin with: the
// chaining value follows, then a block's room and the length.
const magicSize = 4

// Size returns the bytes of a digest.
func (f Function) Size() int { return sha256.Size << f }

// BlockSize returns the bytes of a block.
func (f Function) BlockSize() int { return sha256.BlockSize << f }

// lengthSize is the size of the message's length at the end of the padding
// (FIPS 180-4, 5.1).
func (f Function) lengthSize() int { return 8 << f }

func (f Function) stateSize() int { return magicSize + f.Size() + f.BlockSize() + 8 }

// HashRoom returns how many bytes NewHash wants.
func (f Function) HashRoom() int { return f.BlockSize() + f.stateSize() }

// state is what the standard library promises of its hashes.
type state interface {
	hash.Hash
	encoding.BinaryAppender
	encoding.BinaryUnmarshaler
}

func (f Function) newState() state {
	h := sha256.New
	if f == SHA512 {
		h = sha512.New
	}
	s, _ := h().(state)
	return s
}

// Hash is a hash of secrets.
type Hash struct {
	compress    state
	block       []byte // on the page: what does not fill a block yet
	saved       []byte // on the page: room for a marshalled state
	length      uint64 // of the message so far, in bytes
	size        int
	lengthStart int // where in the last block the length stands
}

// NewHash makes a hash that works on room, HashRoom bytes of the caller's
// secret memory.
func NewHash(f Function, room []byte) *Hash {
	block := f.BlockSize()
	return &Hash{
		compress: f.newState(), block: room[:block:block], saved: room[block:f.HashRoom()],
		size: f.Size(), lengthStart: block - f.lengthSize(),
	}
}

// Close drops the chaining value, and hashes a block of zeros: the processor's
// vector registers would keep the last block, and the next signal would put
// them on the stack. Wiping the room is the caller's, and so is the room from
// here on: a second Close does not touch what it holds by then.
func (h *Hash) Close() {
	clear(h.block)
	h.compress.Reset()
	h.compress.Write(h.block)
	h.Reset()
	h.block, h.saved = nil, nil
}

// Reset starts a new message.
func (h *Hash) Reset() {
	h.compress.Reset()
	h.length = 0
}

// fill is how many bytes of the block are taken. A block is a power of two.
func (h *Hash) fill() int { return int(h.length & uint64(len(h.block)-1)) }

// Write adds p to the message.
func (h *Hash) Write(p []byte) {
	for len(p) > 0 {
		n := copy(h.block[h.fill():], p)
		h.length += uint64(n)
		if h.fill() == 0 {
			h.compress.Write(h.block)
		}
		p = p[n:]
	}
}

// Finish pads the message (FIPS 180-4, 5.1) and puts its digest into out.
func (h *Hash) Finish(out []byte) {
	at := h.fill()
	h.block[at] = 0x80
	clear(h.block[at+1:])
	if at >= h.lengthStart {
		h.compress.Write(h.block)
		clear(h.block)
	}
	binary.BigEndian.PutUint64(h.block[len(h.block)-8:], 8*h.length)
	h.compress.Write(h.block)
	h.save(h.saved)
	copy(out, h.saved[magicSize:magicSize+h.size])
}

// Sum puts the digest of p into out, which may be p.
func (h *Hash) Sum(out, p []byte) {
	h.Reset()
	h.Write(p)
	h.Finish(out)
}

// save copies the state into dst. The message so far must be whole blocks.
func (h *Hash) save(dst []byte) {
	_, _ = h.compress.AppendBinary(dst[:0]) // cannot fail, and fits
}

// resume goes on from a state that save has made of one block.
func (h *Hash) resume(saved []byte) {
	_ = h.compress.UnmarshalBinary(saved) // cannot fail on what save wrote
	h.length = uint64(len(h.block))
}

// writePadded writes one block: the key with zeros behind it, each byte
// combined with pad (RFC 2104, 2).
func (h *Hash) writePadded(key []byte, pad byte) {
	clear(h.block)
	secret.Copy(h.block, key)
	for i := range h.block {
		h.block[i] ^= pad
	}
	h.length += uint64(len(h.block))
	h.compress.Write(h.block)
}
