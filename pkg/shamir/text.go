package shamir

import "strings"

// indexOf returns the value of an upper-case character, and -1 for one that is
// not of the alphabet.
func indexOf(c byte) int { return strings.IndexByte(alphabet, c) }
