package term

import (
	"context"

	"github.com/ethkey/ethkey/pkg/secret"
)

// Speller knows the words of a mnemonic. It is given slices of a secret page
// and must not keep them; what it returns are entries of static word lists.
type Speller interface {
	// Complete returns the words that begin with prefix.
	Complete(prefix []byte) []string
	// Known reports whether word may stand in a mnemonic as it is.
	Known(word []byte) bool
	// Nearest returns the words most like an unknown one.
	Nearest(word []byte) []string
}

// Words asks for a mnemonic until check takes the whole of it. On a terminal
// the words are entered one by one on the alternate screen, where each is checked
// as it is typed, and the number of words is one of counts; a pipe gives one
// line, returned as it is. What check refuses stays on the screen to be mended,
// or is asked for again in a pipe. The words are separated by single spaces, as
// typed or completed; the caller closes the buffer.
func (t *Terminal) Words(ctx context.Context, p Prompt, speller Speller, counts []int, check func(*secret.Buffer) error) (*secret.Buffer, error) {
	return t.enterWords(ctx, p, newWordEditor(speller, counts), check)
}

// WordsWithGaps is Words for a phrase that may have damage: "?" stands for
// letters that cannot be read. Which words pass is the speller's decision.
func (t *Terminal) WordsWithGaps(ctx context.Context, p Prompt, speller Speller, counts []int, check func(*secret.Buffer) error) (*secret.Buffer, error) {
	w := newWordEditor(speller, counts)
	w.gaps = true
	return t.enterWords(ctx, p, w, check)
}

// enterWords runs the editor where there is a screen for it.
func (t *Terminal) enterWords(ctx context.Context, p Prompt, w *wordEditor, check func(*secret.Buffer) error) (*secret.Buffer, error) {
	e := t.visible()
	if !e.terminal || t.Plain {
		return t.inOneLine(ctx, e, p, check)
	}
	w.title, w.aside = p.Text, p.AsideText
	if err := w.open(); err != nil {
		return nil, err
	}
	defer w.close()
	return t.edit(ctx, e, p, w, check)
}
