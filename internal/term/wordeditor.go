package term

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/ethkey/ethkey/pkg/secret"
)

// maxWord bounds one word, in bytes: the longest of the word lists takes less,
// whatever its normal form.
const maxWord = 64

// fourLetters decide a word in every list of BIP-39.
const fourLetters = 4

// wordEditor is a mnemonic under way: words in slots of one secret page, and a
// cursor that stands at the end of one of them. It knows nothing of terminals.
//
// Always: 1 <= n <= limit, 0 <= at < n, and only the slot at the cursor or the
// last one is empty.
type wordEditor struct {
	title   string
	speller Speller
	counts  []int
	aside   string // what Ctrl-D does, at any time; empty: it ends an empty entry
	limit   int    // slots: one more than the largest count, to show what is too much
	gaps    bool   // "?" stands for what cannot be read

	page    *secret.Buffer
	sizes   []int  // bytes used, by slot
	unknown []bool // by slot: was left, and is no word
	n       int    // slots in use
	at      int    // slot of the cursor

	pasting bool
	fault   error // what the caller's check said of the last phrase
	short   bool  // Enter was pressed at a number of words that is not in counts
}

func newWordEditor(speller Speller, counts []int) *wordEditor {
	return &wordEditor{speller: speller, counts: counts, limit: slices.Max(counts) + 1}
}

func (w *wordEditor) open() error {
	page, err := secret.New(w.limit * maxWord)
	if err != nil {
		return err
	}
	w.page = page
	w.sizes, w.unknown = make([]int, w.limit), make([]bool, w.limit)
	w.n = 1
	return nil
}

func (w *wordEditor) close() { w.page.Close() }

// slot returns the whole room of word i.
func (w *wordEditor) slot(i int) []byte { return w.page.Bytes()[i*maxWord : (i+1)*maxWord] }

// word returns word i, in place.
func (w *wordEditor) word(i int) []byte { return w.slot(i)[:w.sizes[i]] }

// words returns the number of words that are not empty.
func (w *wordEditor) words() int {
	count := 0
	for _, size := range w.sizes[:w.n] {
		if size > 0 {
			count++
		}
	}
	return count
}

// apply takes one key.
func (w *wordEditor) apply(k key) effect {
	if k.kind != keyPaste && k.kind != keyPasted && k.kind != keyResize {
		w.fault, w.short = nil, false
	}
	switch k.kind {
	case keyText:
		return w.typed(k.bytes())
	case keyEnter:
		return w.enter()
	case keyTab:
		return w.tab()
	case keyBackspace, keyDelete:
		return w.backspace()
	case keyWord, keyClear:
		return w.clearWord()
	case keyLeft, keyRight:
		return w.move(k.kind)
	case keyInsert:
		return w.insert()
	case keyPaste, keyPasted:
		w.pasting = k.kind == keyPaste
		return changed
	case keyResize:
		return changed
	case keyEnd:
		if w.words() == 0 || w.aside != "" {
			return gone
		}
	}
	return refused
}

// typed takes a letter, or the end of a word. A phrase copied with its
// numbers and commas may be pasted: they are left out, as no list has them.
func (w *wordEditor) typed(b []byte) effect {
	r, size := utf8.DecodeRune(b)
	switch {
	case r == utf8.RuneError && size == 1:
		return refused
	case unicode.IsSpace(r):
		return w.finish()
	case !unicode.IsLetter(r) && !unicode.IsMark(r) && (r != '?' || !w.gaps):
		return w.harmless()
	}
	if w.sizes[w.at]+len(b) > maxWord {
		return refused
	}
	copy(w.slot(w.at)[w.sizes[w.at]:], b)
	w.sizes[w.at] += len(b)
	w.unknown[w.at] = false
	return changed
}

// harmless is the effect of a key that does nothing: a paste is not worth a
// bell for each.
func (w *wordEditor) harmless() effect {
	if w.pasting {
		return changed
	}
	return refused
}

// finish ends the word at the cursor and goes on to the next unknown one, or
// to a new one at the end.
func (w *wordEditor) finish() effect {
	if w.sizes[w.at] == 0 {
		return w.harmless()
	}
	known := w.settle()
	if w.at < w.n-1 {
		w.at = w.n - 1
		if i := slices.Index(w.unknown[:w.n], true); i >= 0 {
			w.at = i
			return w.harmless()
		}
	}
	if w.sizes[w.at] > 0 && !w.grow() {
		return refused
	}
	if !known {
		return w.harmless()
	}
	return changed
}

// settle completes the word at the cursor and notes whether it is known.
func (w *wordEditor) settle() bool {
	i := w.at
	if w.sizes[i] == 0 {
		return true
	}
	if c, ok := w.completion(); ok {
		w.replace(c)
	}
	w.unknown[i] = !w.speller.Known(w.word(i))
	return !w.unknown[i]
}

// completion returns the word that the letters at the cursor decide.
func (w *wordEditor) completion() (string, bool) {
	if letters(w.word(w.at)) < fourLetters {
		return "", false
	}
	choices := w.speller.Complete(w.word(w.at))
	if len(choices) != 1 {
		return "", false
	}
	return choices[0], true
}

// replace puts a word of the list in the place of the one at the cursor. NFC
// is what terminals show best.
func (w *wordEditor) replace(word string) {
	word = norm.NFC.String(word)
	if len(word) > maxWord {
		return
	}
	secret.Wipe(w.slot(w.at))
	w.sizes[w.at] = copy(w.slot(w.at), word)
	w.unknown[w.at] = false
}

// grow opens a slot at the end and goes there.
func (w *wordEditor) grow() bool {
	if w.n == w.limit {
		return false
	}
	w.n++
	w.at = w.n - 1
	return true
}

// tab completes the word at the cursor if the list has only one such word.
func (w *wordEditor) tab() effect {
	if w.pasting {
		return w.finish()
	}
	if w.sizes[w.at] == 0 {
		return refused
	}
	choices := w.speller.Complete(w.word(w.at))
	if len(choices) != 1 {
		return refused // the choices are on the screen
	}
	w.replace(choices[0])
	return w.finish()
}

// enter ends a word as a space does, and the phrase after its last word. Where
// no further word is possible the last word's enter ends the phrase too; below
// that a person who ends each word by enter may not be done.
func (w *wordEditor) enter() effect {
	if w.pasting || w.sizes[w.at] > 0 {
		e := w.finish()
		if w.pasting || e != changed || w.words() != slices.Max(w.counts) || slices.Contains(w.unknown[:w.n], true) {
			return e
		}
		return done
	}
	w.drop()
	if i := slices.Index(w.unknown[:w.n], true); i >= 0 {
		w.at = i
		return refused
	}
	if w.sizes[w.n-1] > 0 || w.at < w.n-1 {
		w.at = w.n - 1
		w.grow()
		return changed
	}
	if !slices.Contains(w.counts, w.words()) {
		w.short = true
		return refused
	}
	return done
}

// drop leaves the slot at the cursor for another one: an empty slot in the
// middle closes.
func (w *wordEditor) drop() {
	if w.sizes[w.at] == 0 && w.at < w.n-1 {
		w.remove(w.at)
	}
}

// remove closes slot i.
func (w *wordEditor) remove(i int) {
	all := w.page.Bytes()
	copy(all[i*maxWord:], all[(i+1)*maxWord:w.n*maxWord])
	secret.Wipe(w.slot(w.n - 1))
	copy(w.sizes[i:], w.sizes[i+1:w.n])
	copy(w.unknown[i:], w.unknown[i+1:w.n])
	w.n--
	w.sizes[w.n], w.unknown[w.n] = 0, false
}

// insert opens an empty slot before the word at the cursor, for a word that
// was missed.
func (w *wordEditor) insert() effect {
	if w.sizes[w.at] == 0 || w.n == w.limit {
		return refused
	}
	i := w.at
	w.settle()
	all := w.page.Bytes()
	copy(all[(i+1)*maxWord:(w.n+1)*maxWord], all[i*maxWord:w.n*maxWord])
	secret.Wipe(w.slot(i))
	copy(w.sizes[i+1:w.n+1], w.sizes[i:w.n])
	copy(w.unknown[i+1:w.n+1], w.unknown[i:w.n])
	w.sizes[i], w.unknown[i] = 0, false
	w.n++
	return changed
}

// backspace removes the last letter, or an empty slot.
func (w *wordEditor) backspace() effect {
	if size := w.sizes[w.at]; size > 0 {
		_, last := utf8.DecodeLastRune(w.word(w.at))
		secret.Wipe(w.slot(w.at)[size-last:])
		w.sizes[w.at] -= last
		w.unknown[w.at] = false
		return changed
	}
	if w.n == 1 {
		return refused
	}
	w.remove(w.at)
	w.at = max(0, w.at-1)
	return changed
}

func (w *wordEditor) clearWord() effect {
	if w.sizes[w.at] == 0 {
		return w.backspace()
	}
	secret.Wipe(w.slot(w.at))
	w.sizes[w.at], w.unknown[w.at] = 0, false
	return changed
}

// move goes to the word before or after.
func (w *wordEditor) move(kind keyKind) effect {
	if kind == keyLeft && w.at == 0 || kind == keyRight && w.at == w.n-1 {
		return refused
	}
	w.settle()
	empty := w.sizes[w.at] == 0 && w.at < w.n-1
	w.drop()
	switch {
	case kind == keyLeft:
		w.at--
	case !empty:
		w.at++
	}
	return changed
}

// refuse keeps what was wrong.
func (w *wordEditor) refuse(err error) { w.fault = err }

// answer returns the words with single spaces between them.
func (w *wordEditor) answer() (*secret.Buffer, error) {
	size := max(0, w.words()-1)
	for _, s := range w.sizes[:w.n] {
		size += s
	}
	b, err := secret.New(size)
	if err != nil {
		return nil, err
	}
	at := 0
	for i := range w.n {
		if w.sizes[i] == 0 {
			continue
		}
		if at > 0 {
			b.Bytes()[at] = ' '
			at++
		}
		at += copy(b.Bytes()[at:], w.word(i))
	}
	return b, nil
}

// letters counts code points, leaving out combining marks.
func letters(word []byte) int {
	n := 0
	for len(word) > 0 {
		r, size := utf8.DecodeRune(word)
		if !unicode.IsMark(r) {
			n++
		}
		word = word[size:]
	}
	return n
}
