// Package slip39 reads the shares of SLIP-39, which other wallets write as 20
// or 33 words, and gives back the master secret that they hold. It writes none:
// what a phrase of BIP-39 makes of its words is not what a wallet makes of a
// master secret, and the two would have different keys.
//
// The names and the order are those of SLIP-39. A share says which set it is of
// (identifier, extendable flag, iteration exponent), how many groups there are
// and how many are needed, its group, its number in it, how many of that group
// are needed, its value, and a checksum over all of that, RS1024. Words wrong,
// up to three, are found and never mended: whoever mended them could not tell
// whether it is the right share.
//
// The field is GF(256) with the polynomial 0x11B, as in vault/shamir. That
// package finds f(0); SLIP-39 keeps the secret at x = 255 and its digest at
// x = 254. XORing every x with v makes f(0) of f(v), so that Combine does for
// both, and for the question whether a share too many belongs to the others.
//
// What the shares hold is encrypted with a passphrase, which may be empty. A
// wrong one gives another master secret and no error: this is how SLIP-39 is
// meant, so compare public keys.
package slip39
