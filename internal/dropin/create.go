package dropin

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/validator"
)

// Create gathers a validator.CreateRequest. Close wipes its secrets.
type Create struct {
	Request validator.CreateRequest // whole once Finish has returned
	chain
	phrase

	session *Session
	amount  string // as typed: it means nothing before the network is known
	chosen  bool   // --compounding or --regular-withdrawal was answered
}

// NewCreate returns an empty request that asks through s.
func NewCreate(s *Session) *Create {
	return &Create{session: s, chain: chain{session: s}, phrase: phrase{session: s}}
}

// Close wipes the secrets of the request.
func (c *Create) Close() {
	c.phrase.close()
	c.Request.Password.Close()
	c.Request.Seed.Close()
}

// Existing lists the options of existing-mnemonic, in the anchor's order.
func (c *Create) Existing() []Option {
	start := startIndex(&c.Request.StartIndex, "index of the first key, 0 if you never made keys from this phrase")
	start.Repeat = "repeat the index"
	if c.session.FromSheets { // the summary shows it
		start.Prompt, start.Repeat = "index of the first key, 0 for the first that was ever made of the phrase", ""
	}
	path := Option{Flag: "path", Take: func(v string) error { return takePath(&c.Request.Path, v) }}
	return join(c.phraseOptions(), []Option{start, path}, c.common())
}

// Fresh lists the options of new-mnemonic, in the anchor's order.
func (c *Create) Fresh() []Option {
	return append([]Option{c.languageOption("language of the new phrase")}, c.common()...)
}

// common are the options that both commands end with.
func (c *Create) common() []Option {
	return join([]Option{
		{
			Flag: "num-validators", Prompt: "how many validators to make keys for",
			Take: func(v string) error { return number(&c.Request.Count, "number of validators", v, 1, 1<<32-1) },
		},
	}, c.chainOptions(), []Option{
		{
			Flag: "keystore-password", Also: []string{"keystore-password-file", "keystore-password-fd"},
			Prompt: "password for the keystores, at least 12 characters, not shown", Repeat: "repeat the password",
			Secret: c.takePassword,
		},
		{
			Flag: "withdrawal-address", Prompt: "withdrawal address, final once deposited (0x...; empty: none, 0x00 credentials)",
			Repeat: "repeat the withdrawal address", Take: c.takeAddress,
		},
		{Flag: "regular-withdrawal", Take: func(v string) error { return c.takeCompounding(v, false) }},
		{
			Flag: "compounding", Prompt: "compounding validator, 0x02 credentials; no: regular withdrawals, 0x01 (yes or no)", Default: "no",
			When:   func() bool { return c.Request.Address != nil },
			Unless: func() bool { return c.chosen },
			Take:   func(v string) error { return c.takeCompounding(v, true) },
		},
		{
			Flag: "amount", Prompt: "amount for each validator", Describe: c.askAmount,
			When: func() bool { return c.Request.Compounding && c.session.Interactive },
			Take: c.takeAmount,
		},
	})
}

// Finish checks what depends on several values.
func (c *Create) Finish() error {
	if err := c.onlyOneChain(); err != nil {
		return err
	}
	if err := onlyOneKind(c.session.Flags); err != nil {
		return err
	}
	c.Request.Network = c.Network
	if c.Request.Seed == nil {
		c.Request.Mnemonic, c.Request.Passphrase = c.mnemonic, c.passphrase
	}
	return c.settleAmount()
}

// onlyOneKind refuses both kinds of execution credentials at once.
func onlyOneKind(flags *pflag.FlagSet) error {
	if flags.Changed("compounding") && flags.Changed("regular-withdrawal") {
		return fault.New(fault.Usage, "--compounding and --regular-withdrawal were both given; expected one")
	}
	return nil
}

// settleAmount reads the amount in the unit of the network, now that it is
// known.
func (c *Create) settleAmount() error {
	if strings.TrimSpace(c.amount) == "" {
		if c.session.Flags.Changed("amount") {
			return fault.New(fault.Refused, "--amount: empty, want an amount").
				WithHint("leave --amount out to deposit what activates a validator")
		}
		return nil
	}
	amount, err := c.Network.ParseAmount(c.amount)
	if err != nil {
		return err
	}
	c.Request.Amount = &amount
	return nil
}

// takeAmount checks the form; with the network known, which at a prompt it
// always is, the range too.
func (c *Create) takeAmount(v string) error {
	c.amount = v
	if c.Network.Name == "" || strings.TrimSpace(v) == "" {
		return nil
	}
	_, err := c.Network.ParseAmount(v)
	return err
}

// askAmount is the question in the unit of the network.
func (c *Create) askAmount() (prompt, standard string) {
	n := c.Network
	prompt = fmt.Sprintf("amount for each validator, in %s, from %s to %s; %s activates it",
		n.Unit, n.FormatAmount(n.MinDeposit), n.FormatAmount(n.MaxDeposit), n.FormatAmount(n.ActivationAmount()))
	return prompt, n.FormatAmount(n.ActivationAmount())
}

func (c *Create) takePassword(_ context.Context, v *secret.Buffer) error {
	processed, err := keystore.ProcessPassword(v.Bytes())
	if err != nil {
		return err
	}
	defer processed.Close()
	if err := keystore.CheckNew(v.Bytes(), processed); err != nil {
		return err
	}
	return keep(&c.Request.Password, v)
}

func (c *Create) takeAddress(v string) error {
	v = strings.TrimSpace(v)
	if v == "" {
		c.Request.Address = nil
		return nil
	}
	address, err := beacon.ParseExecutionAddress(v)
	if err == nil {
		c.Request.Address = &address
	}
	return err
}

// takeCompounding reads one of the pair of flags, or the answer yes or no.
func (c *Create) takeCompounding(v string, means bool) error {
	yes, err := term.ParseYesNo(v)
	if err == nil {
		c.Request.Compounding, c.chosen = yes == means, true
	}
	return err
}

func keep(dst **secret.Buffer, v *secret.Buffer) error {
	clone, err := v.Clone()
	if err != nil {
		return err
	}
	(*dst).Close()
	*dst = clone
	return nil
}

func takeLanguage(dst *mnemonic.Language, v string) (err error) {
	*dst, err = mnemonic.ParseLanguage(strings.TrimSpace(v))
	return err
}

func number(dst *uint64, what, v string, low, high uint64) error {
	n, err := ParseCount(v, low, high)
	if err != nil {
		return fault.New(fault.Refused, "%s: expected a whole number from %d to %d", what, low, high)
	}
	*dst = n
	return nil
}
