// Package fault is how ethkey says what went wrong: a kind, which is the exit
// code; what is wrong, naming the file, field, line or word; and what to do
// next. The text of a fault never holds a secret, nor the length of one.
package fault

import (
	"errors"
	"fmt"
)

// Kind classifies a fault. Its number is the exit code of the process.
type Kind int

// The kinds, as docs/exit-codes.md lists them.
const (
	// Refused: a value was refused, or a check failed.
	Refused Kind = 1
	// Usage: the command line is wrong.
	Usage Kind = 2
	// Environment: the machine lacks what is needed: a kernel wall, room on
	// the disk, a writable folder, a terminal.
	Environment Kind = 3
	// Integrity: what was read back is not what was written, or a file is not
	// what it says it is.
	Integrity Kind = 4
	// Interrupted: a person pressed Ctrl-C, or the process was told to end.
	Interrupted Kind = 130
)

// Error is a fault with its kind and its hint.
type Error struct {
	Kind Kind
	What string // lower case, no full stop
	Hint string // what to do next; may be empty
	Err  error  // the cause, or nil
}

// New makes a fault. The format follows fmt.Errorf; a %w operand is kept as
// the cause.
func New(kind Kind, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Kind: kind, What: err.Error(), Err: errors.Unwrap(err)}
}

// WithHint returns e with the next step for the person in the room.
func (e *Error) WithHint(format string, args ...any) *Error {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}

// Error returns what is wrong, without the hint.
func (e *Error) Error() string { return e.What }

// Unwrap returns the cause, or nil.
func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the outermost fault in err's chain, and Refused
// for an error that carries none. Where there is no error it returns 0, which
// is no kind, and the exit code of what is done.
func KindOf(err error) Kind {
	if err == nil {
		return 0
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Refused
}

// HintOf returns the first hint in err's chain, or "".
func HintOf(err error) string {
	for err != nil {
		var e *Error
		if !errors.As(err, &e) {
			return ""
		}
		if e.Hint != "" {
			return e.Hint
		}
		err = e.Err
	}
	return ""
}
