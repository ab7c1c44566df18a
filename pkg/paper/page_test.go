package paper

import (
	"bytes"
	"errors"
	"image"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

var day = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)

// letters are the characters of a share.
const letters = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"

// randomShare is a text as a share has it.
func randomShare(r *rand.Rand, chars int) string {
	var b strings.Builder
	b.WriteString("EK1")
	for range chars {
		b.WriteByte(letters[r.IntN(len(letters))])
	}
	return b.String()
}

// readableCode returns a code whose first reading succeeded, as a caller finds
// one: by trying again.
func readableCode(t testing.TB, r *rand.Rand, chars int) *Code {
	t.Helper()
	for range 10 {
		c, err := NewCode(randomShare(r, chars))
		if err == nil {
			return c
		}
		if !errors.Is(err, ErrUnreadable) {
			t.Fatal(err)
		}
	}
	t.Fatal("ten codes in a row cannot be read")
	return nil
}

// twoCodes is a page with a title, a code at the top left and the same at the
// bottom right.
func twoCodes(size Size, c *Code) *Document {
	d := NewDocument(size, day)
	p := d.AddPage()
	p.Text(Margin, 25, Font{Bold: true, Points: 20}, "A title (of \\ two) wörds")
	p.Code(Margin, 40, 50, c)
	p.Code(size.Width-Margin-50, size.Height-Margin-50, 50, c)
	p.Paragraph(80, 40, 100, Font{Points: 10}, 4.5, strings.Repeat("What to do, in words. ", 20))
	p.Fold(size.Height / 2)
	p.Rule(Margin, size.Height-30, 80)
	p.Band(Rect{Margin, 200, 100, 8}, 12, "PRACTICE")
	return d
}

func TestPageIsReadAgain(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range []Size{A4, Letter} {
		for _, chars := range []int{96, 107, 147, 181} {
			c := readableCode(t, r, chars)
			pdf, err := twoCodes(size, c).PDF()
			if err != nil {
				t.Fatal(size.Name, chars, err)
			}
			texts, err := Texts(pdf)
			if err != nil {
				t.Fatal(err)
			}
			if len(texts) != 1 || texts[0][0].Text != "A title (of \\ two) wörds" || !texts[0][0].Font.Bold {
				t.Errorf("%s: texts %v", size.Name, texts)
			}
			pages, err := Rasterise(pdf, 150)
			if err != nil {
				t.Fatal(err)
			}
			if got := pages[0].Rect.Max; got.X-int(size.Width/25.4*150) > 1 || got.Y-int(size.Height/25.4*150) > 1 {
				t.Errorf("%s: %v pixels", size.Name, got)
			}
			for name, half := range map[string]image.Rectangle{"top": image.Rect(0, 0, 1200, 800), "bottom": image.Rect(0, 900, 1300, 1800)} {
				part := pages[0].SubImage(half.Intersect(pages[0].Rect)).(*image.Gray)
				if got := readDrawing(t, part); got != c.text {
					t.Errorf("%s, %d, %s half: not read", size.Name, chars, name)
				}
			}
		}
	}
}

func TestSameBytes(t *testing.T) {
	c := readableCode(t, rand.New(rand.NewPCG(3, 4)), 96)
	first, err := twoCodes(A4, c).PDF()
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if again, _ := twoCodes(A4, c).PDF(); !bytes.Equal(first, again) {
			t.Fatal("another file from the same content")
		}
	}
	for _, word := range []string{"/Producer", "/Author", "/Creator", "/Title", "FPDF", "Filter"} {
		if bytes.Contains(first, []byte(word)) {
			t.Errorf("the file has %s", word)
		}
	}
	if !bytes.Contains(first, []byte("/CreationDate (D:20261120000000)")) || !bytes.Contains(first, []byte("/ModDate (D:20261120000000)")) {
		t.Error("the file does not have the date that was given")
	}
}

// TestPlacing shows that a page refuses what lies over something else, outside
// its margins, or cannot be printed.
func TestPlacing(t *testing.T) {
	c := readableCode(t, rand.New(rand.NewPCG(13, 14)), 96)
	font := Font{Points: 10}
	for name, test := range map[string]struct {
		put      func(*Page)
		expected string
	}{
		"text over text":              {func(p *Page) { p.Text(50, 101, font, "over it") }, "lies over a text"},
		"text in a quiet zone":        {func(p *Page) { p.Text(Margin, 76, font, "below the code") }, "lies over a code"},
		"code over code":              {func(p *Page) { p.Code(60, 60, 50, c) }, "lies over"},
		"line through a code":         {func(p *Page) { p.Rule(20, 50, 20) }, "lies over a code"},
		"fold through a code":         {func(p *Page) { p.Fold(50) }, "lies over a code"},
		"fold through text":           {func(p *Page) { p.Fold(99) }, "lies over a text"},
		"band over text":              {func(p *Page) { p.Band(Rect{50, 95, 50, 10}, 10, "X") }, "lies over a text"},
		"text too wide for its band":  {func(p *Page) { p.Band(Rect{50, 150, 20, 10}, 12, "far too wide for it") }, "does not fit its band"},
		"text too high for its band":  {func(p *Page) { p.Band(Rect{50, 150, 100, 3}, 12, "high") }, "does not fit its band"},
		"over the right margin":       {func(p *Page) { p.Text(150, 200, font, strings.Repeat("wide ", 20)) }, "does not fit the page"},
		"over the top margin":         {func(p *Page) { p.Text(50, 16, font, "high") }, "does not fit the page"},
		"under the bottom margin":     {func(p *Page) { p.Text(50, 282, font, "deep") }, "does not fit the page"},
		"code in the margin":          {func(p *Page) { p.Code(150, 100, 50, c) }, "does not fit the page"},
		"a word wider than its lines": {func(p *Page) { p.Paragraph(50, 150, 20, font, 4, "Donaudampfschifffahrt") }, "does not fit a line"},
		"letters of another script":   {func(p *Page) { p.Text(50, 150, font, "Ω") }, `'Ω' cannot be printed`},
		"a control character":         {func(p *Page) { p.Text(50, 150, font, "a\tb") }, "cannot be printed"},
		"a broken character":          {func(p *Page) { p.Text(50, 150, font, "a\xff") }, "cannot be printed"},
		"other script in a band":      {func(p *Page) { p.Band(Rect{50, 150, 100, 10}, 10, "Ω") }, "cannot be printed"},
		"other script in a paragraph": {func(p *Page) { p.Paragraph(50, 150, 50, font, 4, "ab Ω") }, "cannot be printed"},
	} {
		d := NewDocument(A4, day)
		p := d.AddPage()
		p.Code(Margin, 20, 50, c)
		p.Text(50, 100, font, "something")
		if d.Err() != nil {
			t.Fatal(d.Err())
		}
		test.put(p)
		if pdf, err := d.PDF(); err == nil || pdf != nil || !strings.Contains(err.Error(), test.expected) {
			t.Errorf("%s: %v, expected %q", name, err, test.expected)
		}
	}
}

func TestDocumentNeedsDateAndPaper(t *testing.T) {
	if NewDocument(A4, time.Time{}).Err() == nil {
		t.Error("no date, and no error: the file would have the date of its making")
	}
	if NewDocument(Size{"A0", 841, 1189}, day).Err() == nil {
		t.Error("another size of paper, and no error")
	}
	for name, expected := range map[string]Size{"a4": A4, "A4": A4, "letter": Letter, "Letter": Letter} {
		if got, err := ParseSize(name); err != nil || got != expected {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	if _, err := ParseSize("A5"); err == nil {
		t.Error("A5 is a size")
	}
}
