package slashingdb

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sort"

	"github.com/ethkey/ethkey/internal/fault"
)

// maxValue bounds what is held of a file at once: a message, the metadata, a
// member that the EIP does not know. It is a thousand times what any needs.
const maxValue = 1 << 20

// source feeds the JSON decoder. It knows where lines begin, ends the reading
// when the context ends, and never lets the decoder hold more than maxValue.
type source struct {
	ctx      context.Context
	r        io.Reader
	consumed func() int64 // how far the decoder's values reach

	chunk  []byte // read and not yet given
	buffer []byte
	read   int64 // bytes read from r
	given  int64 // bytes given to the decoder
	last   error // what r said with its last bytes
	err    error // why it ended, unless by the end of the file

	newlines []int64 // offsets, as far back as they may be asked for
	gone     int64   // how many were dropped
	lastGone int64   // the offset of the last one dropped
	cursor   int     // newlines[:cursor] lie before the last place asked for
}

func newSource(ctx context.Context, r io.Reader) *source {
	return &source{ctx: ctx, r: r, buffer: make([]byte, 64<<10), lastGone: -1}
}

// Read implements io.Reader.
func (s *source) Read(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	if s.given-s.consumed() > maxValue {
		s.err = errTooLong
		return 0, s.err
	}
	if len(s.chunk) == 0 {
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, s.chunk)
	s.chunk, s.given = s.chunk[n:], s.given+int64(n)
	return n, nil
}

// errTooLong is never shown: the reader names the place.
var errTooLong = fault.New(fault.Refused, "longer than %d bytes", maxValue)

func (s *source) fill() error {
	if err := s.ctx.Err(); err != nil {
		f := fault.New(fault.Interrupted, "interrupted; nothing more was read")
		f.Err = err
		s.err = f
		return s.err
	}
	if s.last == nil {
		var n int
		n, s.last = s.r.Read(s.buffer)
		s.chunk = s.buffer[:n]
		s.index()
		if n > 0 || s.last == nil {
			return nil
		}
	}
	err := s.last
	if err != io.EOF {
		s.err = readFault(err)
		return s.err
	}
	return err
}

// readFault keeps the kind of a reader's own fault; what the system says of a
// file is the environment's.
func readFault(err error) error {
	if known := new(fault.Error); errors.As(err, &known) {
		return err
	}
	return fault.New(fault.Environment, "reading: %w", err)
}

// index notes the lines of the chunk and forgets those before what the decoder
// has taken.
func (s *source) index() {
	drop := sort.Search(len(s.newlines), func(i int) bool { return s.newlines[i] >= s.consumed() })
	if drop > 0 {
		s.gone, s.lastGone = s.gone+int64(drop), s.newlines[drop-1]
		s.newlines = append(s.newlines[:0], s.newlines[drop:]...)
		s.cursor = max(0, s.cursor-drop)
	}
	for rest, base := s.chunk, s.read; ; {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			break
		}
		s.newlines = append(s.newlines, base+int64(i))
		rest, base = rest[i+1:], base+int64(i)+1
	}
	s.read += int64(len(s.chunk))
}

// line returns line and column of an offset that the decoder reached since its
// last value.
func (s *source) line(offset int64) (line, column int64) {
	for s.cursor < len(s.newlines) && s.newlines[s.cursor] < offset {
		s.cursor++
	}
	for s.cursor > 0 && s.newlines[s.cursor-1] >= offset {
		s.cursor--
	}
	begin := s.lastGone
	if s.cursor > 0 {
		begin = s.newlines[s.cursor-1]
	}
	return s.gone + int64(s.cursor) + 1, offset - begin
}
