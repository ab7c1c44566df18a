package mnemonic

import (
	_ "embed" // the Portuguese list
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/tyler-smith/go-bip39/wordlists"
	"golang.org/x/text/unicode/norm"
)

// wordCount is the length of every list: eleven bits.
const wordCount = 2048

// portuguese is the list of BIP-39 that go-bip39 does not carry. It was
// written by tools/wordlist from src/wordlists/portuguese.json of the npm
// package bip39 3.1.2 (SHA-256 of that file:
// 1ceb4acb0bd040ce168f7f09ff7da4ea77b2bbf39c81e17281fb1f9723e09bbb).
//
//go:embed portuguese.txt
var portuguese string

// list is a word list, prepared for looking words up.
type list struct {
	display  []string          // NFC, for people
	sentence []string          // NFKD, for the seed
	exact    map[prefix]uint16 // first four letters -> index
	bare     map[prefix]uint16 // those that have accents, without them
}

// lists prepares each list when it is first asked for: ten at once take
// milliseconds, which a start of the program can do without.
var lists = map[Language]func() *list{
	ChineseSimplified:  prepare(wordlists.ChineseSimplified),
	ChineseTraditional: prepare(wordlists.ChineseTraditional),
	Czech:              prepare(wordlists.Czech),
	English:            prepare(wordlists.English),
	French:             prepare(wordlists.French),
	Italian:            prepare(wordlists.Italian),
	Japanese:           prepare(wordlists.Japanese),
	Korean:             prepare(wordlists.Korean),
	Portuguese:         sync.OnceValue(func() *list { return newList(strings.Fields(portuguese)) }),
	Spanish:            prepare(wordlists.Spanish),
}

func prepare(words []string) func() *list {
	return sync.OnceValue(func() *list { return newList(words) })
}

// list returns the language's list, or nil when there is no such language.
func (l Language) list() *list {
	if get, ok := lists[l]; ok {
		return get()
	}
	return nil
}

func newList(words []string) *list {
	l := &list{
		display:  make([]string, len(words)),
		sentence: make([]string, len(words)),
		exact:    make(map[prefix]uint16, len(words)),
		bare:     make(map[prefix]uint16),
	}
	for i, word := range words {
		l.display[i] = norm.NFC.String(word)
		l.sentence[i] = norm.NFKD.String(word)
		p := prefixOf([]rune(l.display[i]))
		l.exact[p] = uint16(i)
		if b := p.bare(); b != p {
			l.bare[b] = uint16(i)
		}
	}
	return l
}

// prefix is what tells the words of a list apart: the first four letters,
// composed, and zeros after a shorter word. (BIP-39, "Wordlist": the first
// four letters identify the word.)
type prefix [4]rune

func prefixOf(letters []rune) (p prefix) {
	copy(p[:], letters)
	return p
}

// bare returns p without accents.
func (p prefix) bare() prefix {
	for i, r := range p {
		p[i] = base(r)
	}
	return p
}

// base returns the letter under the accent, for Latin script; every other
// letter stays as it is. The lists of Spanish and French count á as a.
func base(r rune) rune {
	if r < utf8.RuneSelf || !unicode.Is(unicode.Latin, r) {
		return r
	}
	var b [utf8.UTFMax]byte
	n := utf8.EncodeRune(b[:], r)
	if d := norm.NFD.Properties(b[:n]).Decomposition(); len(d) > 0 {
		r, _ = utf8.DecodeRune(d)
	}
	return r
}

// spells reports whether typed is listed, or listed without its accent. An
// accent too many is another letter.
func spells(typed, listed rune) bool { return typed == listed || typed == base(listed) }
