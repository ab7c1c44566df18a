package term_test

import (
	"context"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
)

// rolls asks for a few rolls of a die and refuses six ones.
func rolls(plain bool) program {
	return func(ctx context.Context, t *term.Terminal) (string, error) {
		t.Plain = plain
		q := term.Tally{Prompt: term.Prompt{Text: "rolls", Flag: "--dice-file"}, Unit: "rolls", Alphabet: "123456", Least: 6, Most: 12}
		return reveal(t.Tally(ctx, q, refuse("111111")))
	}
}

// gaps asks for a phrase that may have damage.
func gaps(ctx context.Context, t *term.Terminal) (string, error) {
	return reveal(t.WordsWithGaps(ctx, term.Prompt{Text: "mnemonic"}, anyWord{english}, []int{2, 3, 4}, nil))
}

// anyWord is a Speller that lets every word pass.
type anyWord struct{ list }

func (anyWord) Known([]byte) bool { return true }

func TestRollsAreSeenAndCountedAndTakenBack(t *testing.T) {
	p := start(t, "rolls")
	p.ExpectHidden("rolls")
	p.shows("0 rolls; 6 to go")
	p.Send("12 3")
	p.shows("123", "3 rolls; 3 to go")
	p.Send("\r") // too early
	p.Send("7a\t\x17")
	p.Send("4\x7f456")
	p.shows("12345 6", "6 rolls: press enter, or go on")
	p.Send("\x15")
	p.shows("0 rolls; 6 to go")
	p.Send("1111112345661")
	p.shows("11111 12345 66", "12 rolls, and no more are taken")
	p.Send("\r")
	if r := p.end(0); r.Answer != "111111234566" {
		t.Errorf("answer %q", r.Answer)
	}
	p.clean("11111", "2345", "4566")
}

func TestRefusedRollsStayToBeMended(t *testing.T) {
	p := start(t, "rolls")
	p.shows("0 rolls")
	p.SendLine("111111")
	p.shows("11111 1", "error: that one is refused")
	p.Resize(40, 8)
	p.shows("11111 1", "error: that one is refused")
	p.Send("\x7f2")
	p.shows("11111 2", "6 rolls: press enter")
	p.Send("\r")
	if r := p.end(0); r.Answer != "111112" {
		t.Errorf("answer %q", r.Answer)
	}
}

// A narrow and low window shows the last lines.
func TestRollsInANarrowWindow(t *testing.T) {
	p := start(t, "rolls")
	p.shows("0 rolls")
	p.Resize(20, 7)
	p.Send("123456654321")
	p.shows("12345 66543 21", "12 rolls", "press enter")
	p.Interrupt()
	p.end(int(fault.Interrupted))
	p.clean("12345", "65432")
}

func TestRollsCutShort(t *testing.T) {
	p := start(t, "rolls")
	p.shows("0 rolls")
	p.Send("123")
	p.Send("\x04") // ends an empty answer only
	p.Send("\x15\x04")
	if r := p.end(int(fault.Refused)); !strings.Contains(r.What, "the input ended") || !strings.Contains(r.Hint, "--dice-file") {
		t.Errorf("%q, %q", r.What, r.Hint)
	}
	p.clean("123")
}

// In a pipe, and on a terminal that cannot be wiped, it is one line.
func TestRollsInALine(t *testing.T) {
	code, r, said := piped(t, "rolls", "111111\n12 34 56\nrest")
	if code != 0 || r.Answer != "12 34 56" || r.Rest != "rest" || strings.Contains(said, "34") {
		t.Errorf("code %d, %+v, said %q", code, r, said)
	}
	p := start(t, "plain rolls")
	p.ExpectHidden("rolls, in one line that is not shown")
	p.SendLine("123456")
	if r := p.end(0); r.Answer != "123456" || strings.Contains(p.Transcript(), "123") {
		t.Errorf("%+v, transcript %q", r, p.Transcript())
	}
}

func TestGapsInAPhrase(t *testing.T) {
	p := start(t, "gaps")
	p.shows("word 1 of 2, 3 or 4")
	p.Send("act ")
	p.shows("1. act", "word 2")
	p.Send("a?t, ? ")
	p.shows("2. a?t", "3. ?", "3 words: press enter to finish")
	p.Send("\r")
	if r := p.end(0); r.Answer != "act a?t ?" {
		t.Errorf("answer %q", r.Answer)
	}
	p.clean("a?t")
	if code, r, _ := piped(t, "gaps", "act ?\n"); code != 0 || r.Answer != "act ?" {
		t.Errorf("in a pipe: %d, %+v", code, r)
	}
	// Elsewhere a question mark is no letter.
	p = start(t, "words")
	p.shows("word 1")
	p.Send("a?ct ")
	p.shows("1. act", "word 2")
	p.Interrupt()
	p.end(int(fault.Interrupted))
}
