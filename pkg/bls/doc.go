// Package bls is BLS12-381 as Ethereum's consensus layer uses it: public keys
// in G1 (48 bytes), signatures in G2 (96 bytes), both compressed, and the
// proof-of-possession ciphersuite of draft-irtf-cfrg-bls-signature-05,
// section 4.2.3. The arithmetic is supranational/blst.
//
// A SecretKey lives in place on a page of pkg/secret, and blst computes with
// it there: the Go heap never holds one. What blst's C code leaves on the
// system stack, and what Go leaves in registers, is beyond this package.
//
// PublicKeyFromBytes and SignatureFromBytes check that the point is on the
// curve and in the subgroup. The verifying functions check it again, since an
// array can be filled by anyone.
package bls

// Ciphersuite is the domain separation tag of every signature here
// (draft-irtf-cfrg-bls-signature-05, 4.2.3).
const Ciphersuite = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_"

// Sizes in bytes.
const (
	SecretKeySize = 32
	PublicKeySize = 48
	SignatureSize = 96
)

var dst = []byte(Ciphersuite)
