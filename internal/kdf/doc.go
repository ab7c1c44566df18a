// Package kdf turns passwords into keys: PBKDF2 (RFC 8018, 5.2) and scrypt
// (RFC 7914, whose names and order this package keeps).
//
// golang.org/x/crypto and the standard library have both. They take the
// password as a string or copy it into one, which nobody can wipe, and leave
// keyed hashes, the derived key and scrypt's 256 MiB on Go's heap until a later
// allocation writes over them. Here:
//
//   - the password is read where it lies and copied nowhere;
//   - the keyed hash and the result lie in pkg/secret's pages;
//   - scrypt's work area is mapped for one derivation, left out of core dumps
//     and of forked children, zeroed and unmapped at its end, also when the
//     context ends it.
//
// # What the work area gives away
//
// It is not locked in memory: 256 MiB are beyond the memlock limit of nearly
// every user. Any one of its blocks is as good as the salted hash of the
// password by a single round of PBKDF2, for scryptBlockMix can be undone: who
// gets one from swap guesses passwords a million times faster than from the
// keystore. The kernel swaps such memory when the machine runs out of it, not
// before; turn swap off for more than that (`ethkey doctor` looks). A stack that
// the Go runtime moves may keep a copy of a single Salsa20 block, whose inverse
// is the same matter, until it is used again.
//
// # A machine with more lanes
//
// scryptROMix takes a lane, which owns all that the loop touches, and steps
// through it without branches on secrets. Several lanes side by side, one
// password each or the p blocks of one, are a loop over lanes within those
// steps and a salsa208 that takes several blocks; nothing else changes.
package kdf
