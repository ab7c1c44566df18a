package slip39

import (
	"cmp"
	_ "embed" // the word list
	"slices"
	"strings"
	"sync"

	"github.com/ethkey/ethkey/internal/spelling"
)

// listed is the word list of SLIP-39, shamir_mnemonic/wordlist.txt of
// trezor/python-shamir-mnemonic at 17fcce14736afe498871d3018e4fa9330443471a,
// MIT (SHA-256 of that file:
// bcc4555340332d169718aed8bf31dd9d5248cb7da6e5d355140ef4f1e601eec3).
//
//go:embed words.txt
var listed string

// words has 1,024 words, ten bits each, in the order of their letters.
var words = sync.OnceValue(func() []string { return strings.Fields(listed) })

// prefixLetters is how many letters tell the words of the list apart, and how
// many the shortest has.
const prefixLetters = 4

// maxLetters is how much of a typed word is looked at; the longest has eight.
const maxLetters = 16

// Lookup finds a word of the list by its first four letters, in any case.
func Lookup(word []byte) (index int, ok bool) {
	if len(word) < prefixLetters || len(word) > maxLetters {
		return 0, false
	}
	var letters [maxLetters]byte
	defer clear(letters[:])
	typed := lower(letters[:0], word)
	for i, w := range words() {
		if string(typed[:prefixLetters]) == w[:prefixLetters] {
			return i, continues(typed, w)
		}
	}
	return 0, false
}

// continues tells whether typed is word or its beginning.
func continues(typed []byte, word string) bool {
	return len(typed) <= len(word) && string(typed) == word[:len(typed)]
}

// Complete returns the words of the list that begin with prefix, at most n.
func Complete(prefix []byte, n int) []string {
	if len(prefix) == 0 || len(prefix) > maxLetters {
		return nil
	}
	var letters [maxLetters]byte
	defer clear(letters[:])
	typed := lower(letters[:0], prefix)
	var found []string
	for _, w := range words() {
		if len(found) < n && continues(typed, w) {
			found = append(found, w)
		}
	}
	return found
}

// Nearest returns up to n words of the list that word may be a slip of,
// nearest first.
func Nearest(word []byte, n int) []string {
	if len(word) == 0 || len(word) > maxLetters {
		return nil
	}
	var letters [maxLetters]byte
	defer clear(letters[:])
	typed := lower(letters[:0], word)
	type slip struct {
		word string
		far  int
	}
	var near []slip
	for _, w := range words() {
		if far, _ := spelling.Distance(typed, []byte(w)); far <= max(1, len(typed)/2) {
			near = append(near, slip{w, far})
		}
	}
	slices.SortStableFunc(near, func(a, b slip) int { return cmp.Compare(a.far, b.far) })
	found := make([]string, min(n, len(near)))
	for i := range found {
		found[i] = near[i].word
	}
	return found
}

// lower appends word in small letters.
func lower(to, word []byte) []byte {
	for _, c := range word {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		to = append(to, c)
	}
	return to
}
