package secret

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"runtime"
)

// redacted is what a Buffer prints as, whatever the verb.
const redacted = "[redacted]"

// ErrMarshal is returned by every attempt to serialise a Buffer.
var ErrMarshal = errors.New("a secret refuses to be marshalled")

// Buffer is a fixed run of secret bytes. The zero value and nil are empty.
// A Buffer is not safe for use by several goroutines while one of them
// writes or closes it.
type Buffer struct{ span *span }

// span is where a Buffer's bytes lie, two pointers away from the Buffer: fmt
// shows an unexported pointer as an address, but follows it once when the verb
// is not one it knows.
type span struct {
	chunk *chunk // nil once freed
	first int    // first cell
	cells int    // number of cells
	len   int    // bytes in use
}

func (s *span) bytes() []byte {
	if s == nil || s.chunk == nil {
		return nil
	}
	start := s.first * cellSize
	return s.chunk.mem[start : start+s.len : start+s.len]
}

// New returns n zero bytes of locked memory. It fails with a fault of kind
// Environment when the machine will not lock more.
func New(n int) (*Buffer, error) {
	s, err := arena.alloc(n)
	if err != nil {
		return nil, err
	}
	return &Buffer{span: s}, nil
}

// From moves b into locked memory: it copies b, then wipes it, also on error.
func From(b []byte) (*Buffer, error) {
	defer Wipe(b)
	buf, err := New(len(b))
	if err != nil {
		return nil, err
	}
	Copy(buf.Bytes(), b)
	return buf, nil
}

// Bytes returns the secret itself, in place. The slice must not be kept past
// Close, appended to, or turned into a string.
func (b *Buffer) Bytes() []byte {
	if b == nil {
		return nil
	}
	return b.span.bytes()
}

// Len returns the number of bytes.
func (b *Buffer) Len() int { return len(b.Bytes()) }

// Truncate wipes and drops all bytes from n on; a negative n counts as 0.
func (b *Buffer) Truncate(n int) {
	n = max(n, 0)
	if n < b.Len() {
		Wipe(b.Bytes()[n:])
		b.span.len = n
	}
}

// Clone returns a copy with a life of its own.
func (b *Buffer) Clone() (*Buffer, error) {
	c, err := New(b.Len())
	if err != nil {
		return nil, err
	}
	Copy(c.Bytes(), b.Bytes())
	return c, nil
}

// Equal compares in time that depends only on the lengths.
func (b *Buffer) Equal(o *Buffer) bool {
	return subtle.ConstantTimeCompare(b.Bytes(), o.Bytes()) == 1
}

// Close wipes the bytes and gives the memory back. A second Close does
// nothing.
func (b *Buffer) Close() {
	if b == nil || b.span == nil {
		return
	}
	arena.free(b.span)
	b.span = nil
}

// Copy is copy for secrets: nothing stays in the processor's registers.
func Copy[T any](dst, src []T) int {
	defer clearRegisters()
	return copy(dst, src)
}

// Wipe overwrites b with zeros, and the processor's registers, in which copies
// of it may stand.
func Wipe(b []byte) {
	clear(b)
	runtime.KeepAlive(b)
	clearRegisters()
}

// Format prints [redacted] for every verb.
func (b *Buffer) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(redacted)) }

// String returns [redacted].
func (b *Buffer) String() string { return redacted }

// GoString returns [redacted].
func (b *Buffer) GoString() string { return redacted }

// MarshalText refuses.
func (b *Buffer) MarshalText() ([]byte, error) { return nil, ErrMarshal }

// MarshalJSON refuses.
func (b *Buffer) MarshalJSON() ([]byte, error) { return nil, ErrMarshal }

// MarshalBinary refuses; encoding/gob asks here too.
func (b *Buffer) MarshalBinary() ([]byte, error) { return nil, ErrMarshal }
