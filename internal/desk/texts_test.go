package desk

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// A sheet goes from its prefix to an empty line or to the next prefix; without
// any prefix each line is one.
func TestTextsOfAFile(t *testing.T) {
	for _, c := range []struct {
		file string
		want []string
		at   []int
	}{
		{"", nil, nil},
		{"\n\n", nil, nil},
		{"EK1AAAA\n", []string{"EK1AAAA\n"}, []int{1}},
		{"ek1 AAAA\nBBBB\n\nset 7QK42\n", []string{"ek1 AAAA\nBBBB\n"}, []int{1}},
		{"sheet 1\nEK1A\nEK1B\r\nC\r\n\r\nsheet 3\n  EK1D", []string{"EK1A\n", "EK1B\r\nC\r\n", "  EK1D"}, []int{2, 3, 7}},
		{"\ufeffEK1A\nEK1B\n", []string{"EK1A\n", "EK1B\n"}, []int{1, 2}},
		{"AAAA\n\nBBBB\n", []string{"AAAA\n", "BBBB\n"}, []int{1, 3}},
	} {
		var got []string
		var at []int
		for _, p := range sheetsIn([]byte(c.file)) {
			got, at = append(got, string(p.text)), append(at, p.line)
		}
		if !slices.Equal(got, c.want) || !slices.Equal(at, c.at) {
			t.Errorf("%q: %q at %d; expected %q at %d", c.file, got, at, c.want, c.at)
		}
	}
}

// What is found stands in the file, in order and without overlap, on the line
// that is said.
func FuzzTextsOfAFile(f *testing.F) {
	f.Add("sheet 1\nEK1A\nEK1B\r\nC\r\n\r\nsheet 3\n  EK1D")
	f.Add("AAAA\n\nBBBB\n")
	f.Fuzz(func(t *testing.T, file string) {
		lines, end := strings.SplitAfter(file, "\n"), 0
		for _, p := range sheetsIn([]byte(file)) {
			begin := len(strings.Join(lines[:p.line-1], ""))
			if begin < end || !strings.HasPrefix(file[begin:], string(p.text)) || len(bytes.TrimSpace(p.text)) == 0 {
				t.Fatalf("%q on line %d of %q", p.text, p.line, file)
			}
			end = begin + len(p.text)
		}
	})
}
