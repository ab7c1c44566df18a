// Package jsontext reads small JSON files strictly and names the place of
// every mistake by its path (crypto.kdf.params.n), and writes text the way
// Python's json module does, which is how the files of the deposit tools look.
//
// encoding/json alone matches member names without regard to case, keeps the
// last of two members with one name, and drops what follows the first value.
// A file that decides over a key or a deposit is not read that way.
package jsontext
