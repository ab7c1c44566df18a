package term

import (
	"context"
	"io"
	"os"

	"github.com/ethkey/ethkey/internal/fault"
)

// waiter reads single bytes, and stops waiting when its context ends.
type waiter struct {
	ctx          context.Context
	in           *os.File
	wakeR, wakeW *os.File
	stop         func() bool
	one          [1]byte
}

// Stream returns what reads a pipe or a terminal to its end, and stops waiting
// for more when the context ends.
func Stream(ctx context.Context, in *os.File) (io.ReadCloser, error) {
	w, err := newWaiter(ctx, in)
	if err != nil {
		return nil, err
	}
	return stream{w}, nil
}

type stream struct{ w *waiter }

// Read implements io.Reader.
func (s stream) Read(p []byte) (int, error) {
	_, woken, err := ready(s.w.in.Fd(), s.w.wakeR.Fd(), -1)
	switch {
	case err != nil:
		return 0, fault.New(fault.Environment, "cannot wait for input: %w", err)
	case woken || s.w.ctx.Err() != nil:
		return 0, interrupted(s.w.ctx)
	}
	n, err := s.w.in.Read(p)
	if hungUp(err) {
		err = io.EOF
	}
	return n, err
}

// Close implements io.Closer; what is read stays open.
func (s stream) Close() error {
	s.w.close()
	return nil
}

func newWaiter(ctx context.Context, in *os.File) (*waiter, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, fault.New(fault.Environment, "cannot wait for input: %w", err)
	}
	wt := &waiter{ctx: ctx, in: in, wakeR: r, wakeW: w}
	wt.stop = context.AfterFunc(ctx, wt.interrupt)
	return wt, nil
}

// interrupt ends a wait that is under way, and every later one.
func (w *waiter) interrupt() { _, _ = w.wakeW.Write([]byte{0}) }

func (w *waiter) close() {
	w.stop()
	w.one[0] = 0
	_ = w.wakeR.Close()
	_ = w.wakeW.Close()
}

// next returns the next byte. ok is false when ms milliseconds have passed
// without one; a negative ms waits for ever. The error is io.EOF at the end of
// the input, and a fault otherwise.
func (w *waiter) next(ms int) (b byte, ok bool, err error) {
	if w.ctx.Err() != nil {
		return 0, false, interrupted(w.ctx)
	}
	if w.in.Fd() == ^uintptr(0) { // closed; poll would pass over it and wait
		return 0, false, io.EOF
	}
	readable, woken, err := ready(w.in.Fd(), w.wakeR.Fd(), ms)
	switch {
	case err != nil:
		return 0, false, fault.New(fault.Environment, "cannot wait for input: %w", err)
	case woken:
		return 0, false, interrupted(w.ctx)
	case !readable:
		return 0, false, nil
	}
	n, err := w.in.Read(w.one[:])
	if n == 1 {
		return w.one[0], true, nil
	}
	if err == nil || err == io.EOF || hungUp(err) {
		return 0, false, io.EOF
	}
	return 0, false, fault.New(fault.Environment, "cannot read the input: %w", err)
}

// pending reports whether another byte is waiting already.
func (w *waiter) pending() bool {
	readable, woken, err := ready(w.in.Fd(), w.wakeR.Fd(), 0)
	return err == nil && readable && !woken
}

// interrupted is the fault for Ctrl-C and for a context that has ended.
func interrupted(ctx context.Context) error {
	f := fault.New(fault.Interrupted, "interrupted")
	f.Err = context.Cause(ctx)
	return f
}

// ended is the fault for a prompt that nobody can answer any more.
func ended(p Prompt) error {
	f := fault.New(fault.Refused, "the input ended before \"%s\" was answered", Safe(p.Text))
	f.Err = io.EOF
	if p.Flag == "" {
		return f.WithHint("answer on a terminal, or through a pipe with one line for each question")
	}
	return f.WithHint("give %s, or answer on a terminal", p.Flag)
}
