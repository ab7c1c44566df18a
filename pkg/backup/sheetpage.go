package backup

import (
	"fmt"

	"github.com/ethkey/ethkey/pkg/paper"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// Sizes on a sheet, in millimetres.
const (
	codeSide  = 50
	codeQuiet = 6 // more than the quiet zone of every code of 50 mm
)

// Fonts of a sheet.
var (
	titleFont   = paper.Font{Bold: true, Points: 22}
	needFont    = paper.Font{Bold: true, Points: 13}
	setFont     = paper.Font{Mono: true, Bold: true, Points: 30}
	shareFont   = paper.Font{Mono: true, Bold: true, Points: 15}
	numberFont  = paper.Font{Points: 9}
	headingFont = paper.Font{Bold: true, Points: 10.5}
	bodyFont    = paper.Font{Points: 9.5}
	smallFont   = paper.Font{Points: 8}
	hexFont     = paper.Font{Mono: true, Points: 8}
)

const (
	bodyLeading  = 4.2
	smallLeading = 3.6
)

// sheetPage composes one sheet from the top down, and its lower left corner
// from the bottom up.
type sheetPage struct {
	SheetData
	page        *paper.Page
	code        *paper.Code
	left, right float64 // margins
	bottom      float64
	y           float64 // where the next thing begins
}

// compose puts everything on the page. What does not fit or lies over another
// thing is an error of the document.
func (s *sheetPage) compose(text []byte) {
	s.left, s.right = paper.Margin, s.Paper.Width-paper.Margin
	s.y, s.bottom = paper.Margin, s.Paper.Height-paper.Margin
	if m := mark(s.Sheet.Flags()); m != "" {
		s.page.Band(paper.Rect{X: s.left, Y: s.y, W: s.right - s.left, H: 8}, 13, m)
		s.y += 9
	}
	s.head()
	s.share(text)
	s.y = s.page.Paragraph(s.left, s.heading("What this is, and what it is not"), s.right-s.left, bodyFont, bodyLeading, s.what())
	s.fold()
	s.restore()
	s.y = s.bottom - codeSide
	s.page.Code(s.right-codeSide, s.y, codeSide, s.code)
	s.byHand()
}

// head is the title, and the name of the set at the right.
func (s *sheetPage) head() {
	y := s.y
	s.page.Text(s.left, y+8, titleFont, s.title())
	s.page.Text(s.left, y+14.5, needFont, s.need())
	s.page.TextRight(s.right, y+9.5, setFont, s.Sheet.ID().String())
	s.page.TextRight(s.right-42, y+9.5, smallFont, "Set")
	s.page.TextRight(s.right, y+14.5, bodyFont, "made on "+s.Made.UTC().Format("2006-01-02"))
	if s.Label != "" {
		s.page.Text(s.left, y+20, bodyFont, s.Label)
	}
	s.y += 22
}

// share is the code and, beside it, the text in lines of groups.
func (s *sheetPage) share(text []byte) {
	top := s.y + codeQuiet
	s.page.Code(s.left, top, codeSide, s.code)
	x := s.left + codeSide + 12
	s.page.Text(x, s.y+3, headingFont, "The share: code and text say the same")
	lines := shamir.Lines(text)
	pitch := min(8, 66/float64(len(lines)+1))
	y := s.y + 6 + pitch/2
	s.page.Text(x, y+2, shareFont, shamir.Prefix)
	for i, groups := range lines {
		y += pitch
		s.page.TextRight(x-2, y+1.6, numberFont, fmt.Sprint(i+1))
		for j, group := range groups {
			s.page.Text(x+float64(j)*17, y+2, shareFont, string(group))
		}
	}
	y = s.page.Paragraph(x, y+4.5, s.right-x, smallFont, smallLeading, alphabetHelp)
	s.y = max(y, top+codeSide+codeQuiet)
}

// heading puts a heading at y and returns where its text begins.
func (s *sheetPage) heading(text string) float64 {
	s.page.Text(s.left, s.y+3.5, headingFont, text)
	return s.y + 5
}

// fold is in the middle of the paper, or a little below when the text above
// needs the room.
func (s *sheetPage) fold() {
	y := max(s.Paper.Height/2, s.y+1.5)
	s.page.Fold(y)
	s.y = y + 2
}

// restore says how to get the secret back.
func (s *sheetPage) restore() {
	width := s.right - s.left
	s.y = s.heading("To restore, with the program ethkey")
	for i, step := range s.withEthkey() {
		s.page.Text(s.left, s.y+3, bodyFont, fmt.Sprintf("%d.", i+1))
		s.y = s.page.Paragraph(s.left+5, s.y, width-5, bodyFont, bodyLeading, step)
	}
	s.y = s.page.Paragraph(s.left, s.y, width, bodyFont, bodyLeading, otherCommands) + 1
	s.y = s.heading("Without ethkey, by any programmer (the public instruction sheet has the program and an example)")
	for _, line := range shamir.Instructions(s.Sheet) {
		s.page.Text(s.left, s.y+2.5, hexFont, line)
		s.y += 3.3
	}
}

// byHand is the corner left of the second code: what people fill in, and the
// hash of the record.
func (s *sheetPage) byHand() {
	width := s.right - codeSide - codeQuiet - s.left - 4
	y := s.bottom - 2
	hash := recordHash(s.RecordHash)
	s.page.Text(s.left, y, hexFont, hash[1])
	s.page.Text(s.left, y-3.6, hexFont, hash[0])
	s.page.Text(s.left, y-7.4, smallFont, "Record of this set (public file), SHA-256:")
	y -= 13
	s.page.Text(s.left, y, bodyFont, s.bip39())
	if s.Sheet.Protected() {
		y -= 8
		s.blanks(y, width, "Passphrase of this sheet")
	}
	for _, names := range [][]string{{"Checked on"}, {"Witness"}, {"Place", "Date"}, {"Holder"}} {
		y -= 8
		s.blanks(y, width, names...)
	}
}

// blanks are lines to write on, side by side.
func (s *sheetPage) blanks(y, width float64, names ...string) {
	each := width / float64(len(names))
	for i, name := range names {
		x := s.left + float64(i)*each
		end := s.page.Text(x, y, bodyFont, name)
		s.page.Rule(end+2, y+0.5, x+each-end-4)
	}
}
