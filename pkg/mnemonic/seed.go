package mnemonic

import (
	"context"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/kdf"
	"github.com/ethkey/ethkey/internal/normal"
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
	salt, err := normal.Text(norm.NFKD, seedSalt, passphrase)
	if err != nil {
		return nil, err
	}
	if normal.Joined(salt.Bytes(), passphrase) {
		salt.Close()
		return nil, fault.New(fault.Refused, "the passphrase has more than 30 combining marks on one letter")
	}
	return salt, nil
}
