package message

import (
	"io"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
)

// signed is one signature to verify.
type signed struct {
	pk  bls.PublicKey
	msg beacon.Root
	sig bls.Signature
}

// verifyAll verifies n signatures in one batch. When it fails, each is verified
// by itself and the first bad one is named by its number, from 1.
func verifyAll(n int, at func(i int) signed, noun string, rand io.Reader) error {
	if n == 0 {
		return fault.New(fault.Refused, "want at least one %s to verify, found none", noun)
	}
	pks, roots, sigs := make([]bls.PublicKey, n), make([][32]byte, n), make([]bls.Signature, n)
	for i := range n {
		s := at(i)
		pks[i], roots[i], sigs[i] = s.pk, s.msg, s.sig
	}
	if ok, err := bls.BatchVerify(pks, roots, sigs, rand); ok || err != nil {
		return err
	}
	for i := range n {
		if !bls.Verify(pks[i], roots[i][:], sigs[i]) {
			return fault.New(fault.Integrity, "%s %d: the signature is not that of key %s", noun, i+1, pks[i])
		}
	}
	return fault.New(fault.Integrity, "signatures: each verifies by itself, all at once they do not")
}

// VerifyExits verifies exits[i] with pks[i], all in one batch, under d, an
// ExitDomain.
func VerifyExits(exits []SignedVoluntaryExit, pks []bls.PublicKey, d beacon.Domain, rand io.Reader) error {
	if len(exits) != len(pks) {
		return fault.New(fault.Refused, "%d exits, %d public keys; want as many of each", len(exits), len(pks))
	}
	return verifyAll(len(exits), func(i int) signed {
		return signed{pks[i], exits[i].Message.SigningRoot(d), exits[i].Signature}
	}, "exit", rand)
}

// VerifyChanges verifies changes with the keys they name, all in one batch,
// under d, a ChangeDomain.
func VerifyChanges(changes []ChangeEntry, d beacon.Domain, rand io.Reader) error {
	return verifyAll(len(changes), func(i int) signed {
		m := changes[i].Message
		return signed{m.FromBLSPublicKey, m.SigningRoot(d), changes[i].Signature}
	}, "change", rand)
}

// VerifyKeystoreChanges verifies changes[i] with pks[i], all in one batch,
// under d, a KeystoreChangeDomain.
func VerifyKeystoreChanges(changes []SignedKeystoreChange, pks []bls.PublicKey, d beacon.Domain, rand io.Reader) error {
	if len(changes) != len(pks) {
		return fault.New(fault.Refused, "%d changes, %d public keys; want as many of each", len(changes), len(pks))
	}
	return verifyAll(len(changes), func(i int) signed {
		return signed{pks[i], changes[i].Message.SigningRoot(d), changes[i].Signature}
	}, "change", rand)
}
