package bls

import (
	"fmt"
	"slices"
	"unsafe"

	blst "github.com/supranational/blst/bindings/go"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
)

const redacted = "[redacted]"

// SecretKey is a scalar 0 < sk < r on a secret page, in blst's own form: 32
// bytes, least significant first. It prints as [redacted], refuses to be
// marshalled, and must not be used after Close.
type SecretKey struct{ page *secret.Buffer }

// SecretKeyFromBytes copies a key of 32 bytes, most significant first
// (EIP-2333, I2OSP(SK, 32)). It refuses 0 and every number from r on. The
// caller keeps b.
func SecretKeyFromBytes(b *secret.Buffer) (*SecretKey, error) {
	if b.Len() != SecretKeySize {
		return nil, fault.New(fault.Refused, "secret key: want %d bytes", SecretKeySize)
	}
	page, err := b.Clone()
	if err != nil {
		return nil, err
	}
	slices.Reverse(page.Bytes())
	sk := &SecretKey{page: page}
	if !sk.scalar().Valid() {
		sk.Close()
		return nil, fault.New(fault.Refused, "secret key: not a number between 0 and the order of the curve")
	}
	return sk, nil
}

// scalar is the key as blst sees it: the page itself, not a copy.
func (sk *SecretKey) scalar() *blst.SecretKey {
	return (*blst.SecretKey)(unsafe.Pointer(&sk.page.Bytes()[0]))
}

// Bytes returns a copy of the key, 32 bytes, most significant first.
func (sk *SecretKey) Bytes() (*secret.Buffer, error) {
	b, err := sk.page.Clone()
	if err != nil {
		return nil, err
	}
	slices.Reverse(b.Bytes())
	return b, nil
}

// PublicKey is SkToPk (draft-irtf-cfrg-bls-signature-05, 2.4).
func (sk *SecretKey) PublicKey() PublicKey {
	return PublicKey(new(blst.P1Affine).From(sk.scalar()).Compress())
}

// Sign is CoreSign (draft-irtf-cfrg-bls-signature-05, 2.6). In Ethereum msg is
// a signing root.
func (sk *SecretKey) Sign(msg []byte) Signature {
	return Signature(new(blst.P2Affine).Sign(sk.scalar(), msg, dst).Compress())
}

// Close wipes the key.
func (sk *SecretKey) Close() {
	if sk != nil {
		sk.page.Close()
	}
}

// Format prints [redacted] for every verb.
func (sk *SecretKey) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(redacted)) }

// String returns [redacted].
func (sk *SecretKey) String() string { return redacted }

// GoString returns [redacted].
func (sk *SecretKey) GoString() string { return redacted }

// MarshalText refuses.
func (sk *SecretKey) MarshalText() ([]byte, error) { return nil, secret.ErrMarshal }

// MarshalJSON refuses.
func (sk *SecretKey) MarshalJSON() ([]byte, error) { return nil, secret.ErrMarshal }

// MarshalBinary refuses; encoding/gob asks here too.
func (sk *SecretKey) MarshalBinary() ([]byte, error) { return nil, secret.ErrMarshal }
