// Package hmac is SHA-256, SHA-512 (FIPS 180-4) and their HMAC (RFC 2104) for
// secret messages and keys.
//
// The compression functions are those of the Go standard library, which uses
// the processor's own instructions. What it must not do is keep the message:
// its hashes live on Go's heap, hold up to a block of what they were given and
// are never wiped. So buffering and padding are done here, on memory of the
// caller's, a secret page; the library is given whole blocks only, and what it
// holds then is a chaining value, which Reset overwrites.
//
// A keyed HMAC keeps the states after its two padded keys, and resumes them
// for each message: two compressions for a short one, as PBKDF2 and HKDF want
// it, and no allocation.
package hmac
