package backup

import (
	"context"

	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
	"github.com/ethkey/ethkey/pkg/validator"
)

// Machine is what an operation gets from the outside.
type Machine struct {
	validator.Machine
	// InMemory tells whether what is written to a folder stays in memory, as on
	// a tmpfs without swap. An operation that cannot tell takes no for an answer.
	InMemory func(folder string) (bool, error)
}

// Warning is what a person must know before agreeing to a plan.
type Warning = validator.Warning

// Desk is where a person sits while an operation runs. Its methods are called
// one at a time. An error of a Desk ends the operation.
type Desk interface {
	// Read asks for a sheet, or for several at once where they come in pictures,
	// and returns what was typed or found, unjudged. io.EOF says that the person
	// has no more of them.
	Read(ctx context.Context, ask Ask) ([]Reading, error)
	// Propose shows a correction beside what was read, and tells whether the
	// paper has it so. The damage has a proposal.
	Propose(ctx context.Context, r Reading, damage *shamir.DamageError) (bool, error)
	// Confirm asks a question to which no is always a safe answer.
	Confirm(ctx context.Context, q Question) (bool, error)
	// Hidden asks for a secret, which is the caller's.
	Hidden(ctx context.Context, q Question) (*secret.Buffer, error)
	// Show shows a secret where it leaves no trace, until the person has done
	// with it what the page asks for.
	Show(ctx context.Context, page Page) error
	// Say tells something, and asks nothing.
	Say(n Notice)
}

// Purpose is what sheets are asked for.
type Purpose string

// The purposes.
const (
	ForReadBack Purpose = "read back" // every sheet of a new set, in any order
	ForCheck    Purpose = "check"     // one sheet
	ForRestore  Purpose = "restore"   // as many as are needed
)

// Ask says what is asked for.
type Ask struct {
	For     Purpose
	Set     string          // the set, when it is known
	Missing []string        // by name, of a read-back: the sheets that have not been read
	Sets    []shamir.Status // of a restore: what is there so far, the furthest set first
}

// Reading is what came from a sheet.
type Reading struct {
	Text    *secret.Buffer // the operation closes it
	Where   string         // the file and page, or "" when it was typed
	Picture bool           // from a picture, so that another machine has seen it
}

// QuestionID names a question, so that a Desk can word or answer it.
type QuestionID string

// The questions.
const (
	AskPrinted         QuestionID = "printed"          // Confirm: are all sheets printed?
	AskUnchecked       QuestionID = "unchecked"        // Confirm: leave the sheets unchecked?
	AskSheetPassphrase QuestionID = "sheet passphrase" // Hidden: the passphrase of a sheet
	AskBIP39Passphrase QuestionID = "bip39 passphrase" // Hidden: the BIP-39 passphrase
	AskDropOdd         QuestionID = "drop odd sheets"  // Confirm: go on without the sheets named?
	AskWhichSet        QuestionID = "which set"        // Confirm: this one, of several complete sets?
	AskWordsAlone      QuestionID = "words alone"      // Confirm: the words without their BIP-39 passphrase, so without a comparison?
)

// Question is put to a person.
type Question struct {
	ID   QuestionID
	What string
	Hint string
}

// Page is a secret to show.
type Page struct {
	Title  string
	Lines  []string // public, above the secret
	Secret *secret.Buffer
}

// Notice is something to know. Good says that it is what one hopes for.
type Notice struct {
	Good bool
	What string
	Hint string
}
