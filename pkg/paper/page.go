package paper

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"github.com/ethkey/ethkey/internal/fault"
)

// Margin is the white border of every page in millimetres: no printer needs
// more.
const Margin = 15

const pointsPerMM = 72 / 25.4

// Size is a size of paper in millimetres.
type Size struct {
	Name          string
	Width, Height float64
}

// The sizes that a sheet may have.
var (
	A4     = Size{"A4", 210, 297}
	Letter = Size{"Letter", 215.9, 279.4}
)

// ParseSize returns the size of that name.
func ParseSize(name string) (Size, error) {
	for _, size := range []Size{A4, Letter} {
		if strings.EqualFold(name, size.Name) {
			return size, nil
		}
	}
	return Size{}, fault.New(fault.Usage, "paper %q: expected A4 or Letter", name)
}

// Font is one of the fonts that every printer and reader has.
type Font struct {
	Mono, Bold bool
	Points     float64
}

func (f Font) family() string {
	if f.Mono {
		return "Courier"
	}
	return "Helvetica"
}

func (f Font) style() string {
	if f.Bold {
		return "B"
	}
	return ""
}

// Above and below the baseline, as parts of the size; no letter of Latin-1 in
// these fonts goes further, but for accents on capitals.
const (
	ascent  = 0.76
	descent = 0.22
)

// Height is what a line of text takes from its top to its bottom, in
// millimetres.
func (f Font) Height() float64 { return (ascent + descent) * f.Points / pointsPerMM }

// Rect is a part of a page in millimetres, from the top left corner of the
// paper.
type Rect struct{ X, Y, W, H float64 }

// touch is how far two things may overlap: positions are rounded to hundredths
// of a point.
const touch = 0.01

func (r Rect) overlaps(o Rect) bool {
	return r.X+touch < o.X+o.W && o.X+touch < r.X+r.W && r.Y+touch < o.Y+o.H && o.Y+touch < r.Y+r.H
}

func (r Rect) within(o Rect) bool {
	return r.X >= o.X-touch && r.Y >= o.Y-touch && r.X+r.W <= o.X+o.W+touch && r.Y+r.H <= o.Y+o.H+touch
}

func (r Rect) grow(by float64) Rect { return Rect{r.X - by, r.Y - by, r.W + 2*by, r.H + 2*by} }

// Item is one thing on a page.
type Item struct {
	Box  Rect // what nothing else may touch
	Text string
	Font Font
	Code *Code

	kind     itemKind
	at       Rect // where it is drawn
	inverted bool
}

type itemKind int

const (
	textItem itemKind = iota
	codeItem
	ruleItem
	foldItem
	bandItem
)

// Page is one side of paper. What is put on it must lie inside the margins and
// must not touch anything else on it: the first that does is the error of the
// document.
type Page struct {
	doc   *Document
	items []Item
}

// Document is a few pages of text, lines and codes, and one error: the first.
type Document struct {
	size  Size
	date  time.Time
	pages []*Page
	err   error

	metrics *fpdf.Fpdf
}

// NewDocument returns an empty document. The date is what the file gives as
// that of its making; the same content and date are the same bytes.
func NewDocument(size Size, date time.Time) *Document {
	d := &Document{size: size, date: date.UTC(), metrics: newPDF(size)}
	if date.IsZero() {
		d.fail("document without a date")
	}
	if size != A4 && size != Letter {
		d.fail("paper %q: expected A4 or Letter", size.Name)
	}
	return d
}

func (d *Document) fail(format string, args ...any) {
	if d.err == nil {
		d.err = fault.New(fault.Refused, format, args...)
	}
}

// Err is the first thing that went wrong.
func (d *Document) Err() error { return d.err }

// AddPage begins a new page.
func (d *Document) AddPage() *Page {
	p := &Page{doc: d}
	d.pages = append(d.pages, p)
	return p
}

// Width is the width of a text in millimetres.
func (d *Document) Width(font Font, text string) float64 {
	latin, err := latin1(text)
	if err != nil {
		return 0
	}
	d.metrics.SetFont(font.family(), font.style(), font.Points)
	return d.metrics.GetStringWidth(latin) / pointsPerMM
}

// Wrap breaks a text at its spaces into lines of at most that width. A line
// feed ends a line. A word that is wider is an error of the document.
func (d *Document) Wrap(font Font, width float64, text string) []string {
	var lines []string
	for _, paragraph := range strings.Split(text, "\n") {
		line := ""
		for _, word := range strings.Fields(paragraph) {
			if d.Width(font, word) > width {
				d.fail("%q does not fit a line of %.0f mm", word, width)
			}
			longer := strings.TrimPrefix(line+" "+word, " ")
			if line != "" && d.Width(font, longer) > width {
				lines, longer = append(lines, line), word
			}
			line = longer
		}
		lines = append(lines, line)
	}
	return lines
}

// place checks a thing and puts it on the page.
func (p *Page) place(it Item) {
	size := p.doc.size
	if !it.at.within(Rect{Margin, Margin, size.Width - 2*Margin, size.Height - 2*Margin}) {
		p.doc.fail("%s does not fit the page", it.describe())
	}
	for _, other := range p.items {
		if it.Box.overlaps(other.Box) {
			p.doc.fail("%s lies over %s", it.describe(), other.describe())
		}
	}
	p.items = append(p.items, it)
}

// describe names a thing without what it says: that may be a share.
func (it Item) describe() string {
	name := [...]string{"a text", "a code", "a line", "a fold", "a band"}[it.kind]
	return fmt.Sprintf("%s at %.0f, %.0f mm", name, it.at.X, it.at.Y)
}

// Text puts one line of text on the page; y is its baseline. It returns the x
// of its end.
func (p *Page) Text(x, y float64, font Font, text string) float64 {
	if _, err := latin1(text); err != nil {
		p.doc.fail("%v", err)
		return x
	}
	if text == "" {
		return x
	}
	w := p.doc.Width(font, text)
	box := Rect{x, y - ascent*font.Points/pointsPerMM, w, font.Height()}
	p.place(Item{kind: textItem, Box: box, at: box, Text: text, Font: font})
	return x + w
}

// TextRight puts one line of text on the page that ends at x.
func (p *Page) TextRight(x, y float64, font Font, text string) {
	p.Text(x-p.doc.Width(font, text), y, font, text)
}

// Paragraph puts text on the page, broken to a width, from the top y. It
// returns the y below its last line.
func (p *Page) Paragraph(x, y, width float64, font Font, leading float64, text string) float64 {
	for _, line := range p.doc.Wrap(font, width, text) {
		p.Text(x, y+ascent*font.Points/pointsPerMM, font, line)
		y += leading
	}
	return y
}

// Code puts a code on the page with its dark part at x, y and that side. Its
// quiet zone stays empty.
func (p *Page) Code(x, y, side float64, c *Code) {
	at := Rect{x, y, side, side}
	p.place(Item{kind: codeItem, Box: at.grow(QuietZone * side / float64(c.Size())), at: at, Code: c})
}

// Rule puts a thin line on the page from left to right, for handwriting.
func (p *Page) Rule(x, y, width float64) {
	at := Rect{x, y - 0.1, width, 0.2}
	p.place(Item{kind: ruleItem, Box: at, at: at})
}

// Fold puts a dashed line on the page where to fold it. Nothing may lie on it
// or within a millimetre.
func (p *Page) Fold(y float64) {
	at := Rect{Margin, y, p.doc.size.Width - 2*Margin, 0}
	p.place(Item{kind: foldItem, Box: at.grow(1), at: at})
}

// Band puts a black band with white bold text in its middle on the page.
func (p *Page) Band(r Rect, points float64, text string) {
	font := Font{Bold: true, Points: points}
	if _, err := latin1(text); err != nil {
		p.doc.fail("%v", err)
		return
	}
	if p.doc.Width(font, text) > r.W || font.Height() > r.H {
		p.doc.fail("a text does not fit its band")
	}
	p.place(Item{kind: bandItem, Box: r, at: r, Text: text, Font: font, inverted: true})
}

// PDF returns the document as a file that was read again: every text stands in
// it where it should, and every code in it was decoded from the picture of its
// page. ErrUnreadable means that a code was not. Wipe the file after use.
func (d *Document) PDF() ([]byte, error) {
	if d.err != nil {
		return nil, d.err
	}
	f := newPDF(d.size)
	f.SetCreationDate(d.date)
	f.SetModificationDate(d.date)
	for _, p := range d.pages {
		f.AddPage()
		for _, it := range p.items {
			it.draw(f, d.size)
		}
	}
	var out bytes.Buffer
	out.Grow(128 << 10) // more than a sheet takes: growing would leave copies behind
	if err := f.Output(&out); err != nil {
		return nil, fault.New(fault.Refused, "page: %v", err)
	}
	if err := d.verify(out.Bytes()); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// newPDF returns an empty file without anything that tells when and by what it
// was made. It is not compressed: what lies in it can be looked at, and its
// bytes do not change with a library.
func newPDF(size Size) *fpdf.Fpdf {
	f := fpdf.NewCustom(&fpdf.InitType{
		UnitStr: "pt",
		Size:    fpdf.SizeType{Wd: size.Width * pointsPerMM, Ht: size.Height * pointsPerMM},
	})
	f.SetProducer("", false)
	f.SetCompression(false)
	f.SetCatalogSort(true)
	f.SetAutoPageBreak(false, 0)
	return f
}

func (it Item) draw(f *fpdf.Fpdf, size Size) {
	switch it.kind {
	case codeItem:
		drawCode(f, size, it)
	case ruleItem:
		drawRects(f, size, it.at)
	case foldItem:
		for x := it.at.X; x < it.at.X+it.at.W; x += 4 {
			drawRects(f, size, Rect{x, it.at.Y - 0.075, min(2, it.at.X+it.at.W-x), 0.15})
		}
	case bandItem:
		drawRects(f, size, it.at)
		w := it.at.W - textWidth(f, it.Font, it.Text)/pointsPerMM
		h := it.at.H + (ascent-descent)*it.Font.Points/pointsPerMM
		drawText(f, it.at.X+w/2, it.at.Y+h/2, it)
	case textItem:
		drawText(f, it.at.X, it.at.Y+ascent*it.Font.Points/pointsPerMM, it)
	}
}

func textWidth(f *fpdf.Fpdf, font Font, text string) float64 {
	latin, _ := latin1(text)
	f.SetFont(font.family(), font.style(), font.Points)
	return f.GetStringWidth(latin)
}

func drawText(f *fpdf.Fpdf, x, y float64, it Item) {
	shade := 0
	if it.inverted {
		shade = 255
	}
	latin, _ := latin1(it.Text)
	f.SetTextColor(shade, shade, shade)
	f.SetFont(it.Font.family(), it.Font.style(), it.Font.Points)
	f.Text(x*pointsPerMM, y*pointsPerMM, latin)
}

// drawRects fills rectangles as one path, so that there are no hairlines
// between those that touch.
func drawRects(f *fpdf.Fpdf, size Size, rects ...Rect) {
	for _, r := range rects {
		f.RawWriteStr(fmt.Sprintf("%.2f %.2f %.2f %.2f re",
			r.X*pointsPerMM, (size.Height-r.Y)*pointsPerMM, r.W*pointsPerMM, -r.H*pointsPerMM))
	}
	f.RawWriteStr("f")
}

// drawCode draws the modules on a grid of whole hundredths of a point, so that
// every edge lies where the next begins.
func drawCode(f *fpdf.Fpdf, size Size, it Item) {
	hundredths := func(mm float64) int { return int(mm*pointsPerMM*100 + 0.5) }
	module := hundredths(it.at.W) / it.Code.Size()
	left, top := hundredths(it.at.X), hundredths(size.Height-it.at.Y)
	for _, r := range it.Code.runs() {
		f.RawWriteStr(fmt.Sprintf("%.2f %.2f %.2f %.2f re",
			float64(left+r.x*module)/100, float64(top-r.y*module)/100,
			float64(r.length*module)/100, float64(-module)/100))
	}
	f.RawWriteStr("f")
}

// Printable refuses text with letters that the fonts of a page do not have.
func Printable(text string) error {
	_, err := latin1(text)
	return err
}

// latin1 returns the text as the fonts take it.
func latin1(text string) (string, error) {
	out := make([]byte, 0, len(text))
	for _, r := range text {
		if r < ' ' || r > 0xff || r >= 0x7f && r < 0xa0 {
			return "", fault.New(fault.Refused, "%q cannot be printed: expected letters of Latin-1, as in western Europe", r).
				WithHint("write it in plain letters, or by hand on the sheet")
		}
		out = append(out, byte(r))
	}
	return string(out), nil
}
