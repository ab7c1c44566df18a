package paper

import (
	"image"
	"math"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/common"
	multi "github.com/makiuchi-d/gozxing/multi/qrcode/detector"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"github.com/makiuchi-d/gozxing/qrcode/detector"
	"golang.org/x/text/encoding"
)

var tryHarder = map[gozxing.DecodeHintType]interface{}{gozxing.DecodeHintType_TRY_HARDER: true}

// asTheyAre keeps the bytes of a code that are not letters: without it gozxing
// guesses an alphabet for them.
var asTheyAre = map[gozxing.DecodeHintType]interface{}{gozxing.DecodeHintType_CHARACTER_SET: encoding.Nop}

// luminance shows a picture to gozxing without a copy.
type luminance struct {
	gozxing.LuminanceSourceBase
	img *image.Gray
}

func newLuminance(img *image.Gray) *luminance {
	w, h := size(img)
	return &luminance{gozxing.LuminanceSourceBase{Width: w, Height: h}, img}
}

func (l *luminance) GetRow(y int, row []byte) ([]byte, error) {
	if len(row) < l.Width {
		row = make([]byte, l.Width)
	}
	copy(row, l.img.Pix[y*l.Width:(y+1)*l.Width])
	return row, nil
}

func (l *luminance) GetMatrix() []byte { return l.img.Pix }

func (l *luminance) Invert() gozxing.LuminanceSource { return gozxing.LuminanceSourceInvert(l) }

func (l *luminance) String() string { return "picture" }

// guarded runs gozxing, which trusts its input to look like a code: whatever it
// stumbles over is not one.
func guarded(run func()) {
	defer func() { _ = recover() }()
	run()
}

// binarised returns the picture in black and white by both of gozxing's ways: by
// the light around each block, which stands shadows, and by one level for all,
// which stands ink that bled or faded.
func binarised(img *image.Gray) (all []*gozxing.BitMatrix) {
	for _, way := range []func(gozxing.LuminanceSource) gozxing.Binarizer{gozxing.NewHybridBinarizer, gozxing.NewGlobalHistgramBinarizer} {
		guarded(func() {
			if m, err := way(newLuminance(img)).GetBlackMatrix(); err == nil {
				all = append(all, m)
			}
		})
	}
	return all
}

// scanOne looks for the one code of a picture.
func scanOne(img *image.Gray) []Placed {
	for _, matrix := range binarised(img) {
		var found []Placed
		guarded(func() {
			if at, err := detector.NewDetector(matrix).Detect(tryHarder); err == nil {
				found = decoded(at)
			}
		})
		if found != nil {
			return found
		}
	}
	return nil
}

// scanMany looks for all codes of a picture.
func scanMany(img *image.Gray) (found []Placed) {
	for _, matrix := range binarised(img) {
		guarded(func() {
			all, err := multi.NewMultiDetector(matrix).DetectMulti(tryHarder)
			if err != nil {
				return
			}
			for _, at := range all {
				found = append(found, decoded(at)...)
			}
		})
	}
	return found
}

// decoded is the text of a code that was located, if its error correction accepts
// what was read.
func decoded(at *common.DetectorResult) []Placed {
	dimension := at.GetBits().GetWidth()
	text, ok := decodeModules(at.GetBits())
	if !ok {
		return nil
	}
	return []Placed{{Text: text, Bounds: outline(at.GetPoints(), dimension)}}
}

// decodeModules reads the modules of a code.
func decodeModules(bits *gozxing.BitMatrix) (text string, ok bool) {
	guarded(func() {
		if result, err := decoder.NewDecoder().Decode(bits, asTheyAre); err == nil {
			text, ok = result.GetText(), result.GetText() != ""
		}
	})
	return text, ok
}

// outline is the box about a code, from the middles of its three finder patterns:
// bottom left, top left, top right. They lie 3.5 modules inside.
func outline(points []gozxing.ResultPoint, dimension int) image.Rectangle {
	if len(points) < 3 || dimension <= 7 {
		return image.Rectangle{}
	}
	corner := func(i int) point { return point{points[i].GetX(), points[i].GetY()} }
	bl, tl, tr := corner(0), corner(1), corner(2)
	br := tr.plus(bl).minus(tl)
	middle := tr.plus(bl).times(0.5)
	grow := float64(dimension) / float64(dimension-7)
	return boxAround(middle.plus(tl.minus(middle).times(grow)), middle.plus(tr.minus(middle).times(grow)),
		middle.plus(bl.minus(middle).times(grow)), middle.plus(br.minus(middle).times(grow)))
}

// point is a place in a picture.
type point struct{ x, y float64 }

func (p point) plus(q point) point       { return point{p.x + q.x, p.y + q.y} }
func (p point) minus(q point) point      { return point{p.x - q.x, p.y - q.y} }
func (p point) times(f float64) point    { return point{p.x * f, p.y * f} }
func (p point) cross(q point) float64    { return p.x*q.y - p.y*q.x }
func (p point) dot(q point) float64      { return p.x*q.x + p.y*q.y }
func (p point) length() float64          { return math.Hypot(p.x, p.y) }
func (p point) distance(q point) float64 { return p.minus(q).length() }

func boxAround(points ...point) image.Rectangle {
	low, high := points[0], points[0]
	for _, p := range points {
		low, high = point{min(low.x, p.x), min(low.y, p.y)}, point{max(high.x, p.x), max(high.y, p.y)}
	}
	return image.Rect(int(low.x), int(low.y), int(math.Ceil(high.x)), int(math.Ceil(high.y)))
}
