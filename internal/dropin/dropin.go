// Package dropin gathers what commands need, from the command line and from a
// person, and makes requests of it. It asks for the options of the commands that
// ethkey shares with ethstaker-deposit-cli in that program's order, so that
// guides written for it, typed or piped, still hold; our own commands ask alike:
//
//   - options given on the command line come first, in the order they stand
//     there; then what is missing is asked for, in the order of declaration;
//   - a value that is asked for twice there is asked for twice here, also when
//     it came by a flag; an empty one is not repeated;
//   - a wrong value asks again.
//
// With --non_interactive nothing is asked: a wrong value ends the command, and
// so does a missing one, naming its flag. A value never changes what another
// one means: what depends on several is checked when all are known.
package dropin

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/secret/source"
)

// Option is one option of a command.
type Option struct {
	Flag    string   // canonical name, with hyphens
	Also    []string // further flags that give the same value, such as --x-file
	Prompt  string   // the question; empty: never asked
	Repeat  string   // the second question; empty: asked once
	Default string   // taken for an empty answer
	Eager   bool     // settled before all others: they depend on it
	When    func() bool
	Take    func(value string) error // checks a value and keeps it

	// Secret is set instead of Take for a value that is hidden.
	Secret func(ctx context.Context, value *secret.Buffer) error
	// Describe gives the question and its default where they depend on other
	// values.
	Describe func() (prompt, standard string)
	// Ask replaces the plain question.
	Ask func(ctx context.Context) error
	// Unless, when it is true, makes a missing value no fault and not asked.
	Unless func() bool
}

// Session resolves options.
type Session struct {
	Term        *term.Terminal
	Flags       *pflag.FlagSet
	Interactive bool
	AsGiven     bool                               // a value of the command line is not asked for again
	FromSheets  bool                               // the phrase is restored: no option gives it
	Standards   map[string]string                  // by flag, what enter means where something better is known than the option's default
	Open        func(name string) (fs.File, error) // opens secret files
}

// Resolve takes what the command line gives and asks for the rest.
func (s *Session) Resolve(ctx context.Context, options []Option) error {
	given := s.given(options)
	for _, o := range given {
		if err := s.take(ctx, o); err != nil {
			return err
		}
	}
	var missing []string
	for i := range options {
		o := &options[i]
		if slices.Contains(given, o) || !o.wanted() {
			continue
		}
		if !s.Interactive {
			missing = append(missing, o.spelled())
			continue
		}
		if err := s.ask(ctx, o); err != nil {
			return err
		}
	}
	if len(missing) > 0 {
		return fault.New(fault.Usage, "missing: %s", strings.Join(missing, ", ")).
			WithHint("with --non_interactive nothing is asked: give every value on the command line, or in a file or descriptor named there")
	}
	return nil
}

// spelled names the flags that give o.
func (o *Option) spelled() string {
	out := Spell(o.Flag)
	for i, also := range o.Also {
		out += map[bool]string{true: " (or ", false: ", "}[i == 0] + Spell(also)
	}
	if len(o.Also) > 0 {
		out += ")"
	}
	return out
}

func (o *Option) asked() bool { return o.Prompt != "" || o.Ask != nil }

func (o *Option) wanted() bool {
	return o.asked() && (o.When == nil || o.When()) && (o.Unless == nil || !o.Unless())
}

// given returns the options on the command line, in its order; the eager ones
// first.
func (s *Session) given(options []Option) []*Option {
	var out []*Option
	s.Flags.SortFlags = false // Visit then keeps the order in which flags were set
	s.Flags.Visit(func(f *pflag.Flag) {
		for i := range options {
			o := &options[i]
			if (f.Name == o.Flag || slices.Contains(o.Also, f.Name)) && !slices.Contains(out, o) {
				out = append(out, o)
			}
		}
	})
	slices.SortStableFunc(out, func(a, b *Option) int {
		switch {
		case a.Eager == b.Eager:
			return 0
		case a.Eager:
			return -1
		default:
			return 1
		}
	})
	return out
}

// take checks a value that the command line gives.
func (s *Session) take(ctx context.Context, o *Option) error {
	if o.Secret != nil {
		return s.takeSecret(ctx, o)
	}
	value := s.Flags.Lookup(o.Flag).Value.String()
	err := o.Take(value)
	if err != nil && s.Interactive && o.asked() {
		s.Term.Explain(err)
		return s.ask(ctx, o)
	}
	if err != nil || !s.Interactive || s.AsGiven || o.Repeat == "" || value == "" {
		return err
	}
	same, err := s.repeated(ctx, o, value)
	if err != nil || same {
		return err
	}
	return s.ask(ctx, o)
}

// ask puts the question until an answer is taken and, where it is asked twice,
// repeated.
func (s *Session) ask(ctx context.Context, o *Option) error {
	if o.Ask != nil {
		return o.Ask(ctx)
	}
	prompt := term.Prompt{Text: o.Prompt, Flag: Spell(o.Flag), Default: o.Default, Check: o.Take}
	if o.Describe != nil {
		prompt.Text, prompt.Default = o.Describe()
	}
	if standard, known := s.Standards[o.Flag]; known {
		prompt.Default = standard
	}
	if o.Secret != nil {
		check := func(value *secret.Buffer) error { return o.Secret(ctx, value) }
		var value *secret.Buffer
		var err error
		if o.Repeat == "" {
			value, err = s.Term.Hidden(ctx, prompt, check)
		} else {
			value, err = s.Term.HiddenTwice(ctx, prompt, o.Repeat, check)
		}
		value.Close()
		return err
	}
	for {
		value, err := s.Term.Line(ctx, prompt)
		if err != nil {
			return err
		}
		if o.Repeat == "" || value == "" {
			return nil
		}
		same, err := s.repeated(ctx, o, value)
		if err != nil || same {
			return err
		}
	}
}

// repeated asks for value once more and tells whether it is the same.
func (s *Session) repeated(ctx context.Context, o *Option, value string) (bool, error) {
	again, err := s.Term.Line(ctx, term.Prompt{Text: o.Repeat, Flag: Spell(o.Flag)})
	if err != nil {
		return false, err
	}
	if strings.TrimSpace(again) == strings.TrimSpace(value) {
		return true, nil
	}
	s.Term.Explain(fault.New(fault.Refused, "the two entries differ").WithHint("type both again"))
	return false, nil
}

// takeSecret reads a hidden value from wherever the command line says. One
// typed there is repeated; one from a file or a descriptor is not.
func (s *Session) takeSecret(ctx context.Context, o *Option) error {
	value, typed, err := s.secret(o)
	if err != nil {
		return err
	}
	defer value.Close()
	err = o.Secret(ctx, value)
	switch {
	case err != nil && typed && s.Interactive && o.asked():
		s.Term.Explain(err)
		return s.ask(ctx, o)
	case err != nil || !typed || !s.Interactive || o.Repeat == "" || value.Len() == 0:
		return err
	}
	again, err := s.Term.Hidden(ctx, term.Prompt{Text: o.Repeat, Flag: Spell(o.Flag)}, nil)
	if err != nil {
		return err
	}
	defer again.Close()
	if again.Equal(value) {
		return nil
	}
	err = fault.New(fault.Refused, "the two entries of %s differ", Spell(o.Flag))
	if !o.asked() {
		return err
	}
	s.Term.Explain(err)
	return s.ask(ctx, o)
}

// secret reads the one source of a hidden value: the flag itself, its -file or
// its -fd. typed tells that it stood on the command line.
func (s *Session) secret(o *Option) (value *secret.Buffer, typed bool, err error) {
	var names []string
	for _, name := range append([]string{o.Flag}, o.Also...) {
		if s.Flags.Changed(name) {
			names = append(names, name)
		}
	}
	if len(names) > 1 {
		return nil, false, fault.New(fault.Usage, "%s and %s both give the same value; expected one", Spell(names[0]), Spell(names[1]))
	}
	arg := s.Flags.Lookup(names[0]).Value.String()
	switch {
	case strings.HasSuffix(names[0], "-file"):
		value, err = s.file(arg)
	case strings.HasSuffix(names[0], "-fd"):
		value, err = descriptor(names[0], arg)
	default:
		typed = true
		s.Term.Warn(Spell(names[0]) + " on the command line stays in the shell's history, and showed in the list of processes for a moment; " +
			"prefer the prompt, or " + Spell(o.Flag+"-file"))
		value, err = s.argument(names[0])
	}
	return value, typed, err
}

func (s *Session) file(name string) (*secret.Buffer, error) {
	value, warnings, err := source.File(s.Open, name)
	for _, w := range warnings {
		s.Term.Warn(w)
	}
	return value, err
}

func descriptor(flag, arg string) (*secret.Buffer, error) {
	fd, err := ParseCount(arg, 0, 1<<16)
	if err != nil {
		return nil, fault.New(fault.Usage, "%s: expected the number of a file descriptor", Spell(flag))
	}
	return source.FD(int(fd))
}

// Spell writes a flag as the anchor's guides do where it is one of theirs, and
// with hyphens where it is ours.
func Spell(flag string) string {
	if strings.HasSuffix(flag, "-file") || strings.HasSuffix(flag, "-fd") || slices.Contains(hyphenated, flag) {
		return "--" + flag
	}
	return "--" + strings.ReplaceAll(flag, "-", "_")
}

// hyphenated are the flags that are spelled with hyphens: the anchor's only
// one, and our own.
var hyphenated = []string{"regular-withdrawal", "unique-salts", "deposit-cli-version", "allow-degraded", "dice-only", "deposit-data", "search-indices", "with-passwords", "with-mnemonic", "try-forms",
	"public-keys", "scan-limit"}

// Canonical maps a flag, spelled with underscores or hyphens or by one of its
// older names, to its one name.
func Canonical(_ *pflag.FlagSet, name string) pflag.NormalizedName {
	name = strings.ReplaceAll(name, "_", "-")
	switch name {
	case "execution-address", "eth1-withdrawal-address", "eth1-withdrawal-credentials":
		name = "withdrawal-address"
	case "pubkey", "pubkeys", "public-key":
		name = "public-keys"
	}
	return pflag.NormalizedName(name)
}

// ErrNumber says that a text is not a whole number in its range.
var ErrNumber = errors.New("not a whole number in range")

// ParseCount reads a whole number from low to high in decimal digits.
func ParseCount(text string, low, high uint64) (uint64, error) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > 20 {
		return 0, ErrNumber
	}
	var n uint64
	for _, c := range []byte(text) {
		if c < '0' || c > '9' || n > (1<<63)/10 {
			return 0, ErrNumber
		}
		n = n*10 + uint64(c-'0')
	}
	if n < low || n > high {
		return 0, ErrNumber
	}
	return n, nil
}
