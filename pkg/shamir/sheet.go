package shamir

import (
	"fmt"

	"github.com/ethkey/ethkey/internal/hmac"
	"github.com/ethkey/ethkey/pkg/secret"
)

// Prefix is what the text of every sheet begins with.
const Prefix = "EK1"

// How the text stands on a sheet: the prefix, then lines of groups.
const (
	GroupChars = 4 // characters of a group
	LineGroups = 4 // groups of a line
	lineChars  = GroupChars * LineGroups
)

// Sheet is one sheet of a set.
type Sheet struct {
	head header
	body *secret.Buffer // what vault/shamir made: y bytes, then x; encrypted when Protected
}

// ID returns the name of the set.
func (s *Sheet) ID() SetID { return s.head.id }

// Group returns the group of the sheet, from 1.
func (s *Sheet) Group() int { return s.head.group }

// Number returns the number of the sheet in its group, from 1.
func (s *Sheet) Number() int { return s.head.number }

// Threshold returns how many sheets of its group are needed.
func (s *Sheet) Threshold() int { return s.head.threshold }

// GroupThreshold returns how many groups are needed.
func (s *Sheet) GroupThreshold() int { return s.head.groupThreshold }

// Groups returns how many groups there are.
func (s *Sheet) Groups() int { return s.head.groups }

// Flags returns the marks.
func (s *Sheet) Flags() Flags { return s.head.flags }

// Protected tells whether the sheet needs its passphrase before it is of use.
func (s *Sheet) Protected() bool { return s.head.flags.Has(Protected) }

// X returns the place of the share on its polynomial, which is public and what
// Reissue needs to make a lost sheet again; 0 for a protected sheet, which does
// not show it.
func (s *Sheet) X() byte {
	if s.Protected() || s.body.Len() == 0 {
		return 0
	}
	return s.body.Bytes()[s.body.Len()-1]
}

// Name says which sheet this is: "sheet 2", or "sheet 2 of group 1".
func (s *Sheet) Name() string { return s.head.name() }

func (h header) name() string {
	if h.twoLevels() {
		return fmt.Sprintf("sheet %d of group %d", h.number, h.group)
	}
	return fmt.Sprintf("sheet %d", h.number)
}

// Text returns the text as a code holds it: the prefix and the groups, without
// spaces.
func (s *Sheet) Text() (*secret.Buffer, error) {
	text, err := secret.New(len(Prefix) + charsFor(s.body.Len()))
	if err != nil {
		return nil, err
	}
	copy(text.Bytes(), Prefix)
	s.encode(text.Bytes()[len(Prefix):])
	return text, nil
}

// Lines cuts a text into the lines and groups of a sheet, without the prefix.
// They are parts of text, not copies.
func Lines(text []byte) [][][]byte {
	var lines [][][]byte
	for rest := text[len(Prefix):]; len(rest) > 0; rest = rest[min(lineChars, len(rest)):] {
		var groups [][]byte
		for line := rest[:min(lineChars, len(rest))]; len(line) > 0; line = line[min(GroupChars, len(line)):] {
			groups = append(groups, line[:min(GroupChars, len(line))])
		}
		lines = append(lines, groups)
	}
	return lines
}

// Fingerprint is the first half of the SHA-256 of the text, without spaces. It
// tells a sheet from every other one and says nothing of the secret.
func (s *Sheet) Fingerprint() (sum [16]byte, err error) {
	text, err := s.Text()
	if err != nil {
		return sum, err
	}
	defer text.Close()
	err = hmac.SHA256.Digest(sum[:], text.Bytes())
	return sum, err
}

// Close wipes the sheet.
func (s *Sheet) Close() {
	if s != nil {
		s.body.Close()
	}
}

// Format prints which sheet it is, whatever the verb, and nothing of its share.
func (s *Sheet) Format(f fmt.State, _ rune) {
	_, _ = fmt.Fprintf(f, "[set %s, %s]", s.head.id, s.head.name())
}
