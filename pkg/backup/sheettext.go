package backup

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// A page of a printer that only knows letters: 80 by 66, less a border.
const (
	textColumns = 78
	textRows    = 62
)

// composeText writes the sheet in lines of at most textColumns.
func (d SheetData) composeText(text []byte) (*bytes.Buffer, error) {
	w := &textWriter{}
	w.Grow(2 * textRows * (textColumns + 1)) // so that no copy of the share is left behind
	if m := mark(d.Sheet.Flags()); m != "" {
		w.line("*** " + m + " ***")
		w.line("")
	}
	w.sides(strings.ToUpper(d.title()), "SET "+d.Sheet.ID().String())
	w.line(d.need())
	w.sides(d.Label, "made on "+d.Made.UTC().Format("2006-01-02"))
	w.share(text)
	w.wrap("", alphabetHelp)
	w.heading("WHAT THIS IS, AND WHAT IT IS NOT")
	w.wrap("", d.what())
	w.heading("TO RESTORE, WITH THE PROGRAM ETHKEY")
	for i, s := range d.withEthkey(false) {
		label := fmt.Sprintf("%d. ", i+1)
		if s.command != "" {
			w.line(label + "Run:  " + s.command)
			label = "   "
		}
		w.wrap(label, s.text)
	}
	for _, s := range otherSteps {
		w.wrap("", s.command+"  "+s.text)
	}
	w.byHand(d)
	without := &textWriter{}
	without.heading("WITHOUT ETHKEY, BY A PROGRAMMER")
	for _, text := range d.instructions() {
		without.wrap("", text)
	}
	w.add(without, fmt.Sprintf("%s of set %s, page 2: nothing of the share", d.title(), d.Sheet.ID()))
	return w.end()
}

// byHand is what people fill in, and the hash of the record.
func (w *textWriter) byHand(d SheetData) {
	w.line("")
	w.line("Holder ______________________________  Place ________________________________")
	w.line("Witness _____________________________  Date ____________  Checked ____________")
	if d.Sheet.Protected() {
		w.line("Passphrase of this sheet  ________  ________  ________  ________  ________")
	}
	w.line(d.bip39())
	hash := recordHash(d.RecordHash)
	w.line("Record of this set, SHA-256:  " + hash[0])
	w.line("                              " + hash[1])
}

// textWriter gathers lines.
type textWriter struct {
	bytes.Buffer
	rows int  // of this page
	full bool // a line or a page is too long
}

func (w *textWriter) line(text string) {
	w.WriteString(text + "\n")
	w.rows++
	w.full = w.full || utf8.RuneCountInString(text) > textColumns
}

// add appends a part, on a new page with that heading if there is no room.
func (w *textWriter) add(part *textWriter, heading string) {
	w.full = w.full || part.full || w.rows > textRows
	if w.rows+part.rows > textRows {
		w.WriteByte('\f')
		w.rows = 0
		w.line(heading)
	}
	w.Write(part.Bytes())
	w.rows += part.rows
}

func (w *textWriter) heading(text string) {
	w.line("")
	w.line(text)
}

// sides is a line with one text at its left and one at its right.
func (w *textWriter) sides(left, right string) {
	w.line(left + strings.Repeat(" ", max(2, textColumns-utf8.RuneCountInString(left)-len(right))) + right)
}

// wrap breaks a text at its spaces; the lines after the first are indented as
// the first is by its label.
func (w *textWriter) wrap(label, text string) {
	line := label
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
			line += word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= textColumns:
			line += " " + word
		default:
			w.line(line)
			line = strings.Repeat(" ", len(label)) + word
		}
	}
	if text != "" {
		w.line(line)
	}
}

// share writes the text in its lines of groups, without making strings of it.
func (w *textWriter) share(text []byte) {
	w.line("")
	w.line("         " + shamir.Prefix)
	for i, groups := range shamir.Lines(text) {
		fmt.Fprintf(&w.Buffer, "   %2d.", i+1)
		for _, group := range groups {
			w.WriteString("   ")
			w.Write(group)
		}
		w.line("")
	}
	w.line("")
}

// end refuses what does not fit one page.
func (w *textWriter) end() (*bytes.Buffer, error) {
	if w.full || w.rows > textRows {
		secret.Wipe(w.Bytes())
		return nil, fault.New(fault.Refused, "the sheet does not fit a page of %d lines of %d characters", textRows, textColumns).
			WithHint("shorten the label")
	}
	return &w.Buffer, nil
}
