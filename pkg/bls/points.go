package bls

import (
	"encoding/hex"

	blst "github.com/supranational/blst/bindings/go"

	"github.com/ethkey/ethkey/internal/fault"
)

// PublicKey is a compressed point of G1. One that comes from
// PublicKeyFromBytes or SecretKey.PublicKey is valid (KeyValidate,
// draft-irtf-cfrg-bls-signature-05, 2.5).
type PublicKey [PublicKeySize]byte

// Signature is a compressed point of G2. One that comes from
// SignatureFromBytes or Sign is in the subgroup; it may be the point at
// infinity, which no single public key verifies.
type Signature [SignatureSize]byte

// PublicKeyFromBytes reads a compressed public key. It refuses points off the
// curve, outside the subgroup, and the point at infinity.
func PublicKeyFromBytes(b []byte) (PublicKey, error) {
	if len(b) != PublicKeySize {
		return PublicKey{}, fault.New(fault.Refused, "public key: want %d bytes, found %d", PublicKeySize, len(b))
	}
	pk := PublicKey(b)
	if pk.point() == nil {
		return PublicKey{}, fault.New(fault.Refused, "public key %s: not a valid point of G1", pk)
	}
	return pk, nil
}

// SignatureFromBytes reads a compressed signature. It refuses points off the
// curve and outside the subgroup.
func SignatureFromBytes(b []byte) (Signature, error) {
	if len(b) != SignatureSize {
		return Signature{}, fault.New(fault.Refused, "signature: want %d bytes, found %d", SignatureSize, len(b))
	}
	sig := Signature(b)
	if sig.point() == nil {
		return Signature{}, fault.New(fault.Refused, "signature %s: not a valid point of G2", sig)
	}
	return sig, nil
}

// point returns the public key decompressed and validated, or nil.
func (pk PublicKey) point() *blst.P1Affine {
	p := new(blst.P1Affine).Uncompress(pk[:])
	if p == nil || !p.KeyValidate() {
		return nil
	}
	return p
}

// point returns the signature decompressed and checked, or nil.
func (sig Signature) point() *blst.P2Affine {
	p := new(blst.P2Affine).Uncompress(sig[:])
	if p == nil || !p.SigValidate(false) {
		return nil
	}
	return p
}

// points decompresses all public keys; one that is invalid fails them all.
func points(pks []PublicKey) ([]*blst.P1Affine, bool) {
	out := make([]*blst.P1Affine, len(pks))
	for i, pk := range pks {
		if out[i] = pk.point(); out[i] == nil {
			return nil, false
		}
	}
	return out, true
}

// Bytes returns the 48 bytes, as a copy.
func (pk PublicKey) Bytes() []byte { return pk[:] }

// Hex returns 96 lower-case hexadecimal digits.
func (pk PublicKey) Hex() string { return hex.EncodeToString(pk[:]) }

// String returns 0x and 96 lower-case hexadecimal digits.
func (pk PublicKey) String() string { return "0x" + pk.Hex() }

// Bytes returns the 96 bytes, as a copy.
func (sig Signature) Bytes() []byte { return sig[:] }

// Hex returns 192 lower-case hexadecimal digits.
func (sig Signature) Hex() string { return hex.EncodeToString(sig[:]) }

// String returns 0x and 192 lower-case hexadecimal digits.
func (sig Signature) String() string { return "0x" + sig.Hex() }
