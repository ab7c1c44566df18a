package term

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"github.com/ethkey/ethkey/pkg/secret"
)

// frame is text on its way to the screen. It may hold secrets, so it grows by
// moving and wiping what it leaves, and is wiped at the end. It is ordinary
// memory, because the kernel refuses to write from secret pages.
type frame struct {
	b     []byte
	width int // columns of the screen
	col   int // columns used in this line
	lines int // lines ended
}

// Write appends b, so that a frame is an io.Writer for ordinary text.
func (f *frame) Write(b []byte) (int, error) {
	f.raw(b)
	return len(b), nil
}

// raw appends b without counting columns.
func (f *frame) raw(b []byte) {
	if len(f.b)+len(b) > cap(f.b) {
		grown := make([]byte, len(f.b), max(4096, 2*(len(f.b)+len(b))))
		copy(grown, f.b)
		secret.Wipe(f.b)
		f.b = grown
	}
	f.b = append(f.b, b...)
}

func (f *frame) control(s string) { f.raw([]byte(s)) }

// text appends b as far as the line has room, and nothing that could act on
// the terminal. It reports whether all of b is there.
func (f *frame) text(b []byte) bool {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		w := runeWidth(r)
		if f.col+w > f.width {
			return false
		}
		if unicode.IsPrint(r) && (r != utf8.RuneError || n > 1) {
			f.raw(b[:n])
			f.col += w
		}
		b = b[n:]
	}
	return true
}

func (f *frame) str(s string) { f.text([]byte(s)) }
func (f *frame) spaces(n int) { f.str(strings.Repeat(" ", max(0, n))) }

// line ends the line and clears what an earlier frame left of it.
func (f *frame) line() {
	f.control("\x1b[K\r\n")
	f.col = 0
	f.lines++
}

// flow appends the words of s, and goes to the next line before a word that
// does not fit.
func (f *frame) flow(s string) {
	for _, word := range strings.Fields(s) {
		f.item(word, "")
	}
}

// list flows words with commas between them.
func (f *frame) list(words []string) {
	for i, w := range words {
		if i < len(words)-1 {
			f.item(w, ",")
		} else {
			f.item(w, "")
		}
	}
}

// item flows one word and what follows it. The two are not joined before: the
// word may be one of a mnemonic, and the copy would stay on the heap.
func (f *frame) item(word, end string) {
	if f.col > 0 && f.col+1+stringWidth(word)+stringWidth(end) > f.width {
		f.line()
	}
	if f.col > 0 {
		f.str(" ")
	}
	f.str(word)
	f.str(end)
}

func (f *frame) wipe() {
	secret.Wipe(f.b[:cap(f.b)])
	f.b, f.col, f.lines = f.b[:0], 0, 0
}

// runeWidth returns the number of columns r takes: East Asian wide characters
// take two, combining marks and the vowels and finals of Hangul none.
func runeWidth(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf), r >= 0x1160 && r <= 0x11ff:
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

func stringWidth(s string) int { return textWidth([]byte(s)) }

func textWidth(b []byte) int {
	total := 0
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		total += runeWidth(r)
		b = b[n:]
	}
	return total
}
