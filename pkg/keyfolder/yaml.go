package keyfolder

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/ethkey/ethkey/pkg/secret"
)

// maxYAML is the largest YAML file that is read: room for some 30 000 keys.
const maxYAML = 16 << 20

// mapping is a flat mapping: keys to scalars. Values may be secret, so they
// stay bytes.
type mapping struct {
	line   int
	values map[string][]byte // nil for null
}

// text returns a value that is no secret.
func (m mapping) text(key string) string { return string(m.values[key]) }

// has says whether the key is there with a value.
func (m mapping) has(key string) bool { return m.values[key] != nil }

// forget wipes the values.
func forget(all []mapping) {
	for _, m := range all {
		for _, v := range m.values {
			secret.Wipe(v)
		}
	}
}

// parseYAML reads the part of YAML that the clients write: documents that are
// a flat mapping, or a block sequence of flat mappings, of one-line scalars.
// Everything else is refused by its line; errors never quote the file.
func parseYAML(data []byte) ([]mapping, error) {
	if len(data) > maxYAML {
		return nil, fmt.Errorf("the file is larger than %d bytes", maxYAML)
	}
	if !utf8.Valid(data) {
		return nil, fmt.Errorf("the file is not UTF-8 text")
	}
	r := &yamlReader{indent: -1}
	for number, line := range bytes.Split(bytes.TrimPrefix(data, []byte("\ufeff")), []byte("\n")) {
		r.number = number + 1
		if err := r.line(bytes.TrimRight(line, " \t\r")); err != nil {
			forget(r.all)
			return nil, fmt.Errorf("line %d: %w", r.number, err)
		}
	}
	return r.all, nil
}

// yamlReader keeps where the mapping at hand stands: indent is the column of
// its keys, or -1 where a new one has to begin.
type yamlReader struct {
	all      []mapping
	number   int
	indent   int
	sequence bool // the document is a sequence
}

func (r *yamlReader) line(line []byte) error {
	body := bytes.TrimLeft(line, " ")
	indent := len(line) - len(body)
	switch {
	case len(body) == 0 || body[0] == '#':
		return nil
	case indent == 0 && (string(body) == "---" || string(body) == "..."):
		r.indent, r.sequence = -1, false
		return nil
	case string(body) == "[]" && r.indent == -1:
		return nil
	case bytes.HasPrefix(body, []byte("- ")):
		return r.item(body, indent)
	case r.indent == -1:
		if indent != 0 {
			return fmt.Errorf("want a key at the begin of the line")
		}
		r.begin(0)
	}
	if indent != r.indent {
		return fmt.Errorf("want a key in column %d, found column %d", r.indent+1, indent+1)
	}
	return r.pair(body)
}

// item begins the next mapping of a sequence.
func (r *yamlReader) item(body []byte, indent int) error {
	rest := bytes.TrimLeft(body[1:], " ")
	column := indent + len(body) - len(rest)
	if r.indent != -1 && (!r.sequence || column != r.indent) {
		return fmt.Errorf("a list stands where none is expected")
	}
	r.begin(column)
	r.sequence = true
	return r.pair(rest)
}

func (r *yamlReader) begin(column int) {
	r.indent = column
	r.all = append(r.all, mapping{line: r.number, values: map[string][]byte{}})
}

// pair reads "key: scalar".
func (r *yamlReader) pair(body []byte) error {
	n := 0
	for n < len(body) && isKeyByte(body[n]) {
		n++
	}
	if n == 0 || n == len(body) || body[n] != ':' || n+1 < len(body) && body[n+1] != ' ' {
		return fmt.Errorf("want a key, a colon and a value")
	}
	m := r.all[len(r.all)-1]
	key := string(body[:n])
	if _, twice := m.values[key]; twice {
		return fmt.Errorf("%s stands twice", key)
	}
	value, err := scalar(bytes.TrimLeft(body[n+1:], " "))
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	m.values[key] = value
	return nil
}

func isKeyByte(c byte) bool {
	return c == '_' || c == '-' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// scalar reads a value that ends with its line. Null is nil.
func scalar(b []byte) ([]byte, error) {
	if len(b) == 0 || b[0] == '#' {
		return nil, nil
	}
	switch b[0] {
	case '"':
		return doubleQuoted(b)
	case '\'':
		return singleQuoted(b)
	case '[', ']', '{', '}', '&', '*', '!', '|', '>', '%', '@', '`', ',', '?':
		return nil, fmt.Errorf("want a plain value on one line")
	}
	return plainScalar(b)
}

func plainScalar(b []byte) ([]byte, error) {
	if at := bytes.Index(b, []byte(" #")); at >= 0 {
		b = bytes.TrimRight(b[:at], " \t")
	}
	if bytes.Contains(b, []byte(": ")) || b[len(b)-1] == ':' || bytes.HasPrefix(b, []byte("- ")) || string(b) == "-" {
		return nil, fmt.Errorf("want a plain value on one line")
	}
	if text := string(b[:min(len(b), 5)]); text == "~" || text == "null" || text == "Null" || text == "NULL" {
		return nil, nil
	}
	return bytes.Clone(b), nil
}

func singleQuoted(b []byte) ([]byte, error) {
	out := make([]byte, 0, len(b))
	for i := 1; i < len(b); i++ {
		if b[i] != '\'' {
			out = append(out, b[i])
			continue
		}
		if i+1 < len(b) && b[i+1] == '\'' {
			out = append(out, '\'')
			i++
			continue
		}
		return out, onlyComment(b[i+1:])
	}
	return nil, fmt.Errorf("want a quotation mark at the end of the line")
}

// escapes are YAML's that stand for one character and have no digits.
var escapes = map[byte]string{
	'0': "\x00", 'a': "\a", 'b': "\b", 't': "\t", 'n': "\n", 'v': "\v", 'f': "\f", 'r': "\r", 'e': "\x1b",
	' ': " ", '"': "\"", '/': "/", '\\': "\\", 'N': "\u0085", '_': "\u00a0", 'L': "\u2028", 'P': "\u2029",
}

func doubleQuoted(b []byte) ([]byte, error) {
	out := make([]byte, 0, 2*len(b)) // an escape may grow; a larger slice would leave this one behind
	for i := 1; i < len(b); i++ {
		switch {
		case b[i] == '"':
			return out, onlyComment(b[i+1:])
		case b[i] != '\\':
			out = append(out, b[i])
		default:
			text, used, err := escape(b[i+1:])
			if err != nil {
				return nil, err
			}
			out = append(out, text...)
			i += used
		}
	}
	return nil, fmt.Errorf("want a quotation mark at the end of the line")
}

// escape reads what follows a backslash, and returns how many bytes that was.
func escape(b []byte) (text []byte, used int, err error) {
	if len(b) == 0 {
		return nil, 0, fmt.Errorf("a backslash ends the line")
	}
	if text, ok := escapes[b[0]]; ok {
		return []byte(text), 1, nil
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[b[0]]
	if digits == 0 || len(b) <= digits {
		return nil, 0, fmt.Errorf("an escape is not one of YAML's")
	}
	code, err := strconv.ParseUint(string(b[1:1+digits]), 16, 32)
	if err != nil || !utf8.ValidRune(rune(code)) {
		return nil, 0, fmt.Errorf("an escape is not one of YAML's")
	}
	return utf8.AppendRune(nil, rune(code)), 1 + digits, nil
}

// onlyComment refuses text behind a quoted value.
func onlyComment(b []byte) error {
	rest := bytes.TrimLeft(b, " \t")
	if len(rest) == 0 || len(rest) < len(b) && rest[0] == '#' {
		return nil
	}
	return fmt.Errorf("text follows a quoted value")
}

// appendYAMLString appends s in double quotation marks, everything but
// printable ASCII escaped.
func appendYAMLString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case ' ' <= r && r <= '~':
			dst = append(dst, byte(r))
		case r <= 0xffff:
			dst = fmt.Appendf(dst, `\u%04x`, r)
		default:
			dst = fmt.Appendf(dst, `\U%08x`, r)
		}
	}
	return append(dst, '"')
}
