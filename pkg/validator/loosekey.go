package validator

import (
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/keyfolder"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/secret"
)

// LooseKey is a secret key that is in no keystore yet. It gets one in the
// layout of ethstaker-deposit-cli, without a path, which nobody knows.
type LooseKey struct {
	Secret    *secret.Buffer // 32 bytes, big-endian; stays the caller's
	From      string         // where it comes from, as the summary says it
	Rehearsal bool           // which the keystore then says
}

// source is the folder that such keys would be read from.
func (k *LooseKey) source() KeystoreSource {
	ks := &keystore.Keystore{}
	if k.Rehearsal {
		ks.Description = rehearsalText
	}
	return KeystoreSource{Folder: &keyfolder.Folder{
		Layout: keyfolder.DepositCLI, Items: []keyfolder.Item{{Keystore: ks}},
	}}
}

func (k *LooseKey) open() (folderKeys, error) {
	sk, err := bls.SecretKeyFromBytes(k.Secret)
	if err != nil {
		return nil, err
	}
	defer sk.Close()
	accounts, err := keyfolder.NewAccounts([]bls.PublicKey{sk.PublicKey()})
	if err != nil {
		return nil, err
	}
	accounts.Set(0, k.Secret)
	return &walletKeys{accounts}, nil
}
