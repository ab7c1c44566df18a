package dropin

import (
	"context"
	"fmt"
	"io"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/validator"
)

const (
	newWords  = 24 // words of a new phrase: 256 bits of entropy
	pageWidth = 4  // words a line on the page
)

// NewPhrase makes the phrase of the request, checks that the rest of the
// request can be done, and only then has a person write the phrase down and
// type it again.
func (c *Create) NewPhrase(ctx context.Context, rand io.Reader, check func(*Create) error) error {
	m, err := mnemonic.New(rand, newWords, c.language)
	if err != nil {
		return err
	}
	c.Request.Mnemonic = m
	if err := check(c); err != nil {
		return err
	}
	if err := c.session.show(ctx, m); err != nil {
		return err
	}
	for {
		same, err := c.session.retype(ctx, m)
		if err != nil || same {
			return err
		}
		again, err := c.session.askAgain(ctx)
		if err != nil {
			return err
		}
		if again {
			if err := c.session.show(ctx, m); err != nil {
				return err
			}
		}
	}
}

// show puts the phrase on a page that is wiped at a key press.
func (s *Session) show(ctx context.Context, m *mnemonic.Mnemonic) error {
	return s.Term.Page(ctx, func(w io.Writer) {
		fmt.Fprintf(w, "Your new phrase: %d words, %s.\n\n", m.Words(), m.Language())
		for i := range m.Words() {
			fmt.Fprintf(w, "%4d. %-12s", i+1, m.Word(i))
			if (i+1)%pageWidth == 0 {
				fmt.Fprint(w, "\n\n")
			}
		}
		fmt.Fprint(w, "Write it on paper, in this order, with the numbers. Take no picture of it.\n"+
			"Whoever has these words has the validators' keys. This page is shown nowhere else.\n\n")
	}, "press any key when it is on paper; you will type it again")
}

// retype reads the phrase back and tells whether it is m; a difference is
// named by its place.
func (s *Session) retype(ctx context.Context, m *mnemonic.Mnemonic) (bool, error) {
	text, err := s.Words(ctx, "type your phrase again, from the paper", "mnemonic", m.Language())
	if err != nil {
		return false, err
	}
	defer text.Close()
	typed, err := mnemonic.Parse(text.Bytes(), m.Language())
	if err != nil {
		if fault.KindOf(err) != fault.Refused {
			return false, err
		}
		s.Term.Fault(err)
		return false, nil
	}
	defer typed.Close()
	at, same := typed.Equal(m)
	if !same {
		s.Term.Fault(fault.New(fault.Refused, "word %d is not that of the phrase shown", at).
			WithHint("compare word %d on your paper", at))
	}
	return same, nil
}

// askAgain asks whether the phrase is to be shown once more.
func (s *Session) askAgain(ctx context.Context) (bool, error) {
	return s.Term.Confirm(ctx, term.Prompt{Text: "show the phrase once more", Default: "yes"})
}

// Phrase gathers what generate-mnemonic needs.
type Phrase struct {
	session  *Session
	language mnemonic.Language
	file     string
}

// NewPhrase returns an empty request that asks through s.
func NewPhrase(s *Session) *Phrase { return &Phrase{session: s} }

// Options lists the options of generate-mnemonic.
func (p *Phrase) Options() []Option {
	return []Option{
		{
			Flag: "mnemonic-language", Prompt: "language of the new phrase", Default: string(mnemonic.English),
			Unless: func() bool { return !p.session.Interactive },
			Take:   func(v string) error { return takeLanguage(&p.language, v) },
		},
		{
			Flag: "output-file",
			Take: func(v string) error {
				if v == "" {
					return fault.New(fault.Usage, "--output_file needs a file name")
				}
				p.file = v
				return nil
			},
		},
	}
}

// Run makes the phrase and writes it to its file, whose name it returns, or
// shows it.
func (p *Phrase) Run(ctx context.Context, m validator.Machine) (string, error) {
	if p.language == "" {
		p.language = mnemonic.English
	}
	if p.file == "" && !p.session.Interactive {
		return "", fault.New(fault.Refused, "missing: --output_file").
			WithHint("with --non_interactive the phrase can only go to a file")
	}
	phrase, err := mnemonic.New(m.Rand, newWords, p.language)
	if err != nil {
		return "", err
	}
	defer phrase.Close()
	if p.file == "" {
		return "", p.session.show(ctx, phrase)
	}
	p.session.Term.Warn("the file will hold the phrase in clear text: whoever reads it has the keys")
	return p.file, validator.WritePhrase(ctx, m, phrase, p.file)
}
