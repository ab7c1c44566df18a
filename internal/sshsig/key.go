package sshsig

import (
	"errors"

	"golang.org/x/crypto/ssh"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
)

// ParsePrivateKey reads a private key file, as ssh-keygen writes it or in PEM.
// The passphrase is asked for when the file is encrypted; what the function
// returns is closed. The key that is returned lies in ordinary memory: the
// SSH library knows no other.
func ParsePrivateKey(pem *secret.Buffer, passphrase func() (*secret.Buffer, error)) (ssh.Signer, error) {
	signer, err := ssh.ParsePrivateKey(pem.Bytes())
	var missing *ssh.PassphraseMissingError
	switch {
	case errors.As(err, &missing):
		if signer, err = withPassphrase(pem, passphrase); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, notKey()
	}
	return signer, checkKey(signer.PublicKey())
}

func withPassphrase(pem *secret.Buffer, ask func() (*secret.Buffer, error)) (ssh.Signer, error) {
	if ask == nil {
		return nil, fault.New(fault.Usage, "the key file is encrypted, and no passphrase is given")
	}
	passphrase, err := ask()
	if err != nil {
		return nil, err
	}
	defer passphrase.Close()
	signer, err := ssh.ParsePrivateKeyWithPassphrase(pem.Bytes(), passphrase.Bytes())
	if err != nil {
		return nil, fault.New(fault.Refused, "the passphrase does not open the key file").
			WithHint("it is the one that was given to ssh-keygen when the key was made")
	}
	return signer, nil
}

// notKey does not repeat the library's words, which may quote the file.
func notKey() error {
	return fault.New(fault.Refused, "not a private key of SSH that can sign here").
		WithHint("expected what ssh-keygen -t ed25519 writes; a FIDO key signs with ssh-keygen -Y sign")
}
