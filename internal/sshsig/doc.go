// Package sshsig makes and checks detached signatures by SSH keys, in the
// format of OpenSSH's PROTOCOL.sshsig: what `ssh-keygen -Y sign` writes and
// `ssh-keygen -Y verify` reads.
//
// A signature is over a namespace and the hash of a message, so that one made
// for another purpose does not pass. Who may sign is a file of allowed
// signers, in ssh-keygen's format, that the verifier brings along: a key that
// comes with a signature proves nothing.
//
// Keys are Ed25519, ECDSA and RSA of at least 2048 bits, and the FIDO keys
// sk-ssh-ed25519 and sk-ecdsa, whose signatures must say that somebody touched
// the token. Refused by name are DSA, RSA with SHA-1, certificates and
// certificate authorities. FIDO keys verify only: to sign with one is
// ssh-keygen's work.
package sshsig
