package shamir

import (
	_ "embed" // the listings
	"fmt"
	"strings"
)

//go:embed recover.py
var recoverScript string

//go:embed recover_more.py
var recoverMoreScript string

// RecoverScript is plain Python 3 that restores a set of one level, as
// docs/recover-without-ethkey.md and the public instruction sheet have it. No
// line has more than 100 characters, all of them ASCII.
func RecoverScript() string { return recoverScript }

// RecoverMoreScript needs RecoverScript beside it as recover.py, and does the
// rest: checksums, passphrases of sheets, sets of two levels.
func RecoverMoreScript() string { return recoverMoreScript }

// instructions are for any programmer, with nothing else at hand.
const instructions = `Text: EK1, header of 12 characters, share, checksum of 15. Each character is 5 bits, 0 to 31 in this
order: ` + alphabet + `. The share's bits make %d bytes; bits left over are 0.
The last of them is x, those before are y1, y2, ... Take the sheets that are needed (the first 6
characters after EK1 are equal). Byte i of the secret package is the sum over the sheets of
yi times the product over the other sheets of X / (X + x), where X is the other sheet's x.
Arithmetic in GF(256): bytes are polynomials over GF(2), modulo 0x11B; + is XOR.`

const packageLine = `Package: kind, length n, n bytes of secret, padding, and 8 bytes of HMAC-SHA256, which tell whether
the sheets were the right ones. Kind, in hex: 1_ BIP-39 entropy (2_ if a passphrase belongs to it;
_0 English), 30 password, 40 secret key, 50 age identity, 60 text.`

const groupLine = `The sheets of a group come to a share of the set and a tag of 4 bytes, which is left out (a group of
one sheet has its share itself); %d such shares come to the package in the same way.`

const protectedLine = `This sheet is encrypted: the passphrase written on it is needed first (see the public sheet).`

// Instructions are the lines for a sheet that say how to restore without
// ethkey, each of at most 100 ASCII characters. docs/recover-without-ethkey.md
// has the long form.
func Instructions(s *Sheet) []string {
	size := s.body.Len()
	text := ""
	if s.Protected() {
		size -= sealSize
		text = protectedLine + "\n"
	}
	text += fmt.Sprintf(instructions, size) + "\n"
	if s.head.twoLevels() {
		text += fmt.Sprintf(groupLine, s.GroupThreshold()) + "\n"
	}
	return append(linesOf(text), linesOf(packageLine+"\n")...)
}

func linesOf(text string) (lines []string) {
	for line := range strings.Lines(text) {
		lines = append(lines, strings.TrimSuffix(line, "\n"))
	}
	return lines
}
