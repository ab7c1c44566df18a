package paper

import "strings"

// The colours are set, not left to the theme: a code that is light on dark is
// one that many readers do not find. 16-colour escapes would follow the theme.
const (
	blackOnWhite = "\x1b[38;5;16;48;5;231m"
	plainColours = "\x1b[0m"
)

// Terminal is the code for a terminal that knows colours and Unicode: black on
// white whatever its theme, two modules a character cell, quiet zone included.
func (c *Code) Terminal() string {
	var b strings.Builder
	n := c.Size() + QuietZone
	for y := -QuietZone; y < n; y += 2 {
		b.WriteString(blackOnWhite)
		for x := -QuietZone; x < n; x++ {
			switch upper, lower := c.dark(x, y), c.dark(x, y+1); {
			case upper && lower:
				b.WriteRune('█')
			case upper:
				b.WriteRune('▀')
			case lower:
				b.WriteRune('▄')
			default:
				b.WriteByte(' ')
			}
		}
		b.WriteString(plainColours + "\n")
	}
	return b.String()
}

// ASCII is the code in "##" and spaces, for paper or for a terminal that is
// dark on light. On a dark terminal it is inverted and most readers fail.
func (c *Code) ASCII() string {
	var b strings.Builder
	n := c.Size() + QuietZone
	for y := -QuietZone; y < n; y++ {
		for x := -QuietZone; x < n; x++ {
			if c.dark(x, y) {
				b.WriteString("##")
			} else {
				b.WriteString("  ")
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}
