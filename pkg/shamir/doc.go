// Package shamir puts a secret on sheets of paper: format EK1, which
// docs/ek1.md describes to the bit. It turns bytes into bytes and text; what a
// page looks like is for others.
//
// A secret is packed with its kind, random padding and a tag (package), split
// by hashicorp/vault/shamir, framed with a header and a checksum, and written
// in bech32's characters, in groups of four:
//
//	secret -> package -> vault/shamir -> frame -> "EK1" and 24 groups of 4
//
// vault/shamir combines whatever it is given and reports nothing: too few
// shares, those of two sets, a damaged one, even a forged one with x = 0 give a
// wrong secret and no error. So each thing that can be wrong is looked for by
// itself, in this order, with its own message: not a sheet, or of another
// version; the checksum; x = 0; a threshold of one; another set; a rehearsal
// among real sheets; a sheet twice; how many are missing; and, after combining,
// the tag. A Pile sorts sheets of several sets, and names the one that does not
// belong when there are more than are needed.
//
// Up to four wrong characters, or eight that are marked unreadable, are
// proposed with their places. They are never applied unasked: a checksum that
// was made to hold proves nothing any more.
//
// Shares are secrets and live in pkg/secret. vault/shamir works on the heap;
// what it returns is wiped, the coefficients it drew are out of reach.
package shamir
