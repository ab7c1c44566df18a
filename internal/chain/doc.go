// Package chain keeps a history that only grows: lines of JSON, each with the
// hash of the line before it.
//
//	{"entry":{"seq":1,"time":"2026-11-20T12:00:00Z","event":"made","prev":"<root>","data":{}}}
//	{"entry":{"seq":2,"time":"2027-11-20T12:00:00Z","event":"drill","prev":"<hash of line 1>","data":{}},"signature":"-----BEGIN SSH SIGNATURE-----\n..."}
//
// The first line points at a root, which ties the chain to what it is the
// history of. Hashes are SHA-256 of a whole line without its line end, with
// the signature; a signature is over the bytes of the entry, which hold the
// number and the hash of what was before. So one signed entry vouches for
// itself and for everything above it.
//
// What a chain does not say by itself: that nothing was cut off at its end, or
// that lines after the last signed one are true. For that a verifier needs an
// entry from elsewhere, which Chain.Find looks for.
//
// A chain grows by Append: the longer file is written beside the old one, made
// durable and renamed over it, so that at every moment the file is the old
// chain or the new one, whole.
package chain
