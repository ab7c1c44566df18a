package term_test

import (
	"context"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/secret"
)

// rightBlock is what the check of copied takes.
const rightBlock = "EK1ACDEFGHJ23456789"

// copied asks for two lines of eight characters. An answer that differs in one
// character gets a proposal.
func copied(plain bool, before ...string) program {
	return func(ctx context.Context, t *term.Terminal) (string, error) {
		t.Plain = plain
		q := term.Block{
			Prompt: term.Prompt{Text: "the characters of the sheet", Flag: "--sheet"}, Prefix: "EK1",
			Alphabet: "023456789ACDEFGHJKL?", Alike: map[byte]string{'O': "0"}, Group: 4, Line: 8, Most: 30,
			Before: before,
		}
		return reveal(t.Block(ctx, q, func(text *secret.Buffer) error {
			wrong := fault.New(fault.Refused, "the checksum does not hold")
			got := string(text.Bytes())
			switch {
			case got == rightBlock:
				return nil
			case len(got) < len(rightBlock):
				return &term.More{Err: fault.New(fault.Refused, "too few"), Want: len(rightBlock) - len(q.Prefix)}
			case len(got) != len(rightBlock) || differences(got) != 1:
				return wrong
			}
			proposal, err := secret.From([]byte(rightBlock))
			if err != nil {
				return err
			}
			return &term.Mend{Err: wrong, Text: proposal}
		}))
	}
}

func differences(got string) (n int) {
	for i := range got {
		if got[i] != rightBlock[i] {
			n++
		}
	}
	return n
}

func TestBlockIsCopiedLineByLine(t *testing.T) {
	p := start(t, "block")
	p.shows("the characters of the sheet", "0 characters")
	p.Send("\r") // nothing yet
	p.Send("ek1acdeo")
	p.shows("ACDE", `has no "O" in its groups; look again: is it 0?`)
	p.Send("\x7ffgh-2345 6789\r") // J was left out: the lines are of a length of their own
	p.shows("1  ACDE FGH2", "2  3456 789   7 of 8")
	p.Send("\t\t\x1b[C\x1b[C\x1b[C\x1b[C\x1b[C\x1b[C\x1b[C") // to the 2 of line 1
	p.Send("j")
	p.shows("1  ACDE FGHJ")
	p.Send("2\x7f") // into line 2 and back
	p.shows("2  3456 789   7 of 8")
	p.Send("2")
	p.shows("2  2345 6789")
	p.Send("\r")
	if r := p.end(0); r.Answer != rightBlock {
		t.Errorf("answer %q", r.Answer)
	}
	p.clean("ACDE", "FGHJ", "2345", "6789")
}

// What was said before the question is on the page that hides it.
func TestBlockShowsWhatWasSaid(t *testing.T) {
	p := start(t, "block-after")
	p.shows("warning: that sheet was read already", "the characters of the sheet", "0 characters")
	p.Resize(40, 9) // there is no room for it, and the line that is typed comes first
	p.Send("acde")
	p.ExpectScreen("the question first", func(s *testkit.Screen) bool {
		return strings.HasPrefix(strings.TrimSpace(s.Alt()), "the characters of the sheet") && strings.Contains(s.Alt(), "1  ACDE")
	})
	p.Interrupt()
	p.end(int(fault.Interrupted))
}

func TestShortLineIsNamed(t *testing.T) {
	p := start(t, "block")
	p.shows("0 characters")
	p.Send("acdefghj23456789\t\t\x1b[C\x1b[3~\r")
	p.shows("1  ADEF GHJ   7 of 8", "error: line 1 has 7 of 8 characters", "2  2345 6789")
	p.Send("\x7fAC") // takes J back, wrongly
	p.Send("\x15acdefghj")
	p.shows("1  ACDE FGHJ")
	p.Send("\r")
	if r := p.end(0); r.Answer != rightBlock {
		t.Errorf("answer %q", r.Answer)
	}
}

// TestEnterGoesOn: whoever presses Enter or Tab after each line as it stands on
// the paper gets to the next, and a line that is short is named at once.
func TestEnterGoesOn(t *testing.T) {
	p := start(t, "block")
	p.shows("0 characters")
	p.Send("acdefgh\t") // J was left out
	p.shows("1  ACDE FGH   7 of 8", "  2")
	p.Send("2345\r")
	p.shows("error: line 1 has 7 of 8 characters", "2  2345   4 of 8")
	p.Send("j\r")
	p.shows("error: line 2 has 4 of 8 characters: compare it, and those above")
	p.Send("\x15\r")
	p.shows("8 characters. enter")
	p.Send("2345678\r")
	p.shows("error: line 2 has 7 of 8 characters")
	p.Send("9\r")
	if r := p.end(0); r.Answer != rightBlock {
		t.Errorf("answer %q", r.Answer)
	}
	p.clean("2345", "6789", "ACDE")
}

// TestALineThatWasSkipped: who has typed every line but one is told at the end.
func TestALineThatWasSkipped(t *testing.T) {
	p := start(t, "block")
	p.shows("0 characters")
	p.Send("acdefghj\r")
	p.shows("1  ACDE FGHJ", "  2")
	p.Send("\r")
	p.shows("error: ", "8 characters")
	p.Send("23456789\r")
	if r := p.end(0); r.Answer != rightBlock {
		t.Errorf("answer %q", r.Answer)
	}
}

// TestMisreadLetterKeepsItsPlace: who types without looking up shortens no line
// by a letter that no sheet has, and is asked about it at the end.
func TestMisreadLetterKeepsItsPlace(t *testing.T) {
	p := start(t, "block")
	p.shows("0 characters")
	p.Send("acde fghj 2o45")
	p.shows("1  ACDE FGHJ", "2  2O45   4 of 8")
	p.Send("6789\r")
	p.shows("2  2O45 6789", "->  2345 6789", "press y")
	p.Send("y")
	if r := p.end(0); r.Answer != rightBlock {
		t.Errorf("answer %q", r.Answer)
	}
	p.clean("2345", "6789", "ACDE")
}

func TestProposalIsTakenOnlyWhenAgreed(t *testing.T) {
	p := start(t, "block")
	p.shows("0 characters")
	p.Send("acdefghj23456780\r")
	p.shows("error: the checksum does not hold", "2  2345 6780", "->  2345 6789", "press y")
	p.Send("n")
	p.shows("error: nothing was changed", "2  2345 6780")
	p.Send("\x15\r") // a line less: no proposal
	p.shows("  2", "8 characters")
	p.Send("23456780\r")
	p.shows("->  2345 6789")
	p.Resize(60, 12)
	p.shows("->  2345 6789")
	p.Send("y")
	if r := p.end(0); r.Answer != rightBlock {
		t.Errorf("answer %q", r.Answer)
	}
	p.clean("2345", "6789", "ACDE")
}

func TestBlockPastedOnALowScreen(t *testing.T) {
	p := start(t, "block")
	p.shows("0 characters")
	p.Resize(40, 9)
	p.Send("\x1b[200~EK1 ACDE FGHJ\n2345 6789\nACDE\n\x1b[201~")
	p.shows("20 characters", "3  ACDE   4 of 8")
	p.Send("\r")
	p.shows("error: the checksum does not hold")
	p.Interrupt()
	p.end(int(fault.Interrupted))
	p.clean("ACDE", "2345")
}

func TestBlockCutShort(t *testing.T) {
	p := start(t, "block")
	p.shows("0 characters")
	p.Send("acd\x04\x15\x04")
	if r := p.end(int(fault.Refused)); !strings.Contains(r.Hint, "--sheet") {
		t.Errorf("%q, %q", r.What, r.Hint)
	}
}

// In a pipe, and on a terminal that cannot be wiped, it is one line; a proposal
// is never taken there.
func TestBlockInALine(t *testing.T) {
	code, r, said := piped(t, "block", rightBlock[:18]+"0\n"+rightBlock+"\nrest")
	if code != 0 || r.Answer != rightBlock || r.Rest != "rest" || strings.Contains(said, "ACDE") {
		t.Errorf("code %d, %+v, said %q", code, r, said)
	}
	p := start(t, "plain block")
	p.ExpectHidden("in one line that is not shown")
	p.SendLine(rightBlock)
	if r := p.end(0); r.Answer != rightBlock || strings.Contains(p.Transcript(), "ACDE") {
		t.Errorf("%+v, transcript %q", r, p.Transcript())
	}
}
