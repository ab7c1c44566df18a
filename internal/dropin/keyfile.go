package dropin

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/validator"
)

// keyfile gathers one keystore and opens it.
type keyfile struct {
	session *Session
	machine validator.Machine
	file    validator.File
	keys    *validator.OpenedKeystores
	failure error // of another kind than a wrong password
}

func (k *keyfile) keyfileOptions() []Option {
	return []Option{
		{Flag: "keystore", Prompt: "keystore file", Take: k.takeFile, Eager: true},
		{
			Flag: "keystore-password", Also: []string{"keystore-password-file", "keystore-password-fd"},
			Prompt: "password of the keystore", Secret: k.takePassword,
		},
	}
}

// close wipes what opens the keystore.
func (k *keyfile) close() {
	if k.keys != nil {
		k.keys.Close()
	}
}

func (k *keyfile) takeFile(name string) (err error) {
	k.file, err = readKeystore(k.session, name)
	return err
}

// takePassword tries the password at once, so that a wrong one at the prompt
// asks again.
func (k *keyfile) takePassword(ctx context.Context, password *secret.Buffer) error {
	same := func(string) (*secret.Buffer, error) { return password, nil }
	k.keys, k.failure = validator.OpenKeystores(ctx, k.machine, []validator.File{k.file}, same, nil)
	if errors.Is(k.failure, keystore.ErrWrongPassword) {
		return k.failure
	}
	return nil
}

// opened returns the keystore's key, or why there is none.
func (k *keyfile) opened() (validator.KeySource, error) {
	if k.failure != nil {
		return nil, k.failure
	}
	for _, w := range k.keys.Warnings(0) {
		k.session.Term.Warn(w)
	}
	return k.keys, nil
}

// readKeystore reads a file and checks that it is a keystore.
func readKeystore(s *Session, name string) (validator.File, error) {
	name = strings.TrimSpace(name)
	f, err := s.Open(name)
	if err != nil {
		return validator.File{}, fault.New(fault.Refused, "keystore: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, keystore.MaxFile+1))
	if err != nil {
		return validator.File{}, fault.New(fault.Environment, "keystore %s: %w", name, err)
	}
	if _, _, err := keystore.Parse(data); err != nil {
		return validator.File{}, fault.New(fault.KindOf(err), "keystore %s: %w", name, err).WithHint("%s", fault.HintOf(err))
	}
	return validator.File{Name: name, Data: data}, nil
}
