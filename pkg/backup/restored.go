package backup

import (
	"context"
	"encoding/hex"
	"path/filepath"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/network"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
	"github.com/ethkey/ethkey/pkg/validator"
)

// Mnemonic is the phrase of restored entropy. The caller closes it.
func (r *Restored) Mnemonic() (*mnemonic.Mnemonic, error) {
	if r.secret.Kind != shamir.KindEntropy {
		return nil, r.isNo("mnemonic")
	}
	return mnemonic.FromEntropy(r.secret.Data, r.secret.Language)
}

func (r *Restored) isNo(what string) *fault.Error { return r.Result.Kind.isNo(r.Result.Set, what) }

func (k Kind) isNo(set, what string) *fault.Error {
	return fault.New(fault.Refused, "set %s holds a %s, not a %s", set, k, what)
}

// CheckUse refuses to use a set of this kind as one of another.
func (k Kind) CheckUse(set string, as Kind) error {
	if k == as {
		return nil
	}
	hint := "'ethkey backup restore' gives it back"
	switch k {
	case KindMnemonic:
		hint = "'ethkey backup restore keystores' makes keystores of it"
	case KindSecretKey:
		hint = "'ethkey backup restore key' makes a keystore of it"
	}
	return k.isNo(set, string(as)).WithHint("%s", hint)
}

// LooseKey is the restored secret key, for a keystore. Its memory stays
// Restored's.
func (r *Restored) LooseKey() (*validator.LooseKey, error) {
	if err := r.Result.Kind.CheckUse(r.Result.Set, KindSecretKey); err != nil {
		return nil, err
	}
	return &validator.LooseKey{Secret: r.secret.Data, From: "the sheets of set " + r.Result.Set, Rehearsal: r.Result.Mode != ModeReal}, nil
}

// Passphrase is the BIP-39 passphrase that was asked for, or nil. It stays
// Restored's.
func (r *Restored) Passphrase() *secret.Buffer { return r.passphrase }

// Unseal opens the encrypted file whose key was split. Wipe what it returns.
func (r *Restored) Unseal(file []byte) ([]byte, error) {
	if r.secret.Kind != shamir.KindAge {
		return nil, r.isNo("key of an encrypted file")
	}
	if f := r.Result.Restores.File; f != nil && HashRecord(file).String() != f.SHA256 {
		return nil, fault.New(fault.Integrity, "the encrypted file is not the one that the record names: %s", f.Name).
			WithHint("use another copy of it")
	}
	return Open(r.secret.Data, file)
}

// PhraseFor is the restored mnemonic for use on a network. The caller closes it.
// A practice secret is published, and what a rehearsal made is to be thrown
// away: neither guards anything on a real network.
func (r *Restored) PhraseFor(n network.Network) (*mnemonic.Mnemonic, error) {
	if err := r.Result.Kind.CheckUse(r.Result.Set, KindMnemonic); err != nil {
		return nil, err
	}
	if r.Result.WordsAlone {
		return nil, fault.New(fault.Refused, "the BIP-39 passphrase of set %s is missing, and without it the keys are others", r.Result.Set)
	}
	if err := r.Result.Mode.CheckNetwork(r.Result.Set, n); err != nil {
		return nil, err
	}
	return r.Mnemonic()
}

// CheckNetwork refuses a network that a set of this mode is not for.
func (m Mode) CheckNetwork(set string, n network.Network) error {
	if (m == ModeReal) != n.IsRehearsal() {
		return nil
	}
	return fault.New(fault.Refused, "set %s is %s, and the network is %s", set, m, n.Name).
		WithHint("what a rehearsal or practice made is for the network rehearsal alone, and nothing else is")
}

// Text is the secret as a person writes it: the words of a mnemonic, a
// password, a text, an age identity, a secret key in hexadecimal. The caller
// closes it.
func (r *Restored) Text() (*secret.Buffer, error) {
	switch r.secret.Kind {
	case shamir.KindEntropy:
		phrase, err := r.Mnemonic()
		if err != nil {
			return nil, err
		}
		defer phrase.Close()
		return phrase.Sentence()
	case shamir.KindAge:
		return shamir.FormatAge(r.secret.Data)
	case shamir.KindSecretKey:
		text, err := secret.New(2 + hex.EncodedLen(r.secret.Data.Len()))
		if err != nil {
			return nil, err
		}
		copy(text.Bytes(), "0x")
		hex.Encode(text.Bytes()[2:], r.secret.Data.Bytes())
		return text, nil
	}
	return r.secret.Data.Clone()
}

// WriteFile writes Text to a new file, mode 0400.
func (r *Restored) WriteFile(ctx context.Context, m Machine, path string) error {
	text, err := r.Text()
	if err != nil {
		return err
	}
	defer text.Close()
	fsys, err := m.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	_, err = atomicfile.WriteFile(ctx, fsys, filepath.Base(path), text.Bytes())
	return err
}
