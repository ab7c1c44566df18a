package paper

import (
	"bytes"
	"image"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/skip2/go-qrcode"

	"github.com/ethkey/ethkey/internal/testkit/damage"
)

// TestCleanCodesAreAllRead draws codes of shares as they are made, in many sizes:
// none may be missed.
func TestCleanCodesAreAllRead(t *testing.T) {
	rng := rand.New(rand.NewPCG(50, 1))
	count := 400
	if testing.Short() {
		count = 60
	}
	for i := range count {
		text := shareText(rng)
		if i%4 == 3 {
			text += shareText(rng)[3:50] // of two levels, or of 64 bytes
		}
		code, err := encode(text, qrcode.High)
		if err != nil {
			t.Fatal(err)
		}
		if got := readDrawing(t, code.Bitmap(2+i%7)); got != text {
			t.Errorf("code %d is not read", i)
		}
	}
}

// readDrawing reads the one code of a drawing that nothing has damaged.
func readDrawing(t testing.TB, img *image.Gray) string {
	t.Helper()
	found, err := ReadPicture(t.Context(), asPNG(t, img), "drawing.png", ReadOptions{})
	if err != nil || len(found) != 1 {
		t.Errorf("%d texts, %v", len(found), err)
		return ""
	}
	return string(found[0].Text)
}

// cleanPage is an A4 page at 150 dpi with a code twice.
func cleanPage(t testing.TB, seed uint64) (string, *image.Gray) {
	t.Helper()
	text := shareText(rand.New(rand.NewPCG(seed, 2)))
	code, at, err := damage.Code(text, 50, 150)
	if err != nil {
		t.Fatal(err)
	}
	page := newGray(1240, 1754)
	for i := range page.Pix {
		page.Pix[i] = 245
	}
	for _, corner := range []image.Point{{100, 200}, {1240 - 100 - at.Dx(), 1754 - 200 - at.Dy()}} {
		for y := range at.Dy() {
			copy(page.Pix[(corner.Y+y)*1240+corner.X:], code.Pix[code.PixOffset(at.Min.X, at.Min.Y+y):][:at.Dx()])
		}
	}
	return text, page
}

func TestFindCodesShowsBothWhereTheyAre(t *testing.T) {
	missed, pages := 0, uint64(40)
	if testing.Short() {
		pages = 6
	}
	for seed := range pages {
		text, page := cleanPage(t, seed)
		found := FindCodes(page)
		if len(found) != 2 {
			missed++
			continue
		}
		for i, corner := range []image.Point{{100, 200}, {1240 - 100 - 295, 1754 - 200 - 295}} {
			d := found[i].Bounds.Min.Sub(corner)
			if found[i].Text != text || max(d.X, -d.X, d.Y, -d.Y) > 12 {
				t.Errorf("page %d: code %d is at %v, expected %v", seed, i, found[i].Bounds, corner)
			}
		}
	}
	if missed > 0 {
		t.Errorf("a code was missed on %d of %d pages", missed, pages)
	}
}

func BenchmarkFindCodes(b *testing.B) {
	_, page := cleanPage(b, 1)
	for b.Loop() {
		FindCodes(page)
	}
}

// BenchmarkCleanScan reads a scan of an A4 page at 300 dpi, which is to take less
// than a second.
func BenchmarkCleanScan(b *testing.B) {
	text, page := cleanPage(b, 1)
	data := asJPEG(b, resize(page, 2480, 3508), 85)
	var worst time.Duration
	for b.Loop() {
		start := time.Now()
		found, err := ReadPicture(b.Context(), data, "scan.jpg", ReadOptions{})
		if err != nil || len(found) != 1 || string(found[0].Text) != text {
			b.Fatalf("%d texts, %v", len(found), err)
		}
		worst = max(worst, time.Since(start))
	}
	b.ReportMetric(worst.Seconds(), "s/worst")
}

// TestRawBytesComeBackAsTheyAre reads codes of bytes that are no text, such as a
// CompactSeedQR, which readers usually turn into letters.
func TestRawBytesComeBackAsTheyAre(t *testing.T) {
	rng := rand.New(rand.NewPCG(60, 1))
	for i := range 60 {
		raw := make([]byte, 16+16*(i%2))
		for j := range raw {
			raw[j] = byte(rng.IntN(256))
		}
		code, err := qrcode.New(string(raw), qrcode.Low)
		if err != nil {
			t.Fatal(err)
		}
		found, err := ReadPicture(t.Context(), asPNG(t, code.Image(-6)), "seed.png", ReadOptions{})
		if err != nil || len(found) != 1 || !bytes.Equal(found[0].Text, raw) {
			t.Errorf("code %d: %d texts, %v", i, len(found), err)
		}
	}
}
