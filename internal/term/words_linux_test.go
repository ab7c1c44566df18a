package term_test

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
)

// eleven words, which one more makes a phrase.
var eleven = strings.Repeat("act ", 11)

// shows waits until the alternate screen shows every text.
func (p *player) shows(texts ...string) {
	p.t.Helper()
	p.ExpectScreen(strings.Join(texts, " and "), func(s *testkit.Screen) bool {
		for _, text := range texts {
			if !s.OnAlt() || !strings.Contains(s.Alt(), text) {
				return false
			}
		}
		return true
	})
}

// phrase ends the entry, checks what came of it, and that nothing is left.
func (p *player) phrase(want string) {
	p.t.Helper()
	if r := p.end(0); r.Answer != want {
		p.t.Errorf("phrase %q, want %q", r.Answer, want)
	}
	p.clean("act", "abandon", "ability", "about", "zoo")
}

func TestWordsAreNumberedAsTheyAreTyped(t *testing.T) {
	p := start(t, "words")
	p.ExpectHidden("mnemonic")
	p.shows("word 1 of 12, 15, 18, 21 or 24")
	p.Send("abandon ")
	p.shows(" 1. abandon", " 2.", "word 2 of 12, 15, 18, 21 or 24")
	p.SendLine("zoo")
	p.shows(" 2. zoo", "word 3 of")
	p.Send(strings.Repeat("act ", 10))
	p.shows("12. act", "12 words: press enter to finish or go on to 15, 18, 21 or 24")
	p.SendLine("")
	p.phrase("abandon zoo" + strings.Repeat(" act", 10))
}

func TestFourLettersAndTabComplete(t *testing.T) {
	p := start(t, "words")
	p.ExpectHidden("word 1")
	p.Send("aban")
	p.shows("space completes: abandon")
	p.Send(" ")
	p.shows("1. abandon", "word 2")
	p.Send("abs")
	p.shows("tab completes: absent, absorb")
	p.Send("\t")
	p.Expect("\a") // there are two
	p.Send("o\t")
	p.shows("2. absorb", "word 3")
	p.Send("abi ") // three letters decide nothing
	p.Expect("word 3 is not in the word list")
	p.Send("\x7f\x17act acti " + strings.Repeat("act ", 8))
	p.shows("4. action", "12 words")
	p.SendLine("")
	p.phrase("abandon absorb act action" + strings.Repeat(" act", 8))
}

func TestAnUnknownWordIsNamedAtOnceAndCanBeMended(t *testing.T) {
	p := start(t, "words")
	p.ExpectHidden("word 1")
	p.Send("act zonk ")
	p.Expect("\a")
	p.shows("2? zonk", "word 2 is not in the word list - nearest: zone, zoo", "word 3 of")
	p.Send("act " + strings.Repeat("act ", 9))
	p.shows("12. act", "2? zonk", "12 words: press enter to go to the unknown one")
	p.SendLine("") // leads to the unknown word instead of ending
	p.shows("word 2 of")
	p.Send("\x7f\x7fo ")
	p.shows("2. zoo", "12 words: press enter")
	p.SendLine("")
	p.phrase("act zoo" + strings.Repeat(" act", 10))
}

func TestBackspaceGoesBackToThePreviousWord(t *testing.T) {
	p := start(t, "words")
	p.ExpectHidden("word 1")
	p.Send("act about ")
	p.shows("word 3")
	p.Send("\x7f")
	p.shows("word 2 of", "2. about")
	p.Send("\x7f\x7f\x7f")
	p.shows("2. ab\n")
	p.Send("\x17\x7f\x17")
	p.shows("word 1 of")
	p.Send(eleven + "act ")
	p.shows("12 words")
	p.SendLine("")
	p.phrase(eleven + "act")
}

func TestArrowsAndInsertMendAPhrase(t *testing.T) {
	p := start(t, "words")
	p.ExpectHidden("word 1")
	p.Send("abandon about " + strings.Repeat("act ", 9))
	p.shows("word 12 of")
	p.Send(strings.Repeat("\x1b[D", 10)) // to the second word
	p.shows("word 2 of")
	p.Send("\x1b[2~ability ") // the word that was missed
	p.shows("1. abandon", "2. ability", "3. about", "12 words: press enter")
	p.SendLine("")
	p.phrase("abandon ability about" + strings.Repeat(" act", 9))
}

func TestAPastedPhraseWorks(t *testing.T) {
	numbered := "1. abandon, 2. ability\r\n3. zoo\t" + strings.Repeat("act  ", 9)
	for name, typed := range map[string]string{
		"bracketed":                 "\x1b[200~" + numbered + "\r\x1b[201~",
		"bracketed, no last space":  "\x1b[200~" + strings.TrimSpace(numbered) + "\x1b[201~ ",
		"as typed":                  strings.TrimSpace(numbered) + "\r",
		"other white space between": "abandon\u3000ability\u00a0zoo " + strings.Repeat("act ", 9),
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t, "words")
			p.ExpectHidden("word 1")
			p.Send(typed)
			p.shows("3. zoo", "12 words: press enter")
			p.SendLine("")
			p.phrase("abandon ability zoo" + strings.Repeat(" act", 9))
		})
	}
}

func TestOnlyTheCountsEnd(t *testing.T) {
	p := start(t, "words")
	p.ExpectHidden("word 1")
	p.SendLine("")
	p.Expect("0 words so far: expected 12, 15, 18, 21 or 24")
	p.Send(eleven)
	p.shows("word 12 of")
	p.SendLine("")
	p.shows("11 words so far: expected 12, 15, 18, 21 or 24")
	p.Send(eleven + "act act zoo ")
	p.shows("24. act", "25. zoo", "25 words are too many: expected 12, 15, 18, 21 or 24")
	p.Send("\x17")
	p.shows("24 words: press enter to finish\n")
	p.SendLine("")
	p.phrase(strings.TrimSpace(eleven + eleven + "act act"))
}

func TestARefusedPhraseStaysToBeMended(t *testing.T) {
	p := start(t, "words")
	p.ExpectHidden("word 1")
	p.Send(strings.Repeat("zoo ", 12))
	p.shows("12 words")
	p.SendLine("")
	p.shows("12. zoo", "error: that one is refused", "hint: choose another")
	p.Send("\x7f\x17act ")
	p.shows("12. act", "12 words")
	p.SendLine("")
	p.phrase(strings.Repeat("zoo ", 11) + "act")
}

func TestWordsInANarrowWindow(t *testing.T) {
	p := start(t, "words")
	p.ExpectHidden("word 1")
	p.Resize(20, 12)
	p.Send("\x0c") // any key draws anew
	p.shows("mnemonic", "word 1 of 12, 15,\n18, 21 or 24")
	p.Send(eleven)
	p.ExpectScreen("the word under way", func(s *testkit.Screen) bool {
		row, _ := s.Cursor()
		lines := strings.Split(s.Alt(), "\n")
		return row < len(lines) && lines[row] == "12."
	})
	p.Send("act ")
	p.Expect("press")
	p.SendLine("")
	p.phrase(eleven + "act")
}

func TestTheCursorFollowsWideLetters(t *testing.T) {
	p := start(t, "words")
	p.ExpectHidden("word 1")
	p.Send("act 的字e\u0301")
	p.ExpectScreen("the cursor behind the letters", func(s *testkit.Screen) bool {
		row, col := s.Cursor()
		lines := strings.Split(s.Alt(), "\n")
		return row < len(lines) && strings.HasSuffix(lines[row], "的字e\u0301") && col == 14+len(" 2. ")+2+2+1
	})
	p.Interrupt()
	p.end(int(fault.Interrupted))
	p.clean("的")
}

func TestRestoreFromElsewhereEndsTheEntry(t *testing.T) {
	p := start(t, "restore")
	p.ExpectHidden("word 1")
	p.Send("abandon ")
	p.shows("1. abandon")
	p.Signal(syscall.SIGUSR1)
	if r := p.end(int(fault.Interrupted)); r.What != "interrupted" {
		t.Errorf("fault %q", r.What)
	}
	p.clean("abandon")
}

func TestAPanicLeavesNothing(t *testing.T) {
	p := start(t, "panic")
	p.ExpectHidden("word 1")
	p.Send(strings.Repeat("abandon ", 12))
	p.shows("12 words")
	p.SendLine("")
	p.ExpectExit(2)
	p.restored()
	p.clean("abandon")
	if !strings.Contains(p.Screen().Main(), "a fault of the program") {
		t.Error("the panic itself cannot be read")
	}
}

func TestPageShowsWipesAndLeaves(t *testing.T) {
	p := start(t, "page")
	p.ExpectHidden("write it down")
	p.shows(" 1. secretword1\n", "24. secretword24", "write it down, then press any key")
	p.Send("x")
	p.end(0)
	p.clean("secretword")
}

func TestALongPageComesInParts(t *testing.T) {
	p := start(t, "page")
	p.ExpectHidden("write it down")
	p.Resize(20, 13)
	p.Send("\x1b[D") // any way to draw anew
	p.shows("secretword1\n", "any key for more")
	p.Send(" ")
	p.shows("secretword12", "any key for more")
	p.Send("\x7f")
	p.shows("secretword1\n")
	p.Send("  ")
	p.shows("secretword24", "write it down")
	p.Send(" ")
	p.end(0)
	p.clean("secretword")
}

func TestAKeyPressedDuringTheWorkDoesNotEndThePage(t *testing.T) {
	p := start(t, "work, then page")
	p.Expect("working")
	p.Send("xyz")
	p.Expect("xyz") // has arrived
	p.Signal(syscall.SIGUSR1)
	p.shows("write it down")
	p.Interrupt()
	p.end(int(fault.Interrupted)) // the page was still there
}

func TestPageNeedsATerminal(t *testing.T) {
	code, r, said := piped(t, "page", "\n")
	if code != int(fault.Environment) || r.What != "no terminal to show a secret on" || r.Hint == "" || strings.Contains(said, "secretword") {
		t.Errorf("code %d, %+v, said %q", code, r, said)
	}
}

func TestPageFindsTheTerminalThoughStdinIsAPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	w.Close()
	p := start(t, "page", func(c *exec.Cmd) { c.Stdin = r })
	p.shows("secretword24")
	p.Send(" ")
	p.end(0)
	p.clean("secretword")
}

func TestPause(t *testing.T) {
	p := start(t, "pause")
	p.ExpectHidden("press any key")
	p.Send("x")
	p.end(0)
	if p.Transcript() != "press any key\r\n" {
		t.Errorf("the terminal showed %q", p.Transcript())
	}
	if code, r, said := piped(t, "pause", "kept"); code != 0 || r.Rest != "kept" || said != "" {
		t.Errorf("in a pipe: code %d, %+v, said %q", code, r, said)
	}
}

func TestProgressOnATerminalIsOneLine(t *testing.T) {
	p := start(t, "progress")
	p.end(0)
	want := "keys: 1000 of 1000 (100%)\nchecks: 1 of 2 (50%)\nethkey: warning: a \\x1b[31mwarning\nethkey: a note\none\ntwo \\x1b]0;x\\x07"
	if got := p.Screen().Main(); got != want {
		t.Errorf("the screen shows\n%s\nwant\n%s", got, want)
	}
	if n := strings.Count(p.Transcript(), "keys:"); n != 101 {
		t.Errorf("the line was written %d times, want once a percent", n)
	}
}

func TestProgressInAPipeIsSilent(t *testing.T) {
	_, _, said := piped(t, "progress", "")
	if want := "ethkey: warning: a \\x1b[31mwarning\nethkey: a note\none\ntwo \\x1b]0;x\\x07\n"; said != want {
		t.Errorf("said %q, want %q", said, want)
	}
}

func TestTheLastPossibleWordsEnterEnds(t *testing.T) {
	p := start(t, "words of 12")
	p.ExpectHidden("word 1 of 12")
	p.Send(eleven)
	p.shows("word 12 of 12")
	p.SendLine("zoo")
	p.phrase(eleven + "zoo")
}

func TestAWrongLastWordDoesNotEnd(t *testing.T) {
	p := start(t, "words of 12")
	p.ExpectHidden("word 1 of 12")
	p.Send(eleven)
	p.SendLine("zonk")
	p.shows("12? zonk", "word 12 is not in the word list")
	p.Send("\x7f\x17")
	p.SendLine("zoo")
	p.phrase(eleven + "zoo")
}

func TestCtrlDShowsAsideAndTheWordsStay(t *testing.T) {
	p := start(t, "words of 12")
	p.ExpectHidden("ctrl-d: look again")
	p.Send(eleven)
	p.shows("11. act")
	p.Send("\x04")
	p.shows("secretword24", "press any key to go on")
	p.Send("x")
	p.shows("11. act", "word 12 of 12")
	p.SendLine("zoo")
	p.phrase(eleven + "zoo")
}

func TestANewSizeIsDrawnWithoutAKey(t *testing.T) {
	p := start(t, "words")
	p.ExpectHidden("word 1")
	p.Send(eleven)
	p.shows("11. act")
	p.Resize(24, 30)
	p.shows(" 1. act\n", "11. act\n")
	p.Interrupt()
	p.end(int(fault.Interrupted))
	p.clean("act")
	p = start(t, "page")
	p.shows("secretword24")
	p.Resize(20, 13)
	p.shows("any key for more")
	p.Interrupt()
	p.end(int(fault.Interrupted))
}

func TestADumbTerminalGetsNoControlSequences(t *testing.T) {
	p := start(t, "plain words")
	p.ExpectHidden("mnemonic, in one line that is not shown: ")
	p.SendLine("zoo")
	p.Expect("error: that one is refused")
	p.SendLine("act zoo")
	if r := p.end(0); r.Answer != "act zoo" {
		t.Errorf("answer %q", r.Answer)
	}
	if strings.Contains(p.Transcript(), "\x1b") {
		t.Errorf("the terminal got %q", p.Transcript())
	}
	p.clean("act")
	p = start(t, "plain page")
	if r := p.end(int(fault.Environment)); !strings.Contains(r.What, "TERM=dumb") || r.Hint == "" {
		t.Errorf("%+v", r)
	}
	if p.Transcript() != "" {
		t.Errorf("the terminal got %q", p.Transcript())
	}
}

func TestPausePassesOverArrowsAndStopsAtQ(t *testing.T) {
	p := start(t, "pause")
	p.ExpectHidden("press any key")
	p.Send("\x1b[A")
	p.Expect("\a")
	p.Send("\x1b")
	p.Expect("\a")
	p.Send("q")
	if r := p.end(int(fault.Interrupted)); r.What != "stopped; nothing was written" {
		t.Errorf("fault %q", r.What)
	}
	for _, no := range []string{"Q", "n", "N", "\x04", "\x03"} {
		p := start(t, "pause")
		p.ExpectHidden("press any key")
		p.Send(no)
		p.end(int(fault.Interrupted))
	}
}
