package spelling

import (
	"strings"
	"testing"
)

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		typed, word  string
		whole, start int
	}{
		{"", "", 0, 0},
		{"abc", "abc", 0, 0},
		{"acb", "abc", 1, 1},
		{"ab", "abc", 1, 0},
		{"abcd", "abc", 1, 1},
		{"xbc", "abc", 1, 1},
		{"", "abc", 3, 0},
		{"abc", "", 3, 3},
		{"ca", "abc", 3, 1}, // restricted: no edit inside a swap
		{strings.Repeat("a", 1000), "abc", most - 1, most - 1},
		{"abc", strings.Repeat("a", 1000), most - 1, 2},
	} {
		whole, start := Distance([]rune(c.typed), []rune(c.word))
		if whole != c.whole || start != c.start {
			t.Errorf("%q and %q are %d and %d apart; expected %d and %d", c.typed, c.word, whole, start, c.whole, c.start)
		}
		if other, _ := Distance([]byte(c.typed), []byte(c.word)); other != whole {
			t.Errorf("%q and %q are %d apart in bytes", c.typed, c.word, other)
		}
	}
}
