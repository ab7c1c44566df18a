package slip39

import (
	"errors"
	"fmt"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
)

// Why a share, or a set of them, is refused.
var (
	ErrLength           = errors.New("no share of SLIP-39 has that many words")
	ErrValueLength      = errors.New("no master secret has a length that fits so many words")
	ErrWord             = errors.New("not a word of the SLIP-39 list")
	ErrChecksum         = errors.New("the checksum of the share does not hold")
	ErrPadding          = errors.New("the share's padding is not zero")
	ErrGroupThreshold   = errors.New("the share asks for more groups than it says there are")
	ErrOtherSet         = errors.New("the share is of another set")
	ErrExponent         = errors.New("the share is of the same identifier, but has another iteration exponent")
	ErrExtendable       = errors.New("the share is of the same identifier, but differs in being extendable")
	ErrGroupThresholds  = errors.New("the share asks for another number of groups than those before it")
	ErrGroupCounts      = errors.New("the share tells of another number of groups than those before it")
	ErrMemberThresholds = errors.New("the share asks for another number of shares of its group than those before it")
	ErrLengths          = errors.New("the share is longer or shorter than those before it")
	ErrTwice            = errors.New("this very share was entered before")
	ErrSameNumber       = errors.New("another share with the same group and number was entered before")
	ErrTooFewGroups     = errors.New("shares of more groups are needed")
	ErrTooFewShares     = errors.New("more shares of a group are needed")
	ErrPassphrase       = errors.New("the passphrase has a character that SLIP-39 does not know")
	ErrDigest           = errors.New("the shares do not belong together, or one of them is not right")
)

// WordError says which word is not in the list.
type WordError struct {
	Position int      // counted from 1
	Nearest  []string // words of the public list that may be meant
}

// Error names the place and never what was typed.
func (e *WordError) Error() string { return fmt.Sprintf("word %d: %v", e.Position, ErrWord) }

// Unwrap makes it ErrWord too.
func (e *WordError) Unwrap() error { return ErrWord }

func refuse(cause error, hint string, args ...any) error {
	return fault.New(fault.Refused, "%w", cause).WithHint(hint, args...)
}

func refuseWord(position int, word []byte) error {
	e := &WordError{Position: position, Nearest: Nearest(word, 3)}
	if len(e.Nearest) == 0 {
		return refuse(e, "look at the paper again; the first four letters of a word are enough")
	}
	return refuse(e, "did you mean %s? look at the paper again", strings.Join(e.Nearest, " or "))
}
