package term

import "testing"

// A line of a page may be black on white, and nothing else in it may act on the
// terminal.
func TestALineOfAPageIsBlackOnWhite(t *testing.T) {
	f := &frame{width: 9}
	text := []byte(BlackOnWhite + "█ \x1b[2J" + "\n" + "a" + BlackOnWhite + "\n")
	n := f.cutLine(text)
	if want := BlackOnWhite + "█ [2J\x1b[0m\x1b[K\r\n"; string(f.b) != want {
		t.Errorf("%q, expected %q", f.b, want)
	}
	f.wipe()
	f.cutLine(text[n:])
	if want := "a[38;5;1\x1b[K\r\n"; string(f.b) != want {
		t.Errorf("%q, expected %q", f.b, want)
	}
}
