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
//   - scrypt's work area is mapped outside that heap, left out of core dumps and
//     of forked children, and wiped at the end of each derivation, also when the
//     context ends it. It is kept for the next one of that size, for the kernel
//     to take when it needs memory.
//
// # What the work area gives away
//
// It is not locked in memory: 256 MiB are beyond the memlock limit of nearly
// every user. Each of its elements V[i] is as good as a salted hash of the
// password by a single round of PBKDF2, for scryptBlockMix can be undone: who
// gets one from swap guesses passwords far faster than from the keystore. The
// kernel swaps when memory runs short; turn swap off (`ethkey doctor` looks).
// The words of one Salsa20 block stay in registers and on the stack until
// those are used again, and the chaining values of SHA-256 lie on the heap
// while a derivation runs.
//
// # A machine with more lanes
//
// scryptROMix takes a lane, which owns all that the loop touches, and steps
// through it without branches on secrets. Several lanes side by side, one
// password each or the p blocks of one, are a loop over lanes within those
// steps and a salsa208 that takes several blocks; nothing else changes.
package kdf
