package paper

import "io"

// Terminal writes the code for a terminal that knows Unicode, two modules a
// character cell, quiet zone included. Each line begins with begin, which is to
// make it black on white, and ends with a line feed.
func (c *Code) Terminal(w io.Writer, begin string) {
	n := c.Size() + QuietZone
	for y := -QuietZone; y < n; y += 2 {
		_, _ = io.WriteString(w, begin)
		for x := -QuietZone; x < n; x++ {
			cell := " "
			switch upper, lower := c.dark(x, y), c.dark(x, y+1); {
			case upper && lower:
				cell = "█"
			case upper:
				cell = "▀"
			case lower:
				cell = "▄"
			}
			_, _ = io.WriteString(w, cell)
		}
		_, _ = io.WriteString(w, "\n")
	}
}
