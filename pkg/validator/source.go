package validator

import (
	"fmt"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
)

// KeySource yields the keys that an operation signs with, from 0 to Len()-1.
// It may be used by several goroutines at a time.
type KeySource interface {
	Len() int
	// Key derives or decrypts key i. The caller closes it.
	Key(i int) (*bls.SecretKey, error)
	// Label says where key i comes from: its path, or its file.
	Label(i int) string
}

// knownKeys is a KeySource that has the public keys at hand.
type knownKeys interface{ PublicKey(i int) bls.PublicKey }

// keyAndPublic returns key i and its public key. The caller closes the key.
func keyAndPublic(keys KeySource, i int) (*bls.SecretKey, bls.PublicKey, error) {
	sk, err := keys.Key(i)
	if err != nil {
		return nil, bls.PublicKey{}, err
	}
	if known, ok := keys.(knownKeys); ok {
		return sk, known.PublicKey(i), nil
	}
	return sk, sk.PublicKey(), nil
}

// publicKeyOf returns the public key of key i.
func publicKeyOf(keys KeySource, i int) (bls.PublicKey, error) {
	if known, ok := keys.(knownKeys); ok {
		return known.PublicKey(i), nil
	}
	sk, pk, err := keyAndPublic(keys, i)
	sk.Close()
	return pk, err
}

// MnemonicKeys are keys of one mnemonic. It holds a secret: Close it.
type MnemonicKeys struct {
	branch  *derive.Branch
	indices []uint32
}

// NewMnemonicKeys yields the keys at these indices of a path, in this order.
// The zero Template is that of signing keys. The phrase and the passphrase,
// which may be nil, stay the caller's.
func NewMnemonicKeys(phrase *mnemonic.Mnemonic, passphrase *secret.Buffer, t derive.Template, indices []uint32) (*MnemonicKeys, error) {
	if t.IsZero() {
		t = derive.SigningTemplate()
	}
	if t.Fixed() && len(indices) > 1 {
		return nil, fault.New(fault.Refused, "path %s: names one key, %d are asked for", t, len(indices)).
			WithHint("write the letter i where the index of the key stands, as in %s", derive.SigningTemplate())
	}
	seen := make(map[uint32]bool, len(indices))
	for _, index := range indices {
		if seen[index] {
			return nil, fault.New(fault.Refused, "key index %d stands twice", index)
		}
		seen[index] = true
	}
	branch, err := newBranch(phrase, passphrase, t)
	if err != nil {
		return nil, err
	}
	return &MnemonicKeys{branch: branch, indices: indices}, nil
}

func newBranch(phrase *mnemonic.Mnemonic, passphrase *secret.Buffer, t derive.Template) (*derive.Branch, error) {
	seed, err := phrase.Seed(passphrase)
	if err != nil {
		return nil, err
	}
	defer seed.Close()
	return derive.NewBranch(seed, t)
}

// Len implements KeySource.
func (k *MnemonicKeys) Len() int { return len(k.indices) }

// Key implements KeySource.
func (k *MnemonicKeys) Key(i int) (*bls.SecretKey, error) { return k.branch.Key(k.indices[i]) }

// Label implements KeySource.
func (k *MnemonicKeys) Label(i int) string { return k.branch.Path(k.indices[i]).String() }

// Close wipes what the keys are derived from.
func (k *MnemonicKeys) Close() { k.branch.Close() }

// Consecutive returns count key indices from start on.
func Consecutive(start, count uint64) ([]uint32, error) {
	if start >= indexLimit {
		return nil, fault.New(fault.Refused, "start index %d: expected a number below 2^32", start)
	}
	if count > indexLimit-start {
		return nil, fault.New(fault.Refused, "start index %d and %d validators go past the last key index, 2^32-1", start, count)
	}
	indices := make([]uint32, count)
	for i := range indices {
		indices[i] = uint32(start + uint64(i))
	}
	return indices, nil
}

// checkDistinct refuses two keys of a source that are one.
func checkDistinct(keys KeySource, pks []bls.PublicKey) error {
	seen := make(map[bls.PublicKey]int, len(pks))
	for i, pk := range pks {
		if first, again := seen[pk]; again {
			return fault.New(fault.Refused, "%s holds the same key as %s: %s", keys.Label(i), keys.Label(first), pk).
				WithHint("a key belongs to one validator; leave one of the two out")
		}
		seen[pk] = i
	}
	return nil
}

// inKey says at which key err happened.
func inKey(keys KeySource, i int, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", keys.Label(i), err)
}
