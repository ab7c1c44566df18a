package validator

import (
	"slices"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/message"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
)

// PhraseTarget is what is known of the keys of a phrase that is looked for:
// public keys, 0x00 withdrawal credentials, or both. One of them is enough to
// tell the phrase from every other.
type PhraseTarget struct {
	PublicKeys  []bls.PublicKey
	Credentials [][32]byte // all 0x00
	Indices     []uint32   // the key indices to look at, in this order
	Template    derive.Template
	Passphrase  *secret.Buffer // nil for none
}

// Check refuses a target that no phrase can be told by.
func (t *PhraseTarget) Check() error {
	if len(t.PublicKeys)+len(t.Credentials) == 0 {
		return fault.New(fault.Refused, "nothing is known of the phrase's keys")
	}
	if len(t.Indices) == 0 {
		return fault.New(fault.Refused, "no key index to look at")
	}
	for _, c := range t.Credentials {
		if c[0] != message.BLSWithdrawalPrefix {
			return fault.New(fault.Refused, "credentials %s: expected 0x00 credentials", beacon.Hash32(c)).
				WithHint("others hold an address, which says nothing of the phrase; give a public key")
		}
	}
	return nil
}

// Find returns a key index at which the phrase makes what is known.
func (t *PhraseTarget) Find(phrase *mnemonic.Mnemonic) (index uint32, found bool, err error) {
	seed, err := phrase.Seed(t.Passphrase)
	if err != nil {
		return 0, false, err
	}
	defer seed.Close()
	if len(t.PublicKeys) > 0 {
		index, found, err = t.search(seed, signingOr(t.Template), func(pk bls.PublicKey) bool {
			return slices.Contains(t.PublicKeys, pk)
		})
	}
	if err == nil && !found && len(t.Credentials) > 0 {
		index, found, err = t.search(seed, derive.WithdrawalTemplate(), func(pk bls.PublicKey) bool {
			return slices.Contains(t.Credentials, message.BLSCredentials(pk))
		})
	}
	return index, found, err
}

// search derives the keys of a template one by one until one is known.
func (t *PhraseTarget) search(seed *secret.Buffer, at derive.Template, known func(bls.PublicKey) bool) (uint32, bool, error) {
	branch, err := derive.NewBranch(seed, at)
	if err != nil {
		return 0, false, err
	}
	defer branch.Close()
	for _, index := range t.Indices {
		pk, err := publicAt(branch, index)
		if err != nil || known(pk) {
			return index, err == nil, err
		}
	}
	return 0, false, nil
}

func signingOr(t derive.Template) derive.Template {
	if t.IsZero() {
		return derive.SigningTemplate()
	}
	return t
}

func publicAt(b *derive.Branch, index uint32) (bls.PublicKey, error) {
	sk, err := b.Key(index)
	if err != nil {
		return bls.PublicKey{}, err
	}
	defer sk.Close()
	return sk.PublicKey(), nil
}
