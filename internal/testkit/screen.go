package testkit

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Screen is a model of a terminal's screens, enough for what ethkey writes: a
// normal screen with its scroll-back, and an alternate one. It forgets nothing
// that a real terminal would keep: what was overwritten is gone, what scrolled
// off the normal screen is in its scroll-back.
type Screen struct {
	// OneScreen is for terminals without an alternate screen, such as an old
	// Linux console: all is drawn on the normal one.
	OneScreen bool

	cols, rows int
	main, alt  [][]rune
	scrolled   []string // off the top of the normal screen
	onAlt      bool
	row, col   int
	saved      [2]int // cursor of the normal screen
	pending    []byte // an unfinished sequence or code point
}

// NewScreen returns empty screens of that size.
func NewScreen(cols, rows int) *Screen {
	return &Screen{cols: cols, rows: rows, main: blank(cols, rows), alt: blank(cols, rows)}
}

func blank(cols, rows int) [][]rune {
	lines := make([][]rune, rows)
	for i := range lines {
		lines[i] = []rune(strings.Repeat(" ", cols))
	}
	return lines
}

// Resize cuts or widens the screens at the right and at the bottom.
func (s *Screen) Resize(cols, rows int) {
	for _, old := range []*[][]rune{&s.main, &s.alt} {
		fresh := blank(cols, rows)
		for i := range min(rows, s.rows) {
			copy(fresh[i], (*old)[i])
		}
		*old = fresh
	}
	s.cols, s.rows = cols, rows
	s.row, s.col = min(s.row, rows-1), min(s.col, cols)
}

// Main returns the text of the normal screen after its scroll-back, without
// trailing space.
func (s *Screen) Main() string {
	all := strings.Join(append(slices.Clone(s.scrolled), text(s.main)), "\n")
	return strings.TrimRight(all, "\n")
}

// Alt returns the text of the alternate screen.
func (s *Screen) Alt() string { return text(s.alt) }

// OnAlt reports whether the alternate screen is shown.
func (s *Screen) OnAlt() bool { return s.onAlt }

// Cursor returns the place of the cursor, from 0.
func (s *Screen) Cursor() (row, col int) { return s.row, s.col }

func text(lines [][]rune) string {
	var out []string
	for _, l := range lines {
		out = append(out, line(l))
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n")
}

// line joins the cells; the second cell of a wide character is 0.
func line(cells []rune) string {
	return strings.TrimRight(strings.ReplaceAll(string(cells), "\x00", ""), " ")
}

// Write shows b.
func (s *Screen) Write(b []byte) (int, error) {
	s.pending = append(s.pending, b...)
	for len(s.pending) > 0 {
		n := s.take(s.pending)
		if n == 0 {
			break
		}
		s.pending = s.pending[n:]
	}
	return len(b), nil
}

// take shows the first character or sequence of b, and returns its length, or
// 0 when it is not finished.
func (s *Screen) take(b []byte) int {
	if b[0] == 0x1b {
		return s.escape(b)
	}
	if !utf8.FullRune(b) {
		return 0
	}
	r, n := utf8.DecodeRune(b)
	switch r {
	case '\r':
		s.col = 0
	case '\n':
		s.newline()
	case '\b':
		s.col = max(0, s.col-1)
	case '\t':
		s.col = min(s.cols-1, s.col/8*8+8)
	default:
		if r >= ' ' {
			s.put(r)
		}
	}
	return n
}

func (s *Screen) put(r rune) {
	w := 1
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		w = 2
	}
	if s.col+w > s.cols {
		s.col = 0
		s.newline()
	}
	line := s.lines()[s.row]
	line[s.col] = r
	if w == 2 {
		line[s.col+1] = 0
	}
	s.col += w
}

func (s *Screen) lines() [][]rune {
	if s.onAlt {
		return s.alt
	}
	return s.main
}

func (s *Screen) newline() {
	if s.row < s.rows-1 {
		s.row++
		return
	}
	lines := s.lines()
	if !s.onAlt {
		s.scrolled = append(s.scrolled, line(lines[0]))
	}
	copy(lines, lines[1:])
	lines[s.rows-1] = blank(s.cols, 1)[0]
}

// escape takes a sequence that begins with ESC.
func (s *Screen) escape(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '[':
		for i := 2; i < len(b); i++ {
			if b[i] >= 0x40 && b[i] <= 0x7e {
				s.control(string(b[2:i]), b[i])
				return i + 1
			}
		}
		return 0
	case ']': // a title, up to BEL
		if i := strings.IndexByte(string(b), '\a'); i > 0 {
			return i + 1
		}
		return 0
	}
	return 2
}

// control acts on ESC [ params final.
func (s *Screen) control(params string, final byte) {
	n := numbers(params)
	switch final {
	case 'A':
		s.row = max(0, s.row-max(1, n[0]))
	case 'B':
		s.row = min(s.rows-1, s.row+max(1, n[0]))
	case 'C':
		s.col = min(s.cols-1, s.col+max(1, n[0]))
	case 'D':
		s.col = max(0, s.col-max(1, n[0]))
	case 'G':
		s.col = s.clamp(n[0], s.cols)
	case 'H', 'f':
		s.row, s.col = s.clamp(n[0], s.rows), s.clamp(n[1], s.cols)
	case 'J':
		s.clear(n[0])
	case 'K':
		s.clearLine(n[0])
	case 'h', 'l':
		if params == "?1049" && !s.OneScreen {
			s.alternate(final == 'h')
		}
	}
}

// numbers returns the first two parameters; what is missing is 0.
func numbers(params string) [2]int {
	var n [2]int
	for i, p := range strings.SplitN(params, ";", 3) {
		if i < 2 {
			n[i], _ = strconv.Atoi(p)
		}
	}
	return n
}

func (s *Screen) clamp(n, limit int) int { return min(limit-1, max(0, n-1)) }

// clear acts on ESC [ mode J.
func (s *Screen) clear(mode int) {
	lines := s.lines()
	from, to := 0, s.rows
	switch mode {
	case 0:
		s.clearLine(0)
		from = s.row + 1
	case 1:
		s.clearLine(1)
		to = s.row
	case 3:
		s.scrolled = nil
		return
	}
	for i := from; i < to; i++ {
		lines[i] = blank(s.cols, 1)[0]
	}
}

// clearLine acts on ESC [ mode K.
func (s *Screen) clearLine(mode int) {
	line := s.lines()[s.row]
	from, to := min(s.col, s.cols), s.cols
	switch mode {
	case 1:
		from, to = 0, min(s.col+1, s.cols)
	case 2:
		from = 0
	}
	for i := from; i < to; i++ {
		line[i] = ' '
	}
}

// alternate changes screens. The alternate one is cleared as it is entered,
// and keeps its content when it is left, for a test to look at.
func (s *Screen) alternate(on bool) {
	if on == s.onAlt {
		return
	}
	s.onAlt = on
	if on {
		s.saved = [2]int{s.row, s.col}
		s.alt = blank(s.cols, s.rows)
		return
	}
	s.row, s.col = s.saved[0], s.saved[1]
}
