package term

import (
	"context"
	"io"

	"github.com/ethkey/ethkey/pkg/secret"
)

// editor is an answer under way on the alternate screen. It knows nothing of
// terminals.
type editor interface {
	draw(f *frame, cols, rows int)
	apply(k key) effect
	// answer returns what was entered. The caller closes it.
	answer() (*secret.Buffer, error)
	// refuse keeps what is wrong with the answer, to be shown until it is mended.
	refuse(err error)
}

// edit runs an editor on the alternate screen until check takes its answer,
// which the caller closes.
func (t *Terminal) edit(ctx context.Context, on ends, p Prompt, y editor, check func(*secret.Buffer) error) (*secret.Buffer, error) {
	s, err := t.raw(ctx, on, true)
	if err != nil {
		return nil, err
	}
	defer func() { s.leave() }()
	out := &frame{}
	for {
		if s.idle() {
			cols, rows := s.size()
			y.draw(out, cols, rows)
			s.show(out)
		}
		k, err := s.key()
		if err == io.EOF {
			return nil, ended(p)
		}
		if err != nil {
			return nil, err
		}
		effect := y.apply(k)
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
			again, err := t.raw(ctx, on, true)
			if err != nil {
				return nil, err
			}
			s = again
		case refused:
			s.bell()
		case done:
			answer, err := y.answer()
			if err == nil && check != nil {
				err = check(answer)
			}
			if err == nil {
				return answer, nil
			}
			answer.Close()
			if final(err) {
				return nil, err
			}
			y.refuse(err)
		}
	}
}

// inOneLine asks for what no editor can be had for: hidden on a terminal that
// understands no control sequences, or from a pipe.
func (t *Terminal) inOneLine(ctx context.Context, on ends, p Prompt, check func(*secret.Buffer) error) (*secret.Buffer, error) {
	if on.terminal {
		p.Text += ", in one line that is not shown"
		return t.Hidden(ctx, p, check)
	}
	w, err := newWaiter(ctx, on.in)
	if err != nil {
		return nil, err
	}
	h := &hider{t: t, ends: on, wait: w}
	defer h.leave()
	return h.once(p, check)
}
