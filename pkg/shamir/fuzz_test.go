package shamir

import (
	"bytes"
	"crypto/rand"
	"errors"
	"slices"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
)

// FuzzFrame reads frames whose checksum was made to hold: whatever they say,
// they are refused, or written again exactly as they were.
func FuzzFrame(f *testing.F) {
	for _, g := range goldens(f) {
		for _, text := range []string{g.Sheets[0].Text, g.Sheets[0].Protected} {
			var word []byte
			for _, c := range []byte(text[min(len(text), len(Prefix)):]) {
				word = append(word, byte(indexOf(c)))
			}
			f.Add(word)
		}
	}
	f.Fuzz(func(t *testing.T, word []byte) {
		word = slices.Clone(word)
		for i := range word {
			word[i] &= 31
		}
		if !slices.Contains(lengths(), len(word)) {
			return
		}
		ek1.seal(word)
		s, err := sheetOf(word)
		if err != nil {
			if fault.KindOf(err) != fault.Refused {
				t.Errorf("%v", err)
			}
			return
		}
		defer s.Close()
		again := make([]byte, len(word))
		if s.word(again); !bytes.Equal(word, again) {
			t.Errorf("%v is written otherwise than it was read", s)
		}
		if s.X() == 0 && !s.Protected() {
			t.Errorf("%v lies at x = 0", s)
		}
		p := new(Pile)
		defer p.Close()
		if s.Protected() {
			return
		}
		if _, err := p.Add(forge(t, s, func(*header, []byte) {})); err != nil {
			t.Errorf("%v", err)
		}
		if found, err := p.Combine(s.ID()); err == nil {
			found.Close()
			t.Errorf("%v alone is a secret", s)
		}
	})
}

// FuzzText reads any text: a sheet that comes out is the one that stands there,
// a proposal is a whole sheet, and no error repeats much of what was read.
func FuzzText(f *testing.F) {
	for _, g := range goldens(f) {
		f.Add([]byte(g.Sheets[0].Text))
		f.Add([]byte(inLines(g.Sheets[0].Text)))
	}
	for _, text := range []string{"EK1", "EK1 ????", "1: EK1 P\n2) Q", "0x00", "UR:X", "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong", "EK2PQ", "\xff\xfe", "٣ 1"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Parse(text)
		if err == nil {
			defer s.Close()
			written := []byte(textOf(t, s))
			for _, c := range bytes.ToUpper(text) {
				if len(written) > 0 && c == written[0] {
					written = written[1:]
				}
			}
			if len(written) > len(Prefix) && bytes.Contains(bytes.ToUpper(text), []byte(Prefix)) {
				t.Errorf("%v was read, and does not stand there", s)
			}
			return
		}
		if fault.KindOf(err) != fault.Refused {
			t.Errorf("%v", err)
		}
		if d := damage(err); d != nil && d.Proposal != nil {
			parse(t, string(d.Proposal.Text.Bytes()))
			if len(d.Proposal.Places) == 0 {
				t.Error("a proposal that changes nothing")
			}
			d.Close()
		}
		for i := 0; i+10 <= len(text); i++ {
			if part := text[i : i+10]; bytes.Contains([]byte(err.Error()+fault.HintOf(err)), part) && !bytes.ContainsAny(part, " ,") {
				t.Errorf("%v repeats what was read", err)
			}
		}
	})
}

// A proposal, put in the place of what was typed, is a sheet; the other way is
// not open.
func TestAProposalIsASheetOnceConfirmed(t *testing.T) {
	typed := []byte(frozen(t))
	typed[50] = '?'
	_, err := Parse(typed)
	var d *DamageError
	if !errors.As(err, &d) || d.Proposal == nil {
		t.Fatal(err)
	}
	defer d.Close()
	s, err := Parse(d.Proposal.Text.Bytes())
	if err != nil || textOf(t, s) != frozen(t) {
		t.Error(err)
	}
	s.Close()
}

func BenchmarkSplit3of5(b *testing.B) {
	s := entropy(b)
	for b.Loop() {
		sheets, err := Split(rand.Reader, s, Single(3, 5), 0)
		if err != nil {
			b.Fatal(err)
		}
		closeSheets(sheets)
	}
}

func BenchmarkParse(b *testing.B) {
	text := []byte(frozen(b))
	for b.Loop() {
		s, err := Parse(text)
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}

func BenchmarkPropose(b *testing.B) {
	text := []byte(frozen(b))
	text[10], text[30], text[50], text[70] = 'Q', 'Q', 'Q', 'Q'
	for b.Loop() {
		_, err := Parse(text)
		d := damage(err)
		if d == nil || d.Proposal == nil {
			b.Fatal(err)
		}
		d.Close()
	}
}

func BenchmarkCombine3of5(b *testing.B) {
	sheets := split(b, entropy(b), Single(3, 5), 0)
	p := pileOf(b, sheets...)
	for b.Loop() {
		s, err := p.Combine(sheets[0].ID())
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}
