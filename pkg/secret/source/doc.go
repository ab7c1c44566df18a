// Package source reads a secret from where its owner keeps it: a file, an open
// descriptor, or any stream.
//
// The bytes pass through one small ordinary buffer, which is wiped, because the
// kernel will not read into the pages that package secret may use. Nothing is
// read ahead or kept. One line ending at the end is dropped, since editors and
// echo add one; every other byte belongs to the secret, a NUL too. An empty
// secret is refused, and so is one over 64 KiB: it is surely the wrong file.
//
// A terminal is refused: read like a file it would show what is typed.
//
// A file that others on the machine may read is a warning and not a fault: a
// FAT stick has no modes to set.
package source
