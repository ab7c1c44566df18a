package term

import (
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text          string
		width, indent int
		want          string
	}{
		{"", 10, 2, ""},
		{"one two three", 0, 2, "one two three"},
		{"one two three", 13, 2, "one two three"},
		{"one two three", 12, 2, "one two\n  three"},
		{"one two three", 7, 2, "one two\n  three"},
		{"one two three four", 7, 2, "one two\n  three\n  four"},
		{"one twothreefour five", 8, 2, "one\n  twothreefour\n  five"},
		{"  row   value value", 13, 8, "  row   value\n        value"},
		{"question: ", 9, 0, "question: "},
		{"的的的 的的的", 12, 0, "的的的\n的的的"},
		{"one two", 2, 2, "one two"},
	} {
		if got := Wrap(c.text, c.width, c.indent); got != c.want {
			t.Errorf("Wrap(%q, %d, %d) = %q, want %q", c.text, c.width, c.indent, got, c.want)
		}
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("one two  three 的的 ", 7, 2)
	f.Fuzz(func(t *testing.T, text string, width, indent int) {
		width, indent = width&0xff, indent&0xf
		got := Wrap(text, width, indent)
		if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(text), " ") {
			t.Errorf("Wrap changed more than white space: %q to %q", text, got)
		}
	})
}
