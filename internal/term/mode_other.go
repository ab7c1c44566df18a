//go:build !linux

package term

import (
	"os"

	"golang.org/x/term"
)

// goesOn are the signals that follow a stop by Ctrl-Z; not looked for here.
var goesOn []os.Signal

// modes are the settings of a terminal.
type modes = term.State

// silence turns off echo, line editing and the keys that send signals.
func silence(fd uintptr) (*modes, error) { return term.MakeRaw(int(fd)) }

// unsilence goes back to old.
func unsilence(fd uintptr, old *modes) error { return term.Restore(int(fd), old) }
