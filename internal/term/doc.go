// Package term is the conversation with the person at the keyboard: visible
// and hidden prompts, the entry of a mnemonic word by word, pages of secrets
// that are wiped, and progress.
//
// Visible prompts read standard input, be it a terminal or a pipe; hidden ones
// read the terminal even when standard input is a pipe, and the pipe only
// when there is no terminal. Nothing is read ahead of the answer, so that
// another reader of the same descriptor finds the rest.
//
// Hidden entry goes byte by byte into a secret page and is never a string.
// What the terminal driver of the kernel and the terminal emulator keep of it
// is out of reach.
package term
