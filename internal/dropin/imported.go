package dropin

import (
	"encoding/hex"
	"slices"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
)

// ImportResult is what was imported. It holds no secret.
type ImportResult struct {
	From       string        `json:"from"`
	As         string        `json:"as"`
	Words      int           `json:"words,omitempty"`
	Language   string        `json:"language,omitempty"`
	Keys       []ImportedKey `json:"keys,omitempty"`
	Verified   bool          `json:"verified"` // against known public keys, or by a checksum of its own
	Unverified string        `json:"unverified,omitempty"`
	File       string        `json:"file,omitempty"`
}

// ImportedKey is a public key that the secret makes.
type ImportedKey struct {
	Path      string `json:"path"`
	PublicKey string `json:"public_key"`
}

// Imported is what another tool kept on paper: a phrase, a seed or a text.
// Close wipes it.
type Imported struct {
	Result ImportResult

	phrase     *mnemonic.Mnemonic
	passphrase *secret.Buffer // of the phrase, or nil
	seed       *secret.Buffer
	text       *secret.Buffer
}

// Close wipes what was imported.
func (in *Imported) Close() {
	in.phrase.Close()
	in.passphrase.Close()
	in.seed.Close()
	in.text.Close()
}

// Phrase is the phrase, or nil.
func (in *Imported) Phrase() *mnemonic.Mnemonic { return in.phrase }

// Give hands the secret to what makes keystores of it.
func (in *Imported) Give(c *Create) (err error) {
	if in.phrase != nil {
		return c.SetPhrase(in.phrase, in.passphrase)
	}
	c.Request.Seed, err = in.seed.Clone()
	return err
}

// Text is what was imported, as a person writes it. The caller closes it.
func (in *Imported) Text() (*secret.Buffer, error) {
	switch {
	case in.phrase != nil:
		return in.phrase.Sentence()
	case in.text != nil:
		return in.text.Clone()
	}
	b, err := secret.New(hex.EncodedLen(in.seed.Len()))
	if err == nil {
		hex.Encode(b.Bytes(), in.seed.Bytes())
	}
	return b, err
}

// Derive puts public keys that the secret makes into the result, from the first
// index on. A text makes none.
func (in *Imported) Derive(first, count uint32) error {
	seed, err := in.seedOf()
	if seed == nil || err != nil {
		return err
	}
	defer seed.Close()
	tree, err := derive.NewTree(seed)
	if err != nil {
		return err
	}
	defer tree.Close()
	for i := range count {
		sk, err := tree.Signing(first + i)
		if err != nil {
			return err
		}
		in.Result.Keys = append(in.Result.Keys, ImportedKey{derive.SigningPath(first + i).String(), sk.PublicKey().String()})
		sk.Close()
	}
	return nil
}

// seedOf is the seed that the keys are derived from, or nil for a text. The
// caller closes it.
func (in *Imported) seedOf() (*secret.Buffer, error) {
	switch {
	case in.phrase != nil:
		return in.phrase.Seed(in.passphrase)
	case in.seed != nil:
		return in.seed.Clone()
	}
	return nil, nil
}

// Expect compares the keys that were derived with those that the secret must
// make, if any are known.
func (in *Imported) Expect(known []bls.PublicKey) error {
	for _, want := range known {
		if !slices.ContainsFunc(in.Result.Keys, func(k ImportedKey) bool { return k.PublicKey == want.String() }) {
			return fault.New(fault.Refused, "the secret does not make the key %s, or not among those that were tried", want).
				WithHint("the shares, the passphrase or --as are not what they were; or try --count and --start; nothing was written")
		}
	}
	if len(known) > 0 {
		in.Result.Verified, in.Result.Unverified = true, ""
	}
	return nil
}
