package term

import (
	"context"
	"io"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
)

// maxHidden bounds a hidden answer, in bytes.
const maxHidden = 1024

// Hidden asks for a line that is not shown, and asks again until check takes
// it. The caller closes the buffer. The check must not keep what it is given,
// nor repeat it in its error. Prompt.Default and Prompt.Check are not used.
func (t *Terminal) Hidden(ctx context.Context, p Prompt, check func(*secret.Buffer) error) (*secret.Buffer, error) {
	h, err := t.hide(ctx)
	if err != nil {
		return nil, err
	}
	defer h.leave()
	return h.once(p, check)
}

// HiddenTwice asks for a hidden line, then for the same line again under the
// text of repeat. When the two differ it says so and asks for both again.
func (t *Terminal) HiddenTwice(ctx context.Context, p Prompt, repeat string, check func(*secret.Buffer) error) (*secret.Buffer, error) {
	h, err := t.hide(ctx)
	if err != nil {
		return nil, err
	}
	defer h.leave()
	again := Prompt{Text: repeat, Flag: p.Flag}
	for {
		first, err := h.once(p, check)
		if err != nil {
			return nil, err
		}
		second, err := h.once(again, nil)
		if err != nil {
			first.Close()
			return nil, err
		}
		same := first.Equal(second)
		second.Close()
		if same {
			return first, nil
		}
		first.Close()
		h.t.explain(h.ends, fault.New(fault.Refused, "the two entries differ").WithHint("type both again"))
	}
}

// hider reads hidden lines, from a terminal that is kept silent throughout or
// from a pipe.
type hider struct {
	t       *Terminal
	ends    ends
	session *session // on a terminal
	wait    *waiter  // in a pipe
}

func (t *Terminal) hide(ctx context.Context) (*hider, error) {
	h := &hider{t: t, ends: t.hidden()}
	var err error
	if h.ends.terminal {
		h.session, err = t.raw(ctx, h.ends, false)
	} else {
		h.wait, err = newWaiter(ctx, h.ends.in)
	}
	if err != nil {
		return nil, err
	}
	return h, nil
}

func (h *hider) leave() {
	if h.session != nil {
		h.session.leave()
		return
	}
	h.wait.close()
}

// once asks one question until check takes the answer.
func (h *hider) once(p Prompt, check func(*secret.Buffer) error) (*secret.Buffer, error) {
	for {
		h.t.question(h.ends, p.Text)
		answer, err := h.line()
		h.t.write(h.ends.out, "\n")
		if err == io.EOF {
			return nil, ended(p)
		}
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
		h.t.explain(h.ends, err)
	}
}

// line reads one hidden line into a buffer of its size.
func (h *hider) line() (*secret.Buffer, error) {
	page, err := secret.New(maxHidden)
	if err != nil {
		return nil, err
	}
	defer page.Close()
	f := &field{page: page.Bytes()}
	if h.session != nil {
		err = h.session.fill(f)
	} else {
		err = h.wait.fill(f)
	}
	if err != nil {
		return nil, err
	}
	if f.over {
		return nil, fault.New(fault.Refused, "the answer is longer than %d bytes", maxHidden)
	}
	page.Truncate(f.n)
	return page.Clone()
}

// fill edits f by keys until Enter.
func (s *session) fill(f *field) error {
	for {
		k, err := s.key()
		if err != nil {
			return err
		}
		e := f.apply(k)
		k.wipe()
		switch e {
		case done:
			return nil
		case gone:
			return io.EOF
		case refused:
			s.bell()
		}
	}
}

// fill reads f up to the end of the line, byte by byte and as it is. The last
// line may lack its end.
func (w *waiter) fill(f *field) error {
	for {
		b, _, err := w.next(-1)
		if err == io.EOF && f.n > 0 || err == nil && b == '\n' {
			if f.n > 0 && f.page[f.n-1] == '\r' {
				f.cut(f.n - 1)
			}
			return nil
		}
		if err != nil {
			return err
		}
		f.add([]byte{b})
	}
}
