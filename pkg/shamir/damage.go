package shamir

import (
	"fmt"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
)

// NotOursError says that a text is not a sheet, and what it is.
type NotOursError struct{ What string } // "a BIP-39 phrase"; "" when not known

// Error names what it is.
func (e *NotOursError) Error() string {
	if e.What == "" {
		return "this is not the text of a sheet: that begins with EK1"
	}
	return "this is not a sheet of a backup but " + e.What
}

// VersionError says that a sheet is of a format that this version does not
// read.
type VersionError struct{ Version int }

// Error names the versions.
func (e *VersionError) Error() string {
	return fmt.Sprintf("the sheet is of format EK%d, and this ethkey reads EK%d", e.Version, Version)
}

func versionError(version int) error {
	return fault.New(fault.Refused, "%w", &VersionError{version}).WithHint("use a newer ethkey")
}

// LengthError says that characters are missing or too many.
type LengthError struct {
	Chars    int   // after EK1
	Expected []int // what they may be, given what the sheet says of itself
	Longer   int   // the next that is more than Chars, given the same; 0 for none
	// Where to look, as far as the text came in lines or groups: the first line
	// of a wrong length, or the first group of all that has not four characters.
	// From 1; 0 when not known.
	Line, LineHas, LineExpected int
	Group                       int
}

// Error says how many there are, and where to look.
func (e *LengthError) Error() string {
	var expected []string
	for _, n := range e.Expected {
		expected = append(expected, fmt.Sprint(n))
	}
	text := fmt.Sprintf("%d characters after EK1, expected %s", e.Chars, strings.Join(expected, " or "))
	switch {
	case e.Line > 0 && e.LineHas == 0:
		text += fmt.Sprintf("; line %d is missing", e.Line)
	case e.Line > 0 && e.LineExpected == 0:
		text += fmt.Sprintf("; line %d has %d, expected none", e.Line, e.LineHas)
	case e.Line > 0:
		text += fmt.Sprintf("; line %d has %d, expected %d", e.Line, e.LineHas, e.LineExpected)
	case e.Group > 0:
		p := placeOf((e.Group - 1) * GroupChars)
		text += fmt.Sprintf("; look at line %d, group %d", p.Line, p.Group)
	}
	return text
}

// Place is where a character stands on a sheet, each number from 1.
type Place struct {
	Line  int // of the lines of 16 characters
	Group int // of the groups of 4 in that line
	Char  int // of the characters of that group
}

func placeOf(index int) Place {
	return Place{Line: index/lineChars + 1, Group: index%lineChars/GroupChars + 1, Char: index%GroupChars + 1}
}

// String says the place in words.
func (p Place) String() string {
	return fmt.Sprintf("line %d, group %d, character %d", p.Line, p.Group, p.Char)
}

// Proposal is the one sheet that differs in few places from what was read. It
// is for a person to compare with the paper, and to be parsed when confirmed.
type Proposal struct {
	Text   *secret.Buffer // as Sheet.Text returns it
	Places []Place        // what it changes or fills in, in order
}

// DamageError says that the checksum does not hold, or that characters are
// unreadable.
type DamageError struct {
	Unreadable []Place   // "?" and what is not of the alphabet
	Proposal   *Proposal // nil: beyond repair
	// A text under way may be as long as another kind of sheet: the next length
	// that this one may have, given what it says of itself, or 0; and whether it
	// cannot be whole as it is.
	Longer int
	Short  bool
}

// Close wipes the proposal.
func (e *DamageError) Close() {
	if e.Proposal != nil {
		e.Proposal.Text.Close()
	}
}

// Error says where to look, and no character of the sheet.
func (e *DamageError) Error() string {
	if e.Proposal == nil && len(e.Unreadable) > roots {
		return fmt.Sprintf("%d characters are unreadable: at most %d can be found", len(e.Unreadable), roots)
	}
	if e.Proposal == nil {
		return "the checksum does not hold, and more is wrong than can be found: compare every line with the paper, and put ? for what is in doubt"
	}
	places := make([]string, len(e.Proposal.Places))
	for i, p := range e.Proposal.Places {
		places[i] = p.String()
	}
	return "the checksum does not hold; look again at " + strings.Join(places, "; ")
}
