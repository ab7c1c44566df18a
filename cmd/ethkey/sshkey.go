package main

import (
	"context"

	"github.com/spf13/pflag"
	"golang.org/x/crypto/ssh"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/sshsig"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/secret"
)

// sshKeyOptions name the SSH key that signs for a person.
type sshKeyOptions struct {
	key        string
	passphrase string
}

func (o *sshKeyOptions) add(f *pflag.FlagSet, what string) {
	f.StringVar(&o.key, "sign-key", "", "sign "+what+" with the SSH private key in `FILE`")
	f.StringVar(&o.passphrase, "sign-key-passphrase-file", "", "`FILE` that holds the passphrase of that key; it is asked for if need be")
}

// open reads the key, and asks for its passphrase where it has one.
func (o *sshKeyOptions) open(ctx context.Context, e *env, g *globalFlags) (ssh.Signer, error) {
	pem, err := e.secretFile(o.key)
	if err != nil {
		return nil, err
	}
	defer pem.Close()
	signer, err := sshsig.ParsePrivateKey(pem, func() (*secret.Buffer, error) {
		switch {
		case o.passphrase != "":
			return e.secretFile(o.passphrase)
		case g.nonInteractive:
			return nil, fault.New(fault.Usage, "missing: --sign-key-passphrase-file").WithHint("the key is encrypted")
		}
		return e.term.Hidden(ctx, term.Prompt{Text: "passphrase of " + o.key, Flag: "--sign-key-passphrase-file"}, nil)
	})
	if err != nil {
		return nil, fault.New(fault.KindOf(err), "%s: %w", o.key, err)
	}
	return signer, nil
}
