package term

import (
	"context"
	"fmt"
	"strings"

	"github.com/ethkey/ethkey/pkg/secret"
)

// Tally is a question that is answered by many single characters, such as the
// rolls of a die.
type Tally struct {
	Prompt
	Unit        string // what one character is, in the plural
	Alphabet    string // the characters, ASCII; white space between them is passed over
	Least, Most int    // how many
}

// tallyGroup is how many characters stand together on the screen.
const tallyGroup = 5

// Tally asks for the characters on the alternate screen, where they can be
// read and taken back, and which is wiped; a pipe gives one line, returned as
// it is. What check refuses stays on the screen to be mended. The caller
// closes the buffer.
func (t *Terminal) Tally(ctx context.Context, q Tally, check func(*secret.Buffer) error) (*secret.Buffer, error) {
	e := t.hidden()
	if !e.terminal || t.Plain {
		return t.inOneLine(ctx, e, q.Prompt, check)
	}
	page, err := secret.New(q.Most)
	if err != nil {
		return nil, err
	}
	defer page.Close()
	return t.edit(ctx, e, q.Prompt, &tally{Tally: q, field: field{page: page.Bytes()}}, check)
}

// tally is an answer under way.
type tally struct {
	Tally
	field field
	fault error // what check said of the last answer
}

// answer copies what was typed.
func (y *tally) answer() (*secret.Buffer, error) {
	answer, err := secret.New(y.field.n)
	if err != nil {
		return nil, err
	}
	secret.Copy(answer.Bytes(), y.field.page)
	return answer, nil
}

// refuse keeps what was wrong.
func (y *tally) refuse(err error) { y.fault = err }

// apply takes one key.
func (y *tally) apply(k key) effect {
	if k.kind != keyResize {
		y.fault = nil
	}
	switch k.kind {
	case keyText:
		switch {
		case k.n == 1 && strings.IndexByte(y.Alphabet, k.text[0]) >= 0:
			return y.field.add(k.bytes())
		case k.text[0] == ' ':
			return changed
		}
		return refused
	case keyTab, keyResize:
		return changed
	case keyEnter:
		if y.field.n < y.Least {
			return refused
		}
		return done
	case keyWord:
		return refused // it would take back all, for there are no words
	}
	return y.field.apply(k)
}

// draw puts the answer into f, in groups; the last lines of it where the
// screen does not hold all. The keys are told where there is room.
func (y *tally) draw(f *frame, cols, rows int) {
	foot, keys := &frame{width: cols}, &frame{width: cols}
	y.status(foot)
	keys.flow("backspace: take one back; ctrl-u: take all back; ctrl-c: leave")
	f.width = cols
	f.control("\x1b[H")
	f.flow(Safe(y.Text))
	f.line()
	f.line()
	room := rows - f.lines - foot.lines - 1
	if room > keys.lines+1 {
		room -= keys.lines + 1
		foot.raw(keys.b)
	}
	perLine := tallyGroup * min(10, max(1, cols/(tallyGroup+1)))
	first := max(0, y.field.n/perLine-max(1, room)+1) * perLine
	for i := first; i < y.field.n; i++ {
		f.text(y.field.page[i : i+1])
		switch {
		case (i+1)%perLine == 0:
			f.line()
		case (i+1)%tallyGroup == 0:
			f.spaces(1)
		}
	}
	row, col := f.lines, min(f.col, cols-1)
	f.line()
	f.line()
	f.raw(foot.b)
	f.control(fmt.Sprintf("\x1b[J\x1b[%d;%dH", row+1, col+1))
}

func (y *tally) status(f *frame) {
	n := y.field.n
	switch {
	case y.fault != nil:
		f.flow("error: " + Safe(y.fault.Error()))
	case n < y.Least:
		f.flow(fmt.Sprintf("%d %s; %d to go", n, y.Unit, y.Least-n))
	case n == y.Most:
		f.flow(fmt.Sprintf("%d %s, and no more are taken: press enter", n, y.Unit))
	default:
		f.flow(fmt.Sprintf("%d %s: press enter, or go on", n, y.Unit))
	}
	f.line()
}
