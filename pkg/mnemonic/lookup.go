package mnemonic

import (
	"cmp"
	"slices"

	"github.com/ethkey/ethkey/internal/spelling"
)

// MaxCompletions is how many words Complete returns at most.
const MaxCompletions = 12

// Word returns the word of the list with this index, from 0, composed as a
// person reads it, and "" past the end.
func (l Language) Word(index int) string {
	words := l.list()
	if words == nil || index < 0 || index >= len(words.display) {
		return ""
	}
	return words.display[index]
}

// Lookup finds the word that Parse would read word as, and returns its index
// in the list.
func (l Language) Lookup(word []byte) (index int, ok bool) {
	words := l.list()
	if words == nil {
		return 0, false
	}
	typed, done := lettersOf(word)
	defer done()
	return words.tolerantly(typed)
}

// Complete returns the words of the list that begin with prefix, for display,
// with the same tolerance for case and accents as Parse. It returns none for
// an empty prefix, and no more than MaxCompletions.
func (l Language) Complete(prefix []byte) []string {
	words := l.list()
	if words == nil || len(prefix) == 0 {
		return nil
	}
	typed, done := lettersOf(prefix)
	defer done()
	var found []string
	for _, word := range words.display {
		if begins([]rune(word), typed.slice()) {
			found = append(found, word)
		}
		if len(found) == MaxCompletions {
			break
		}
	}
	return found
}

func begins(word, typed []rune) bool {
	if len(typed) > len(word) {
		return false
	}
	for i, r := range typed {
		if !spells(r, word[i]) {
			return false
		}
	}
	return true
}

// Nearest returns up to n words of the list that word may be a slip of,
// nearest first, for display.
func (l Language) Nearest(word []byte, n int) []string { return Nearest([]Language{l}, word, n) }

// Nearest returns up to n words of the lists of these languages that word may be
// a slip of, nearest first, for display; English goes first where equal.
func Nearest(languages []Language, word []byte, n int) []string {
	typed, done := lettersOf(word)
	defer done()
	type slipOf struct {
		slip
		text  string
		other int // than English
	}
	var near []slipOf
	for _, l := range languages {
		words := l.list()
		if words == nil {
			continue
		}
		other := 1
		if l == English {
			other = 0
		}
		for _, s := range words.near(typed) {
			near = append(near, slipOf{s, words.display[s.index], other})
		}
	}
	slices.SortStableFunc(near, func(a, b slipOf) int { return cmp.Or(cmp.Compare(a.far, b.far), cmp.Compare(a.other, b.other)) })
	var found []string
	for _, s := range near {
		if len(found) < n && !slices.Contains(found, s.text) {
			found = append(found, s.text)
		}
	}
	return found
}

// slip is a word of the list and how far it is from what was typed: twice the
// number of slips, and one more where the rest of the word is not yet typed.
type slip struct{ index, far int }

// near returns the words at most half of typed's letters away, nearest first,
// in list order where equal. Accents do not count.
func (l *list) near(typed *letters) []slip {
	bare, done := typed.bare()
	defer done()
	limit := 2 * max(1, typed.n/2)
	var found []slip
	for i, text := range l.display {
		var word letters
		word.readListed(text)
		word.strip()
		whole, start := spelling.Distance(bare.slice(), word.slice())
		if far := min(2*whole, 2*start+1); far <= limit {
			found = append(found, slip{i, far})
		}
	}
	slices.SortStableFunc(found, func(a, b slip) int { return cmp.Compare(a.far, b.far) })
	return found
}
