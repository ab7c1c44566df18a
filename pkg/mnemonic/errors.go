package mnemonic

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
)

// CountError says that a phrase has a number of words that no phrase has.
type CountError struct {
	Words int // how many were read
}

// Error names the count and those that are valid.
func (e *CountError) Error() string {
	return fmt.Sprintf("the phrase has %d words; expected 12, 15, 18, 21 or 24", e.Words)
}

// WordError says that a word is in no list.
type WordError struct {
	Position  int        // of the first such word, from 1
	Also      []int      // positions of the others
	Nearest   []string   // words of the list that it may be a slip of
	Languages []Language // the lists that have the most of the phrase's words; none when no list has any
}

// Error names the positions and the list, not the words.
func (e *WordError) Error() string {
	at, verb := "word "+strconv.Itoa(e.Position), "is"
	if len(e.Also) > 0 {
		at, verb = "words "+strconv.Itoa(e.Position), "are"
		for _, p := range e.Also {
			at += ", " + strconv.Itoa(p)
		}
	}
	if len(e.Languages) == 0 {
		return fmt.Sprintf("%s %s in none of the ten word lists", at, verb)
	}
	return fmt.Sprintf("%s %s not in the word list of %s", at, verb, join(e.Languages, "or"))
}

func (e *WordError) hint() string {
	if len(e.Nearest) == 0 {
		return fmt.Sprintf("compare word %d with your copy; its first four letters are enough", e.Position)
	}
	return fmt.Sprintf("nearest to word %d: %s", e.Position, strings.Join(e.Nearest, ", "))
}

// ChecksumError says that every word is in a list, but that they cannot be
// the words of one phrase in this order.
type ChecksumError struct {
	Languages []Language // whose lists have every word
}

// Error names the languages.
func (e *ChecksumError) Error() string {
	return fmt.Sprintf("every word is in the word list of %s, but the checksum of the phrase does not hold", join(e.Languages, "and"))
}

// AmbiguousError says that a phrase is valid in several languages.
type AmbiguousError struct {
	Languages []Language
	// SameKeys is set when all of them read the same sentence, so that the
	// keys do not depend on the answer.
	SameKeys bool
}

// Error names the languages.
func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("the phrase is valid in %s", join(e.Languages, "and"))
}

func (e *AmbiguousError) hint() string {
	if e.SameKeys {
		return "say which language it is in; the keys are the same in each"
	}
	return "say which language it is in; the keys differ"
}

const checksumHint = "a word is wrong or out of place: compare each with your copy, in order"

// refuse makes a fault of e.
func refuse(e error, hint string) *fault.Error {
	return fault.New(fault.Refused, "%w", e).WithHint("%s", hint)
}
