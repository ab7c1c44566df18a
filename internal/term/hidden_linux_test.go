package term_test

import (
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
)

func TestHiddenEntryShowsNothing(t *testing.T) {
	for _, c := range []struct{ name, typed, want string }{
		{"plain", "correct horse", "correct horse"},
		{"unicode", "pässwörd 𝔽 字", "pässwörd 𝔽 字"},
		{"backspace takes a whole character", "qé字\x7f\x7fw\x08x", "qx"},
		{"backspace at the start", "\x7f\x7fqx", "qx"},
		{"ctrl-u", "forgotten\x15qx", "qx"},
		{"ctrl-w", "quxx wrong  \x17quxx", "quxx quxx"},
		{"arrows and function keys", "q\x1b[A\x1b[D\x1bOP\x1b[15~x", "qx"},
		{"bracketed paste", "\x1b[200~quxx\x1b[201~", "quxx"},
		{"control bytes", "q\x00\x01\x1a\x1c\x11\x13\x7f\x7fqx", "qx"},
		{"ctrl-d in the middle", "q\x04x", "qx"},
		{"tab", "q\tx", "qx"},
		{"not UTF-8 stays for the check", "q\xe9x", "q\xe9x"},
		{"empty", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := start(t, "hidden")
			p.ExpectHidden("password: ")
			p.SendLine(c.typed)
			if r := p.end(0); r.Answer != c.want {
				t.Errorf("answer %q, want %q", r.Answer, c.want)
			}
			shown := strings.ReplaceAll(p.Transcript(), "\a", "")
			if shown != "password: \r\n" {
				t.Errorf("the terminal showed %q", shown)
			}
		})
	}
}

func TestALoneEscapeSwallowsNothing(t *testing.T) {
	p := start(t, "hidden")
	p.ExpectHidden("password: ")
	p.Send("\x1b")
	p.Expect("\a") // the key was taken for what it is
	p.SendLine("[Aqx")
	if r := p.end(0); r.Answer != "[Aqx" {
		t.Errorf("answer %q", r.Answer)
	}
}

func TestHiddenAsksAgain(t *testing.T) {
	p := start(t, "hidden")
	p.ExpectHidden("password: ")
	p.SendLine("short")
	p.Expect("error: that one is refused\r\nhint: choose another\r\n")
	p.ExpectHidden("password: ")
	p.SendLine(strings.Repeat("x", 2000))
	p.Expect("error: the answer is longer than 1024 bytes\r\n")
	p.ExpectHidden("password: ")
	p.SendLine(strings.Repeat("y", 1024))
	if r := p.end(0); r.Answer != strings.Repeat("y", 1024) {
		t.Errorf("answer of %d bytes", len(r.Answer))
	}
	if strings.Contains(p.Transcript(), "short") || strings.Contains(p.Transcript(), "xx") {
		t.Errorf("the terminal showed %q", p.Transcript())
	}
}

func TestHiddenTwice(t *testing.T) {
	p := start(t, "twice")
	p.ExpectHidden("password: ")
	p.SendLine("short")
	p.Expect("error: that one is refused")
	p.ExpectHidden("password: ")
	p.SendLine("long enough")
	p.ExpectHidden("repeat: ")
	p.SendLine("long enouhg")
	p.Expect("error: the two entries differ\r\nhint: type both again")
	p.ExpectHidden("password: ")
	p.SendLine("long enough")
	p.ExpectHidden("repeat: ")
	p.SendLine("long enough")
	if r := p.end(0); r.Answer != "long enough" {
		t.Errorf("answer %q", r.Answer)
	}
	if strings.Contains(p.Transcript(), "long") {
		t.Errorf("the terminal showed %q", p.Transcript())
	}
}

func TestAPasteOfBothEntriesWorks(t *testing.T) {
	p := start(t, "twice")
	p.ExpectHidden("password: ")
	p.Send("long enough\rlong enough\r")
	if r := p.end(0); r.Answer != "long enough" {
		t.Errorf("answer %q", r.Answer)
	}
}

func TestTheRestOfAPasteIsNotTheNextAnswer(t *testing.T) {
	p := start(t, "hidden, then line")
	p.ExpectHidden("password: ")
	p.Send("hunter2\rsecond secret line\r")
	p.Expect("folder: ")
	p.SendLine("here")
	if r := p.end(0); r.Answer != "hunter2|here" {
		t.Errorf("answer %q", r.Answer)
	}
	if strings.Contains(p.Transcript(), "second") {
		t.Errorf("the terminal showed %q", p.Transcript())
	}
}

func TestAFaultOfTheMachineIsNotAskedAway(t *testing.T) {
	p := start(t, "fatal check")
	p.ExpectHidden("password: ")
	p.SendLine("x")
	if r := p.end(int(fault.Environment)); r.What != "cannot lock memory" {
		t.Errorf("fault %q", r.What)
	}
}

func TestHiddenReadsTheTerminalThoughStdinIsAPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := io.WriteString(w, "folder from the pipe\nrest\n"); err != nil {
		t.Fatal(err)
	}
	w.Close()
	p := start(t, "hidden, then line", func(c *exec.Cmd) { c.Stdin = r })
	p.ExpectHidden("password: ")
	p.SendLine("hunter2")
	got := p.end(0)
	if got.Answer != "hunter2|folder from the pipe" || got.Rest != "rest\n" {
		t.Errorf("result %+v", got)
	}
	if strings.Contains(p.Transcript(), "hunter2") {
		t.Errorf("the terminal showed %q", p.Transcript())
	}
}

func TestHiddenInAPipe(t *testing.T) {
	long := strings.Repeat("x", 1025)
	for _, c := range []struct {
		name, program, input string
		code                 int
		answer, rest, says   string
	}{
		{"as it is", "hidden", " pä\x01ss \nrest\n", 0, " pä\x01ss ", "rest\n", ""},
		{"windows line", "hidden", "pass\r\nrest", 0, "pass", "rest", ""},
		{"without end of line", "hidden", "pass", 0, "pass", "", ""},
		{"empty line", "hidden", "\n", 0, "", "", ""},
		{"refused first", "hidden", "short\npass\n", 0, "pass", "", "error: that one is refused\nhint: choose another\n"},
		{"too long first", "hidden", long + "\npass\n", 0, "pass", "", "error: the answer is longer than 1024 bytes\n"},
		{"the end", "hidden", "", 1, "", "", ""},
		{"twice", "twice", "pass\npass\nrest", 0, "pass", "rest", ""},
		{"twice, different", "twice", "pass\nPass\npass\npass\n", 0, "pass", "", "error: the two entries differ"},
		{"twice, the end", "twice", "pass\n", 1, "", "", ""},
		{"words as they are", "words", "Abandon  abil\u3000zoo\nrest\n", 0, "Abandon  abil\u3000zoo", "rest\n", ""},
		{"words refused first", "words", "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo\nact\n", 0, "act", "", "error: that one is refused\n"},
	} {
		code, r, said := piped(t, c.program, c.input)
		if code != c.code || r.Answer != c.answer || r.Rest != c.rest || !strings.Contains(said, c.says) {
			t.Errorf("%s: code %d, result %+v, said %q", c.name, code, r, said)
		}
		if strings.Contains(said, "pass\n") || strings.Contains(said, "short") {
			t.Errorf("%s: said %q", c.name, said)
		}
	}
}
