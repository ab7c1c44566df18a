package dropin

import (
	"context"
	"errors"

	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/validator"
)

// KeystoreTest gathers what test-keystore needs.
type KeystoreTest struct {
	session  *Session
	data     []byte
	password *secret.Buffer // given before the file was known
	result   *validator.Opened
	failure  error // of another kind than a wrong password
}

// NewKeystoreTest returns an empty request that asks through s.
func NewKeystoreTest(s *Session) *KeystoreTest { return &KeystoreTest{session: s} }

// Options lists the options of test-keystore, in the anchor's order.
func (k *KeystoreTest) Options() []Option {
	return []Option{
		{Flag: "keystore", Prompt: "keystore file", Take: k.takeFile, Eager: true},
		{
			Flag: "keystore-password", Also: []string{"keystore-password-file", "keystore-password-fd"},
			Prompt: "password of the keystore", Secret: k.takePassword,
		},
	}
}

// takeFile reads the keystore and checks that it is one.
func (k *KeystoreTest) takeFile(name string) error {
	file, err := readKeystore(k.session, name)
	k.data = file.Data
	return err
}

// takePassword tries the password at once, so that a wrong one at the prompt
// asks again. One that the command line gives while the file is still to be
// asked for waits.
func (k *KeystoreTest) takePassword(_ context.Context, password *secret.Buffer) error {
	if k.data == nil {
		return keep(&k.password, password)
	}
	k.result, k.failure = validator.TestKeystore(k.data, password)
	if errors.Is(k.failure, keystore.ErrWrongPassword) {
		return k.failure
	}
	return nil
}

// Run returns what the password opened.
func (k *KeystoreTest) Run() (*validator.Opened, error) {
	if k.password != nil {
		defer k.password.Close()
		k.result, k.failure = validator.TestKeystore(k.data, k.password)
	}
	if k.failure != nil {
		return nil, k.failure
	}
	for _, w := range k.result.Warnings {
		k.session.Term.Warn(w)
	}
	return k.result, nil
}
