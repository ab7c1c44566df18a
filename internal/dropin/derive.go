package dropin

import (
	"context"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/validator"
)

// Derive gathers what "derive" needs. Close wipes its secrets.
type Derive struct {
	phrase
	path         derive.Template
	start, count uint64
}

// NewDerive returns an empty request that asks through s.
func NewDerive(s *Session) *Derive { return &Derive{phrase: phrase{session: s}, count: 1} }

// Close wipes the secrets.
func (d *Derive) Close() { d.phrase.close() }

// Options lists the options of "derive".
func (d *Derive) Options() []Option {
	return append(filesOnly(d.phraseOptions()),
		Option{Flag: "path", Take: func(v string) error { return takePath(&d.path, v) }},
		Option{Flag: "start", Take: func(v string) error { return number(&d.start, "--start", v, 0, 1<<32-1) }},
		Option{Flag: "count", Take: func(v string) error { return number(&d.count, "--count", v, 1, maxKeys) }},
	)
}

// Run derives the public keys.
func (d *Derive) Run(ctx context.Context, m validator.Machine, progress validator.Progress) ([]validator.DerivedKey, error) {
	count := d.count
	if !d.path.IsZero() && d.path.Fixed() {
		if d.session.Flags.Changed("count") || d.session.Flags.Changed("start") {
			return nil, fault.New(fault.Usage, "--path without the letter i names one key; --start and --count would be ignored").
				WithHint("write i where the index belongs, as in m/12381/3600/i/0/0")
		}
		count = 1
	}
	indices, err := validator.Consecutive(d.start, count)
	if err != nil {
		return nil, err
	}
	return validator.ListKeys(ctx, m, d.mnemonic, d.passphrase, d.path, indices, progress)
}
