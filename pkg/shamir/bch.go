package shamir

import "github.com/ethkey/ethkey/pkg/secret"

// checkChars is the length of BIP-93's long checksum, and the degree of its
// generator.
const checkChars = 15

// symbols are the coefficients of a polynomial over GF(32) of degree below 15,
// the constant one first.
type symbols [checkChars]byte

// generator is that of BIP-93's long checksum, without its leading 1: bech32's
// GF(32), eight consecutive powers of gamma among its roots, so any eight wrong
// characters are found in words of up to 1023.
var generator = symbols{23, 4, 22, 5, 6, 21, 23, 6, 21, 25, 9, 26, 25, 10, 15}

// code is the checksum with the constants of one format.
type code struct{ start, target symbols }

// newCode makes the code of a prefix: a word is whole when its residue, begun
// after the prefix, is target.
func newCode(prefix, target string) code {
	c := code{target: residueText(target)}
	c.start[0] = 1
	for _, r := range []byte(prefix) {
		c.start.feed(r >> 5)
	}
	c.start.feed(0)
	for _, r := range []byte(prefix) {
		c.start.feed(r & 31)
	}
	return c
}

// residueText reads a residue that is written as 15 characters.
func residueText(text string) (s symbols) {
	for i := range s {
		s[checkChars-1-i] = byte(indexOf(text[i]))
	}
	return s
}

// ek1 is the code of this format. The constant makes a sheet no word of
// BIP-93, and a codex32 string no sheet.
var ek1 = newCode("ek", "ETHKEYPAPERCARD")

// feed multiplies by x, adds v, and reduces by the generator.
func (s *symbols) feed(v byte) {
	top := s[checkChars-1]
	for i := checkChars - 1; i > 0; i-- {
		s[i] = s[i-1] ^ mul32(top, generator[i])
	}
	s[0] = v ^ mul32(top, generator[0])
}

// difference is the residue of a word less that of a whole one: zero when the
// checksum holds.
func (c *code) difference(word []byte) symbols {
	s := c.start
	for _, v := range word {
		s.feed(v)
	}
	for i := range s {
		s[i] ^= c.target[i]
	}
	return s
}

// holds tells whether the checksum of a word does.
func (c *code) holds(word []byte) bool {
	d := c.difference(word)
	defer secret.Wipe(d[:])
	return d == symbols{}
}

// seal writes the checksum into the last 15 characters of a word.
func (c *code) seal(word []byte) {
	check := word[len(word)-checkChars:]
	secret.Wipe(check)
	d := c.difference(word)
	for i := range check {
		check[i] = d[checkChars-1-i]
	}
	secret.Wipe(d[:])
}

// mul32 multiplies in GF(32) = GF(2)[x]/(x^5 + x^3 + 1), as bech32 has it.
func mul32(a, b byte) (product byte) {
	for range 5 {
		product ^= a & -(b & 1)
		a, b = a<<1^41&-(a>>4), b>>1
	}
	return product
}
