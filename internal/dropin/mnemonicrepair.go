package dropin

import (
	"context"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/validator"
)

// Mend gathers what "mnemonic repair" needs. Close wipes it.
type Mend struct {
	Yes bool // agrees to writing the phrase to its file

	target   target
	language mnemonic.Language
	repair   *mnemonic.Repair
	file     string
}

// MendResult is what a repair found: places, never words.
type MendResult struct {
	Candidates int       `json:"candidates"` // phrases whose checksum holds
	Changes    []Mended  `json:"changes"`    // how they differ from what was read, likeliest first
	Found      *MendedBy `json:"found"`      // the one that makes the known key
	File       string    `json:"file,omitempty"`
}

// Mended counts the candidates that differ in one way.
type Mended struct {
	Damage   string            `json:"damage"`
	Position int               `json:"position,omitempty"`
	Other    int               `json:"other,omitempty"`
	Language mnemonic.Language `json:"language"`
	Count    int               `json:"count"`
	Text     string            `json:"text"` // the same in words
}

// MendedBy is the phrase that was looked for.
type MendedBy struct {
	Mended
	Words int    `json:"words"`
	Index uint32 `json:"key_index"`

	at int // among the candidates
}

// NewMend returns an empty request that asks through s.
func NewMend(s *Session, m validator.Machine) *Mend {
	return &Mend{target: target{session: s, machine: m}}
}

// Close wipes the phrase and the passphrase.
func (d *Mend) Close() {
	d.repair.Close()
	d.target.Passphrase.Close()
}

// Options lists the options of "mnemonic repair".
func (d *Mend) Options() []Option {
	options := []Option{
		{Flag: "mnemonic-language", Eager: true, Take: func(v string) error { return takeLanguage(&d.language, v) }},
		{Flag: "output-file", Eager: true, Take: func(v string) error { return newFile(&d.file, d.target.machine, v) }},
	}
	options = append(options, d.target.targetOptions()...)
	return append(options,
		Option{
			Flag: "mnemonic-password-file", Also: []string{"mnemonic-password-fd"},
			Secret: func(_ context.Context, v *secret.Buffer) error { return keep(&d.target.Passphrase, v) },
		},
		Option{Flag: "mnemonic-file", Also: []string{"mnemonic-fd"}, Secret: d.take, Ask: d.ask},
	)
}

// Check refuses options that would be ignored, before anything is asked.
func (d *Mend) Check() error {
	flags := d.target.session.Flags
	for _, f := range []string{"public-keys", "credentials", "deposit-data", "keystores"} {
		if flags.Changed(f) {
			return nil
		}
	}
	return ignored(d.target.session, "--public-keys, --credentials, --deposit-data or --keystores",
		"mnemonic-password-file", "mnemonic-password-fd", "search-indices", "path")
}

// damagedCounts are the lengths of a sentence that has a word too few or too
// many, besides its own.
var damagedCounts = []int{11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25}

// reader is a speller that lets every word pass: a wrong one is what is
// looked for.
type reader struct{ speller }

// Known reports true.
func (reader) Known([]byte) bool { return true }

// ask reads the phrase as it stands on paper.
func (d *Mend) ask(ctx context.Context) error {
	prompt := term.Prompt{Text: "the phrase as you have it; write ? for what you cannot read", Flag: "--mnemonic-file"}
	text, err := d.target.session.Term.WordsWithGaps(ctx, prompt, reader{newSpeller(d.language)}, damagedCounts, func(text *secret.Buffer) error {
		return d.take(ctx, text)
	})
	text.Close()
	return err
}

func (d *Mend) take(_ context.Context, text *secret.Buffer) error {
	r, err := mnemonic.NewRepair(text.Bytes(), d.language)
	if err != nil {
		return err
	}
	d.repair.Close()
	d.repair = r
	return nil
}

// Run looks for the phrase. It shows nothing of it.
func (d *Mend) Run(ctx context.Context) (*MendResult, error) {
	result := &MendResult{Candidates: d.repair.Len(), Changes: d.changes()}
	if !d.target.known() {
		if d.repair.Len() == 0 {
			return nil, fault.New(fault.Refused, "no phrase with one such damage has a checksum that holds").
				WithHint("more than one word is wrong: compare each with your copy, and write ? for the one that you doubt most")
		}
		return result, nil
	}
	if err := d.target.finish(); err != nil {
		return nil, err
	}
	at, err := d.repair.Search(ctx, d.target.machine.Workers, func(m *mnemonic.Mnemonic) (bool, error) {
		_, found, err := d.target.Find(m)
		return found, err
	}, d.target.session.Term.Progress("phrases tried"))
	if err != nil {
		return nil, err
	}
	if at < 0 {
		return nil, fault.New(fault.Refused, "none of %d phrases that differ by one damage makes a known key at the %d key indices searched", d.repair.Len(), len(d.target.Indices)).
			WithHint("search further with --search-indices; is there a passphrase (--mnemonic-password-file)? more than one word may be wrong")
	}
	result.Found, err = d.found(at)
	return result, err
}

func (d *Mend) found(at int) (*MendedBy, error) {
	m, err := d.repair.Mnemonic(at)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	index, _, err := d.target.Find(m)
	return &MendedBy{Mended: mended(d.repair.Change(at)), Words: m.Words(), Index: index, at: at}, err
}

func mended(c mnemonic.Change) Mended {
	return Mended{Damage: c.Damage.String(), Position: c.Position, Other: c.Other, Language: c.Language, Count: 1, Text: c.String()}
}

// changes counts the candidates by what they change.
func (d *Mend) changes() []Mended {
	var out []Mended
	at := map[mnemonic.Change]int{}
	for i := range d.repair.Len() {
		c := d.repair.Change(i)
		k, seen := at[c]
		if !seen {
			at[c] = len(out)
			out = append(out, mended(c))
			continue
		}
		out[k].Count++
	}
	return out
}
