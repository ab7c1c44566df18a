//go:build amd64 || arm64

package secret

// clearRegisters zeroes the vector registers and the general ones that no
// caller keeps anything in. A copy of up to 256 bytes goes through them and
// stays there until something else needs them; a signal meanwhile makes the
// kernel write them all to the signal stack, which is ordinary memory.
//
//go:noescape
func clearRegisters()
