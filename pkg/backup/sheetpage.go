package backup

import (
	"fmt"

	"github.com/ethkey/ethkey/pkg/paper"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// codeSide is the side of a code in millimetres: a module is about one.
const codeSide = 50

// Fonts that are the same on every sheet.
var (
	titleFont  = paper.Font{Bold: true, Points: 22}
	needFont   = paper.Font{Bold: true, Points: 13}
	setFont    = paper.Font{Mono: true, Bold: true, Points: 30}
	shareFont  = paper.Font{Mono: true, Bold: true, Points: 14}
	numberFont = paper.Font{Points: 9}
	bodyFont   = paper.Font{Points: 9.5}
	smallFont  = paper.Font{Points: 8}
	hexFont    = paper.Font{Mono: true, Points: 8}
)

const (
	bodyLeading  = 4.2
	smallLeading = 3.6
)

// style is how large the text of a sheet is.
type style struct {
	points  float64
	leading float64
	gap     float64 // between parts
	blank   float64 // between lines to write on
	row     float64 // between lines of the share, at least
	rise    float64 // how far above the middle of the paper the fold may be
}

// styles from the one that is best to read to the one that takes least room;
// the first that fits is taken.
var styles = []style{
	{10.5, 4.7, 3, 8, 6.2, 0}, {10.5, 4.7, 3, 8, 6.2, 16},
	{9.5, 4.1, 2, 8, 5.8, 0}, {9.5, 4.1, 2, 8, 5.8, 16},
	{8.8, 3.75, 1.2, 7.4, 5.4, 0}, {8.8, 3.75, 1.2, 7.4, 5.4, 16},
	{8, 3.4, 0.7, 6.6, 5, 16},
}

func (st style) body() paper.Font    { return paper.Font{Points: st.points} }
func (st style) heading() paper.Font { return paper.Font{Bold: true, Points: st.points + 1} }
func (st style) command() paper.Font { return paper.Font{Mono: true, Bold: true, Points: st.points} }

// sheetPage composes one sheet from the top down, and its lower left corner
// from the bottom up.
type sheetPage struct {
	SheetData
	style
	document    *paper.Document
	page        *paper.Page
	code        *paper.Code
	left, right float64 // margins
	bottom      float64
	y           float64 // where the next thing begins
}

// composePage returns the page of a sheet in the first style that fits.
func (d SheetData) composePage(code *paper.Code, text []byte) *paper.Document {
	var document *paper.Document
	for _, st := range styles {
		document = paper.NewDocument(d.Paper, d.day())
		s := &sheetPage{SheetData: d, style: st, document: document, page: document.AddPage(), code: code}
		s.compose(text)
		if document.Err() == nil {
			break
		}
	}
	return document
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
	s.heading("What this is, and what it is not")
	s.y = s.page.Paragraph(s.left, s.y, s.right-s.left, s.body(), s.leading, s.what())
	s.fold()
	s.restore()
	s.page.Code(s.right-codeSide, s.bottom-codeSide, codeSide, s.code)
	s.byHand()
}

// head is the title, and the name of the set at the right.
func (s *sheetPage) head() {
	y, id := s.y, s.Sheet.ID().String()
	s.page.Text(s.left, y+8, titleFont, s.title())
	s.page.Text(s.left, y+14.5, needFont, s.need())
	s.page.TextRight(s.right, y+8.3, setFont, id)
	s.page.TextRight(s.right-s.document.Width(setFont, id)-3, y+8.3, needFont, "Set")
	s.page.Text(s.left, y+19.3, bodyFont, s.Label)
	s.page.TextRight(s.right, y+19.3, bodyFont, "made on "+s.Made.UTC().Format("2006-01-02"))
	s.y += 20
}

// share is the code and, beside it, the text in lines of groups.
func (s *sheetPage) share(text []byte) {
	quiet := paper.QuietZone*codeSide/float64(s.code.Size()) + 0.1
	top := s.y + quiet
	s.page.Code(s.left, top, codeSide, s.code)
	const pitch = 17 // of groups
	x := s.left + codeSide + 14
	s.page.Text(x, s.y+5, s.style.heading(), "The share: code and text say the same")
	lines := shamir.Lines(text)
	step := min(7.6, max(s.row, (codeSide+1)/float64(len(lines)+1)))
	y := s.y + 6 + step/2
	end := s.page.Text(x, y+2, shareFont, shamir.Prefix)
	s.page.Text(end+4, y+1.8, smallFont, "begins every share; then the lines")
	for i, groups := range lines {
		y += step
		s.page.TextRight(x-2.5, y+1.7, numberFont, fmt.Sprintf("%d.", i+1))
		for j, group := range groups {
			s.page.Text(x+float64(j)*pitch, y+2, shareFont, string(group))
		}
	}
	y = s.page.Paragraph(x, y+4, s.right-x, smallFont, smallLeading, alphabetHelp)
	s.y = max(y, top+codeSide+quiet)
}

// heading puts a heading at y.
func (s *sheetPage) heading(text string) {
	font := s.style.heading()
	s.y += s.gap
	s.y = s.page.Paragraph(s.left, s.y, s.right-s.left, font, font.Height()+0.6, text)
}

// fold is in the middle of the paper, or near it when the text above or below
// needs the room.
func (s *sheetPage) fold() {
	y := max(s.Paper.Height/2-s.rise, s.y+1.2)
	s.page.Fold(y)
	s.y = y + 1.1
}

// restore says how to get the secret back.
func (s *sheetPage) restore() {
	const indent = 6
	width := s.right - s.left
	s.heading("To restore, with the program ethkey")
	for i, st := range s.withEthkey(true) {
		s.page.Text(s.left, s.y+0.27*s.points, s.body(), fmt.Sprintf("%d.", i+1))
		if st.command != "" {
			end := s.page.Text(s.left+indent, s.y+0.27*s.points, s.body(), "Run")
			s.page.Text(end+3, s.y+0.27*s.points, s.command(), st.command)
			s.y += s.leading
		}
		s.y = s.page.Paragraph(s.left+indent, s.y, width-indent, s.body(), s.leading, st.text)
	}
	for _, st := range otherSteps {
		end := s.page.Text(s.left, s.y+0.27*s.points, s.command(), st.command)
		s.page.Text(end+3, s.y+0.27*s.points, s.body(), st.text)
		s.y += s.leading
	}
	s.heading(withoutEthkey)
	font := paper.Font{Points: s.points - 1}
	for _, text := range s.instructions() {
		if text != "" {
			s.y = s.page.Paragraph(s.left, s.y, width, font, font.Height()+0.3, text)
		}
	}
}

// byHand is the corner left of the second code: what people fill in, and the
// hash of the record.
func (s *sheetPage) byHand() {
	width := s.right - codeSide - 8 - s.left
	y := s.bottom - 1
	if m := shortMark(s.Sheet.Flags()); m != "" {
		s.page.Band(paper.Rect{X: s.left, Y: s.bottom - 6, W: width - 4, H: 6}, 10, m)
		y -= 8
	}
	hash := recordHash(s.RecordHash)
	s.page.Text(s.left, y, hexFont, hash[1])
	s.page.Text(s.left, y-3.4, hexFont, hash[0])
	s.page.Text(s.left, y-7, smallFont, "Record of this set (public file), SHA-256:")
	y -= 12
	s.page.Text(s.left, y, bodyFont, s.bip39())
	if s.Sheet.Protected() {
		y -= s.blank
		s.passphrase(y, width)
	}
	for _, names := range [][]string{{"Checked on"}, {"Witness"}, {"Place", "Date"}, {"Holder"}} {
		y -= s.blank
		s.blanks(y, width, names...)
	}
}

// passphrase is five lines for the five groups of a sheet's passphrase.
func (s *sheetPage) passphrase(y, width float64) {
	x := s.page.Text(s.left, y, bodyFont, "Passphrase of this sheet") + 2
	each := (s.left + width - 4 - x) / 5
	for range 5 {
		s.page.Rule(x, y+0.5, each-2.5)
		x += each
	}
}

// blanks are lines to write on, side by side.
func (s *sheetPage) blanks(y, width float64, names ...string) {
	each := width / float64(len(names))
	for i, name := range names {
		x := s.left + float64(i)*each
		end := s.page.Text(x, y, bodyFont, name)
		s.page.Rule(end+2, y+0.5, x+each-end-6)
	}
}
