package term

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/ethkey/ethkey/internal/fault"
)

// maxShown bounds how many completions or near misses are shown.
const maxShown = 8

// draw puts the whole editor into f: title, words in numbered columns, where
// the entry stands, and what is wrong.
func (w *wordEditor) draw(f *frame, cols, rows int) {
	foot, keys := &frame{width: cols}, &frame{width: cols}
	defer foot.wipe()
	w.status(foot)
	w.legend(keys)
	f.width = cols
	f.control("\x1b[H")
	f.flow(Safe(w.title))
	f.line()
	f.line()
	cell := w.cell(cols)
	perLine := max(1, cols/cell)
	if lines := (w.n + perLine - 1) / perLine; f.lines+lines+1+foot.lines+keys.lines < rows {
		foot.raw(keys.b) // where all has room
		foot.lines += keys.lines
	}
	first, last := w.window(perLine, rows-f.lines-foot.lines-2)
	row, col := f.lines, 0
	for i := first; i < last; i++ {
		w.drawWord(f, i)
		if i == w.at {
			row, col = f.lines, min(f.col, cols-1)
		}
		if (i-first)%perLine == perLine-1 || i == last-1 {
			f.line()
		} else {
			f.spaces(cell - f.col%cell)
		}
	}
	f.line()
	f.raw(foot.b)
	f.control(fmt.Sprintf("\x1b[J\x1b[%d;%dH", row+1, col+1))
}

// cell returns the columns that one numbered word takes.
func (w *wordEditor) cell(cols int) int {
	widest := 8
	for i := range w.n {
		widest = max(widest, textWidth(w.word(i)))
	}
	return min(cols, len("24. ")+widest+2)
}

// window returns which words to show when only so many lines are free: those
// around the cursor.
func (w *wordEditor) window(perLine, lines int) (first, last int) {
	lines = max(1, lines)
	top := max(0, w.at/perLine-lines+1)
	return top * perLine, min(w.n, (top+lines)*perLine)
}

// drawWord draws one cell. An unknown word has a question mark.
func (w *wordEditor) drawWord(f *frame, i int) {
	f.str(pad(i+1, w.limit))
	if w.unknown[i] {
		f.str("? ")
	} else {
		f.str(". ")
	}
	f.text(w.word(i))
}

// status draws where the entry stands and what is wrong.
func (w *wordEditor) status(f *frame) {
	w.drawCount(f)
	w.drawChoices(f)
	w.drawUnknown(f)
	if w.fault != nil {
		f.flow("error: " + Safe(w.fault.Error()))
		f.line()
		if hint := fault.HintOf(w.fault); hint != "" {
			f.flow("hint: " + Safe(hint))
			f.line()
		}
	}
}

// legend draws what the keys do.
func (w *wordEditor) legend(f *frame) {
	keys := "space or enter: next word; tab: complete; backspace: back; arrows: to another word; insert: a missed word; "
	if w.aside != "" {
		keys += "ctrl-d: " + w.aside + "; "
	}
	f.flow(keys + "ctrl-c: leave")
}

func (w *wordEditor) drawCount(f *frame) {
	count, atEnd := w.words(), w.at == w.n-1 && w.sizes[w.at] == 0
	switch {
	case count > slices.Max(w.counts):
		f.flow(fmt.Sprintf("%d words are too many: expected %s", count, w.expected()))
	case w.short:
		f.flow(fmt.Sprintf("%d words so far: expected %s", count, w.expected()))
	case atEnd && slices.Contains(w.counts, count) && slices.Contains(w.unknown[:w.n], true):
		f.flow(fmt.Sprintf("%d words: press enter to go to the unknown one", count))
	case atEnd && slices.Contains(w.counts, count):
		f.flow(fmt.Sprintf("%d words: press enter to finish", count))
		if count < slices.Max(w.counts) {
			f.flow("or go on to " + w.expectedAfter(count))
		}
	default:
		f.flow(fmt.Sprintf("word %d of %s", w.at+1, w.expected()))
	}
	f.line()
}

func (w *wordEditor) expected() string { return w.expectedAfter(0) }

// expectedAfter lists the counts above n: "12, 15, 18, 21 or 24".
func (w *wordEditor) expectedAfter(n int) string {
	var names []string
	for _, c := range w.counts {
		if c > n {
			names = append(names, fmt.Sprint(c))
		}
	}
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// drawChoices draws the words that begin as the one at the cursor does.
func (w *wordEditor) drawChoices(f *frame) {
	word := w.word(w.at)
	if len(word) == 0 || w.unknown[w.at] {
		return
	}
	choices := w.speller.Complete(word)
	if len(choices) == 1 && norm.NFC.String(choices[0]) == string(word) {
		return // the compiler makes no copy of word for a comparison
	}
	switch {
	case len(choices) == 0 && !w.speller.Known(word):
		f.flow("no word begins like this; perhaps")
		f.list(w.nearest(w.at))
	case len(choices) == 0, len(choices) > maxShown:
		return
	case len(choices) == 1 && letters(word) >= fourLetters:
		f.flow("space completes:")
		f.list(choices)
	default:
		f.flow("tab completes:")
		f.list(choices)
	}
	f.line()
}

// drawUnknown draws the first unknown word's place and its neighbours.
func (w *wordEditor) drawUnknown(f *frame) {
	i := slices.Index(w.unknown[:w.n], true)
	if i < 0 {
		return
	}
	f.flow(fmt.Sprintf("word %d is not in the word list", i+1))
	if near := w.nearest(i); len(near) > 0 {
		f.flow("- nearest:")
		f.list(near)
	}
	f.line()
}

func (w *wordEditor) nearest(i int) []string {
	near := w.speller.Nearest(w.word(i))
	return near[:min(len(near), maxShown)]
}
