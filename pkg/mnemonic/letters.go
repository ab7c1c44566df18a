package mnemonic

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/ethkey/ethkey/pkg/secret"
)

// maxLetters is how much of a typed word is looked at: the longest word of
// the lists has nine letters.
const maxLetters = 24

// letters is a word as typed: composed (NFKC), in lower case, cut at
// maxLetters. It may be part of a secret: wipe it.
type letters struct {
	runes [maxLetters]rune
	n     int
}

// hold makes a word on a secret page or, where none is left, in ordinary memory:
// a word is looked up in any case. done wipes it.
func hold(fill func(*letters)) (l *letters, done func()) {
	l, page, err := onPage[letters]()
	if err != nil {
		l = new(letters)
	}
	fill(l)
	return l, func() {
		l.wipe()
		page.Close()
	}
}

func lettersOf(word []byte) (typed *letters, done func()) {
	return hold(func(l *letters) { l.read(word) })
}

// bare returns a copy without accents.
func (l *letters) bare() (bare *letters, done func()) {
	return hold(func(b *letters) {
		b.n = secret.Copy(b.runes[:], l.slice())
		b.strip()
	})
}

// read takes in word. The iterator holds a letter at a time and is cleared.
func (l *letters) read(word []byte) {
	it := new(norm.Iter)
	defer func() { *it = norm.Iter{} }()
	l.n = 0
	for it.Init(norm.NFKC, word); !it.Done(); {
		for segment := it.Next(); len(segment) > 0; {
			r, size := utf8.DecodeRune(segment)
			segment = segment[size:]
			if l.n == maxLetters {
				return
			}
			l.runes[l.n] = lower(r)
			l.n++
		}
	}
}

// readListed takes in a word of a list, which is composed already.
func (l *letters) readListed(word string) {
	l.n = 0
	for _, r := range word {
		l.runes[l.n] = r
		l.n++
	}
}

// strip takes the accents off.
func (l *letters) strip() {
	for i, r := range l.slice() {
		l.runes[i] = base(r)
	}
}

// lower folds case. NUL, which ends a short prefix, is no letter.
func lower(r rune) rune {
	if r == 0 {
		return utf8.RuneError
	}
	return unicode.ToLower(r)
}

func (l *letters) slice() []rune { return l.runes[:l.n] }

func (l *letters) wipe() {
	*l = letters{}
	secret.Wipe(nil) // the registers, which copies of the letters went through
}

// exactly finds the word whose first four letters are typed's: the rule of
// ethstaker-deposit-cli.
func (l *list) exactly(typed *letters) (int, bool) {
	i, ok := l.exact[prefixOf(typed.slice())]
	return int(i), ok
}

// tolerantly also finds the word that typed lacks accents of.
func (l *list) tolerantly(typed *letters) (int, bool) {
	if i, ok := l.exactly(typed); ok {
		return i, true
	}
	p := prefixOf(typed.slice())
	i, ok := l.bare[p.bare()]
	if !ok {
		return 0, false
	}
	for k, listed := range prefixOf([]rune(l.display[i])) {
		if !spells(p[k], listed) {
			return 0, false
		}
	}
	return int(i), true
}
