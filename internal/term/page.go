package term

import (
	"bytes"
	"context"
	"io"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/ethkey/ethkey/internal/fault"
)

// Page shows what body writes on the alternate screen, waits for a key, wipes
// the screen and leaves it. A body that is longer than the screen is shown in
// parts. Secrets are for w.Write: package fmt would keep copies. It needs a
// terminal, also when the questions are answered by a pipe.
func (t *Terminal) Page(ctx context.Context, body func(w io.Writer), footer string) error {
	e := t.hidden()
	if !e.terminal {
		return fault.New(fault.Environment, "no terminal to show a secret on").
			WithHint("run it on a terminal, or name a file for the secret")
	}
	text := &frame{}
	defer text.wipe()
	body(text)
	s, err := t.raw(ctx, e, true)
	if err != nil {
		return err
	}
	defer s.leave()
	out := &frame{}
	defer out.wipe()
	for starts := []int{0}; ; {
		next := s.part(out, text.b, starts[len(starts)-1], footer)
		k, err := s.key()
		switch {
		case err == io.EOF:
			return fault.New(fault.Environment, "the terminal went away")
		case err != nil:
			return err
		case k.kind == keyLeft || k.kind == keyBackspace:
			starts = starts[:max(1, len(starts)-1)]
		case next < len(text.b):
			starts = append(starts, next)
		default:
			return nil
		}
	}
}

// part draws as much of text as the screen holds from offset from on, and
// returns where the rest begins.
func (s *session) part(out *frame, text []byte, from int, footer string) int {
	cols, rows := s.size()
	out.wipe()
	out.width = cols
	out.control("\x1b[H\x1b[2J")
	foot := &frame{width: cols}
	foot.flow(footer)
	at := from
	for room := max(1, rows-foot.lines-3); room > 0 && at < len(text); room-- {
		at += out.cutLine(text[at:])
	}
	out.line()
	if at < len(text) {
		out.flow("any key for more; left to go back")
	} else {
		out.flow(footer)
	}
	s.draw(out.b)
	return at
}

// cutLine appends one line of the screen from text, and returns how much of
// text that was.
func (f *frame) cutLine(text []byte) int {
	end := bytes.IndexByte(text, '\n')
	if end < 0 {
		end = len(text)
	}
	n, cols := 0, 0
	for n < end {
		r, size := utf8.DecodeRune(text[n:end])
		if cols += runeWidth(r); cols > f.width {
			break
		}
		n += size
	}
	n = max(n, min(1, end)) // a character wider than the screen
	f.text(text[:n])
	f.line()
	if n == end && n < len(text) {
		n++ // the line's end
	}
	return n
}

// size returns the columns and rows of the screen.
func (s *session) size() (cols, rows int) {
	cols, rows, err := term.GetSize(int(s.ends.out.Fd()))
	if err != nil || cols <= 0 || rows <= 0 {
		return 80, 24
	}
	return cols, rows
}

// Pause shows text and waits for any key. Where no terminal answers, it
// returns at once.
func (t *Terminal) Pause(ctx context.Context, text string) error {
	e := t.visible()
	if !e.terminal {
		return nil
	}
	s, err := t.raw(ctx, e, false)
	if err != nil {
		return err
	}
	defer s.leave()
	t.write(e.out, Safe(text))
	_, err = s.key()
	t.write(e.out, "\n")
	if err == io.EOF {
		return fault.New(fault.Environment, "the terminal went away")
	}
	return err
}
