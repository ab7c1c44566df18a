package mnemonic

import (
	"bytes"
	"context"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/kdf"
	"github.com/ethkey/ethkey/pkg/secret"
)

// BIP-39, "From mnemonic to seed".
const (
	seedSalt   = "mnemonic"
	seedRounds = 2048
	seedSize   = 64
)

// Seed returns the 64 bytes that keys are derived from. The passphrase is
// UTF-8 text; nil is the empty one. Every passphrase makes a valid seed: a
// mistyped one makes other keys.
func (m *Mnemonic) Seed(passphrase *secret.Buffer) (*secret.Buffer, error) {
	salt, err := saltFor(passphrase.Bytes())
	if err != nil {
		return nil, err
	}
	defer salt.Close()
	sentence, err := m.Sentence()
	if err != nil {
		return nil, err
	}
	defer sentence.Close()
	return stretch(sentence.Bytes(), salt.Bytes())
}

func stretch(sentence, salt []byte) (*secret.Buffer, error) {
	return kdf.PBKDF2(context.Background(), kdf.SHA512, sentence, salt, seedRounds, seedSize)
}

// saltFor returns seedSalt and the passphrase in NFKD.
func saltFor(passphrase []byte) (*secret.Buffer, error) {
	if !utf8.Valid(passphrase) {
		return nil, fault.New(fault.Refused, "the passphrase of the phrase is not UTF-8 text").
			WithHint("type it in a UTF-8 terminal, or save its file as UTF-8")
	}
	salt, err := secret.New(len(seedSalt) + nfkd(nil, passphrase))
	if err != nil {
		return nil, err
	}
	nfkd(salt.Bytes()[copy(salt.Bytes(), seedSalt):], passphrase)
	// x/text splits a run of more than 30 combining marks with this joiner,
	// which plain NFKD does not: it would make other keys.
	const joiner = "\u034f"
	if bytes.Count(salt.Bytes(), []byte(joiner)) != bytes.Count(passphrase, []byte(joiner)) {
		salt.Close()
		return nil, fault.New(fault.Refused, "the passphrase has more than 30 combining marks on one letter")
	}
	return salt, nil
}

// nfkd writes text in NFKD to dst as far as dst goes, and returns the length
// of it all. The iterator holds a letter at a time and is cleared.
func nfkd(dst, text []byte) (n int) {
	it := new(norm.Iter)
	defer func() { *it = norm.Iter{} }()
	for it.Init(norm.NFKD, text); !it.Done(); {
		segment := it.Next()
		n += len(segment)
		dst = dst[copy(dst, segment):]
	}
	return n
}
