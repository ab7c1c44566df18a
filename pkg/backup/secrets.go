package backup

import (
	"crypto/subtle"
	"fmt"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/message"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// MnemonicSecret is the entropy of a phrase, to be split. The phrase stays the
// caller's, who closes what is returned.
func MnemonicSecret(phrase *mnemonic.Mnemonic, passphrase bool) (*shamir.Secret, error) {
	entropy, err := phrase.Entropy()
	if err != nil {
		return nil, err
	}
	return &shamir.Secret{Kind: shamir.KindEntropy, Language: phrase.Language(), Passphrase: passphrase, Data: entropy}, nil
}

// KeySecret is an EIP-2335 secret key, to be split.
func KeySecret(key *bls.SecretKey) (*shamir.Secret, error) {
	data, err := key.Bytes()
	if err != nil {
		return nil, err
	}
	return &shamir.Secret{Kind: shamir.KindSecretKey, Data: data}, nil
}

// PasswordSecret is the password of keystores, as typed, to be split.
func PasswordSecret(password *secret.Buffer) (*shamir.Secret, error) {
	return copied(shamir.KindPassword, password)
}

// TextSecret is a text, to be split.
func TextSecret(text *secret.Buffer) (*shamir.Secret, error) {
	return copied(shamir.KindText, text)
}

func copied(kind shamir.Kind, from *secret.Buffer) (*shamir.Secret, error) {
	if from.Len() == 0 {
		return nil, fault.New(fault.Refused, "an empty %s is not split", kind)
	}
	data, err := from.Clone()
	if err != nil {
		return nil, err
	}
	return &shamir.Secret{Kind: kind, Data: data}, nil
}

// AgeSecret is an age identity, AGE-SECRET-KEY-1 and so on, to be split.
func AgeSecret(text *secret.Buffer) (*shamir.Secret, error) {
	data, err := shamir.ParseAge(text)
	if err != nil {
		return nil, err
	}
	return &shamir.Secret{Kind: shamir.KindAge, Data: data}, nil
}

// kinds are the names of shamir's kinds in a record.
var kinds = map[shamir.Kind]Kind{
	shamir.KindEntropy: KindMnemonic, shamir.KindPassword: KindPassword, shamir.KindSecretKey: KindSecretKey,
	shamir.KindAge: KindAge, shamir.KindText: KindText,
}

// phraseOf says which mnemonic a secret makes, or nil.
func phraseOf(s *shamir.Secret) *Phrase {
	if s.Kind != shamir.KindEntropy {
		return nil
	}
	return &Phrase{Language: string(s.Language), Words: s.Data.Len() * 3 / 4, Passphrase: s.Passphrase}
}

// restoresOf derives what a restore must reproduce. The indices are those of
// the validators of a mnemonic.
func restoresOf(s *shamir.Secret, passphrase *secret.Buffer, indices []uint32) (Restores, error) {
	switch s.Kind {
	case shamir.KindEntropy:
		keys, err := validatorKeys(s, passphrase, indices)
		return Restores{Validators: keys}, err
	case shamir.KindSecretKey:
		key, err := bls.SecretKeyFromBytes(s.Data)
		if err != nil {
			return Restores{}, err
		}
		defer key.Close()
		return Restores{PublicKey: key.PublicKey().String()}, nil
	case shamir.KindAge:
		identity, err := ageIdentity(s.Data)
		if err != nil {
			return Restores{}, err
		}
		return Restores{Recipient: identity.Recipient().String()}, nil
	}
	return Restores{}, nil
}

func validatorKeys(s *shamir.Secret, passphrase *secret.Buffer, indices []uint32) ([]ValidatorKey, error) {
	tree, err := treeOf(s, passphrase)
	if err != nil {
		return nil, err
	}
	defer tree.Close()
	keys := make([]ValidatorKey, 0, len(indices))
	for _, i := range indices {
		withdrawal, signing, err := tree.Both(i)
		if err != nil {
			return nil, err
		}
		keys = append(keys, ValidatorKey{
			Path: derive.SigningPath(i).String(), PublicKey: signing.PublicKey().String(),
			WithdrawalPublicKey: withdrawal.PublicKey().String(),
			BLSCredentials:      credentials(withdrawal.PublicKey()),
		})
		withdrawal.Close()
		signing.Close()
	}
	return keys, nil
}

func credentials(withdrawal bls.PublicKey) string {
	c := message.BLSCredentials(withdrawal)
	return fmt.Sprintf("0x%x", c[:])
}

// treeOf derives the key tree of entropy. The passphrase may be nil.
func treeOf(s *shamir.Secret, passphrase *secret.Buffer) (*derive.Tree, error) {
	phrase, err := mnemonic.FromEntropy(s.Data, s.Language)
	if err != nil {
		return nil, err
	}
	defer phrase.Close()
	seed, err := phrase.Seed(passphrase)
	if err != nil {
		return nil, err
	}
	defer seed.Close()
	return derive.NewTree(seed)
}

// compare derives again what the record names, and refuses what differs. It
// returns what was compared, in words.
func (r *Record) compare(s *shamir.Secret, passphrase *secret.Buffer) ([]string, error) {
	if err := r.holds(s); err != nil {
		return nil, err
	}
	indices, err := r.indices()
	if err != nil {
		return nil, err
	}
	got, err := restoresOf(s, passphrase, indices)
	if err != nil {
		return nil, err
	}
	return r.Restores.same(got)
}

// holds refuses a secret of another kind than the record's, if there is one.
func (r *Record) holds(s *shamir.Secret) error {
	if r == nil {
		return nil
	}
	if kind := kinds[s.Kind]; kind != r.Kind {
		return differs("the sheets hold a %s, and the record names a %s", kind, r.Kind)
	}
	if phrase := phraseOf(s); phrase != nil && *phrase != *r.Phrase {
		return differs("the sheets hold %s, and the record names %s", phrase, r.Phrase)
	}
	return nil
}

// String says which phrase: "24 words, english, no passphrase".
func (p *Phrase) String() string {
	if p.Passphrase {
		return fmt.Sprintf("%d words, %s, with a passphrase", p.Words, p.Language)
	}
	return fmt.Sprintf("%d words, %s, no passphrase", p.Words, p.Language)
}

func differs(format string, args ...any) error {
	return fault.New(fault.Integrity, format, args...).
		WithHint("is it the record of this set? Compare its hash with the one on the sheets")
}

// same compares what was derived with what the record names.
func (want Restores) same(got Restores) (compared []string, err error) {
	for i, v := range want.Validators {
		if got.Validators[i] != v {
			return nil, differs("key %s: what the sheets restore is not the key of the record", v.Path)
		}
	}
	if n := len(want.Validators); n > 0 {
		paths := want.Validators[0].Path
		if n > 1 {
			paths = "from " + paths + " to " + want.Validators[n-1].Path
		}
		compared = append(compared, fmt.Sprintf("%s: public key, withdrawal public key and 0x00 credentials, %s", plural(n, "validator"), paths))
	}
	if got.PublicKey != want.PublicKey {
		return nil, differs("the restored secret key is not that of %s", want.PublicKey)
	}
	if want.PublicKey != "" {
		compared = append(compared, "the public key of the secret key")
	}
	if got.Recipient != want.Recipient {
		return nil, differs("the restored age identity is not that of %s", want.Recipient)
	}
	if want.Recipient != "" {
		compared = append(compared, "the recipient of the age identity")
	}
	return compared, nil
}

// indices are those of the validators of the record.
func (r *Record) indices() ([]uint32, error) {
	out := make([]uint32, len(r.Restores.Validators))
	for i, v := range r.Restores.Validators {
		path, err := derive.ParsePath(v.Path)
		if err != nil {
			return nil, err
		}
		if len(path) != 5 || path.String() != derive.SigningPath(path[2]).String() {
			return nil, fault.New(fault.Refused, "%s: expected a path as m/12381/3600/0/0/0", v.Path)
		}
		out[i] = path[2]
	}
	return out, nil
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// equal compares two secrets.
func equal(a, b *shamir.Secret) bool {
	return a.Kind == b.Kind && a.Language == b.Language && a.Passphrase == b.Passphrase &&
		subtle.ConstantTimeCompare(a.Data.Bytes(), b.Data.Bytes()) == 1
}
