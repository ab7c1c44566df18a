package paper

import (
	"errors"
	"image"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
)

// TestCodeSizes holds the versions of the codes that sheets have: the module of
// a code of 50 mm is wider than a millimetre.
func TestCodeSizes(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for chars, side := range map[int]int{96: 41, 104: 41, 144: 49, 152: 49, 181: 53} {
		if c := readableCode(t, r, chars); c.Size() != side || c.Size() != len(c.modules[0]) {
			t.Errorf("%d characters: %d modules, expected %d", chars+3, c.Size(), side)
		}
	}
}

func TestCodeRefusesText(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "small letters": "ek1qqqq", "not ASCII": "EK1Ä", "line feed": "EK1\nQQQQ", "too long": strings.Repeat("Q", MaxCodeText+1),
	} {
		if _, err := NewCode(text); fault.KindOf(err) != fault.Refused || errors.Is(err, ErrUnreadable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEveryLength makes codes of all lengths: go-qrcode has cases that panic,
// and none of them may be met.
func TestEveryLength(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	unreadable := 0
	for chars := 0; chars <= MaxCodeText-3; chars += 1 + chars/20 {
		if _, err := NewCode(randomShare(r, chars)); errors.Is(err, ErrUnreadable) {
			unreadable++
		} else if err != nil {
			t.Errorf("%d characters: %v", chars, err)
		}
	}
	if unreadable > 5 {
		t.Errorf("%d codes cannot be read", unreadable)
	}
}

// drawn makes a picture of the cells of a terminal, two modules a line.
func drawn(t *testing.T, lines []string, cell func(rune) (upper, lower bool)) *image.Gray {
	t.Helper()
	const pixels = 5
	img := image.NewGray(image.Rect(0, 0, pixels*len([]rune(lines[0])), 2*pixels*len(lines)))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	for y, line := range lines {
		for x, r := range []rune(line) {
			upper, lower := cell(r)
			for half, dark := range []bool{upper, lower} {
				if dark {
					fill(img, image.Rect(x*pixels, (2*y+half)*pixels, (x+1)*pixels, (2*y+half+1)*pixels), 0)
				}
			}
		}
	}
	return img
}

func TestTerminal(t *testing.T) {
	c := readableCode(t, rand.New(rand.NewPCG(9, 10)), 96)
	var lines []string
	var out strings.Builder
	c.Terminal(&out, "<")
	for line := range strings.Lines(out.String()) {
		cells, ok := strings.CutPrefix(line, "<")
		if !ok {
			t.Fatalf("a line is left to the theme of the terminal: %q", line)
		}
		lines = append(lines, strings.TrimSuffix(cells, "\n"))
	}
	if want := (c.Size() + 2*QuietZone + 1) / 2; len(lines) != want || len([]rune(lines[0])) != c.Size()+2*QuietZone {
		t.Fatalf("%d lines of %d cells, expected %d of %d", len(lines), len([]rune(lines[0])), want, c.Size()+2*QuietZone)
	}
	for _, line := range append(lines[:2:2], lines[len(lines)-2:]...) {
		if strings.Trim(line, " ") != "" {
			t.Errorf("the quiet zone is not empty: %q", line)
		}
	}
	img := drawn(t, lines, func(r rune) (bool, bool) { return r == '█' || r == '▀', r == '█' || r == '▄' })
	if got := readDrawing(t, img); got != c.text {
		t.Error("the code of a terminal is not read")
	}
}

// TestScreenCode makes codes of the sizes that SeedQR has.
func TestScreenCode(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 32))
	for digits, side := range map[int]int{48: 25, 96: 29} {
		text := make([]byte, digits)
		for range 50 {
			for i := range text {
				text[i] = byte('0' + r.IntN(10))
			}
			if c, err := NewScreenCode(string(text)); err != nil || c.Size() != side || c.text != string(text) {
				t.Errorf("%d digits: %v", digits, err)
			}
		}
	}
}

// TestFixedCode finds texts whose code is not read at once, and shows that
// they can be printed all the same.
func TestFixedCode(t *testing.T) {
	r := rand.New(rand.NewPCG(23, 24))
	found := 0
	for range 2000 {
		text := randomShare(r, 96)
		if _, err := NewCode(text); err == nil {
			continue
		}
		found++
		c, err := NewFixedCode(text)
		if err != nil || c.text != text {
			t.Fatalf("a text that cannot be drawn again cannot be printed: %v", err)
		}
		if _, err := twoCodes(A4, c).PDF(); err != nil {
			t.Fatal(err)
		}
		if found == 3 {
			return
		}
	}
	t.Error("every code is read at once: there is nothing to show here any more")
}
