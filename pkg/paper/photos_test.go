package paper

import (
	"image"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
)

type photo struct{ File, Payload, Made string }

func photos(t testing.TB) (all []photo, second string) {
	t.Helper()
	var file struct {
		Images []photo `json:"images"`
		Second string  `json:"two_sheets_second_payload"`
	}
	testkit.Decode(t, "qr-photos/expected.json", &file)
	return file.Images, file.Second
}

// TestNothingIsReadFromNothing looks at what resembles a code and is none: squares
// at random, with the corners of a code among them.
func TestNothingIsReadFromNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(70, 1))
	step := 1
	if testing.Short() {
		step = 5
	}
	for i := 0; i < 12; i += step {
		n := 21 + 4*i
		l := newLayout(1 + i)
		img := newGray(n*6+60, n*6+60)
		for y := range img.Rect.Dy() {
			for x := range img.Rect.Dx() {
				img.Pix[y*img.Stride+x] = 250
			}
		}
		for m := range n * n {
			dark := rng.IntN(2) == 0
			if l.known[m] != 0 {
				dark = l.known[m] > 0
			}
			if dark {
				fill(img, image.Rect(30+m%n*6, 30+m/n*6, 36+m%n*6, 36+m/n*6), 20)
			}
		}
		found, err := ReadPicture(t.Context(), asPNG(t, img), "squares.png", ReadOptions{})
		if err == nil || fault.HintOf(err) == "" {
			t.Errorf("%d modules: %d texts, %v", n, len(found), err)
		}
	}
}

// TestPhotographs reads the published pictures of damaged sheets. Those that are
// not read are refused; no text but the right one ever comes back.
func TestPhotographs(t *testing.T) {
	all, second := photos(t)
	read := 0
	for _, p := range all {
		data := testkit.Vectors(t, "qr-photos/"+p.File)
		start := time.Now()
		step := ""
		found, err := ReadPicture(t.Context(), data, p.File, ReadOptions{Progress: func(s string, _, _ int) { step = s }})
		took := time.Since(start)
		t.Logf("%-22s %8v %s %d %v", p.File, took.Round(time.Millisecond), step, len(found), err)
		for _, f := range found {
			if string(f.Text) != p.Payload && !(p.File == "two-sheets.jpg" && string(f.Text) == second) {
				t.Errorf("%s: a wrong text", p.File)
			}
		}
		if len(found) > 0 {
			read++
		} else if fault.KindOf(err) != fault.Refused || !strings.Contains(fault.HintOf(err), "type the text") {
			t.Errorf("%s: %v (%s), expected what to do", p.File, err, fault.HintOf(err))
		}
		if p.File == "two-sheets.jpg" && len(found) != 2 {
			t.Errorf("%s: %d texts, expected two", p.File, len(found))
		}
	}
	if read < 32 {
		t.Errorf("%d of %d pictures were read, expected at least 32", read, len(all))
	}
}
