package term

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/ethkey/ethkey/pkg/secret"
)

// Block is a question that is answered by a block of characters copied from
// paper, in lines of groups.
type Block struct {
	Prompt
	Before   []string        // what was said since the last question: it stands where the editor hides it
	Prefix   string          // stands before the first character; whoever types it too does no harm
	Alphabet string          // ASCII, without small letters, which count as capitals
	Alike    map[byte]string // characters outside the alphabet, and what they may be misread from; they stay, for the check to judge
	Group    int             // characters of a group
	Line     int             // characters of a line
	Most     int             // characters in all
}

// Mend is what a check returns that knows what the answer may be meant to be.
// A person looks at the paper and decides; nothing is changed without that.
type Mend struct {
	Err  error
	Text *secret.Buffer // the whole answer, as long as the one that was given
}

// Error is that of what is wrong.
func (m *Mend) Error() string { return m.Err.Error() }

// Unwrap gives what is wrong.
func (m *Mend) Unwrap() error { return m.Err }

// More is what a check returns that wants more characters, as an answer under
// way has too few: nothing is wrong with it, and Enter goes to the next line.
type More struct {
	Err   error
	Want  int  // characters in all, without the prefix
	Doubt bool // it may be a finished one that is wrong: Err is said, and whoever has more types on
}

// Error says how many there are.
func (m *More) Error() string { return m.Err.Error() }

// Unwrap gives what a finished answer is told.
func (m *More) Unwrap() error { return m.Err }

// Block asks for the characters on the alternate screen, where each line can be
// gone back to, and which is wiped; a pipe gives one line, returned as it is.
// What check refuses stays on the screen to be mended. The caller closes the
// buffer, which holds the prefix and the characters without spaces.
func (t *Terminal) Block(ctx context.Context, q Block, check func(*secret.Buffer) error) (*secret.Buffer, error) {
	e := t.hidden()
	if !e.terminal || t.Plain {
		return t.inOneLine(ctx, e, q.Prompt, unmended(check))
	}
	y, err := newBlock(q)
	if err != nil {
		return nil, err
	}
	defer y.close()
	return t.edit(ctx, e, q.Prompt, y, check)
}

// unmended is check where no proposal can be shown: it is wiped.
func unmended(check func(*secret.Buffer) error) func(*secret.Buffer) error {
	if check == nil {
		return nil
	}
	return func(answer *secret.Buffer) error {
		err := check(answer)
		var m *Mend
		if errors.As(err, &m) {
			m.Text.Close()
			return m.Err
		}
		return err
	}
}

// block is an answer under way. Its lines have a length of their own each, so
// that a character left out costs no other line.
type block struct {
	Block
	page   *secret.Buffer
	lines  []field
	line   int // where the cursor is
	col    int
	pasted bool // a paste is under way: its line ends are no Enter

	said string // what was wrong with the last key or answer
	mend *Mend  // a proposal that waits for yes or no
}

func newBlock(q Block) (*block, error) {
	n := (q.Most + q.Line - 1) / q.Line
	page, err := secret.New(n * q.Line)
	if err != nil {
		return nil, err
	}
	y := &block{Block: q, page: page, lines: make([]field, n)}
	for i := range y.lines {
		y.lines[i].page = page.Bytes()[i*q.Line : (i+1)*q.Line]
	}
	return y, nil
}

func (y *block) close() {
	y.drop()
	y.page.Close()
}

// drop forgets a proposal.
func (y *block) drop() {
	if y.mend != nil {
		y.mend.Text.Close()
		y.mend = nil
	}
}

// refuse keeps what was wrong, and the proposal if there is one.
func (y *block) refuse(err error) {
	var more *More
	if errors.As(err, &more) && y.last()*y.Line < more.Want {
		y.goOn(more)
		return
	}
	y.said = err.Error()
	var m *Mend
	if !errors.As(err, &m) || m.Text.Len() != len(y.Prefix)+y.count() {
		if m != nil {
			m.Text.Close()
		}
		return
	}
	y.mend = m
	for i := range y.count() {
		if m.Text.Bytes()[len(y.Prefix)+i] != y.page.Bytes()[i] {
			y.line, y.col = i/y.Line, i%y.Line
			return
		}
	}
}

// goOn goes to the end of what there is, or to the next line. Whoever stands in
// the next line already has no more to type, and is told what is wrong.
func (y *block) goOn(more *More) {
	want := more.Want
	if more.Doubt || y.line > y.last() {
		y.said = more.Error()
	}
	y.line = y.last()
	y.col = y.lines[y.line].n
	if more.Doubt {
		return // what is typed goes on in the next line anyway
	}
	if expected := min(y.Line, want-y.line*y.Line); y.col < expected {
		y.said = fmt.Sprintf("line %d has %d of %d characters: compare it, and those above, with the paper", y.line+1, y.col, expected)
	} else if y.line+1 < len(y.lines) {
		y.line, y.col = y.line+1, 0
	}
}

// count returns how many characters there are. Once it is asked for, all lines
// but the last are full.
func (y *block) count() (n int) {
	for i := range y.lines {
		n += y.lines[i].n
	}
	return n
}

// last returns the last line that has characters.
func (y *block) last() int {
	for i := len(y.lines) - 1; i > 0; i-- {
		if y.lines[i].n > 0 {
			return i
		}
	}
	return 0
}

// open returns how many lines can be gone to: those that have characters, and
// the next one.
func (y *block) open() int {
	last := y.last()
	if y.lines[last].n == 0 {
		return 1
	}
	return min(last+2, len(y.lines))
}

// answer puts the lines together.
func (y *block) answer() (*secret.Buffer, error) {
	answer, err := secret.New(len(y.Prefix) + y.count())
	if err != nil {
		return nil, err
	}
	to := append(answer.Bytes()[:0], y.Prefix...)
	for i := range y.lines {
		to = append(to, y.lines[i].page[:y.lines[i].n]...)
	}
	return answer, nil
}

// apply takes one key.
func (y *block) apply(k key) effect {
	if y.mend != nil && k.kind != keyResize {
		return y.decide(k)
	}
	if k.kind != keyResize {
		y.said = ""
	}
	f := &y.lines[y.line]
	switch k.kind {
	case keyText:
		return y.typed(k)
	case keyLeft:
		return y.move(-1)
	case keyRight:
		return y.move(1)
	case keyTab:
		y.line, y.col = (y.line+1)%y.open(), 0
	case keyBackspace:
		if y.col == 0 && y.line == 0 {
			return refused
		}
		y.move(-1)
		y.remove()
	case keyDelete:
		if y.col == f.n {
			return refused
		}
		y.remove()
	case keyClear:
		f.cut(0)
		y.col = 0
	case keyPaste, keyPasted:
		y.pasted = k.kind == keyPaste
	case keyEnter:
		if y.pasted {
			return changed
		}
		return y.entered()
	case keyEnd:
		if y.count() == 0 {
			return gone
		}
		return refused
	case keyResize:
	default:
		return refused
	}
	return changed
}

// decide takes the answer to a proposal: y takes it, any other key goes on
// editing.
func (y *block) decide(k key) effect {
	defer y.drop()
	if k.kind != keyText || k.text[0] != 'y' && k.text[0] != 'Y' {
		y.said = "nothing was changed"
		return changed
	}
	secret.Copy(y.page.Bytes(), y.mend.Text.Bytes()[len(y.Prefix):])
	y.said = ""
	return done
}

// typed takes a character: at the end of a line or in a line that lacks some it
// is put in, in a full line it replaces the one under the cursor.
func (y *block) typed(k key) effect {
	c := k.text[0]
	if 'a' <= c && c <= 'z' {
		c -= 'a' - 'A'
	}
	switch {
	case k.n == 1 && (c == ' ' || c == '-'):
		return changed
	case k.n == 1 && strings.IndexByte(y.Alphabet, c) >= 0:
	case y.prefixTyped(c):
		return changed
	default:
		y.said = fmt.Sprintf("the paper has no \"%s\" in its groups", Safe(strings.ToUpper(string(k.bytes()))))
		if alike := y.Alike[c]; k.n == 1 && alike != "" {
			y.said += "; look again: is it " + alike + "?"
			y.put(c) // whoever looks at the paper only goes on, and every line keeps its length
		}
		return refused
	}
	return y.put(c)
}

// put writes a character where the cursor is.
func (y *block) put(c byte) effect {
	if y.col == y.Line {
		if y.line == len(y.lines)-1 {
			return refused
		}
		y.line, y.col = y.line+1, 0
	}
	f := &y.lines[y.line]
	if f.n < y.Line {
		copy(f.page[y.col+1:f.n+1], f.page[y.col:f.n])
		f.n++
	}
	f.page[y.col] = c
	y.col++
	return changed
}

// prefixTyped drops the prefix when its last character is typed behind the
// others at the very beginning.
func (y *block) prefixTyped(c byte) bool {
	n := len(y.Prefix) - 1
	f := &y.lines[0]
	if n < 0 || c != y.Prefix[n] || y.line != 0 || y.col != n || f.n != n || !bytes.Equal(f.page[:n], []byte(y.Prefix[:n])) {
		return false
	}
	f.cut(0)
	y.col = 0
	return true
}

// move goes a character back or forth, over the ends of lines.
func (y *block) move(by int) effect {
	switch at := y.col + by; {
	case at < 0 && y.line == 0, at > y.lines[y.line].n && y.line >= y.last():
		return refused
	case at < 0:
		y.line--
		y.col = max(0, y.lines[y.line].n-1)
	case at > y.lines[y.line].n || at == y.Line && y.line < y.last():
		y.line, y.col = y.line+1, 0
	default:
		y.col = at
	}
	return changed
}

// remove takes out the character under the cursor.
func (y *block) remove() {
	f := &y.lines[y.line]
	if y.col >= f.n {
		return
	}
	copy(f.page[y.col:], f.page[y.col+1:f.n])
	f.cut(f.n - 1)
}

// entered goes to the line that lacks something, or ends the answer.
func (y *block) entered() effect {
	last := y.last()
	for i := range last {
		if n := y.lines[i].n; n < y.Line {
			y.line, y.col = i, n
			y.said = fmt.Sprintf("line %d has %d of %d characters: compare it with the paper", i+1, n, y.Line)
			return changed
		}
	}
	if y.count() == 0 {
		return refused
	}
	return done
}
