package term_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
)

func TestLineAsksAgainUntilTheAnswerIsTaken(t *testing.T) {
	p := start(t, "line")
	for _, wrong := range []struct{ typed, says string }{
		{"33", `error: "33" is not 32 or 64`},
		{"\x1b[A", "error: the answer contains control characters"},
		{"\xff\xfe", "error: the answer is not UTF-8 text"},
	} {
		p.Expect("amount [32]: ")
		p.SendLine(wrong.typed)
		p.Expect(wrong.says + "\r\nhint: ")
	}
	p.Expect("amount [32]: ")
	p.SendLine("  64 ")
	if r := p.end(0); r.Answer != "64" {
		t.Errorf("answer %q, want 64", r.Answer)
	}
}

func TestLineTakesTheDefault(t *testing.T) {
	p := start(t, "line")
	p.Expect("amount [32]: ")
	p.SendLine("")
	if r := p.end(0); r.Answer != "32" {
		t.Errorf("answer %q, want the default 32", r.Answer)
	}
}

func TestLineInAPipe(t *testing.T) {
	long := strings.Repeat("9", 5000)
	for _, c := range []struct {
		name, program, input string
		code                 int
		answer, rest, says   string
	}{
		{"an answer", "line", "64\n", 0, "64", "", "amount [32]: \n"},
		{"an answer without end of line", "line", "64", 0, "64", "", ""},
		{"windows line", "line", "64\r\nnext\r\n", 0, "64", "next\r\n", ""},
		{"the default", "line", "\nnext\n", 0, "32", "next\n", ""},
		{"a wrong one first", "line", "1\n64\nnext\n", 0, "64", "next\n", "error: \"1\" is not 32 or 64\nhint: type 32 or 64\n"},
		{"too long", "line", long + "\n64\n", 0, "64", "", "error: the line is longer than 4096 bytes\n"},
		{"an empty answer", "free", "\n", 0, "", "", "folder: \n"},
		{"inner space stays", "free", " a  b \n", 0, "a  b", "", ""},
		{"the end", "line", "", 1, "", "", ""},
		{"only wrong ones", "line", "1\n2\n", 1, "", "", ""},
	} {
		code, r, said := piped(t, c.program, c.input)
		if code != c.code || r.Answer != c.answer || r.Rest != c.rest || !strings.Contains(said, c.says) {
			t.Errorf("%s: code %d, result %+v, said %q", c.name, code, r, said)
		}
		if c.code == 1 && (r.What != `the input ended before "amount" was answered` || r.Hint != "give --amount, or answer on a terminal") {
			t.Errorf("%s: %q, %q", c.name, r.What, r.Hint)
		}
	}
}

func TestAWrongAnswerReachesTheTerminalEscaped(t *testing.T) {
	_, _, said := piped(t, "choose", "a\u202eb\n2\n")
	if !strings.Contains(said, `error: "a\u202eb" is not one of them`) {
		t.Errorf("said %q", said)
	}
}

func TestConfirmTakesTheWordsOfTheAnchor(t *testing.T) {
	for words, want := range map[string]string{
		"1 true t yes y on TRUE Yes Y oN":    "true",
		"0 false f no n off FALSE No N oFF ": "false",
	} {
		for _, w := range strings.Fields(words) {
			if code, r, _ := piped(t, "confirm", w+"\n"); code != 0 || r.Answer != want {
				t.Errorf("%q means %q (exit code %d), want %s", w, r.Answer, code, want)
			}
		}
	}
}

func TestConfirmShowsAndTakesItsDefault(t *testing.T) {
	for _, c := range []struct{ preset, label, answer string }{
		{"n", "go on [y/N]: ", "false"},
		{"no", "go on [y/N]: ", "false"},
		{"y", "go on [Y/n]: ", "true"},
	} {
		code, r, said := piped(t, "confirm", "\n", "TERM_TEST_DEFAULT="+c.preset)
		if code != 0 || r.Answer != c.answer || !strings.HasPrefix(said, c.label) {
			t.Errorf("default %q: %q, said %q", c.preset, r.Answer, said)
		}
	}
}

func TestConfirmWithoutDefaultInsists(t *testing.T) {
	p := start(t, "confirm")
	for _, wrong := range []string{"", "maybe", "yess"} {
		p.Expect("go on [y/n]: ")
		p.SendLine(wrong)
		p.Expect("error: expected yes or no\r\nhint: type y or n")
	}
	p.Expect("go on [y/n]: ")
	p.SendLine("y")
	if r := p.end(0); r.Answer != "true" {
		t.Errorf("answer %q", r.Answer)
	}
}

func TestChoose(t *testing.T) {
	p := start(t, "choose")
	p.Expect("1. mainnet\r\n2. hoodi\r\n3. 1\r\nnetwork [mainnet]: ")
	p.SendLine("hodi")
	p.Expect("error: no network \"hodi\"\r\nhint: did you mean hoodi?")
	for _, wrong := range []string{"0", "4", "Hoodi", "2.0"} {
		p.Expect("network [mainnet]: ")
		p.SendLine(wrong)
		p.Expect("is not one of them\r\nhint: type a name in full, or its number from 1 to 3")
	}
	p.Expect("network [mainnet]: ")
	p.SendLine("hoodi")
	if r := p.end(0); r.Answer != "1" {
		t.Errorf("index %q, want 1", r.Answer)
	}
}

func TestChooseByNumberOrDefault(t *testing.T) {
	for input, want := range map[string]string{"\n": "0", "2\n": "1", "3\n": "2", "1\n": "2", "mainnet\n": "0"} {
		if code, r, _ := piped(t, "choose", input); code != 0 || r.Answer != want {
			t.Errorf("%q chooses %q (exit code %d), want %s", input, r.Answer, code, want)
		}
	}
}

// asking says for each program what it shows when it waits, and a beginning of
// an answer that must not be left behind.
var asking = []struct {
	program, shows, typed string
	hidden                bool
}{
	{"line", "amount [32]: ", "3", false},
	{"confirm", "go on [y/n]: ", "y", false},
	{"choose", "network [mainnet]: ", "h", false},
	{"hidden", "password: ", "hunter2", true},
	{"twice", "password: ", "hunter2\rhunter", true},
	{"words", "word 1 of 12", "abandon abil", true},
	{"page", "write it down", "", true},
	{"pause", "press any key", "", true},
}

func TestCtrlCAnywhereRestoresTheTerminal(t *testing.T) {
	interruptions := map[string]func(*player){
		"ctrl-c":  func(p *player) { p.Interrupt() },
		"SIGINT":  func(p *player) { p.Signal(syscall.SIGINT) },
		"SIGTERM": func(p *player) { p.Signal(syscall.SIGTERM) },
		"SIGHUP":  func(p *player) { p.Signal(syscall.SIGHUP) },
	}
	for name, interrupt := range interruptions {
		for _, a := range asking {
			t.Run(name+"/"+a.program, func(t *testing.T) {
				p := start(t, a.program)
				if a.hidden {
					p.ExpectHidden(a.shows)
				} else {
					p.Expect(a.shows)
				}
				p.Send(a.typed)
				interrupt(p)
				if r := p.end(int(fault.Interrupted)); r.What != "interrupted" {
					t.Errorf("fault %q", r.What)
				}
				p.clean("hunter", "abandon", "abil", "secretword")
			})
		}
	}
}

func TestCtrlDEndsAPrompt(t *testing.T) {
	flags := map[string]string{"line": "--amount", "confirm": "--yes", "choose": "--chain", "hidden": "--keystore_password", "twice": "--keystore_password", "words": "--mnemonic"}
	for _, a := range asking {
		if flags[a.program] == "" {
			continue
		}
		t.Run(a.program, func(t *testing.T) {
			p := start(t, a.program)
			p.Expect(a.shows)
			p.EOF()
			r := p.end(int(fault.Refused))
			if !strings.HasPrefix(r.What, "the input ended before ") || r.Hint != "give "+flags[a.program]+", or answer on a terminal" {
				t.Errorf("%q, %q", r.What, r.Hint)
			}
		})
	}
}

func TestQuestionsGoToTheTerminalWhenStderrIsAFile(t *testing.T) {
	for _, a := range asking {
		t.Run(a.program, func(t *testing.T) {
			log, err := os.Create(filepath.Join(t.TempDir(), "log"))
			if err != nil {
				t.Fatal(err)
			}
			defer log.Close()
			p := start(t, a.program, func(c *exec.Cmd) { c.Stderr = log })
			p.Expect(a.shows)
			p.Interrupt()
			p.end(int(fault.Interrupted))
			if logged, err := os.ReadFile(log.Name()); err != nil || len(logged) > 0 {
				t.Errorf("the file got %q (%v)", logged, err)
			}
		})
	}
}

func TestAContextThatEndsEndsAPromptInAPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	said, err := os.Create(filepath.Join(t.TempDir(), "said"))
	if err != nil {
		t.Fatal(err)
	}
	defer said.Close()
	tm := term.Open(r, said, nil)
	defer tm.Close()
	ctx, cancel := context.WithCancel(context.Background())
	asked := make(chan error, 1)
	go func() {
		_, err := tm.Line(ctx, term.Prompt{Text: "amount"})
		asked <- err
	}()
	cancel()
	if err := <-asked; fault.KindOf(err) != fault.Interrupted {
		t.Errorf("fault %v", err)
	}
}

func TestAClosedInputIsItsEnd(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	r.Close()
	said, err := os.Create(filepath.Join(t.TempDir(), "said"))
	if err != nil {
		t.Fatal(err)
	}
	defer said.Close()
	tm := term.Open(r, said, nil)
	defer tm.Close()
	_, err = tm.Line(context.Background(), term.Prompt{Text: "amount", Flag: "--amount"})
	if fault.KindOf(err) != fault.Refused || fault.HintOf(err) != "give --amount, or answer on a terminal" {
		t.Errorf("fault %v", err)
	}
}

func TestLongTextBreaksAtSpacesOnATerminal(t *testing.T) {
	p := start(t, "long")
	p.Expect("question : ")
	p.SendLine("no")
	p.Expect("refused")
	p.SendLine("yes")
	p.end(0)
	for _, line := range strings.Split(p.Screen().Main(), "\n") {
		for _, word := range strings.Fields(line) {
			if !strings.Contains("ethkey: eleven char question : no yes error: refused", word) {
				t.Errorf("%q is broken within a word", line)
			}
		}
	}
	_, _, said := piped(t, "long", "yes\n")
	if strings.Count(said, "\n") != 2 {
		t.Errorf("a pipe got %q", said)
	}
}

func TestAQuestionIsPutAnewAfterAStop(t *testing.T) {
	p := start(t, "line")
	p.Expect("amount [32]: ")
	p.Signal(syscall.SIGCONT)
	p.Expect("amount [32]: ")
	p.SendLine("64")
	if r := p.end(0); r.Answer != "64" {
		t.Errorf("answer %q", r.Answer)
	}
}
