package term

// The rules of the house for everything that is said to a person:
//
//   - Talk goes to stderr; questions go to the terminal that answers them.
//     Results go to stdout, which this package never touches.
//   - Lower case, no full stop at the end; names of things in double quotes.
//   - Outside a question a line begins with "ethkey: ". Within one, what is
//     wrong is told by "error: " and what to do next by "hint: ", and the same
//     question is asked again. A wrong answer never ends the work.
//   - Secrets are shown on the alternate screen alone, which is wiped before
//     it is left. Hidden entry shows nothing, not even stars.
//   - Text from outside (file names, answers) passes through Safe.
//   - Every way out of a prompt leaves the terminal as it was found.

import (
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"
)

// Terminal is the conversation with the person. Prompts are for one goroutine
// at a time; Restore, Note, Warn and progress may be called from any.
type Terminal struct {
	stdin   *os.File
	stderr  *os.File
	openTTY func() (*os.File, error)

	// Plain says that the terminal understands no control sequences, as one
	// whose TERM is "dumb": nothing on it can be wiped.
	Plain bool

	ttyOnce sync.Once
	tty     *os.File // the controlling terminal, opened when first needed

	mu      sync.Mutex // guards what follows and every write
	active  *session   // the prompt in raw mode, or nil
	midline bool       // a progress line has not ended yet
}

// Open returns the conversation held over stdin and stderr. tty opens the
// controlling terminal (/dev/tty); it is called only when it is needed, and
// may be nil.
func Open(stdin, stderr *os.File, tty func() (*os.File, error)) *Terminal {
	return &Terminal{stdin: stdin, stderr: stderr, openTTY: tty}
}

// Interactive reports whether visible prompts are answered by a terminal.
func (t *Terminal) Interactive() bool { return isTerminal(t.stdin) }

// Restore gives the terminal back as it was found: modes, screen, cursor. It
// ends the prompt that is waiting, if any, with a fault of kind Interrupted.
// It may be called from any goroutine, and more than once.
func (t *Terminal) Restore() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.active != nil {
		t.active.restore()
		t.active.wait.interrupt()
		t.active = nil
	}
	t.endLine()
}

// Close restores the terminal and lets go of it.
func (t *Terminal) Close() {
	t.Restore()
	if t.tty != nil {
		_ = t.tty.Close()
	}
}

// Note says text on stderr.
func (t *Terminal) Note(text string) { t.say("ethkey: " + Safe(text)) }

// Warn says text on stderr as a warning.
func (t *Terminal) Warn(text string) { t.say("ethkey: warning: " + Safe(text)) }

// Show says several lines on stderr, as they are.
func (t *Terminal) Show(text string) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i, line := range lines {
		lines[i] = Safe(line)
	}
	t.write(t.stderr, strings.Join(lines, "\n")+"\n")
}

// say says one line on stderr, wrapped on a terminal.
func (t *Terminal) say(text string) { t.write(t.stderr, Wrap(text, t.Width(), hang)+"\n") }

// Width returns the columns of the terminal that stderr is, or 0 where it is
// none, and lines may have any length.
func (t *Terminal) Width() int { return columns(t.stderr) }

// write sends text to w as a whole. A message that cannot be delivered is not
// a reason to end the work.
func (t *Terminal) write(w io.Writer, text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.endLine()
	_, _ = io.WriteString(w, text)
}

// endLine ends a progress line that is still open. t.mu is held.
func (t *Terminal) endLine() {
	if t.midline {
		t.midline = false
		_, _ = io.WriteString(t.stderr, "\n")
	}
}

// ends are the two ends of one prompt.
type ends struct {
	in       *os.File
	out      *os.File
	terminal bool // in is a terminal
}

// visible returns the ends of a prompt whose answer may be seen.
func (t *Terminal) visible() ends {
	if isTerminal(t.stdin) {
		return ends{in: t.stdin, out: t.screen(), terminal: true}
	}
	return ends{in: t.stdin, out: t.stderr}
}

// hidden returns the ends of a prompt whose answer must not be seen: a
// terminal, if there is any.
func (t *Terminal) hidden() ends {
	if isTerminal(t.stdin) {
		return t.visible()
	}
	if tty := t.controlling(); tty != nil {
		return ends{in: tty, out: tty, terminal: true}
	}
	return t.visible()
}

// screen returns what shows text to the person whose terminal is stdin, also
// when stderr goes to a file.
func (t *Terminal) screen() *os.File {
	if isTerminal(t.stderr) {
		return t.stderr
	}
	if tty := t.controlling(); tty != nil {
		return tty
	}
	return t.stdin
}

// controlling returns the controlling terminal, or nil.
func (t *Terminal) controlling() *os.File {
	t.ttyOnce.Do(func() {
		if t.openTTY == nil {
			return
		}
		if tty, err := t.openTTY(); err == nil {
			t.tty = tty
		}
	})
	return t.tty
}

func isTerminal(f *os.File) bool { return f != nil && term.IsTerminal(int(f.Fd())) }
