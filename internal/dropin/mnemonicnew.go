package dropin

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"slices"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/validator"
)

// Fresh gathers what "mnemonic new" needs: a phrase from the system's
// randomness, from dice, or from both. Close wipes it.
type Fresh struct {
	Dice     bool // the system and dice
	DiceOnly bool

	session  *Session
	machine  validator.Machine
	language mnemonic.Language
	words    uint64
	file     string
	system   *mnemonic.SystemPart
	rolls    *secret.Buffer
}

// FreshResult is what "mnemonic new" did. It holds no secret.
type FreshResult struct {
	Words      int               `json:"words"`
	Language   mnemonic.Language `json:"language"`
	Entropy    string            `json:"entropy"`
	Rolls      int               `json:"rolls,omitempty"`
	Commitment string            `json:"commitment,omitempty"` // SHA-256 of the system's part
	File       string            `json:"file,omitempty"`
}

// NewFresh returns an empty request that asks through s.
func NewFresh(s *Session, m validator.Machine) *Fresh {
	return &Fresh{session: s, machine: m, words: newWords, language: mnemonic.English}
}

// Close wipes the rolls and the system's part.
func (f *Fresh) Close() {
	f.system.Close()
	f.rolls.Close()
}

// Options lists the options of "mnemonic new".
func (f *Fresh) Options() []Option {
	return []Option{
		{Flag: "mnemonic-language", Eager: true, Take: func(v string) error { return takeLanguage(&f.language, v) }},
		{Flag: "words", Eager: true, Take: f.takeWords},
		{Flag: "output-file", Eager: true, Take: func(v string) error { return newFile(&f.file, f.machine, v) }},
		{
			Flag: "dice-file", Also: []string{"dice-fd"}, Secret: f.takeRolls,
			When: f.rolled, Ask: f.askRolls,
		},
	}
}

func (f *Fresh) rolled() bool { return f.Dice || f.DiceOnly }

// Check refuses what contradicts itself, before anything is asked.
func (f *Fresh) Check() error {
	flags := f.session.Flags
	switch {
	case f.Dice && f.DiceOnly:
		return fault.New(fault.Usage, "--dice and --dice-only were both given; expected one")
	case !f.rolled() && (flags.Changed("dice-file") || flags.Changed("dice-fd")):
		return fault.New(fault.Usage, "rolls are given, but neither --dice nor --dice-only")
	case !flags.Changed("output-file") && !f.session.Interactive:
		return fault.New(fault.Usage, "missing: --output-file").
			WithHint("with --non_interactive the phrase can only go to a file")
	case !flags.Changed("output-file"):
		return f.session.Term.CanShow()
	}
	return nil
}

func (f *Fresh) takeWords(v string) error {
	n, err := ParseCount(v, 12, 24)
	if err != nil || !slices.Contains(wordCounts, int(n)) {
		return fault.New(fault.Refused, "--words: expected 12, 15, 18, 21 or 24")
	}
	f.words = n
	return nil
}

// commit draws the system's part and shows what it is held to, before a roll
// is read.
func (f *Fresh) commit() (err error) {
	if !f.Dice || f.system != nil {
		return nil
	}
	if f.system, err = mnemonic.NewSystemPart(f.machine.Rand); err != nil {
		return err
	}
	f.session.Term.Note("the system's part is drawn; its commitment, SHA-256: " + f.commitment())
	return nil
}

func (f *Fresh) commitment() string {
	c := f.system.Commitment()
	return hex.EncodeToString(c[:])
}

// askRolls has a person roll.
func (f *Fresh) askRolls(ctx context.Context) error {
	if err := f.commit(); err != nil {
		return err
	}
	least := mnemonic.MinRolls(int(f.words))
	if f.Dice && f.session.Term.Interactive() {
		if err := f.session.Term.Pause(ctx, "note the commitment down, then press any key to type the rolls"); err != nil {
			return err
		}
	}
	q := term.Tally{
		Prompt: term.Prompt{Text: fmt.Sprintf("rolls of a die, 1 to 6, at least %d", least), Flag: "--dice-file"},
		Unit:   "rolls", Alphabet: "123456", Least: least, Most: mnemonic.MaxRolls,
	}
	typed, err := f.session.Term.Tally(ctx, q, func(text *secret.Buffer) error {
		rolls, err := mnemonic.ParseRolls(text.Bytes(), int(f.words))
		rolls.Close()
		return err
	})
	if err != nil {
		return err
	}
	defer typed.Close()
	return f.takeRolls(ctx, typed)
}

func (f *Fresh) takeRolls(_ context.Context, text *secret.Buffer) (err error) {
	if !f.rolled() {
		return nil // Check has refused it
	}
	if err := f.commit(); err != nil {
		return err
	}
	f.rolls, err = mnemonic.ParseRolls(text.Bytes(), int(f.words))
	return err
}

// Run makes the phrase, and writes it to its file or has a person write it
// down and type it again.
func (f *Fresh) Run(ctx context.Context) (*FreshResult, error) {
	m, err := f.make()
	if err != nil {
		return nil, err
	}
	defer m.Close()
	if f.file != "" {
		f.session.Term.Warn("the file will hold the phrase in clear text: whoever reads it has the keys")
		if err = validator.WritePhrase(ctx, f.machine, m, f.file); err == nil {
			f.session.Term.Note("the phrase is in " + f.file) // whatever becomes of the question below
		}
	} else if err = f.session.show(ctx, m, retypeFooter); err == nil {
		err = f.session.retype(ctx, m)
	}
	if err == nil {
		err = f.offerRecipe(ctx, m)
	}
	if err != nil {
		return nil, err
	}
	return f.result(m), nil
}

func (f *Fresh) make() (*mnemonic.Mnemonic, error) {
	if !f.rolled() {
		return mnemonic.New(f.machine.Rand, int(f.words), f.language)
	}
	return mnemonic.FromRolls(f.system, f.rolls, int(f.words), f.language)
}

func (f *Fresh) result(m *mnemonic.Mnemonic) *FreshResult {
	r := &FreshResult{Words: m.Words(), Language: m.Language(), Entropy: "system", Rolls: f.rolls.Len(), File: f.file}
	switch {
	case f.Dice:
		r.Entropy, r.Commitment = "system and dice", f.commitment()
	case f.DiceOnly:
		r.Entropy = "dice"
	}
	return r
}

// offerRecipe shows, to who wants it, all that the phrase is recomputed from.
func (f *Fresh) offerRecipe(ctx context.Context, m *mnemonic.Mnemonic) error {
	if !f.rolled() || !f.session.canPage() {
		return nil
	}
	yes, err := f.session.Term.Confirm(ctx, term.Prompt{
		Text: "show what the phrase can be recomputed from, on a page that is wiped (it is as secret as the phrase)", Default: "no",
	})
	if err != nil || !yes {
		return err
	}
	entropy, err := m.Entropy()
	if err != nil {
		return err
	}
	defer entropy.Close()
	digits, err := secret.New(hex.EncodedLen(entropy.Len()))
	if err != nil {
		return err
	}
	defer digits.Close()
	hex.Encode(digits.Bytes(), entropy.Bytes())
	return f.session.Term.Page(ctx, func(w io.Writer, cols int) {
		f.writeRecipe(w, digits, cols)
	}, "press any key to wipe this page")
}

// writeRecipe lays out the page. Package fmt would keep copies of the secrets.
func (f *Fresh) writeRecipe(w io.Writer, entropy *secret.Buffer, cols int) {
	secretLine := func(label string, text []byte) {
		fmt.Fprint(w, label+"\n")
		_, _ = w.Write(text)
		fmt.Fprint(w, "\n\n")
	}
	if f.Dice {
		secretLine("SYSTEM", f.system.Digits())
	}
	secretLine("ROLLS", f.rolls.Bytes())
	secretLine("entropy", entropy.Bytes())
	if f.Dice {
		fmt.Fprintf(w, "printf %%s SYSTEM | sha256sum\n  is the commitment %s\n", f.commitment())
		fmt.Fprintf(w, "printf %%s SYSTEM ROLLS | sha256sum\n")
	} else {
		fmt.Fprintf(w, "printf %%s ROLLS | sha256sum\n")
	}
	fmt.Fprint(w, "  begins with the entropy\n\n")
	fmt.Fprintln(w, term.Wrap("Whoever sees this page has the phrase. docs/dice.md leads from the entropy to the words.", cols, 0))
}

// canPage tells whether a person can be asked and shown a secret.
func (s *Session) canPage() bool {
	return s.Interactive && s.Term.Interactive() && s.Term.CanShow() == nil
}

// newFile takes the name of a file that must not exist yet.
func newFile(dst *string, m validator.Machine, name string) error {
	if name == "" {
		return fault.New(fault.Usage, "--output-file needs a file name")
	}
	*dst = name
	return validator.CheckNewFile(m, name)
}
