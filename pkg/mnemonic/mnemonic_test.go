package mnemonic

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/ethkey/ethkey/internal/fault"
)

func TestNewDrawsEntropyOfTheRightLength(t *testing.T) {
	for _, language := range Languages() {
		for _, words := range counts {
			source := bytes.NewReader(bytes.Repeat([]byte{0xa5, 0x17, 0x42}, 20))
			m, err := New(iotest.OneByteReader(source), words, language)
			if err != nil {
				t.Fatal(err)
			}
			used := 60 - source.Len()
			if m.Words() != words || m.Language() != language || used != words/3*4 {
				t.Errorf("%s: %d words from %d bytes; expected %d from %d", m.Language(), m.Words(), used, words, words/3*4)
			}
			want := bytes.Repeat([]byte{0xa5, 0x17, 0x42}, 20)[:used]
			if got := entropy(t, m); got != string(want) {
				t.Errorf("entropy %x; drawn %x", got, want)
			}
			m.Close()
		}
	}
}

func TestNewRefuses(t *testing.T) {
	endless := bytes.NewReader(make([]byte, 1000))
	for _, words := range []int{-12, 0, 3, 9, 11, 13, 14, 23, 25, 27} {
		_, err := New(endless, words, English)
		var count *CountError
		if !errors.As(err, &count) || count.Words != words {
			t.Errorf("%d words: %v", words, err)
		}
	}
	if _, err := New(endless, 24, "klingon"); fault.KindOf(err) != fault.Refused || err == nil {
		t.Errorf("klingon: %v", err)
	}
	if _, err := New(bytes.NewReader(make([]byte, 31)), 24, English); fault.KindOf(err) != fault.Environment {
		t.Errorf("source that runs dry: %v", err)
	}
	for _, n := range []int{0, 1, 12, 15, 17, 18, 33, 36, 64} {
		if _, err := FromEntropy(buffer(t, make([]byte, n)), English); fault.KindOf(err) != fault.Refused || err == nil {
			t.Errorf("%d bytes of entropy: %v", n, err)
		}
	}
}

func TestEqualFindsTheFirstDifference(t *testing.T) {
	a := draw(t, 1, 12, English)
	words := displayed(a)
	if at, same := a.Equal(parse(t, strings.Join(words, " "), English)); at != 0 || !same {
		t.Errorf("the same phrase differs at %d", at)
	}
	long := draw(t, 2, 24, English)
	prefix := &Mnemonic{English, English.list(), buffer(t, slices.Clone(long.indices.Bytes()[:24]))}
	if at, same := prefix.Equal(long); at != 13 || same {
		t.Errorf("a phrase and its first half: %d %v; expected 13", at, same)
	}
	for i := range 12 {
		b := &Mnemonic{English, English.list(), buffer(t, slices.Clone(a.indices.Bytes()))}
		b.setIndex(i, (b.index(i)+1)%wordCount)
		if at, same := a.Equal(b); at != i+1 || same {
			t.Errorf("word %d changed: %d %v", i+1, at, same)
		}
	}
}

func TestClosedPhraseIsEmpty(t *testing.T) {
	m := draw(t, 3, 12, English)
	m.Close()
	m.Close()
	if m.Words() != 0 || m.Word(0) != "" || sentence(t, m) != "" {
		t.Error("a closed phrase has words")
	}
	var none *Mnemonic
	none.Close()
}

func TestPhraseIsNotPrinted(t *testing.T) {
	m := draw(t, 4, 12, English)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		if out := fmt.Sprintf(verb, m); out != "[redacted]" {
			t.Errorf("%s prints %.80q", verb, out)
		}
		outer := fmt.Sprintf(verb, struct{ phrase *Mnemonic }{m})
		if strings.Contains(outer, strings.Join(displayed(m)[:2], " ")) || strings.Contains(outer, fmt.Sprint(m.indices.Bytes()[:4])) {
			t.Errorf("%s of a struct around it prints the phrase", verb)
		}
	}
}
