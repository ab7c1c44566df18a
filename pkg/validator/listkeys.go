package validator

import (
	"context"
	"encoding/hex"

	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/message"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
)

// DerivedKey is the public side of a key of a mnemonic.
type DerivedKey struct {
	Index       uint32 `json:"index"`
	Path        string `json:"path"`
	PublicKey   string `json:"public_key"`
	Credentials string `json:"withdrawal_credentials_0x00,omitempty"` // of the index's withdrawal key, hex without 0x
}

// ListKeys derives the public keys at these indices of a path. On EIP-2334's
// signing path, which the zero Template means, each comes with the 0x00
// credentials of the withdrawal key beside it. The secrets stay the caller's.
func ListKeys(ctx context.Context, m Machine, phrase *mnemonic.Mnemonic, passphrase *secret.Buffer, t derive.Template, indices []uint32, progress Progress) ([]DerivedKey, error) {
	keys, err := NewMnemonicKeys(phrase, passphrase, t, indices)
	if err != nil {
		return nil, err
	}
	defer keys.Close()
	var withdrawal *MnemonicKeys
	if t.IsZero() {
		if withdrawal, err = NewMnemonicKeys(phrase, passphrase, derive.WithdrawalTemplate(), indices); err != nil {
			return nil, err
		}
		defer withdrawal.Close()
	}
	out := make([]DerivedKey, len(indices))
	step := progress.counter(0, len(indices))
	err = parallel(ctx, m.Workers, len(indices), func(i int) error {
		pk, err := publicKeyOf(keys, i)
		if err != nil {
			return err
		}
		out[i] = DerivedKey{Index: indices[i], Path: keys.Label(i), PublicKey: pk.String()}
		if withdrawal != nil {
			w, err := publicKeyOf(withdrawal, i)
			if err != nil {
				return err
			}
			c := message.BLSCredentials(w)
			out[i].Credentials = hex.EncodeToString(c[:])
		}
		step()
		return nil
	})
	return out, err
}
