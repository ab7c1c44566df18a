package term

import (
	"context"
	"io"

	"github.com/ethkey/ethkey/internal/fault"
)

// What a screen of secrets is entered and left by (xterm's control sequences;
// 3J is the scroll-back, which some terminals share between both screens).
// The wipe goes before the leave, for terminals that have one screen only.
const (
	enterScreen = "\x1b[?1049h\x1b[?2004h\x1b[H\x1b[2J"
	wipeScreen  = "\x1b[0m\x1b[H\x1b[2J\x1b[3J"
	leaveScreen = wipeScreen + "\x1b[?2004l\x1b[?25h\x1b[?1049l"
)

// escapeWait is how long, in milliseconds, the rest of an escape sequence may
// take before it was the Escape key.
const escapeWait = 100

// resizeWait is how often, in milliseconds, an alternate screen looks whether
// its size has changed.
const resizeWait = 250

// session is a prompt in raw mode: nothing is echoed, and every key arrives.
type session struct {
	t         *Terminal
	ends      ends
	wait      *waiter
	decoder   decoder
	saved     *modes
	alternate bool
	live      bool // guarded by t.mu

	cols, rows int // of the screen when it was last drawn
}

// raw begins a session on e, which is a terminal; on the alternate screen if
// that is asked for. The terminal is silent when raw returns, so that a
// question that can be read can be answered.
func (t *Terminal) raw(ctx context.Context, e ends, alternate bool) (*session, error) {
	w, err := newWaiter(ctx, e.in)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.endLine()
	saved, err := silence(e.in.Fd())
	if err != nil {
		w.close()
		return nil, fault.New(fault.Environment, "cannot silence the terminal: %w", err)
	}
	s := &session{t: t, ends: e, wait: w, saved: saved, alternate: alternate, live: true}
	t.active = s
	if alternate {
		_, _ = io.WriteString(e.out, enterScreen)
	}
	return s, nil
}

// leave ends the session and gives the terminal back.
func (s *session) leave() {
	s.t.mu.Lock()
	defer s.t.mu.Unlock()
	s.restore()
	if s.t.active == s {
		s.t.active = nil
	}
	s.decoder.wipe()
	s.wait.close()
}

// restore gives the terminal back, once. t.mu is held.
func (s *session) restore() {
	if !s.live {
		return
	}
	s.live = false
	if s.alternate {
		_, _ = io.WriteString(s.ends.out, leaveScreen)
	}
	_ = unsilence(s.ends.in.Fd(), s.saved)
}

// draw writes b, unless the session was ended from elsewhere: then b could
// land on the normal screen.
func (s *session) draw(b []byte) {
	s.t.mu.Lock()
	defer s.t.mu.Unlock()
	if s.live {
		_, _ = s.ends.out.Write(b)
	}
}

// show draws f and wipes it: no copy waits here while a person looks.
func (s *session) show(f *frame) {
	s.draw(f.b)
	f.wipe()
}

// bell answers a key that does nothing.
func (s *session) bell() { s.draw([]byte{'\a'}) }

// key waits for the next key. Ctrl-C is a fault, and io.EOF means that the
// terminal went away.
func (s *session) key() (key, error) {
	for {
		if k, ok := s.decoder.next(); ok {
			if k.kind == keyInterrupt {
				return key{}, interrupted(s.wait.ctx)
			}
			return k, nil
		}
		ms := -1
		switch {
		case s.decoder.midSequence():
			ms = escapeWait
		case s.alternate:
			ms = resizeWait
		}
		b, ok, err := s.wait.next(ms)
		if err != nil {
			return key{}, err
		}
		switch {
		case ok:
			s.decoder.feed(b)
		case s.decoder.midSequence():
			s.decoder.cut()
		case s.resized():
			return key{kind: keyResize}, nil
		}
	}
}

// idle reports whether no key is waiting, so that a paste is drawn once.
func (s *session) idle() bool { return s.decoder.queued == 0 && !s.wait.pending() }
