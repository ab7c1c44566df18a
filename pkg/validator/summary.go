package validator

import (
	"fmt"
	"math/bits"

	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/keystore"
)

// shownKeys is how many public keys a summary shows in full; of more it shows
// the first and the last half of this.
const shownKeys = 20

// How what is read back is opened.
const (
	VerifyPassword = "password" // with a key that is derived from it anew
	VerifyMemory   = "memory"   // with the key that encrypted it
)

// Summary is what a person agrees to before anything is written. It holds no
// secrets.
type Summary struct {
	Network     string       `json:"network"`
	ForkVersion string       `json:"fork_version"`
	Rehearsal   bool         `json:"rehearsal"`
	Phrase      string       `json:"phrase"` // words, language, passphrase or none
	Path        string       `json:"path"`   // of the signing keys, with the letter i for the index
	Credentials string       `json:"credentials"`
	Address     string       `json:"withdrawal_address,omitempty"`
	Amount      string       `json:"amount"`
	Total       string       `json:"total"`
	StartIndex  uint64       `json:"start_index"`
	Count       uint64       `json:"count"`
	Keys        []SummaryKey `json:"public_keys"`
	Omitted     uint64       `json:"public_keys_omitted"`
	KDF         string       `json:"kdf"`
	Verify      string       `json:"verify"` // VerifyPassword or VerifyMemory
	Folder      string       `json:"folder"`

	WallsMissing []string `json:"walls_missing,omitempty"`
}

// SummaryKey is one validator's place in the tree and its public key.
type SummaryKey struct {
	Index     uint64 `json:"index"`
	PublicKey string `json:"public_key"`
}

func (p *CreatePlan) summarise() (Summary, error) {
	r := p.req
	s := Summary{
		Network:     r.Network.Name,
		ForkVersion: r.Network.GenesisForkVersion.String(),
		Rehearsal:   r.Network.IsRehearsal(),
		Phrase:      r.phrase(),
		Path:        r.template().String(),
		Credentials: r.credentialsText(),
		Amount:      r.format(p.amount),
		Total:       r.total(p.amount),
		StartIndex:  r.StartIndex,
		Count:       r.Count,
		KDF:         r.kdfText(p.machine),
		Verify:      r.verify(),
		Folder:      p.Target(),

		WallsMissing: p.machine.WallsMissing,
	}
	if r.Address != nil {
		s.Address = r.Address.String()
	}
	for i := uint64(0); i < r.Count; i++ {
		if r.Count > shownKeys && i == shownKeys/2 {
			s.Omitted = r.Count - shownKeys
			i += s.Omitted
		}
		key, err := p.publicKey(r.StartIndex + i)
		if err != nil {
			return s, err
		}
		s.Keys = append(s.Keys, SummaryKey{Index: r.StartIndex + i, PublicKey: key.String()})
	}
	return s, nil
}

func (p *CreatePlan) publicKey(index uint64) (bls.PublicKey, error) {
	sk, err := p.signing(uint32(index))
	if err != nil {
		return bls.PublicKey{}, err
	}
	defer sk.Close()
	return sk.PublicKey(), nil
}

func (r *CreateRequest) phrase() string {
	if r.Seed != nil {
		return "none: the keys are derived from a bare seed, which no phrase gives back"
	}
	passphrase := "no passphrase"
	if r.Passphrase.Len() > 0 {
		passphrase = "with a passphrase"
	}
	return fmt.Sprintf("%d words, %s, %s", r.Mnemonic.Words(), r.Mnemonic.Language(), passphrase)
}

func (r *CreateRequest) credentialsText() string {
	switch {
	case r.Address == nil:
		return "0x00, a BLS key of the mnemonic"
	case r.Compounding:
		return "0x02, an execution address, compounding"
	default:
		return "0x01, an execution address, regular withdrawals"
	}
}

func (r *CreateRequest) kdfText(m Machine) string {
	params := m.params(r.PBKDF2, nil)
	switch {
	case params.Function == keystore.PBKDF2:
		return fmt.Sprintf("pbkdf2, c %d, a salt for each keystore", params.C)
	case r.UniqueSalts:
		return fmt.Sprintf("scrypt, n %d, r %d, p %d, a salt for each keystore", params.N, params.R, params.P)
	default:
		return fmt.Sprintf("scrypt, n %d, r %d, p %d, one salt for this run", params.N, params.R, params.P)
	}
}

func (r *CreateRequest) verify() string {
	if r.VerifyFromMemory {
		return VerifyMemory
	}
	return VerifyPassword
}

// total is the sum of all deposits, or nothing for a sum beyond 64 bits.
func (r *CreateRequest) total(each beacon.Gwei) string {
	high, low := bits.Mul64(uint64(each), r.Count)
	if high != 0 {
		return ""
	}
	return r.format(beacon.Gwei(low))
}

// format is an amount with its unit.
func (r *CreateRequest) format(amount beacon.Gwei) string {
	return r.Network.FormatAmount(amount) + " " + r.Network.Unit
}
