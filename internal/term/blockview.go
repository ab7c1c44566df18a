package term

import "fmt"

// draw puts the answer into f, in lines of groups; those about the cursor where
// the screen does not hold all.
func (y *block) draw(f *frame, cols, rows int) {
	foot := &frame{width: cols}
	y.status(foot)
	f.width = cols
	f.control("\x1b[H")
	y.question(f, rows-foot.lines-3)
	first, shown := y.window(max(1, rows-f.lines-foot.lines-2))
	var row, col int
	for i := first; i < first+shown; i++ {
		f.str(fmt.Sprintf("%3d  ", i+1))
		if i == y.line {
			row, col = f.lines, f.col+y.col+min(y.col, y.Line-1)/y.Group
		}
		y.groups(f, y.lines[i].page[:y.lines[i].n])
		if n := y.lines[i].n; n > 0 && n < y.Line {
			f.str(fmt.Sprintf("   %d of %d", n, y.Line))
		}
		f.line()
		if y.differs(i) {
			f.str(" ->  ")
			at := len(y.Prefix) + i*y.Line
			y.groups(f, y.mend.Text.Bytes()[at:min(at+y.Line, y.mend.Text.Len())])
			f.line()
		}
	}
	f.line()
	f.raw(foot.b)
	f.control(fmt.Sprintf("\x1b[J\x1b[%d;%dH", row+1, min(col, cols-1)+1))
}

// question puts the question into f and, where that leaves the screen room
// enough, what was said before it.
func (y *block) question(f *frame, room int) {
	said, text := &frame{width: f.width}, &frame{width: f.width}
	for _, s := range y.Before {
		said.flow(Safe(s))
		said.line()
	}
	text.flow(Safe(y.Text))
	text.line()
	text.line()
	if said.lines+text.lines <= room {
		f.raw(said.b)
		f.lines += said.lines
	}
	f.raw(text.b)
	f.lines += text.lines
}

// groups appends the characters of a line.
func (y *block) groups(f *frame, line []byte) {
	for i := range line {
		if i > 0 && i%y.Group == 0 {
			f.spaces(1)
		}
		f.text(line[i : i+1])
	}
}

// window returns which lines are drawn, on so many rows.
func (y *block) window(room int) (first, shown int) {
	for i := range y.lines {
		if y.differs(i) {
			room--
		}
	}
	total := min(max(y.last(), y.line)+1, len(y.lines))
	shown = max(1, min(room, total))
	return max(0, min(y.line-shown/2, total-shown)), shown
}

// differs tells whether a proposal changes line i.
func (y *block) differs(i int) bool {
	if y.mend == nil {
		return false
	}
	at := len(y.Prefix) + i*y.Line
	for k, c := range y.lines[i].page[:y.lines[i].n] {
		if y.mend.Text.Bytes()[at+k] != c {
			return true
		}
	}
	return false
}

// status says what is wrong, or what the keys do.
func (y *block) status(f *frame) {
	if y.said != "" {
		f.flow("error: " + Safe(y.said))
		f.line()
	}
	switch {
	case y.mend != nil:
		f.flow("the lines marked -> would make it whole. Look at the paper: if it says so, press y; any other key goes on editing")
	default:
		f.flow(fmt.Sprintf("%d characters. enter: next line, after the last one finished; tab, arrows, backspace, ctrl-u: mend a line; ? for what cannot be read; ctrl-c: leave", y.count()))
	}
	f.line()
}
