package validator

import (
	"bytes"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/secret"
)

// Opened is what TestKeystore found. It holds no secrets.
type Opened struct {
	PublicKey string   `json:"public_key"` // of the secret key inside
	Path      string   `json:"path"`       // as the file names it
	Warnings  []string `json:"warnings,omitempty"`
}

// TestKeystore opens a keystore with password, as typed, and compares the
// public key of what is inside with the one that the file names.
func TestKeystore(data []byte, password *secret.Buffer) (*Opened, error) {
	ks, warnings, err := keystore.Parse(data)
	if err != nil {
		return nil, err
	}
	processed, err := keystore.ProcessPassword(password.Bytes())
	if err != nil {
		return nil, err
	}
	defer processed.Close()
	key, err := keystore.Derive(processed, ks.Params())
	if err != nil {
		return nil, err
	}
	defer key.Close()
	pubkey, err := openKey(ks, key)
	if err != nil {
		return nil, err
	}
	if ks.PublicKey == nil {
		warnings = append(warnings, "the file names no public key to compare with")
	} else if !bytes.Equal(ks.PublicKey, pubkey.Bytes()) {
		return nil, fault.New(fault.Integrity, "pubkey: the secret key inside belongs to another public key, %s", pubkey).
			WithHint("the file was edited or mixed up; find the keystore that its name belongs to")
	}
	return &Opened{PublicKey: pubkey.String(), Path: ks.Path, Warnings: warnings}, nil
}
