package term

import (
	"context"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ethkey/ethkey/internal/fault"
)

// Prompt is a question.
type Prompt struct {
	Text    string             // without colon
	Flag    string             // the flag that answers it too, such as --chain
	Default string             // what an empty answer means
	Check   func(string) error // refuses an answer; nil takes all

	// Aside is what Ctrl-D does during the entry of words, which goes on
	// afterwards; AsideText says what that is.
	Aside     func(context.Context) error
	AsideText string
}

// maxLine bounds a visible answer, in bytes.
const maxLine = 4096

// Line asks for one line and returns it without surrounding white space. An
// empty answer is the default; without one it goes to the check as it is.
func (t *Terminal) Line(ctx context.Context, p Prompt) (string, error) {
	label := p.Text
	if p.Default != "" {
		label += " [" + p.Default + "]"
	}
	return t.ask(ctx, p, label, p.Check)
}

// Confirm asks a yes-or-no question. The words are those of deposit-cli: 1,
// true, t, yes, y, on and 0, false, f, no, n, off, in any case. The default is
// one of them, or empty where a person has to choose.
func (t *Terminal) Confirm(ctx context.Context, p Prompt) (bool, error) {
	label := p.Text + " [y/n]"
	if yes, err := parseBool(p.Default); err == nil {
		label = p.Text + map[bool]string{true: " [Y/n]", false: " [y/N]"}[yes]
	}
	answer, err := t.ask(ctx, p, label, func(s string) error { _, err := parseBool(s); return err })
	if err != nil {
		return false, err
	}
	return parseBool(answer)
}

func parseBool(s string) (bool, error) {
	switch strings.ToLower(s) {
	case "1", "true", "t", "yes", "y", "on":
		return true, nil
	case "0", "false", "f", "no", "n", "off":
		return false, nil
	}
	return false, fault.New(fault.Refused, "expected yes or no").WithHint("type y or n")
}

// Choose asks for one of the options, by its exact name or its number, and
// returns its index. Where there is a check, it explains a wrong name.
func (t *Terminal) Choose(ctx context.Context, p Prompt, options []string) (int, error) {
	e := t.visible()
	for i, o := range options {
		t.write(e.out, pad(i+1, len(options))+". "+Safe(o)+"\n")
	}
	label := p.Text
	if p.Default != "" {
		label += " [" + p.Default + "]"
	}
	answer, err := t.ask(ctx, p, label, func(s string) error {
		if pick(s, options) >= 0 {
			return nil
		}
		if p.Check != nil {
			if err := p.Check(s); err != nil {
				return err
			}
		}
		return fault.New(fault.Refused, "\"%s\" is not one of them", s).
			WithHint("type a name in full, or its number from 1 to %d", len(options))
	})
	if err != nil {
		return 0, err
	}
	return pick(answer, options), nil
}

// pick returns the index of the option that s names, or -1. A name goes before
// a number.
func pick(s string, options []string) int {
	for i, o := range options {
		if s == o {
			return i
		}
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > len(options) {
		return -1
	}
	return n - 1
}

// pad right-aligns n in the width of the largest.
func pad(n, largest int) string {
	s := strconv.Itoa(n)
	return strings.Repeat(" ", len(strconv.Itoa(largest))-len(s)) + s
}

// ask asks until check takes the answer.
func (t *Terminal) ask(ctx context.Context, p Prompt, label string, check func(string) error) (string, error) {
	e := t.visible()
	w, err := newWaiter(ctx, e.in)
	if err != nil {
		return "", err
	}
	defer w.close()
	defer t.afterStop(e, label)()
	for {
		t.question(e, label)
		answer, err := readLine(w)
		if !e.terminal || err != nil {
			t.write(e.out, "\n") // what Enter does on a terminal
		}
		if err == io.EOF {
			return "", ended(p)
		}
		if answer == "" {
			answer = p.Default
		}
		if err == nil && check != nil {
			err = check(answer)
		}
		if err == nil {
			return answer, nil
		}
		if final(err) {
			return "", err
		}
		t.explain(e, err)
	}
}

// final reports whether err is about the work and not about the answer, so
// that asking again is of no use.
func final(err error) bool {
	kind := fault.KindOf(err)
	return kind == fault.Interrupted || kind == fault.Environment
}

// explain says why an answer was refused.
func (t *Terminal) explain(e ends, err error) {
	cols := columns(e.out)
	t.write(e.out, Wrap("error: "+Safe(err.Error()), cols, hang)+"\n")
	if hint := fault.HintOf(err); hint != "" {
		t.write(e.out, Wrap("hint: "+Safe(hint), cols, hang)+"\n")
	}
}

// question puts a question; the answer goes behind it.
func (t *Terminal) question(e ends, label string) {
	t.write(e.out, Wrap(Safe(label)+": ", columns(e.out), hang))
}

// afterStop puts the question anew whenever the program goes on after Ctrl-Z:
// the shell has written over it, and Enter would be an answer.
func (t *Terminal) afterStop(e ends, label string) (end func()) {
	if !e.terminal || len(goesOn) == 0 {
		return func() {}
	}
	again, over := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(again, goesOn...)
	go func() {
		for {
			select {
			case <-again:
				t.question(e, label)
			case <-over:
				return
			}
		}
	}()
	return func() {
		signal.Stop(again)
		close(over)
	}
}

// readLine reads up to the end of the line, and not a byte more. The last line
// of a pipe may lack its end.
func readLine(w *waiter) (string, error) {
	var line []byte
	for {
		b, _, err := w.next(-1)
		if err == io.EOF && len(line) > 0 {
			return cleanLine(line)
		}
		if err != nil {
			return "", err
		}
		if b == '\n' {
			return cleanLine(line)
		}
		if len(line) <= maxLine {
			line = append(line, b)
		}
	}
}

// cleanLine refuses what no answer contains: an arrow key, for one, arrives as
// an escape sequence.
func cleanLine(line []byte) (string, error) {
	s := strings.TrimSpace(string(line))
	switch {
	case len(line) > maxLine:
		return "", fault.New(fault.Refused, "the line is longer than %d bytes", maxLine)
	case !utf8.ValidString(s):
		return "", fault.New(fault.Refused, "the answer is not UTF-8 text").
			WithHint("set the terminal to UTF-8, or use plain letters")
	case strings.IndexFunc(s, unicode.IsControl) >= 0:
		return "", fault.New(fault.Refused, "the answer contains control characters").
			WithHint("arrow keys do not move here; type the answer again")
	}
	return s, nil
}
