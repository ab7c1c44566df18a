package term

import (
	"os"
	"strings"

	"golang.org/x/term"
)

// hang is how far the second line of a message stands in.
const hang = 2

// Wrap breaks text at its spaces into lines of at most width columns, the
// second and later ones behind indent spaces. A word that is longer than a line
// stays whole. Width 0 breaks nothing.
func Wrap(text string, width, indent int) string {
	if width <= indent {
		return text
	}
	var b strings.Builder
	col := 0
	for i, word := range strings.Split(text, " ") {
		w := Columns(word)
		switch {
		case i == 0:
		case word != "" && col+1+w > width:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			col = indent
		default:
			b.WriteByte(' ')
			col++
		}
		b.WriteString(word)
		col += w
	}
	return b.String()
}

// Columns returns how many columns s takes on a terminal.
func Columns(s string) int { return stringWidth(s) }

// columns returns the width of the terminal that f is, or 0.
func columns(f *os.File) int {
	if f == nil {
		return 0
	}
	cols, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return cols
}
