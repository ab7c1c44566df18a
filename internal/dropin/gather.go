package dropin

import (
	"context"
	"errors"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/validator"
)

// phrase gathers a mnemonic and its passphrase.
type phrase struct {
	session    *Session
	language   mnemonic.Language
	mnemonic   *mnemonic.Mnemonic
	passphrase *secret.Buffer
}

// phraseOptions lists the options of a phrase; none where it comes from sheets.
func (p *phrase) phraseOptions() []Option {
	if p.session.FromSheets {
		return nil
	}
	return []Option{
		p.languageOption(""),
		{
			Flag: "mnemonic", Also: []string{"mnemonic-file", "mnemonic-fd"},
			Secret: p.take, Ask: p.ask,
		},
		{
			Flag: "mnemonic-password", Also: []string{"mnemonic-password-file", "mnemonic-password-fd"},
			Repeat: "repeat the mnemonic's passphrase",
			Secret: func(_ context.Context, v *secret.Buffer) error { return keep(&p.passphrase, v) },
		},
	}
}

// languageOption is asked for when it has a prompt.
func (p *phrase) languageOption(prompt string) Option {
	return Option{
		Flag: "mnemonic-language", Prompt: prompt, Default: string(mnemonic.English), Eager: true,
		Take: func(v string) error {
			if prompt == "" && strings.TrimSpace(v) == "" {
				return nil // as if the flag were not there: detected
			}
			err := takeLanguage(&p.language, v)
			if err != nil && prompt != "" && !strings.HasPrefix(fault.HintOf(err), "did you mean") {
				return fault.New(fault.KindOf(err), "%w", err).WithHint("type one of these names, or nothing for english")
			}
			return err
		},
	}
}

// ask reads the phrase word by word on a terminal, or a line of a pipe.
func (p *phrase) ask(ctx context.Context) error {
	prompt := term.Prompt{Text: "your mnemonic phrase", Flag: "--mnemonic-file"}
	text, err := p.session.Term.Words(ctx, prompt, newSpeller(p.language), wordCounts, p.check)
	if err != nil {
		return err
	}
	defer text.Close()
	return p.take(ctx, text)
}

// check refuses what is no phrase. One that is valid in two languages
// is: which of them is a question of its own.
func (p *phrase) check(text *secret.Buffer) error {
	m, err := mnemonic.Parse(text.Bytes(), p.language)
	var ambiguous *mnemonic.AmbiguousError
	if errors.As(err, &ambiguous) {
		return nil
	}
	if err == nil {
		m.Close()
	}
	return err
}

// take parses the phrase; when two languages fit it asks which.
func (p *phrase) take(ctx context.Context, text *secret.Buffer) error {
	m, err := mnemonic.Parse(text.Bytes(), p.language)
	var ambiguous *mnemonic.AmbiguousError
	if errors.As(err, &ambiguous) && p.session.Interactive {
		var which mnemonic.Language
		if which, err = p.session.chooseLanguage(ctx, ambiguous); err != nil {
			return err
		}
		m, err = mnemonic.Parse(text.Bytes(), which)
	}
	if err != nil {
		return err
	}
	p.mnemonic = m
	p.session.Term.Note("phrase read: " + describe(m))
	return nil
}

// SetPhrase gives the phrase and its passphrase, which may be nil, where they do
// not come by options. Both stay the caller's.
func (p *phrase) SetPhrase(m *mnemonic.Mnemonic, passphrase *secret.Buffer) error {
	entropy, err := m.Entropy()
	if err != nil {
		return err
	}
	defer entropy.Close()
	if p.mnemonic, err = mnemonic.FromEntropy(entropy, m.Language()); err != nil || passphrase == nil {
		return err
	}
	return keep(&p.passphrase, passphrase)
}

func (p *phrase) close() {
	if p.mnemonic != nil {
		p.mnemonic.Close()
	}
	p.passphrase.Close()
}

// consecutive returns the signing keys of n indices from start on.
func (p *phrase) consecutive(start uint64, n int) (*validator.MnemonicKeys, error) {
	indices, err := validator.Consecutive(start, uint64(n))
	if err != nil {
		return nil, err
	}
	return validator.NewMnemonicKeys(p.mnemonic, p.passphrase, derive.SigningTemplate(), indices)
}

// address gathers an execution address that must be given.
type address struct{ value beacon.ExecutionAddress }

func (a *address) addressOption(prompt string) Option {
	return Option{
		Flag: "withdrawal-address", Prompt: prompt, Repeat: "repeat the address",
		Take: func(v string) (err error) {
			a.value, err = beacon.ParseExecutionAddress(strings.TrimSpace(v))
			return err
		},
	}
}

func startIndex(dst *uint64, prompt string) Option {
	return Option{
		Flag: "validator-start-index", Prompt: prompt, Default: "0",
		Take: func(v string) error { return number(dst, "start index", v, 0, 1<<32-1) },
	}
}

func validatorIndices(dst *[]beacon.ValidatorIndex) Option {
	return Option{
		Flag: "validator-indices", Prompt: "validator indices on the beacon chain, with commas between",
		Take: func(v string) (err error) {
			*dst, err = validator.ParseValidatorIndices(v)
			return err
		},
	}
}

func validatorIndex(dst *[]beacon.ValidatorIndex) Option {
	return Option{
		Flag: "validator-index", Prompt: "validator index on the beacon chain",
		Take: func(v string) error {
			var index uint64
			err := number(&index, "validator index", v, 0, 1<<32-1)
			*dst = []beacon.ValidatorIndex{beacon.ValidatorIndex(index)}
			return err
		},
	}
}

func join(lists ...[]Option) []Option {
	var out []Option
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}
