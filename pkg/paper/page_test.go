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
				if got, err := DecodeClean(part); err != nil || got != c.Text() {
					t.Errorf("%s, %d, %s half: %v", size.Name, chars, name, err)
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
