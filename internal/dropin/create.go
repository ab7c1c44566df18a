package dropin

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/network"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/validator"
)

// Create gathers a validator.CreateRequest. Close wipes its secrets.
type Create struct {
	Request validator.CreateRequest

	session  *Session
	language mnemonic.Language
	amount   string // as typed: it means nothing before the network is known
	chosen   bool   // --compounding or --regular-withdrawal was answered
	devnet   bool
}

// NewCreate returns an empty request that asks through s.
func NewCreate(s *Session) *Create { return &Create{session: s} }

// Close wipes the secrets of the request.
func (c *Create) Close() {
	if c.Request.Mnemonic != nil {
		c.Request.Mnemonic.Close()
	}
	c.Request.Passphrase.Close()
	c.Request.Password.Close()
}

// Existing lists the options of existing-mnemonic, in the anchor's order.
func (c *Create) Existing() []Option {
	return append([]Option{
		c.phraseLanguage(""),
		{
			Flag: "mnemonic", Also: []string{"mnemonic-file", "mnemonic-fd"},
			Secret: c.takePhrase, Ask: c.askPhrase,
		},
		{
			Flag: "mnemonic-password", Also: []string{"mnemonic-password-file", "mnemonic-password-fd"},
			Repeat: "repeat the mnemonic's passphrase",
			Secret: func(_ context.Context, v *secret.Buffer) error { return keep(&c.Request.Passphrase, v) },
		},
		{
			Flag: "validator-start-index", Prompt: "index of the first key, 0 if you never made keys from this phrase",
			Repeat: "repeat the index", Default: "0",
			Take: func(v string) error { return number(&c.Request.StartIndex, "start index", v, 0, 1<<32-1) },
		},
	}, c.common()...)
}

// Fresh lists the options of new-mnemonic, in the anchor's order.
func (c *Create) Fresh() []Option {
	return append([]Option{c.phraseLanguage("language of the new phrase")}, c.common()...)
}

// Language returns the language that was asked for, or "".
func (c *Create) Language() mnemonic.Language { return c.language }

func (c *Create) phraseLanguage(prompt string) Option {
	return Option{
		Flag: "mnemonic-language", Prompt: prompt, Default: string(mnemonic.English), Eager: true,
		Take: func(v string) error {
			if prompt == "" && strings.TrimSpace(v) == "" {
				return nil // as if the flag were not there: detected
			}
			err := takeLanguage(&c.language, v)
			if err != nil && prompt != "" && !strings.HasPrefix(fault.HintOf(err), "did you mean") {
				return fault.New(fault.KindOf(err), "%w", err).WithHint("type one of these names, or nothing for english")
			}
			return err
		},
	}
}

// common are the options that both commands end with.
func (c *Create) common() []Option {
	return []Option{
		{
			Flag: "num-validators", Prompt: "how many validators to make keys for",
			Take: func(v string) error { return number(&c.Request.Count, "number of validators", v, 1, 1<<32-1) },
		},
		{Flag: "devnet-chain-setting", Eager: true, Take: func(v string) error { return c.takeDevnet([]byte(v)) }},
		{Flag: "chain-file", Eager: true, Take: c.takeChainFile},
		{
			Flag: "chain", Prompt: "network: " + strings.Join(names(), ", "), Default: "mainnet",
			Take: c.takeChain, Unless: func() bool { return c.devnet },
		},
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
	}
}

// Finish checks what depends on several values.
func (c *Create) Finish() error {
	flags := c.session.Flags
	if c.devnet && flags.Changed("chain") {
		return fault.New(fault.Usage, "--chain and a custom network were both given; expected one")
	}
	if flags.Changed("devnet-chain-setting") && flags.Changed("chain-file") {
		return fault.New(fault.Usage, "--devnet_chain_setting and --chain-file were both given; expected one")
	}
	if flags.Changed("compounding") && flags.Changed("regular-withdrawal") {
		return fault.New(fault.Usage, "--compounding and --regular-withdrawal were both given; expected one")
	}
	return c.settleAmount()
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
	amount, err := c.Request.Network.ParseAmount(c.amount)
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
	if c.Request.Network.Name == "" || strings.TrimSpace(v) == "" {
		return nil
	}
	_, err := c.Request.Network.ParseAmount(v)
	return err
}

// askAmount is the question in the unit of the network.
func (c *Create) askAmount() (prompt, standard string) {
	n := c.Request.Network
	prompt = fmt.Sprintf("amount for each validator, in %s, from %s to %s; %s activates it",
		n.Unit, n.FormatAmount(n.MinDeposit), n.FormatAmount(n.MaxDeposit), n.FormatAmount(n.ActivationAmount()))
	return prompt, n.FormatAmount(n.ActivationAmount())
}

func (c *Create) takeDevnet(text []byte) (err error) {
	c.Request.Network, err = network.ParseDevnet(text)
	c.devnet = err == nil
	return err
}

func (c *Create) takeChainFile(name string) error {
	text, err := c.session.file(name)
	if err != nil {
		return err
	}
	defer text.Close()
	return c.takeDevnet(text.Bytes())
}

func (c *Create) takeChain(v string) error {
	if c.devnet {
		return nil // Finish refuses the pair
	}
	n, err := network.Lookup(strings.TrimSpace(v))
	if err == nil {
		c.Request.Network = n
	}
	return err
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
	if err != nil {
		return err
	}
	c.Request.Compounding = yes == means
	c.chosen = true
	return nil
}

// askPhrase reads the phrase word by word on a terminal, or a line of a pipe.
func (c *Create) askPhrase(ctx context.Context) error {
	prompt := term.Prompt{Text: "your mnemonic phrase", Flag: "--mnemonic-file"}
	text, err := c.session.Term.WordsUntil(ctx, prompt, newSpeller(c.language), wordCounts, c.checkPhrase)
	if err != nil {
		return err
	}
	defer text.Close()
	return c.takePhrase(ctx, text)
}

// checkPhrase refuses what is no phrase. One that is valid in two languages
// is: which of them is a question of its own.
func (c *Create) checkPhrase(text *secret.Buffer) error {
	m, err := mnemonic.Parse(text.Bytes(), c.language)
	var ambiguous *mnemonic.AmbiguousError
	if errors.As(err, &ambiguous) {
		return nil
	}
	if err == nil {
		m.Close()
	}
	return err
}

// takePhrase parses the phrase; when two languages fit it asks which.
func (c *Create) takePhrase(ctx context.Context, text *secret.Buffer) error {
	m, err := mnemonic.Parse(text.Bytes(), c.language)
	var ambiguous *mnemonic.AmbiguousError
	if errors.As(err, &ambiguous) && c.session.Interactive {
		var which mnemonic.Language
		if which, err = c.session.chooseLanguage(ctx, ambiguous); err != nil {
			return err
		}
		m, err = mnemonic.Parse(text.Bytes(), which)
	}
	if err != nil {
		return err
	}
	c.Request.Mnemonic = m
	c.session.Term.Note("phrase read: " + describe(m))
	return nil
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

func names() []string {
	var out []string
	for _, n := range network.Builtin() {
		out = append(out, n.Name)
	}
	return out
}
