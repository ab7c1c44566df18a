package message

import (
	"io"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
)

// Verify checks that the entry is for the network with this genesis fork
// version, that its credentials have a form the chain knows, that both roots
// are those of its fields, and that its signature is good.
func (e DepositEntry) Verify(genesisForkVersion beacon.Version) error {
	if err := e.checkFields(genesisForkVersion); err != nil {
		return err
	}
	root := e.Data().Message().SigningRoot(genesisForkVersion)
	if !bls.Verify(e.PublicKey, root[:], e.Signature) {
		return fault.New(fault.Integrity, "signature: not the validator key's signature of this deposit")
	}
	return nil
}

// checkFields is Verify without the signature.
func (e DepositEntry) checkFields(genesisForkVersion beacon.Version) error {
	if e.ForkVersion != genesisForkVersion {
		return fault.New(fault.Refused, "fork_version: %s, want %s", e.ForkVersion, genesisForkVersion).
			WithHint("the deposit was made for another network")
	}
	if err := CheckCredentials(e.WithdrawalCredentials); err != nil {
		return err
	}
	if root := e.Data().Message().HashTreeRoot(); e.DepositMessageRoot != root {
		return fault.New(fault.Integrity, "deposit_message_root: %s, but the fields give %s", e.DepositMessageRoot, root)
	}
	if root := e.Data().HashTreeRoot(); e.DepositDataRoot != root {
		return fault.New(fault.Integrity, "deposit_data_root: %s, but the fields give %s", e.DepositDataRoot, root)
	}
	return nil
}

// VerifyDeposits is Verify of all entries, with the signatures in one batch.
// When the batch fails, each is verified by itself to name the first bad one.
func VerifyDeposits(entries []DepositEntry, genesisForkVersion beacon.Version, rand io.Reader) error {
	if len(entries) == 0 {
		return fault.New(fault.Refused, "want at least one deposit to verify, found none")
	}
	pks := make([]bls.PublicKey, len(entries))
	roots := make([][32]byte, len(entries))
	sigs := make([]bls.Signature, len(entries))
	for i, e := range entries {
		if err := e.checkFields(genesisForkVersion); err != nil {
			return inDeposit(i, err)
		}
		pks[i], sigs[i] = e.PublicKey, e.Signature
		roots[i] = e.Data().Message().SigningRoot(genesisForkVersion)
	}
	if ok, err := bls.BatchVerify(pks, roots, sigs, rand); ok || err != nil {
		return err
	}
	for i, e := range entries {
		if err := e.Verify(genesisForkVersion); err != nil {
			return inDeposit(i, err)
		}
	}
	return fault.New(fault.Integrity, "signatures: each verifies by itself, all at once they do not")
}

func inDeposit(i int, err error) error {
	return fault.New(fault.KindOf(err), "deposit %d: %w", i+1, err)
}
