package validator_test

import (
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/validator"
)

// The published keys of every mnemonic come out, on both of EIP-2334's paths.
func TestListKeysPublished(t *testing.T) {
	var file struct {
		Vectors []struct {
			ID, Mnemonic, Passphrase string
			Keys                     []struct {
				Index       uint32
				Withdrawal  string `json:"withdrawal_pubkey"`
				Credentials string `json:"withdrawal_credentials_0x00"`
				Signing     string `json:"signing_pubkey"`
			}
		}
	}
	testkit.Decode(t, "deposit-cli/mnemonics.json", &file)
	if len(file.Vectors) == 0 {
		t.Fatal("no vectors")
	}
	for _, v := range file.Vectors {
		m, err := mnemonic.Parse([]byte(v.Mnemonic), "")
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		pass := hidden(t, v.Passphrase)
		var indices []uint32
		for _, k := range v.Keys {
			indices = append(indices, k.Index)
		}
		signing, err := validator.ListKeys(t.Context(), machine(), m, pass, derive.Template{}, indices, nil)
		if err != nil {
			t.Fatal(err)
		}
		withdrawal, err := validator.ListKeys(t.Context(), machine(), m, pass, derive.WithdrawalTemplate(), indices, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, k := range v.Keys {
			if signing[i].PublicKey != "0x"+k.Signing || signing[i].Credentials != k.Credentials || withdrawal[i].PublicKey != "0x"+k.Withdrawal {
				t.Errorf("%s, index %d: %+v %+v", v.ID, k.Index, signing[i], withdrawal[i])
			}
		}
	}
}
