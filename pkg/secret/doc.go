// Package secret holds bytes that must not leave the machine: entropy, seeds,
// secret keys, passwords, phrases.
//
// A Buffer lives in a process-wide arena of pages that are never swapped,
// dumped or inherited by a child: memfd_secret(2) where the kernel has it,
// which hides them from root's readers too, else mmap(2) with mlock(2),
// MADV_DONTDUMP and MADV_WIPEONFORK. Buffers are packed, 32 bytes a cell, so
// that a memlock limit of 64 KiB is room enough for ordinary work; past the
// limit New fails and names it.
//
// A Buffer holds a pointer to where its cells are noted, never the slice
// itself: fmt reaches into unexported fields of an outer struct without calling
// their methods, and what it finds there are addresses and sizes. A Buffer prints as [redacted], refuses to
// be marshalled, and is wiped by Close.
//
// The kernel refuses to read into or write from memfd_secret pages on behalf
// of some system calls: read into an ordinary buffer, copy, and Wipe it.
//
// What this package cannot do: libraries that take a string or make their own
// copies leave those on the Go heap until the process ends. docs/assurance.md
// names each of them.
package secret
