package testkit

import "testing"

func TestScreen(t *testing.T) {
	for _, c := range []struct{ name, in, main, alt string }{
		{"lines", "one\r\ntwo\r\n", "one\ntwo", ""},
		{"overwrite", "abc\rX", "Xbc", ""},
		{"backspace", "ab\b \b", "a", ""},
		{"wrap", "0123456789abc", "0123456789\nabc", ""},
		{"scroll-back", "1\r\n2\r\n3\r\n4\r\n5", "1\n2\n3\n4\n5", ""},
		{"scroll-back cleared", "1\r\n2\r\n3\r\n4\r\n5\x1b[3J", "2\n3\n4\n5", ""},
		{"clear leaves scroll-back", "1\r\n2\r\n3\r\n4\r\n5\x1b[2J", "1", ""},
		{"clear below", "ab\r\ncd\x1b[1;2H\x1b[J", "a", ""},
		{"clear line", "abcdef\x1b[3G\x1b[K", "ab", ""},
		{"place", "\x1b[2;3Hx", "\n  x", ""},
		{"alternate", "a\x1b[?1049hb\x1b[?1049lc", "ac", " b"},
		{"colour and title", "\x1b[1;31ma\x1b]0;title\ab", "ab", ""},
		{"wide", "字x", "字x", ""},
		{"split code point", "\xe5\xad\x97", "字", ""},
	} {
		s := NewScreen(10, 4)
		for i := range len(c.in) {
			_, _ = s.Write([]byte{c.in[i]})
		}
		if s.Main() != c.main || s.Alt() != c.alt {
			t.Errorf("%s: main %q alt %q, want %q and %q", c.name, s.Main(), s.Alt(), c.main, c.alt)
		}
	}
}

func TestOneScreen(t *testing.T) {
	s := NewScreen(10, 4)
	s.OneScreen = true
	_, _ = s.Write([]byte("\x1b[?1049hsecret\x1b[?1049l"))
	if s.Main() != "secret" {
		t.Fatalf("a terminal with one screen shows %q", s.Main())
	}
}
