package mnemonic

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
)

// Damage is a way in which what was read differs from a phrase.
type Damage uint8

// The damages that Repair mends, one at a time.
const (
	Intact     Damage = iota // none: the checksum holds as it is
	Swapped                  // two words stand in each other's place
	Wrong                    // a word is another one, or none of the list
	Unreadable               // a word, or part of it, was given as "?"
	Missing                  // a word was left out
	Extra                    // a word too many
)

// String names the damage.
func (d Damage) String() string {
	return [...]string{"intact", "swapped", "wrong", "unreadable", "missing", "extra"}[d]
}

// Change is what leads from the text to a candidate, without the words.
type Change struct {
	Damage   Damage
	Position int // from 1, in the phrase; of an extra word, in the text
	Other    int // the second of two swapped words
	Language Language
}

// String says it in words.
func (c Change) String() string {
	switch c.Damage {
	case Intact:
		return "every word is in its place"
	case Swapped:
		return fmt.Sprintf("words %d and %d are swapped", c.Position, c.Other)
	case Extra:
		return fmt.Sprintf("word %d is one too many", c.Position)
	}
	return fmt.Sprintf("word %d is %s", c.Position, c.Damage)
}

// Repair is a damaged phrase and the candidates for what it was: the phrases
// whose checksum holds and that differ from it by one damage, likeliest first.
// What was read is on secret pages; a candidate outside them is one word and
// its place. Close wipes it.
type Repair struct {
	n          int
	words      [maxWords + 1]letters // until the candidates are known
	checker    *checker              // until then
	work       *work                 // until then
	page       *secret.Buffer        // of the work
	bases      []*baseline
	candidates []candidate
}

// baseline is the text as one language has it.
type baseline struct {
	language Language
	words    *list
	sealed   *secret.Buffer       // indices, two bytes each, big-endian
	indices  [maxWords + 1]uint16 // until the candidates are known
	fit      [maxWords + 1]int    // how unlike its reading a word was written
	misses   []int                // positions, from 0, of words that are not in the list
}

// candidate is a change to a baseline. Word is the index of the word that is
// put in, far how unlikely the change is: below zero where the text speaks for
// it.
type candidate struct {
	far         int16
	damage      Damage
	base        uint8
	first, last uint8
	word        uint16
}

// NewRepair reads a phrase that may have one damage, in the given language or,
// when that is "", in those whose lists have the most of its words. A word
// that cannot be read is given as "?", letters that cannot be as "?" among the
// others. The caller keeps text.
func NewRepair(text []byte, language Language) (*Repair, error) {
	if !utf8.Valid(text) {
		return nil, fault.New(fault.Refused, "the phrase is not UTF-8 text").
			WithHint("type it in a UTF-8 terminal, or save its file as UTF-8")
	}
	r := &Repair{}
	err := r.read(text, language)
	if err == nil {
		r.checker, err = newChecker()
	}
	if err == nil {
		r.work, r.page, err = onPage[work]()
	}
	for i := 0; err == nil && i < len(r.bases); i++ {
		r.collect(uint8(i))
		err = r.bases[i].seal()
	}
	r.wipe()
	if err != nil {
		r.Close()
		return nil, err
	}
	slices.SortStableFunc(r.candidates, func(a, b candidate) int { return cmp.Compare(a.far, b.far) })
	return r, nil
}

func (r *Repair) read(text []byte, language Language) error {
	words := bytes.FieldsFunc(text, separator)
	if n := len(words); n > len(r.words) || !validCount(n) && !validCount(n-1) && !validCount(n+1) {
		return refuse(&CountError{n}, "one word may be missing or too many; write ? for a word that cannot be read")
	}
	r.n = len(words)
	for i, word := range words {
		r.words[i].read(word)
	}
	among := Languages()
	if language != "" {
		if language.list() == nil {
			_, err := ParseLanguage(string(language))
			return err
		}
		among = []Language{language}
	}
	for _, l := range among {
		r.bases = append(r.bases, r.baseline(l))
	}
	fewest := len(slices.MinFunc(r.bases, func(a, b *baseline) int { return cmp.Compare(len(a.misses), len(b.misses)) }).misses)
	r.bases = slices.DeleteFunc(r.bases, func(b *baseline) bool {
		if len(b.misses) == fewest {
			return false
		}
		b.wipe() // lists share words, and some of the phrase's may stand here
		return true
	})
	return r.mendable()
}

func (r *Repair) baseline(language Language) *baseline {
	b := &baseline{language: language, words: language.list()}
	for i := range r.n {
		index, ok := b.words.tolerantly(&r.words[i])
		if !ok {
			b.misses = append(b.misses, i)
		}
		b.indices[i] = uint16(index)
		if ok {
			// "montain" is read as month, as its first four letters say, but
			// was hardly meant so.
			b.fit[i] = unlike(r.words[i].slice(), []rune(b.words.display[index]))
		}
	}
	return b
}

// seal moves the indices to a secret page.
func (b *baseline) seal() (err error) {
	if b.sealed, err = secret.New(2 * len(b.indices)); err != nil {
		return err
	}
	for i, index := range b.indices[:] { // of the array itself it would make a copy
		binary.BigEndian.PutUint16(b.sealed.Bytes()[2*i:], index)
	}
	return nil
}

// wipe clears what only the collecting of candidates needs.
func (r *Repair) wipe() {
	r.checker.Close()
	r.page.Close()
	for i := range r.words {
		r.words[i].wipe()
	}
	for _, b := range r.bases {
		b.wipe()
	}
}

func (b *baseline) wipe() {
	clear(b.indices[:])
	clear(b.fit[:])
}

// mendable refuses more damage than one.
func (r *Repair) mendable() error {
	b := r.bases[0]
	most := 1
	if validCount(r.n + 1) {
		most = 0 // a word is missing already
	}
	if len(b.misses) <= most {
		return nil
	}
	e := &WordError{Position: b.misses[0] + 1, Languages: []Language{b.language}}
	for _, i := range b.misses[1:] {
		e.Also = append(e.Also, i+1)
	}
	if most == 0 {
		return refuse(e, "the phrase has one word too few besides; write ? where that is, and mend the rest by hand")
	}
	return refuse(e, "one word can be mended; write the others as they are in the list")
}

// collect adds the candidates of one language.
func (r *Repair) collect(base uint8) {
	b := r.bases[base]
	switch {
	case validCount(r.n + 1):
		for i := range r.n + 1 {
			r.fill(candidate{damage: Missing, base: base, first: uint8(i), far: missingFar})
		}
	case validCount(r.n - 1):
		r.collectExtra(base)
	case len(b.misses) == 1:
		i := b.misses[0]
		damage := Wrong
		if slices.Contains(r.words[i].slice(), gap) {
			damage = Unreadable
		}
		r.fill(candidate{damage: damage, base: base, first: uint8(i)})
	default:
		r.add(candidate{damage: Intact, base: base})
		r.collectSwaps(base)
		for i := range r.n {
			r.fill(candidate{damage: Wrong, base: base, first: uint8(i)})
		}
	}
}

// How unlikely a change is, on the scale of unlike. There are 276 ways to swap
// words of 24, and 49 128 to replace one: a swap goes before a word that is
// unlike what was read.
const (
	repeatedFar = 1  // a word was written twice
	adjacentFar = 2  // two neighbours are swapped
	distantFar  = 8  // two others are: this, and more by their distance
	missingFar  = 10 // nothing tells one missing word from another
	extraFar    = 10
)

func (r *Repair) collectExtra(base uint8) {
	b := r.bases[base]
	for i := range r.n {
		if len(b.misses) == 1 && b.misses[0] != i {
			continue // the word that is in no list is the one too many
		}
		if i > 0 && b.indices[i] == b.indices[i-1] {
			continue // the same phrase as without the word before
		}
		c := candidate{damage: Extra, base: base, first: uint8(i), far: extraFar}
		if i+1 < r.n && b.indices[i] == b.indices[i+1] {
			c.far = repeatedFar
		}
		r.add(c)
	}
}

func (r *Repair) collectSwaps(base uint8) {
	indices := r.bases[base].indices[:r.n]
	for i := range indices {
		for j := i + 1; j < len(indices); j++ {
			if indices[i] == indices[j] {
				continue
			}
			c := candidate{damage: Swapped, base: base, first: uint8(i), last: uint8(j), far: adjacentFar}
			if j > i+1 {
				c.far = int16(distantFar + (j-i)/4)
			}
			r.add(c)
		}
	}
}

// fill tries every word of the list in the place of c.
func (r *Repair) fill(c candidate) {
	b, i := r.bases[c.base], int(c.first)
	for word := range uint16(wordCount) {
		switch {
		case c.damage == Missing && i > 0 && b.indices[i-1] == word:
			continue // the same phrase as with the word put in before
		case c.damage == Wrong && len(b.misses) == 0 && b.indices[i] == word:
			continue // nothing is changed
		}
		c.word = word
		r.add(c)
	}
}

// add keeps c if its checksum holds.
func (r *Repair) add(c candidate) {
	indices := &r.work.indices
	n := r.apply(indices, r.bases[c.base].indices[:r.n], c)
	if !r.checker.sound(indices[:n]) {
		return
	}
	if c.damage == Wrong || c.damage == Unreadable {
		c.far = int16(r.unlike(c.base, int(c.first), c.word) - r.bases[c.base].fit[c.first])
	}
	if len(r.candidates) == cap(r.candidates) {
		grown := make([]candidate, len(r.candidates), max(256, 2*cap(r.candidates)))
		copy(grown, r.candidates)
		clear(r.candidates)
		r.candidates = grown
	}
	r.candidates = append(r.candidates, c)
}

// unlike tells how far word i of the text is from a word of the list.
func (r *Repair) unlike(base uint8, i int, word uint16) int {
	return unlike(r.words[i].slice(), []rune(r.bases[base].words.display[word]))
}

// apply writes the phrase of c, from the text's indices, to dst and returns its
// number of words.
func (r *Repair) apply(dst *[maxWords]uint16, from []uint16, c candidate) int {
	i := int(c.first)
	switch c.damage {
	case Missing:
		secret.Copy(dst[:], from[:i])
		dst[i] = c.word
		secret.Copy(dst[i+1:], from[i:])
		return r.n + 1
	case Extra:
		secret.Copy(dst[:], from[:i])
		secret.Copy(dst[i:], from[i+1:])
		return r.n - 1
	}
	secret.Copy(dst[:], from)
	switch c.damage {
	case Swapped:
		dst[i], dst[c.last] = dst[c.last], dst[i]
	case Wrong, Unreadable:
		dst[i] = c.word
	}
	return r.n
}

// Len returns the number of candidates.
func (r *Repair) Len() int { return len(r.candidates) }

// Change says what candidate i differs by. The likeliest is candidate 0.
func (r *Repair) Change(i int) Change {
	c := r.candidates[i]
	change := Change{Damage: c.damage, Language: r.bases[c.base].language}
	if c.damage != Intact {
		change.Position = int(c.first) + 1
	}
	if c.damage == Swapped {
		change.Other = int(c.last) + 1
	}
	return change
}

// Word returns the word that candidate i puts in, for display, and "" when it
// puts in none. It is an entry of the public list.
func (r *Repair) Word(i int) string {
	c := r.candidates[i]
	if c.damage != Wrong && c.damage != Unreadable && c.damage != Missing {
		return ""
	}
	return r.bases[c.base].words.display[c.word]
}

// Mnemonic returns candidate i as a phrase.
func (r *Repair) Mnemonic(i int) (*Mnemonic, error) {
	w, page, err := onPage[work]()
	if err != nil {
		return nil, err
	}
	defer page.Close()
	c := r.candidates[i]
	for k := range w.from {
		w.from[k] = binary.BigEndian.Uint16(r.bases[c.base].sealed.Bytes()[2*k:])
	}
	n := r.apply(&w.indices, w.from[:r.n], c)
	m, err := blank(n, r.bases[c.base].language)
	if err != nil {
		return nil, err
	}
	for k := range n {
		m.setIndex(k, int(w.indices[k]))
	}
	return m, nil
}

// Format prints [redacted] for every verb.
func (r *Repair) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("[redacted]")) }

// Close wipes what was read and the candidates. A second Close does nothing.
func (r *Repair) Close() {
	if r == nil {
		return
	}
	r.wipe()
	for _, b := range r.bases {
		b.sealed.Close()
	}
	clear(r.candidates)
	r.candidates = nil
}
