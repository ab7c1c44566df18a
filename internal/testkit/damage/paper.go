package damage

import (
	"bytes"
	"image"
	"image/jpeg"
	"math"
	"math/rand/v2"

	"github.com/skip2/go-qrcode"
)

// Kind is one sort of damage.
type Kind struct {
	Name  string
	apply func(*paper)
}

// Apply hurts a picture of the given resolution. code is where the code stands.
func (k Kind) Apply(img *image.Gray, dpi float64, code image.Rectangle, seed uint64) *image.Gray {
	p := &paper{img: clone(img), mm: dpi / 25.4, code: code, rng: rand.New(rand.NewPCG(seed, 7))}
	k.apply(p)
	return p.img
}

// paper is a picture that is being hurt.
type paper struct {
	img  *image.Gray
	mm   float64 // pixels
	code image.Rectangle
	rng  *rand.Rand
}

func (p *paper) w() int { return p.img.Rect.Dx() }
func (p *paper) h() int { return p.img.Rect.Dy() }

// between draws a number.
func (p *paper) between(low, high float64) float64 { return low + (high-low)*p.rng.Float64() }

// centre is the middle of the code.
func (p *paper) centre() (x, y float64) {
	return float64(p.code.Min.X+p.code.Max.X) / 2, float64(p.code.Min.Y+p.code.Max.Y) / 2
}

// each sets every pixel to what the function makes of it.
func (p *paper) each(f func(x, y, v float64) float64) {
	w := p.w()
	for i, v := range p.img.Pix {
		p.img.Pix[i] = level(f(float64(i%w), float64(i/w), float64(v)))
	}
}

func level(v float64) byte { return byte(min(max(v+0.5, 0), 255)) }

// moved draws the picture anew; the function says where a pixel comes from.
func (p *paper) moved(w, h int, outside float64, from func(x, y float64) (float64, float64)) {
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			fx, fy := from(float64(x), float64(y))
			out.Pix[y*w+x] = level(at(p.img, fx, fy, outside))
		}
	}
	p.img = out
}

// at is the picture between its pixels.
func at(img *image.Gray, x, y, outside float64) float64 {
	x0, y0 := math.Floor(x), math.Floor(y)
	one := func(x, y float64) float64 {
		if x < 0 || y < 0 || x >= float64(img.Rect.Dx()) || y >= float64(img.Rect.Dy()) {
			return outside
		}
		return float64(img.Pix[int(y)*img.Stride+int(x)])
	}
	ax, ay := x-x0, y-y0
	return (one(x0, y0)*(1-ax)+one(x0+1, y0)*ax)*(1-ay) + (one(x0, y0+1)*(1-ax)+one(x0+1, y0+1)*ax)*ay
}

// convolved averages each pixel's surroundings by weights.
func (p *paper) convolved(reach int, weight func(dx, dy float64) float64) {
	type tap struct {
		dx, dy int
		weight float64
	}
	var taps []tap
	sum := 0.0
	for dy := -reach; dy <= reach; dy++ {
		for dx := -reach; dx <= reach; dx++ {
			if w := weight(float64(dx), float64(dy)); w > 0 {
				taps, sum = append(taps, tap{dx, dy, w}), sum+w
			}
		}
	}
	old := clone(p.img)
	p.each(func(x, y, _ float64) (v float64) {
		for _, t := range taps {
			nx, ny := min(max(int(x)+t.dx, 0), p.w()-1), min(max(int(y)+t.dy, 0), p.h()-1)
			v += t.weight * float64(old.Pix[ny*old.Stride+nx])
		}
		return v / sum
	})
}

// blurred by a Gauss of that deviation, in millimetres.
func (p *paper) blurred(mm float64) {
	d := mm * p.mm
	gauss := func(v float64) float64 { return math.Exp(-v * v / (2 * d * d)) }
	reach := int(math.Ceil(2.5 * d))
	p.convolved(reach, func(dx, dy float64) float64 { return gauss(dx) * gauss(dy) })
}

// compressed goes through JPEG.
func (p *paper) compressed(quality int) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p.img, &jpeg.Options{Quality: quality}); err != nil {
		return
	}
	if img, err := jpeg.Decode(&b); err == nil {
		if grey, ok := img.(*image.Gray); ok {
			p.img = clone(grey)
		}
	}
}

func clone(img *image.Gray) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, img.Rect.Dx(), img.Rect.Dy()))
	for y := range out.Rect.Dy() {
		copy(out.Pix[y*out.Stride:(y+1)*out.Stride], img.Pix[y*img.Stride:])
	}
	return out
}

// Code draws text as a code of level Q, of that size with 14 mm of paper about it
// and writing at its side, and says where it stands.
func Code(text string, millimetres, dpi float64) (*image.Gray, image.Rectangle, error) {
	code, err := qrcode.New(text, qrcode.High)
	if err != nil {
		return nil, image.Rectangle{}, err
	}
	code.DisableBorder = true
	modules := code.Bitmap()
	margin, side := 14*dpi/25.4, millimetres*dpi/25.4
	total := int(2*margin + side)
	img := image.NewGray(image.Rect(0, 0, total, total))
	const fine = 4 // drawn with soft edges, as rasterisers do
	for y := range total {
		for x := range total {
			dark := 0
			for i := range fine * fine {
				px := (float64(x) + (float64(i%fine)+0.5)/fine - margin) / side * float64(len(modules))
				py := (float64(y) + (float64(i/fine)+0.5)/fine - margin) / side * float64(len(modules))
				if px >= 0 && py >= 0 && px < float64(len(modules)) && py < float64(len(modules)) {
					if modules[int(py)][int(px)] {
						dark++
					}
				} else if writing(px, py, float64(len(modules))) {
					dark++
				}
			}
			img.Pix[y*total+x] = level(245 - 225*float64(dark)/(fine*fine))
		}
	}
	return img, image.Rect(int(margin), int(margin), int(margin+side), int(margin+side)), nil
}

// writing are strokes like letters, right of the code and above it.
func writing(x, y, n float64) bool {
	if x < n+8 && y > -9 {
		return false
	}
	row, column := math.Mod(y+100, 8), math.Mod(x+100, 3)
	return row < 3.5 && (column < 0.5 || (row < 0.5 && column < 2) || (row > 3 && math.Mod(x+100, 6) < 2))
}
