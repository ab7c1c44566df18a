package shamir

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ethkey/ethkey/pkg/secret"
)

// maxText is far more than a sheet with all that people put around it.
const maxText = 4096

// indexOf returns the value of an upper-case character, and -1 for one that is
// not of the alphabet.
func indexOf(c byte) int { return strings.IndexByte(alphabet, c) }

func upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

// alike are the characters that the alphabet leaves out, and what they are
// taken for when a correction is proposed.
var alike = map[byte]byte{'O': '0', 'I': 'L', '1': 'L', 'B': '8'}

// reading is a frame as it was read: values, and what is not certain of them.
type reading struct {
	word       *secret.Buffer
	unreadable []int // "?", and what is no character of a sheet
	similar    []int // O, I, 1 and B, with the value of what they look like
	prefixed   bool
	version    int     // the digit of the prefix
	pieces     []piece // as they stood
}

// piece is characters without a space between them.
type piece struct{ line, chars int }

// read takes the text apart. Nothing of it is kept as a string.
func read(text []byte) (*reading, error) {
	word, err := secret.New(len(text))
	if err != nil {
		return nil, err
	}
	r := &reading{word: word, version: Version}
	n, line := 0, 0
	for _, raw := range bytes.FieldsFunc(text, func(c rune) bool { return c == '\n' || c == '\r' }) {
		fields := bytes.FieldsFunc(raw, separates)
		if n == 0 && !r.prefixed {
			fields = r.cutPrefix(fields)
		}
		if len(fields) == 0 {
			continue
		}
		line++
		for _, field := range cutNumber(fields, line) {
			chars := n
			for len(field) > 0 {
				c, size := utf8.DecodeRune(field)
				r.put(n, c)
				field = field[size:]
				n++
			}
			r.pieces = append(r.pieces, piece{line, n - chars})
		}
	}
	word.Truncate(n)
	return r, nil
}

// separates tells whether c is a space, a dash of any kind, or invisible.
func separates(c rune) bool {
	return unicode.IsSpace(c) || unicode.In(c, unicode.Pd, unicode.Cf) || c == '_' || c == '\u2212'
}

// put notes one character.
func (r *reading) put(at int, c rune) {
	if c > unicode.MaxASCII {
		c = '?'
	}
	char := upper(byte(c))
	if like, ok := alike[char]; ok {
		r.similar = append(r.similar, at)
		char = like
	}
	v := indexOf(char)
	if v < 0 {
		r.unreadable = append(r.unreadable, at)
		v = 0
	}
	r.word.Bytes()[at] = byte(v)
}

// cutPrefix drops EK1 where the text begins with it, as a word of its own or
// not, after a line number or not.
func (r *reading) cutPrefix(fields [][]byte) [][]byte {
	for i, field := range fields[:min(2, len(fields))] {
		version := prefixVersion(field)
		if version == 0 && isLabel(field) {
			continue
		}
		if version == 0 {
			break
		}
		r.prefixed, r.version = true, version
		if field = field[len(Prefix):]; len(field) > 0 {
			return append([][]byte{field}, fields[i+1:]...)
		}
		return fields[i+1:]
	}
	return fields
}

// isLabel tells whether a word may be the number of a line.
func isLabel(field []byte) bool {
	digits := bytes.TrimRight(field, ".:)")
	return len(digits) > 0 && len(digits) <= 2 && len(bytes.Trim(digits, "0123456789")) == 0
}

// prefixVersion returns the digit that follows EK, and 0 where no prefix is.
// One of the three may be unreadable, and what looks like a 1 is one.
func prefixVersion(field []byte) int {
	if len(field) < len(Prefix) {
		return 0
	}
	unreadable := 0
	for i := range len(Prefix) {
		switch c := upper(field[i]); {
		case c == '?':
			unreadable++
		case i == 2 && '2' <= c && c <= '9' && unreadable == 0:
			return int(c - '0')
		case c != Prefix[i] && (i < 2 || c != 'I' && c != 'L'):
			return 0
		}
	}
	if unreadable > 1 {
		return 0
	}
	return Version
}

// cutNumber drops the number of a line: digits with a colon, dot or bracket,
// or digits alone when they count the lines and whole groups follow.
func cutNumber(fields [][]byte, line int) [][]byte {
	first := fields[0]
	digits := 0
	value := 0
	for digits < len(first) && digits < 2 && '0' <= first[digits] && first[digits] <= '9' {
		value = value*10 + int(first[digits]-'0')
		digits++
	}
	if digits == 0 {
		return fields
	}
	if digits < len(first) && strings.IndexByte(".:)", first[digits]) >= 0 {
		if rest := first[digits+1:]; len(rest) > 0 {
			return append([][]byte{rest}, fields[1:]...)
		}
		return fields[1:]
	}
	whole := func(f []byte) bool { return len(f) == GroupChars }
	if digits == len(first) && value == line && len(fields) > 1 && !slices.ContainsFunc(fields[1:], func(f []byte) bool { return !whole(f) }) {
		return fields[1:]
	}
	return fields
}
