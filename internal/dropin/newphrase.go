package dropin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/validator"
)

const (
	newWords  = 24 // words of a new phrase: 256 bits of entropy
	pageWidth = 4  // words a line on the page
	wordWidth = 13 // columns of a word; English ones have at most 8 letters
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
	for {
		if err := c.session.show(ctx, m); err != nil {
			return err
		}
		again, err := c.session.retype(ctx, m)
		if err != nil || !again {
			return err
		}
	}
}

// show puts the phrase on a page that is wiped at a key press.
func (s *Session) show(ctx context.Context, m *mnemonic.Mnemonic) error {
	return s.Term.Page(ctx, func(w io.Writer) {
		fmt.Fprintf(w, "Your new phrase: %d words, %s.\n\n", m.Words(), m.Language())
		line := make([]byte, 0, 64)
		for i := range m.Words() {
			// fmt would keep copies of the words.
			line = append(strconv.AppendInt(append(line[:0], "   "[:3-digits(i+1)]...), int64(i+1), 10), ". "...)
			line = append(line, m.Word(i)...)
			for range wordWidth - utf8.RuneCountInString(m.Word(i)) {
				line = append(line, ' ')
			}
			if (i+1)%pageWidth == 0 {
				line = append(line, "\n\n"...)
			}
			_, _ = w.Write(line)
			secret.Wipe(line)
		}
		fmt.Fprint(w, "Write it on paper, in this order, with the numbers. Take no picture of it.\n"+
			"Whoever has these words has the validators' keys. This page is shown nowhere else.\n\n")
	}, "press any key when it is on paper; you will type it again")
}

func digits(n int) int { return len(strconv.Itoa(n)) }

// retype has the phrase typed back until it is m, naming what differs by its
// place. again asks for it to be shown once more.
func (s *Session) retype(ctx context.Context, m *mnemonic.Mnemonic) (again bool, err error) {
	prompt := term.Prompt{Text: "type your phrase again, from the paper (Ctrl-D shows it once more)", Flag: "--mnemonic"}
	text, err := s.Term.WordsUntil(ctx, prompt, newSpeller(m.Language()), wordCounts, func(text *secret.Buffer) error {
		return sameAs(m, text)
	})
	if errors.Is(err, io.EOF) && s.Term.Interactive() {
		return true, nil
	}
	text.Close()
	return false, err
}

// sameAs compares a typed phrase with m, word by word.
func sameAs(m *mnemonic.Mnemonic, text *secret.Buffer) error {
	typed := bytes.Fields(text.Bytes())
	for i := range max(m.Words(), len(typed)) {
		if i >= m.Words() || i >= len(typed) || !sameWord(m.Language(), typed[i], m.Word(i)) {
			return differs(i + 1)
		}
	}
	return nil
}

func sameWord(l mnemonic.Language, typed []byte, word string) bool {
	want := []byte(word)
	defer secret.Wipe(want)
	a, known := l.Lookup(typed)
	b, _ := l.Lookup(want)
	return known && a == b
}

func differs(at int) error {
	return fault.New(fault.Refused, "word %d is not that of the phrase shown", at).
		WithHint("compare word %d with your paper; Ctrl-D shows the phrase once more", at)
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
