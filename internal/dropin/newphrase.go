package dropin

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/validator"
)

const (
	newWords  = 24 // words of a new phrase: 256 bits of entropy
	perLine   = 4  // words a line on the page, where there is room
	numbering = len(" 24. ")
)

// NewPhrase makes the phrase of the request, checks that the rest of the
// request can be done, and only then has a person write the phrase down and
// type it again.
func (c *Create) NewPhrase(ctx context.Context, rand io.Reader, check func(*Create) error) error {
	m, err := mnemonic.New(rand, newWords, c.language)
	if err != nil {
		return err
	}
	c.mnemonic = m
	if err := check(c); err != nil {
		return err
	}
	if err := c.session.show(ctx, m, retypeFooter); err != nil {
		return err
	}
	return c.session.retype(ctx, m)
}

const (
	retypeFooter = "press any key when it is on paper; you will type it again"
	onlyFooter   = "press any key when it is on paper; it is never shown again"
)

// show puts the phrase on a page that is wiped at a key press.
func (s *Session) show(ctx context.Context, m *mnemonic.Mnemonic, footer string) error {
	return s.Term.Page(ctx, func(w io.Writer, cols int) {
		fmt.Fprintf(w, "Your new phrase: %d words, %s.\n\n", m.Words(), m.Language())
		writeWords(w, m, cols)
		fmt.Fprintln(w, term.Wrap("Write it on paper, in this order, with the numbers. Take no picture of it. "+
			"Whoever has these words has the validators' keys. They are stored nowhere.", cols, 0))
	}, footer)
}

// ShowPhrase shows a phrase that came back, on a page that is wiped. The lines
// are public.
func ShowPhrase(ctx context.Context, t *term.Terminal, m *mnemonic.Mnemonic, above, below string) error {
	return t.Page(ctx, func(w io.Writer, cols int) {
		fmt.Fprint(w, term.Wrap(above, cols, 0)+"\n\n")
		writeWords(w, m, cols)
		fmt.Fprint(w, term.Wrap(below, cols, 0)+"\n")
	}, "press any key to wipe this page")
}

// writeWords lays the words out in columns: four where the screen has room,
// with an empty line between them while they are few.
func writeWords(w io.Writer, m *mnemonic.Mnemonic, cols int) {
	widest := 0
	for i := range m.Words() {
		widest = max(widest, term.Columns(m.Word(i)))
	}
	const gap = 2
	cell := numbering + widest + gap
	across := min(perLine, max(1, (cols+gap)/cell))
	line := make([]byte, 0, 128)
	for i := range m.Words() {
		// fmt would keep copies of the words.
		line = append(strconv.AppendInt(append(line[:0], "   "[:3-digits(i+1)]...), int64(i+1), 10), ". "...)
		line = append(line, m.Word(i)...)
		switch {
		case (i+1)%across != 0 && i+1 < m.Words():
			for range cell - numbering - term.Columns(m.Word(i)) {
				line = append(line, ' ')
			}
		case across == perLine || i+1 == m.Words():
			line = append(line, "\n\n"...)
		default:
			line = append(line, '\n')
		}
		_, _ = w.Write(line)
		secret.Wipe(line)
	}
}

func digits(n int) int { return len(strconv.Itoa(n)) }

// retype has the phrase typed back until it is m, naming what differs by its
// place.
func (s *Session) retype(ctx context.Context, m *mnemonic.Mnemonic) error {
	prompt := term.Prompt{
		Text: "type your phrase again, from the paper (ctrl-d shows it once more)", Flag: "--mnemonic",
		AsideText: "show the phrase",
		Aside:     func(ctx context.Context) error { return s.show(ctx, m, "press any key to go on typing") },
	}
	text, err := s.Term.Words(ctx, prompt, newSpeller(m.Language()), []int{m.Words()}, func(text *secret.Buffer) error {
		return sameAs(m, text)
	})
	text.Close()
	return err
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
		WithHint("compare word %d with your paper; ctrl-d shows the phrase once more", at)
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
		return "", fault.New(fault.Usage, "missing: --output_file").
			WithHint("with --non_interactive the phrase can only go to a file")
	}
	phrase, err := mnemonic.New(m.Rand, newWords, p.language)
	if err != nil {
		return "", err
	}
	defer phrase.Close()
	if p.file == "" {
		return "", p.session.show(ctx, phrase, onlyFooter)
	}
	p.session.Term.Warn("the file will hold the phrase in clear text: whoever reads it has the keys")
	return p.file, validator.WritePhrase(ctx, m, phrase, p.file)
}
