package dropin

import (
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/validator"
)

// CredentialsChange gathers what "credentials change" needs. Close wipes its
// secrets.
type CredentialsChange struct {
	chain
	phrase
	address
	path        derive.Template
	indices     []beacon.ValidatorIndex
	credentials [][32]byte
	start       uint64
	limit       uint64
}

// NewCredentialsChange returns an empty request that asks through s.
func NewCredentialsChange(s *Session) *CredentialsChange {
	return &CredentialsChange{chain: chain{session: s}, phrase: phrase{session: s}, limit: validator.DefaultScanLimit}
}

// Close wipes the secrets.
func (c *CredentialsChange) Close() { c.phrase.close() }

// Options lists the options of "credentials change".
func (c *CredentialsChange) Options() []Option {
	return join(c.chainOptions(), filesOnly(c.phraseOptions()), []Option{
		{Flag: "validators", Prompt: "file with a line for each validator: its index, its 0x00 credentials", Take: c.takeRows},
		c.addressOption("the execution address for withdrawals (0x...)"),
		{Flag: "path", Take: func(v string) error { return takePath(&c.path, v) }},
		{Flag: "start", Take: func(v string) error { return number(&c.start, "--start", v, 0, 1<<32-1) }},
		{Flag: "scan-limit", Take: func(v string) error { return number(&c.limit, "--scan-limit", v, 1, 1<<32) }},
	})
}

func (c *CredentialsChange) takeRows(name string) error {
	text, err := c.chain.session.readFile(strings.TrimSpace(name), maxFile)
	if err != nil {
		return err
	}
	rows, err := validator.ParseRows(text, 32, "withdrawal credential")
	if err != nil {
		return fault.New(fault.KindOf(err), "%s: %w", name, err).WithHint("%s", fault.HintOf(err))
	}
	c.indices, c.credentials = nil, nil
	for _, row := range rows {
		c.indices = append(c.indices, row.Index)
		c.credentials = append(c.credentials, [32]byte(row.Value))
	}
	return nil
}

// Request returns the checked request: the withdrawal keys are looked for.
func (c *CredentialsChange) Request() (validator.ChangeRequest, error) {
	return validator.ChangeRequest{
		Network: c.Network, Mnemonic: c.mnemonic, Passphrase: c.passphrase, Path: c.path,
		StartIndex: c.start, ScanLimit: c.limit,
		ValidatorIndices: c.indices, OldCredentials: c.credentials, Address: c.value,
	}, c.onlyOneChain()
}
