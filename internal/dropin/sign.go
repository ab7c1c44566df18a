package dropin

import (
	"strings"

	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/validator"
)

// Exit gathers what exit-transaction-mnemonic and exit-transaction-keystore
// need. Close wipes its secrets.
type Exit struct {
	chain
	keyfile
	phrase
	indices []beacon.ValidatorIndex
	epoch   uint64
	start   uint64
}

// NewExit returns an empty request that asks through s.
func NewExit(s *Session, m validator.Machine) *Exit {
	return &Exit{chain: chain{session: s}, keyfile: keyfile{session: s, machine: m}, phrase: phrase{session: s}}
}

// Close wipes the secrets.
func (x *Exit) Close() {
	x.keyfile.close()
	x.phrase.close()
}

// FromMnemonic lists the options of exit-transaction-mnemonic, in the anchor's
// order.
func (x *Exit) FromMnemonic() []Option {
	return join(x.chainOptions(), x.phraseOptions(), []Option{
		startIndex(&x.start, "index of the first validator's key"),
		validatorIndices(&x.indices),
		x.epochOption(),
	})
}

// FromKeystore lists the options of exit-transaction-keystore, in the anchor's
// order.
func (x *Exit) FromKeystore() []Option {
	return join(x.chainOptions(), x.keyfileOptions(), []Option{validatorIndex(&x.indices), x.epochOption()})
}

func (x *Exit) epochOption() Option {
	return Option{Flag: "epoch", Take: func(v string) error { return number(&x.epoch, "epoch", v, 0, 1<<63-1) }}
}

// Request returns the checked request. keys is nil for a request from a
// keystore; else the caller closes it.
func (x *Exit) Request() (req validator.ExitRequest, keys *validator.MnemonicKeys, err error) {
	if err := x.onlyOneChain(); err != nil {
		return req, nil, err
	}
	req = validator.ExitRequest{Network: x.Network, Epoch: beacon.Epoch(x.epoch), ValidatorIndices: x.indices}
	if x.mnemonic == nil {
		req.Keys, err = x.opened()
		return req, nil, err
	}
	if keys, err = x.consecutive(x.start, len(x.indices)); err == nil {
		req.Keys = keys
	}
	return req, keys, err
}

// Change gathers what generate-bls-to-execution-change needs. Close wipes its
// secrets.
type Change struct {
	chain
	phrase
	address
	indices     []beacon.ValidatorIndex
	credentials [][32]byte
	start       uint64
}

// NewChange returns an empty request that asks through s.
func NewChange(s *Session) *Change {
	return &Change{chain: chain{session: s}, phrase: phrase{session: s}}
}

// Close wipes the secrets.
func (c *Change) Close() { c.phrase.close() }

// Options lists the options of generate-bls-to-execution-change, in the
// anchor's order.
func (c *Change) Options() []Option {
	return join(c.chainOptions(), c.phraseOptions(), []Option{
		startIndex(&c.start, "index of the first validator's key"),
		validatorIndices(&c.indices),
		{
			Flag: "bls-withdrawal-credentials-list", Prompt: "the validators' present withdrawal credentials (00..., with commas between)",
			Take: func(v string) (err error) {
				c.credentials, err = validator.ParseOldCredentials(v)
				return err
			},
		},
		c.addressOption("the execution address for withdrawals (0x...)"),
	})
}

// Request returns the checked request.
func (c *Change) Request() (validator.ChangeRequest, error) {
	return validator.ChangeRequest{
		Network: c.Network, Mnemonic: c.mnemonic, Passphrase: c.passphrase,
		StartIndex: c.start, ValidatorIndices: c.indices, OldCredentials: c.credentials, Address: c.value,
	}, c.onlyOneChain()
}

// KeystoreChange gathers what generate-bls-to-execution-change-keystore needs.
// Close wipes its secrets.
type KeystoreChange struct {
	chain
	keyfile
	address
	indices []beacon.ValidatorIndex
}

// NewKeystoreChange returns an empty request that asks through s.
func NewKeystoreChange(s *Session, m validator.Machine) *KeystoreChange {
	return &KeystoreChange{chain: chain{session: s}, keyfile: keyfile{session: s, machine: m}}
}

// Close wipes the secrets.
func (c *KeystoreChange) Close() { c.keyfile.close() }

// Options lists the options of generate-bls-to-execution-change-keystore, in
// the anchor's order.
func (c *KeystoreChange) Options() []Option {
	return join(c.chainOptions(), c.keyfileOptions(), []Option{
		validatorIndex(&c.indices),
		c.addressOption("the execution address for withdrawals (0x...)"),
	})
}

// Request returns the checked request.
func (c *KeystoreChange) Request() (req validator.KeystoreChangeRequest, err error) {
	if err := c.onlyOneChain(); err != nil {
		return req, err
	}
	keys, err := c.opened()
	return validator.KeystoreChangeRequest{Network: c.Network, Keys: keys, ValidatorIndices: c.indices, Address: c.value}, err
}

// TopUp gathers what partial-deposit needs. Close wipes its secrets.
type TopUp struct {
	chain
	keyfile
	address
	amount      string
	compounding bool
	chosen      bool
}

// NewTopUp returns an empty request that asks through s.
func NewTopUp(s *Session, m validator.Machine) *TopUp {
	return &TopUp{chain: chain{session: s}, keyfile: keyfile{session: s, machine: m}}
}

// Close wipes the secrets.
func (u *TopUp) Close() { u.keyfile.close() }

// Options lists the options of partial-deposit, in the anchor's order.
func (u *TopUp) Options() []Option {
	return join(u.chainOptions(), u.keyfileOptions(), []Option{
		{
			Flag: "amount", Prompt: "amount of the deposit (empty for what activates a validator)",
			Unless: func() bool { return !u.chain.session.Interactive },
			Take:   u.takeAmount,
		},
		u.addressOption("the validator's withdrawal address (0x...)"),
		{Flag: "regular-withdrawal", Take: func(v string) error { return u.takeCompounding(v, false) }},
		{
			Flag: "compounding", Prompt: "is it a compounding validator, 0x02 credentials (yes or no)", Default: "no",
			Unless: func() bool { return u.chosen },
			Take:   func(v string) error { return u.takeCompounding(v, true) },
		},
	})
}

func (u *TopUp) takeAmount(v string) error {
	u.amount = strings.TrimSpace(v)
	if u.Network.Name == "" || u.amount == "" {
		return nil
	}
	_, err := u.Network.ParseAmount(u.amount)
	return err
}

func (u *TopUp) takeCompounding(v string, means bool) error {
	yes, err := term.ParseYesNo(v)
	if err == nil {
		u.compounding, u.chosen = yes == means, true
	}
	return err
}

// Request returns the checked request.
func (u *TopUp) Request() (req validator.TopUpRequest, err error) {
	if err := u.onlyOneChain(); err != nil {
		return req, err
	}
	if err := onlyOneKind(u.chain.session.Flags); err != nil {
		return req, err
	}
	req = validator.TopUpRequest{Network: u.Network, Compounding: u.compounding, Address: &u.value}
	if u.amount != "" {
		amount, err := u.Network.ParseAmount(u.amount)
		if err != nil {
			return req, err
		}
		req.Amount = &amount
	}
	req.Keys, err = u.opened()
	return req, err
}
