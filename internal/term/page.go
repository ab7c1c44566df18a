package term

import (
	"bytes"
	"context"
	"io"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/ethkey/ethkey/internal/fault"
)

// Page shows what body writes, for a screen of so many columns, on the
// alternate screen, waits for a key, wipes the screen and leaves it. A body that
// is longer than the screen is shown in parts. Secrets are for w.Write: package
// fmt would keep copies. It needs a terminal that can be wiped, also when the
// questions are answered by a pipe.
func (t *Terminal) Page(ctx context.Context, body func(w io.Writer, cols int), footer string) error {
	if err := t.CanShow(); err != nil {
		return err
	}
	s, err := t.raw(ctx, t.hidden(), true)
	if err != nil {
		return err
	}
	defer s.leave()
	for starts := []int{0}; ; {
		next, more := s.part(body, starts[len(starts)-1], footer)
		k, err := s.key()
		switch {
		case err == io.EOF:
			return fault.New(fault.Environment, "the terminal went away")
		case err != nil:
			return err
		case k.kind == keyResize:
			starts = starts[:1]
		case k.kind == keyLeft || k.kind == keyBackspace:
			starts = starts[:max(1, len(starts)-1)]
		case more:
			starts = append(starts, next)
		default:
			return nil
		}
	}
}

// CanShow tells whether there is a terminal for a page of secrets.
func (t *Terminal) CanShow() error {
	if !t.hidden().terminal {
		return fault.New(fault.Environment, "no terminal to show a secret on").
			WithHint("run it on a terminal, or name a file for the secret")
	}
	if t.Plain {
		return fault.New(fault.Environment, "this terminal (TERM=dumb) cannot wipe a secret that it has shown").
			WithHint("run it on a console or in a terminal window, or name a file for the secret")
	}
	return nil
}

// part draws as much of what body writes as the screen holds from offset from
// on, and returns where the rest begins, if there is more. It keeps nothing of
// it: body is asked again for the next part.
func (s *session) part(body func(w io.Writer, cols int), from int, footer string) (next int, more bool) {
	cols, rows := s.size()
	whole, out := &frame{}, &frame{width: cols}
	body(whole, cols)
	text := whole.b
	out.control("\x1b[H\x1b[2J")
	foot := &frame{width: cols}
	foot.flow(footer)
	at := min(from, len(text)) // which the last resizing may have made shorter
	for room := max(1, rows-foot.lines-3); room > 0 && at < len(text); room-- {
		at += out.cutLine(text[at:])
	}
	more = at < len(text)
	whole.wipe() // the registers too, which hold what was searched: showing takes long enough for a signal
	out.line()
	if more {
		out.flow("any key for more; left to go back")
	} else {
		out.flow(footer)
	}
	s.show(out)
	return at, more
}

// BlackOnWhite at the beginning of a line of a page has it drawn so whatever the
// theme: many readers do not find a code that is light on dark.
const BlackOnWhite = "\x1b[38;5;16;48;5;231m"

// cutLine appends one line of the screen from text, and returns how much of
// text that was.
func (f *frame) cutLine(text []byte) int {
	begin := 0
	if bytes.HasPrefix(text, []byte(BlackOnWhite)) {
		begin = len(BlackOnWhite)
		f.control(BlackOnWhite)
	}
	n, cols := begin, 0
	// The end is not searched for: that loads the text into vector registers.
	for n < len(text) && text[n] != '\n' {
		r, size := utf8.DecodeRune(text[n:])
		if cols += runeWidth(r); cols > f.width && n > begin { // one that is wider than the screen is passed over
			break
		}
		n += size
	}
	f.text(text[begin:n])
	if begin > 0 {
		f.control("\x1b[0m")
	}
	f.line()
	if n < len(text) && text[n] == '\n' {
		n++
	}
	return n
}

// size returns the columns and rows of the screen.
func (s *session) size() (cols, rows int) {
	cols, rows, err := term.GetSize(int(s.ends.out.Fd()))
	if err != nil || cols <= 0 || rows <= 0 {
		cols, rows = 80, 24
	}
	s.cols, s.rows = cols, rows
	return cols, rows
}

// resized reports whether the screen has another size than when it was last
// asked for.
func (s *session) resized() bool {
	cols, rows := s.cols, s.rows
	now, then := s.size()
	return cols != now || rows != then
}

// Pause shows text and waits for a key: q and n stop, and those that mean
// nothing here, such as arrows, are passed over. Where no terminal answers, it
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
	t.write(e.out, Wrap(Safe(text), columns(e.out), 0))
	for {
		k, err := s.key()
		if err == nil && k.idle() {
			s.bell()
			continue
		}
		t.write(e.out, "\n")
		switch {
		case err == io.EOF:
			return fault.New(fault.Environment, "the terminal went away")
		case err == nil && k.stops():
			return fault.New(fault.Interrupted, "stopped; nothing was written")
		}
		return err
	}
}

// idle tells whether k means neither yes nor no.
func (k *key) idle() bool {
	switch k.kind {
	case keyLeft, keyRight, keyInsert, keyDelete, keyPaste, keyPasted, keyOther:
		return true
	}
	return false
}

// stops tells whether k means no.
func (k *key) stops() bool {
	return k.kind == keyEnd || k.kind == keyText && k.n == 1 && bytes.IndexByte([]byte("qQnN"), k.text[0]) >= 0
}
