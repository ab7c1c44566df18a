package paper

import (
	"image"
	"image/color"
	"strings"

	"github.com/skip2/go-qrcode"

	"github.com/ethkey/ethkey/internal/fault"
)

// QuietZone is the white border of a code, in modules (ISO/IEC 18004, 5.3.8).
const QuietZone = 4

// MaxCodeText is the longest text of a code. It is version 14, 73 modules, so
// that a module is never smaller than half a millimetre at the smallest side.
const MaxCodeText = 375

// alphanumeric are the 45 characters of the alphanumeric mode.
const alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

// ErrUnreadable says that a code cannot be read at the first attempt, which
// happens to one perfect code in about a hundred. Whoever made its text from
// randomness draws again.
var ErrUnreadable = fault.New(fault.Integrity, "a code that was drawn cannot be read at the first attempt")

// Code is a QR code of alphanumeric text, on paper at level Q: a quarter of it may
// be lost. Its text was read again from its own bitmap.
type Code struct {
	text    string
	modules [][]bool
}

// NewCode makes the code of a text of capital letters and digits, and reads it
// again. ErrUnreadable means that the text needs other randomness.
func NewCode(text string) (*Code, error) { return newCode(text, qrcode.High) }

// NewFixedCode is for a text that cannot be drawn again, such as that of a lost
// sheet: a code that is not read at level Q has other modules at level H or M.
func NewFixedCode(text string) (*Code, error) {
	return firstCode(text, qrcode.High, qrcode.Highest, qrcode.Medium)
}

// NewScreenCode is for a fixed text that is shown, and never lies in a drawer: the
// smallest code of it, at level L if that is read. A SeedQR has 25 or 29 modules.
func NewScreenCode(text string) (*Code, error) {
	return firstCode(text, qrcode.Low, qrcode.Medium, qrcode.High)
}

// firstCode makes the code at the first of the levels at which it is read.
func firstCode(text string, levels ...qrcode.RecoveryLevel) (c *Code, err error) {
	for _, level := range levels {
		if c, err = newCode(text, level); err != ErrUnreadable {
			break
		}
	}
	return c, err
}

// newCode makes a code and reads it again.
func newCode(text string, level qrcode.RecoveryLevel) (*Code, error) {
	c, err := encode(text, level)
	if err != nil {
		return nil, err
	}
	if got, ok := firstPass(c.Bitmap(4)); !ok || got != text {
		return nil, ErrUnreadable
	}
	return c, nil
}

func encode(text string, level qrcode.RecoveryLevel) (*Code, error) {
	if text == "" || len(text) > MaxCodeText {
		return nil, fault.New(fault.Refused, "text of a code: expected 1 to %d characters", MaxCodeText)
	}
	// go-qrcode would choose another mode, and panics on some empty segments.
	if i := strings.IndexFunc(text, func(r rune) bool { return !strings.ContainsRune(alphanumeric, r) }); i >= 0 {
		return nil, fault.New(fault.Refused, "text of a code: character %d is not one of the 45 of the alphanumeric mode", i+1)
	}
	q, err := qrcode.New(text, level)
	if err != nil {
		return nil, fault.New(fault.Refused, "text of a code: %v", err)
	}
	q.DisableBorder = true
	return &Code{text: text, modules: q.Bitmap()}, nil
}

// firstPass reads the one code of a drawing as any plain reader does, and not as
// ReadPicture would go on: what is printed is to be better than what is still read.
func firstPass(img *image.Gray) (string, bool) {
	if found := scanOne(img); len(found) > 0 {
		return found[0].Text, true
	}
	return "", false
}

// Size is the number of modules of a side, without quiet zone.
func (c *Code) Size() int { return len(c.modules) }

// dark says whether a module is dark; the quiet zone and beyond is not.
func (c *Code) dark(x, y int) bool {
	return y >= 0 && y < len(c.modules) && x >= 0 && x < len(c.modules) && c.modules[y][x]
}

// run is a horizontal run of dark modules.
type run struct{ x, y, length int }

// runs are all dark modules. One rectangle a run leaves no hairlines between
// modules and a file of a third of the size.
func (c *Code) runs() []run {
	var all []run
	for y := range c.modules {
		for x := 0; x < len(c.modules); x++ {
			start := x
			for c.dark(x, y) {
				x++
			}
			if x > start {
				all = append(all, run{start, y, x - start})
			}
		}
	}
	return all
}

// Bitmap is the code with its quiet zone, as an image.
func (c *Code) Bitmap(pixelsPerModule int) *image.Gray {
	n := (c.Size() + 2*QuietZone) * pixelsPerModule
	img := image.NewGray(image.Rect(0, 0, n, n))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	for _, r := range c.runs() {
		x, y := (r.x+QuietZone)*pixelsPerModule, (r.y+QuietZone)*pixelsPerModule
		fill(img, image.Rect(x, y, x+r.length*pixelsPerModule, y+pixelsPerModule), 0)
	}
	return img
}

// fill paints a rectangle.
func fill(img *image.Gray, r image.Rectangle, shade uint8) {
	r = r.Intersect(img.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			img.SetGray(x, y, color.Gray{Y: shade})
		}
	}
}
