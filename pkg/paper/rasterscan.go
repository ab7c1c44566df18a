package paper

import (
	"bytes"
	"strconv"
)

// operand is a number, a name, a string or an array (which is only skipped).
type operand struct {
	number float64
	name   string
	text   []byte
	kind   byte // one of n / ( [
}

// canvas takes what a content stream draws; positions are in points from the
// bottom left corner, as in the stream.
type canvas interface {
	fill(rects []Rect, shade float64)
	text(x, y float64, font Font, latin []byte, shade float64)
}

// interpreter runs the operators that pages of this package consist of (ISO
// 32000-1, 8 and 9). Any other is an error: then the drawing would not be what
// is printed.
type interpreter struct {
	page   ownPage
	on     canvas
	stack  []operand
	path   []Rect
	shade  float64
	saved  []float64
	font   Font
	tx, ty float64
	inText bool
}

const maxOperands = 16

// run goes through the content of the page.
func (in *interpreter) run() error {
	rest := in.page.content
	for {
		rest = bytes.TrimLeft(rest, " \n\r\t\x00\f")
		if len(rest) == 0 {
			break
		}
		token, after, err := next(rest)
		if err != nil {
			return err
		}
		rest = after
		if token.kind != 0 {
			in.stack = append(in.stack, token)
			if len(in.stack) > maxOperands {
				return notOwn("number of operands")
			}
			continue
		}
		if err := in.operator(token.name); err != nil {
			return err
		}
		in.stack = in.stack[:0]
	}
	if len(in.stack) > 0 || len(in.path) > 0 || len(in.saved) > 0 || in.inText {
		return notOwn("end of a page")
	}
	return nil
}

// next takes one token from the stream.
func next(rest []byte) (operand, []byte, error) {
	switch c := rest[0]; {
	case c == '(':
		return nextString(rest[1:])
	case c == '[':
		if i := bytes.IndexByte(rest, ']'); i > 0 {
			return operand{kind: '['}, rest[i+1:], nil
		}
		return operand{}, nil, notOwn("array")
	}
	n := bytes.IndexAny(rest, " \n\r\t\x00\f([")
	if n < 0 {
		n = len(rest)
	}
	word := string(rest[:n])
	if word[0] == '/' {
		return operand{kind: '/', name: word[1:]}, rest[n:], nil
	}
	if c := word[0]; c == '-' || c == '.' || c >= '0' && c <= '9' {
		f, err := strconv.ParseFloat(word, 64)
		if err != nil || !(f > -1e6 && f < 1e6) {
			return operand{}, nil, notOwn("number")
		}
		return operand{kind: 'n', number: f}, rest[n:], nil
	}
	return operand{name: word}, rest[n:], nil
}

// nextString takes a literal string after its opening bracket.
func nextString(rest []byte) (operand, []byte, error) {
	var text []byte
	for i := 0; i < len(rest); i++ {
		switch c := rest[i]; c {
		case ')':
			return operand{kind: '(', text: text}, rest[i+1:], nil
		case '(':
			return operand{}, nil, notOwn("string")
		case '\\':
			if i++; i < len(rest) {
				escaped := bytes.IndexByte([]byte(`()\r`), rest[i])
				if escaped < 0 {
					return operand{}, nil, notOwn("string")
				}
				text = append(text, "()\\\r"[escaped])
			}
		default:
			text = append(text, c)
		}
	}
	return operand{}, nil, notOwn("string")
}

// take checks the kinds of the operands.
func (in *interpreter) take(kinds string) bool {
	if len(in.stack) != len(kinds) {
		return false
	}
	for i := range kinds {
		if in.stack[i].kind != kinds[i] {
			return false
		}
	}
	return true
}

// operators are those that pages consist of, with their operands.
var operators = map[string]struct {
	operands string
	do       func(*interpreter) error
}{
	"J": {"n", nothing}, "j": {"n", nothing}, "w": {"n", nothing}, "G": {"n", nothing},
	"g":  {"n", func(in *interpreter) error { in.shade = min(max(in.stack[0].number, 0), 1); return nil }},
	"re": {"nnnn", (*interpreter).rectangle},
	"f":  {"", (*interpreter).paint},
	"q":  {"", (*interpreter).save},
	"Q":  {"", (*interpreter).restore},
	"BT": {"", func(in *interpreter) error { in.inText, in.tx, in.ty = true, 0, 0; return nil }},
	"ET": {"", func(in *interpreter) error { in.inText = false; return nil }},
	"Tf": {"/n", (*interpreter).setFont},
	"Td": {"nn", func(in *interpreter) error {
		in.tx, in.ty = in.tx+in.stack[0].number, in.ty+in.stack[1].number
		return nil
	}},
	"Tj": {"(", (*interpreter).show},
}

func nothing(*interpreter) error { return nil }

func (in *interpreter) operator(name string) error {
	op, ok := operators[name]
	if !ok || !in.take(op.operands) {
		return notOwn("operator")
	}
	return op.do(in)
}

func (in *interpreter) rectangle() error {
	x, y, w, h := in.stack[0].number, in.stack[1].number, in.stack[2].number, in.stack[3].number
	if h < 0 {
		y, h = y+h, -h
	}
	if w < 0 {
		x, w = x+w, -w
	}
	if len(in.path) > 1<<16 {
		return notOwn("length of a path")
	}
	in.path = append(in.path, Rect{x, y, w, h})
	return nil
}

func (in *interpreter) paint() error {
	in.on.fill(in.path, in.shade)
	in.path = in.path[:0]
	return nil
}

func (in *interpreter) save() error {
	if len(in.saved) > maxOperands {
		return notOwn("depth of saved states")
	}
	in.saved = append(in.saved, in.shade)
	return nil
}

func (in *interpreter) restore() error {
	if len(in.saved) == 0 {
		return notOwn("depth of saved states")
	}
	in.shade, in.saved = in.saved[len(in.saved)-1], in.saved[:len(in.saved)-1]
	return nil
}

func (in *interpreter) setFont() error {
	font, ok := in.page.fonts[in.stack[0].name]
	if font.Points = in.stack[1].number; !ok || font.Points < 1 || font.Points > 200 {
		return notOwn("font")
	}
	in.font = font
	return nil
}

func (in *interpreter) show() error {
	if !in.inText || in.font.Points == 0 {
		return notOwn("text")
	}
	in.on.text(in.tx, in.ty, in.font, in.stack[0].text, in.shade)
	return nil
}
