package dropin

import (
	"context"
	"errors"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/validator"
)

// Checked gathers what "mnemonic check" needs. Close wipes it.
type Checked struct {
	phrase phrase
	count  uint64
	start  uint64
	path   derive.Template
}

// CheckResult is what "mnemonic check" found. It holds no secret.
type CheckResult struct {
	Words      int                    `json:"words"`
	Language   mnemonic.Language      `json:"language"`
	Passphrase bool                   `json:"passphrase"`
	Keys       []validator.DerivedKey `json:"keys,omitempty"`
}

// maxKeys bounds the keys that are shown.
const maxKeys = 100_000

// NewChecked returns an empty request that asks through s.
func NewChecked(s *Session) *Checked { return &Checked{phrase: phrase{session: s}} }

// Close wipes the phrase.
func (c *Checked) Close() { c.phrase.close() }

// Options lists the options of "mnemonic check".
func (c *Checked) Options() []Option {
	return append(filesOnly(c.phrase.phraseOptions()),
		Option{Flag: "count", Take: func(v string) error { return number(&c.count, "--count", v, 0, maxKeys) }},
		Option{Flag: "start", Take: func(v string) error { return number(&c.start, "--start", v, 0, 1<<32-1) }},
		Option{Flag: "path", Take: func(v string) error { return takePath(&c.path, v) }},
	)
}

// filesOnly drops the flags that hold a secret themselves, which only the
// anchor's commands have.
func filesOnly(options []Option) []Option {
	for i := range options {
		if o := &options[i]; o.Secret != nil && len(o.Also) > 0 {
			o.Flag, o.Also = o.Also[0], o.Also[1:]
		}
	}
	return options
}

func takePath(dst *derive.Template, v string) (err error) {
	*dst, err = derive.ParseTemplate(v)
	return err
}

// Check refuses an option that would be ignored.
func (c *Checked) Check() error {
	if c.phrase.session.Flags.Changed("count") {
		return nil
	}
	return ignored(c.phrase.session, "--count", "mnemonic-password-file", "mnemonic-password-fd", "start", "path")
}

// ignored refuses flags that mean nothing without another.
func ignored(s *Session, without string, flags ...string) error {
	for _, f := range flags {
		if s.Flags.Changed(f) {
			return fault.New(fault.Usage, "%s means nothing without %s", Spell(f), without)
		}
	}
	return nil
}

// Explain adds to the fault of a phrase that cannot be read what may mend it.
func (c *Checked) Explain(err error) error {
	var word *mnemonic.WordError
	var sum *mnemonic.ChecksumError
	var count *mnemonic.CountError
	if !errors.As(err, &word) && !errors.As(err, &sum) && !errors.As(err, &count) {
		return err
	}
	return fault.New(fault.KindOf(err), "%w", err).
		WithHint("%s; 'ethkey mnemonic repair' looks for one word that is wrong or missing, or two that are swapped", fault.HintOf(err))
}

// Run derives the keys that are asked for.
func (c *Checked) Run(ctx context.Context, machine validator.Machine, progress validator.Progress) (*CheckResult, error) {
	m := c.phrase.mnemonic
	r := &CheckResult{Words: m.Words(), Language: m.Language(), Passphrase: c.phrase.passphrase.Len() > 0}
	indices, err := validator.Consecutive(c.start, c.count)
	if err != nil || len(indices) == 0 {
		return r, err
	}
	r.Keys, err = validator.ListKeys(ctx, machine, m, c.phrase.passphrase, c.path, indices, progress)
	return r, err
}
