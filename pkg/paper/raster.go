package paper

import (
	"image"
	"image/color"
	"math"
	"slices"

	"codeberg.org/go-pdf/fpdf"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
)

// proofDPI are the resolutions at which a page is read again, those of poor
// scans. A code need only be read at one of them: that it is a good one, its
// bitmap has shown, and a sheet that is made again must not fail for ever.
var proofDPI = [...]float64{150, 200}

// Printed is one text in a finished PDF; X and Y are where its baseline begins,
// in millimetres from the top left corner of the paper.
type Printed struct {
	Text string
	X, Y float64
	Font Font
}

// Rasterise draws the pages of a PDF that this package made, from its bytes.
// Each letter is a grey box: what matters is where it stands.
func Rasterise(pdf []byte, dpi float64) ([]*image.Gray, error) {
	if !(dpi >= 20 && dpi <= 600) {
		return nil, fault.New(fault.Usage, "resolution: expected 20 to 600 dpi")
	}
	pages, err := readOwn(pdf)
	if err != nil {
		return nil, err
	}
	var images []*image.Gray
	for _, page := range pages {
		r := newRaster(page, dpi)
		if err := (&interpreter{page: page, on: r}).run(); err != nil {
			return nil, err
		}
		images = append(images, r.img)
	}
	return images, nil
}

// Texts returns what is printed on each page of a PDF that this package made,
// in the order in which it is drawn.
func Texts(pdf []byte) ([][]Printed, error) {
	pages, err := readOwn(pdf)
	if err != nil {
		return nil, err
	}
	var all [][]Printed
	for _, page := range pages {
		t := &textList{height: page.height, texts: []Printed{}}
		if err := (&interpreter{page: page, on: t}).run(); err != nil {
			return nil, err
		}
		all = append(all, t.texts)
	}
	return all, nil
}

// textList is a canvas that keeps the texts.
type textList struct {
	height float64
	texts  []Printed
}

func (t *textList) fill([]Rect, float64) {}

func (t *textList) text(x, y float64, font Font, latin []byte, _ float64) {
	runes := make([]rune, len(latin))
	for i, b := range latin {
		runes[i] = rune(b)
	}
	t.texts = append(t.texts, Printed{string(runes), x / pointsPerMM, (t.height - y) / pointsPerMM, font})
}

// raster is a canvas that draws.
type raster struct {
	img    *image.Gray
	height float64 // of the page in points
	scale  float64 // pixels a point
	fonts  *fpdf.Fpdf
}

func newRaster(page ownPage, dpi float64) *raster {
	scale := dpi / 72
	img := image.NewGray(image.Rect(0, 0, int(math.Ceil(page.width*scale)), int(math.Ceil(page.height*scale))))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	return &raster{img: img, height: page.height, scale: scale, fonts: newPDF(A4)}
}

// fill paints rectangles; a pixel that one covers in part is painted in part.
func (r *raster) fill(rects []Rect, shade float64) {
	for _, rect := range rects {
		x0, x1 := rect.X*r.scale, (rect.X+rect.W)*r.scale
		y0, y1 := (r.height-rect.Y-rect.H)*r.scale, (r.height-rect.Y)*r.scale
		bounds := image.Rect(int(math.Floor(x0)), int(math.Floor(y0)), int(math.Ceil(x1)), int(math.Ceil(y1))).Intersect(r.img.Rect)
		for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
			high := min(y1, float64(y+1)) - max(y0, float64(y))
			for x := bounds.Min.X; x < bounds.Max.X; x++ {
				cover := high * (min(x1, float64(x+1)) - max(x0, float64(x)))
				old := float64(r.img.GrayAt(x, y).Y)
				r.img.SetGray(x, y, color.Gray{Y: uint8(old + cover*(255*shade-old) + 0.5)})
			}
		}
	}
}

// text draws a box for each letter, as high as small letters are.
func (r *raster) text(x, y float64, font Font, latin []byte, shade float64) {
	r.fonts.SetFont(font.family(), font.style(), font.Points)
	for _, b := range latin {
		w := r.fonts.GetStringWidth(string([]byte{b}))
		if b != ' ' && b != 0xa0 {
			r.fill([]Rect{{x, y, w * 0.85, font.Points / 2}}, 0.3+0.4*shade)
		}
		x += w
	}
}

// verify reads the finished file: every text is there and where it should be,
// none of them on a code, and every code is read from the drawing of its page.
func (d *Document) verify(pdf []byte) error {
	texts, err := Texts(pdf)
	if err != nil {
		return err
	}
	if len(texts) != len(d.pages) {
		return notOwn("number of pages")
	}
	for i, p := range d.pages {
		if err := p.verifyTexts(texts[i]); err != nil {
			return err
		}
	}
	if !slices.ContainsFunc(d.pages, (*Page).hasCode) {
		return nil
	}
	for _, dpi := range proofDPI {
		if err = d.verifyCodes(pdf, dpi); err != ErrUnreadable {
			break
		}
	}
	return err
}

func (p *Page) hasCode() bool {
	return slices.ContainsFunc(p.items, func(it Item) bool { return it.Code != nil })
}

// verifyTexts compares what is printed on a page with what was put on it.
func (p *Page) verifyTexts(texts []Printed) error {
	for _, it := range p.items {
		if it.Text == "" {
			continue
		}
		if len(texts) == 0 || !it.isPrinted(p.doc, texts[0]) {
			return notOwn("a text")
		}
		texts = texts[1:]
	}
	if len(texts) > 0 {
		return notOwn("a text")
	}
	return nil
}

// isPrinted says whether a text in the file is this one, inside its box.
func (it Item) isPrinted(d *Document, t Printed) bool {
	up, down := ascent*t.Font.Points/pointsPerMM, descent*t.Font.Points/pointsPerMM
	box := Rect{t.X, t.Y - up, d.Width(t.Font, t.Text), up + down}
	return t.Text == it.Text && box.within(it.Box.grow(touch))
}

// verifyCodes draws the pages and reads all codes on them.
func (d *Document) verifyCodes(pdf []byte, dpi float64) error {
	pages, err := Rasterise(pdf, dpi)
	if err != nil {
		return err
	}
	defer func() {
		for _, page := range pages {
			secret.Wipe(page.Pix)
		}
	}()
	for i, p := range d.pages {
		for _, it := range p.items {
			if it.Code == nil {
				continue
			}
			if err := it.verifyCode(pages[i], dpi); err != nil {
				return err
			}
		}
	}
	return nil
}

// verifyCode reads a code from the drawing of its page, with what lies around
// it.
func (it Item) verifyCode(drawn *image.Gray, dpi float64) error {
	pixels := dpi / 25.4
	around := it.Box.grow(5)
	part := image.Rect(int(around.X*pixels), int(around.Y*pixels),
		int((around.X+around.W)*pixels), int((around.Y+around.H)*pixels)).Intersect(drawn.Rect)
	crop := cut(drawn, part)
	defer secret.Wipe(crop.Pix)
	got, ok := firstPass(crop)
	if !ok {
		return ErrUnreadable
	}
	if got != it.Code.text {
		return fault.New(fault.Integrity, "a code on the page holds another text than it should")
	}
	return nil
}
