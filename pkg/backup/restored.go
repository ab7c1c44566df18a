package backup

import (
	"context"
	"encoding/hex"
	"path/filepath"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/derive"
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

// phrase is Mnemonic for as long as Restored.
func (r *Restored) phrase() (*mnemonic.Mnemonic, error) {
	phrase, err := r.Mnemonic()
	if err == nil {
		r.uses = append(r.uses, phrase)
	}
	return phrase, err
}

func (r *Restored) isNo(what string) error {
	return fault.New(fault.Refused, "set %s holds a %s, not a %s", r.Result.Set, r.Result.Kind, what)
}

// Passphrase is the BIP-39 passphrase that was asked for, or nil. It stays
// Restored's.
func (r *Restored) Passphrase() *secret.Buffer { return r.passphrase }

// Password is a restored password of keystores, as typed. It stays Restored's.
func (r *Restored) Password() (*secret.Buffer, error) {
	if r.secret.Kind != shamir.KindPassword {
		return nil, r.isNo("password")
	}
	return r.secret.Data, nil
}

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

// allow refuses to use on a real network what guards nothing: a practice
// secret is published, and what a rehearsal made is to be thrown away.
func (r *Restored) allow(n network.Network) error {
	if r.Result.WordsAlone {
		return fault.New(fault.Refused, "the BIP-39 passphrase of set %s is missing, and without it the keys are others", r.Result.Set)
	}
	if (r.Result.Mode == ModeReal) == n.IsRehearsal() {
		return fault.New(fault.Refused, "set %s is %s, and the network is %s", r.Result.Set, r.Result.Mode, n.Name).
			WithHint("what a rehearsal or practice made is for the network rehearsal alone, and nothing else is")
	}
	return nil
}

// Keys yields keys to sign exits and changes with: those of the mnemonic at
// these indices of the signing path or the withdrawal path, or the one key.
// They live as long as Restored.
func (r *Restored) Keys(n network.Network, withdrawal bool, indices []uint32) (validator.KeySource, error) {
	if err := r.allow(n); err != nil {
		return nil, err
	}
	switch r.secret.Kind {
	case shamir.KindSecretKey:
		return oneKey{r}, nil
	case shamir.KindEntropy:
	default:
		return nil, r.isNo("key")
	}
	phrase, err := r.phrase()
	if err != nil {
		return nil, err
	}
	path := derive.SigningTemplate()
	if withdrawal {
		path = derive.WithdrawalTemplate()
	}
	keys, err := validator.NewMnemonicKeys(phrase, r.passphrase, path, indices)
	if err == nil {
		r.uses = append(r.uses, keys)
	}
	return keys, err
}

// oneKey is the restored secret key as a source of keys.
type oneKey struct{ r *Restored }

// Len implements validator.KeySource.
func (k oneKey) Len() int { return 1 }

// Key implements validator.KeySource.
func (k oneKey) Key(int) (*bls.SecretKey, error) { return bls.SecretKeyFromBytes(k.r.secret.Data) }

// Label implements validator.KeySource.
func (k oneKey) Label(int) string { return "the key of set " + k.r.Result.Set }

// Create plans keystores and deposit data from the restored mnemonic; the
// mnemonic and the passphrase of the request are filled in. Restored must stay
// open until the plan has run.
func (r *Restored) Create(m Machine, req validator.CreateRequest) (*validator.CreatePlan, []Warning, error) {
	if err := r.allow(req.Network); err != nil {
		return nil, nil, err
	}
	phrase, err := r.phrase()
	if err != nil {
		return nil, nil, err
	}
	req.Mnemonic, req.Passphrase = phrase, r.passphrase
	return validator.PlanCreate(m.Machine, req)
}

// Change plans the change of 0x00 credentials with the restored mnemonic, whose
// fields of the request are filled in.
func (r *Restored) Change(ctx context.Context, m Machine, req validator.ChangeRequest, progress validator.Progress) (*validator.ChangePlan, []Warning, error) {
	if err := r.allow(req.Network); err != nil {
		return nil, nil, err
	}
	phrase, err := r.phrase()
	if err != nil {
		return nil, nil, err
	}
	req.Mnemonic, req.Passphrase = phrase, r.passphrase
	return validator.PlanChange(ctx, m.Machine, req, progress)
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
