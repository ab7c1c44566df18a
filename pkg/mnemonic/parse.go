package mnemonic

import (
	"bytes"
	"cmp"
	"slices"
	"unicode"
	"unicode/utf8"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
)

// nearestWords is how many words a WordError names.
const nearestWords = 5

// Parse reads a phrase in the given language, or detects it when language is
// "". The caller keeps text, and wipes it.
func Parse(text []byte, language Language) (*Mnemonic, error) {
	if !utf8.Valid(text) {
		return nil, fault.New(fault.Refused, "the phrase is not UTF-8 text").
			WithHint("type it in a UTF-8 terminal, or save its file as UTF-8")
	}
	var p phrase
	defer p.wipe()
	var err error
	if p.words, p.page, err = onPage[[maxWords]letters](); err != nil {
		return nil, err
	}
	if err := p.split(text); err != nil {
		return nil, err
	}
	if p.checker, err = newChecker(); err != nil {
		return nil, err
	}
	if language == "" {
		return p.detect()
	}
	return p.in(language)
}

// separator tells what stands between words: white space of any kind, and the
// two marks without width that web pages and editors put in.
func separator(r rune) bool {
	const zeroWidthSpace, byteOrderMark = '\u200b', '\ufeff'
	return unicode.IsSpace(r) || r == zeroWidthSpace || r == byteOrderMark
}

// phrase is the words as typed.
type phrase struct {
	n       int
	words   *[maxWords]letters
	page    *secret.Buffer // of the words
	checker *checker
}

func (p *phrase) wipe() {
	p.checker.Close()
	p.page.Close()
	*p = phrase{}
}

func (p *phrase) split(text []byte) error {
	words := bytes.FieldsFunc(text, separator)
	if !validCount(len(words)) {
		return refuse(&CountError{len(words)}, "look for a word left out, written twice, or run into the next")
	}
	p.n = len(words)
	for i, word := range words {
		p.words[i].read(word)
	}
	return nil
}

// finder is how a word is looked up: (*list).exactly or (*list).tolerantly.
type finder func(*list, *letters) (int, bool)

// reading is a phrase as one language has it.
type reading struct {
	language Language
	indices  [maxWords]uint16
	misses   []int // positions, from 1, of words that are not in the list
	sound    bool  // no misses, and the checksum holds
}

func (p *phrase) read(language Language, find finder) *reading {
	r := &reading{language: language}
	words := language.list()
	for i := range p.n {
		index, ok := find(words, &p.words[i])
		if !ok {
			r.misses = append(r.misses, i+1)
		}
		r.indices[i] = uint16(index)
	}
	if len(r.misses) == 0 {
		r.sound = p.checker.sound(r.indices[:p.n])
	}
	return r
}

// mnemonic keeps a sound reading.
func (p *phrase) mnemonic(r *reading) (*Mnemonic, error) {
	m, err := blank(p.n, r.language)
	if err != nil {
		return nil, err
	}
	for i := range p.n {
		m.setIndex(i, int(r.indices[i]))
	}
	return m, nil
}

// in reads the phrase in one language. When it fails but is sound in others,
// the hint says so.
func (p *phrase) in(language Language) (*Mnemonic, error) {
	if language.list() == nil {
		_, err := ParseLanguage(string(language))
		return nil, err
	}
	r := p.read(language, (*list).tolerantly)
	defer r.wipe()
	if r.sound {
		return p.mnemonic(r)
	}
	err := p.diagnose([]*reading{r})
	all := p.readings((*list).tolerantly)
	defer wipe(all)
	if sound := filter(all, isSound); len(sound) > 0 {
		return nil, err.WithHint("the phrase is valid in %s: was another language meant?", join(languages(sound), "and"))
	}
	return nil, err
}

// detect reads the phrase in the one language that it is sound in: first with
// every word as the list has it, as ethstaker-deposit-cli does, then with
// accents left out.
func (p *phrase) detect() (*Mnemonic, error) {
	for _, find := range []finder{(*list).exactly, (*list).tolerantly} {
		all := p.readings(find)
		defer wipe(all)
		switch sound := filter(all, isSound); len(sound) {
		case 0:
		case 1:
			return p.mnemonic(sound[0])
		default:
			return nil, p.ambiguous(sound)
		}
	}
	exact, tolerant := p.readings((*list).exactly), p.readings((*list).tolerantly)
	defer wipe(exact)
	defer wipe(tolerant)
	if whole := filter(exact, isWhole); len(whole) > 0 {
		return nil, p.diagnose(whole)
	}
	return nil, p.diagnose(tolerant)
}

func (p *phrase) readings(find finder) []*reading {
	var all []*reading
	for _, language := range Languages() {
		all = append(all, p.read(language, find))
	}
	return all
}

func (p *phrase) ambiguous(sound []*reading) *fault.Error {
	e := &AmbiguousError{Languages: languages(sound), SameKeys: true}
	first := sound[0].language.list()
	for _, r := range sound[1:] {
		for i := range p.n {
			if r.language.list().sentence[r.indices[i]] != first.sentence[sound[0].indices[i]] {
				e.SameKeys = false
			}
		}
	}
	return refuse(e, e.hint())
}

// diagnose says why none of the readings is sound, from those that come
// nearest.
func (p *phrase) diagnose(all []*reading) *fault.Error {
	if whole := filter(all, isWhole); len(whole) > 0 {
		return refuse(&ChecksumError{languages(whole)}, checksumHint)
	}
	fewest := slices.MinFunc(all, func(a, b *reading) int { return cmp.Compare(len(a.misses), len(b.misses)) })
	best := filter(all, func(r *reading) bool { return len(r.misses) == len(fewest.misses) })
	r, near := p.likeliest(best)
	e := &WordError{Position: r.misses[0], Also: r.misses[1:]}
	for _, s := range near[:min(nearestWords, len(near))] {
		e.Nearest = append(e.Nearest, r.language.list().display[s.index])
	}
	if len(all) == 1 || len(r.misses) < p.n {
		e.Languages = languages(filter(best, func(o *reading) bool { return slices.Equal(o.misses, r.misses) }))
	}
	return refuse(e, e.hint())
}

// likeliest returns, of readings with equally many misses, the one whose list
// has the word nearest to its first miss, and the words near that. English
// goes first where equal.
func (p *phrase) likeliest(all []*reading) (best *reading, near []slip) {
	far := func(s []slip) int {
		if len(s) == 0 {
			return 2*maxLetters + 1
		}
		return s[0].far
	}
	for _, r := range all {
		slips := r.language.list().near(&p.words[r.misses[0]-1])
		if best == nil || far(slips) < far(near) || far(slips) == far(near) && r.language == English {
			best, near = r, slips
		}
	}
	return best, near
}

func (r *reading) wipe() { clear(r.indices[:]) }

func wipe(all []*reading) {
	for _, r := range all {
		r.wipe()
	}
}

func isSound(r *reading) bool { return r.sound }

func isWhole(r *reading) bool { return len(r.misses) == 0 }

func filter(all []*reading, keep func(*reading) bool) []*reading {
	return slices.DeleteFunc(slices.Clone(all), func(r *reading) bool { return !keep(r) })
}

func languages(all []*reading) []Language {
	names := make([]Language, len(all))
	for i, r := range all {
		names[i] = r.language
	}
	return names
}
