package term

import (
	"context"
	"io"

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

// Words asks for a mnemonic. On a terminal the words are entered one by one on
// the alternate screen, where each is checked as it is typed, and the number
// of words is one of counts; a pipe gives one line, returned as it is. The
// words are separated by single spaces, as typed or completed; the caller
// closes the buffer.
func (t *Terminal) Words(ctx context.Context, p Prompt, speller Speller, counts []int) (*secret.Buffer, error) {
	return t.WordsUntil(ctx, p, speller, counts, nil)
}

// WordsUntil is Words with a check of the whole phrase: what it refuses stays
// on the screen to be mended, or is asked for again in a pipe.
func (t *Terminal) WordsUntil(ctx context.Context, p Prompt, speller Speller, counts []int, check func(*secret.Buffer) error) (*secret.Buffer, error) {
	e := t.visible()
	if e.terminal && !t.Plain {
		w := newWordEditor(speller, counts)
		w.aside = p.AsideText
		return t.enterWords(ctx, e, p, w, check)
	}
	if e.terminal {
		p.Text += ", in one line that is not shown"
		return t.Hidden(ctx, p, check)
	}
	w, err := newWaiter(ctx, e.in)
	if err != nil {
		return nil, err
	}
	h := &hider{t: t, ends: e, wait: w}
	defer h.leave()
	return h.once(p, check)
}

// WordsWithGaps is WordsUntil for a phrase that may have damage: "?" stands for
// letters that cannot be read. Which words pass is the speller's decision.
func (t *Terminal) WordsWithGaps(ctx context.Context, p Prompt, speller Speller, counts []int, check func(*secret.Buffer) error) (*secret.Buffer, error) {
	e := t.visible()
	if !e.terminal || t.Plain {
		return t.WordsUntil(ctx, p, speller, counts, check)
	}
	w := newWordEditor(speller, counts)
	w.gaps = true
	return t.enterWords(ctx, e, p, w, check)
}

// enterWords runs the editor on the alternate screen.
func (t *Terminal) enterWords(ctx context.Context, e ends, p Prompt, w *wordEditor, check func(*secret.Buffer) error) (*secret.Buffer, error) {
	if err := w.open(); err != nil {
		return nil, err
	}
	defer w.close()
	s, err := t.raw(ctx, e, true)
	if err != nil {
		return nil, err
	}
	defer func() { s.leave() }()
	out := &frame{}
	defer out.wipe()
	for {
		if s.idle() {
			out.wipe()
			cols, rows := s.size()
			w.draw(out, p.Text, cols, rows)
			s.draw(out.b)
		}
		k, err := s.key()
		if err == io.EOF {
			return nil, ended(p)
		}
		if err != nil {
			return nil, err
		}
		effect := w.apply(k)
		k.wipe()
		switch effect {
		case gone:
			if p.Aside == nil {
				return nil, ended(p)
			}
			s.leave()
			if err := p.Aside(ctx); err != nil {
				return nil, err
			}
			again, err := t.raw(ctx, e, true)
			if err != nil {
				return nil, err
			}
			s = again
		case refused:
			s.bell()
		case done:
			phrase, err := w.phrase()
			if err == nil && check != nil {
				err = check(phrase)
			}
			if err == nil {
				return phrase, nil
			}
			phrase.Close()
			if final(err) {
				return nil, err
			}
			w.fault = err
		}
	}
}
