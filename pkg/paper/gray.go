package paper

import (
	"image"
	"image/color"
	"math"
	"slices"

	"github.com/ethkey/ethkey/pkg/secret"
)

// A picture in here is an image.Gray with its corner at the origin and no gap
// between its rows.

func newGray(w, h int) *image.Gray { return image.NewGray(image.Rect(0, 0, w, h)) }

func size(img *image.Gray) (w, h int) { return img.Rect.Dx(), img.Rect.Dy() }

// wipe clears pictures of ours that are no longer needed.
func wipe(images ...*image.Gray) {
	for _, img := range images {
		if img != nil {
			secret.Wipe(img.Pix)
		}
	}
}

// tight returns img itself where it is as pictures in here are, else a copy.
func tight(img *image.Gray) *image.Gray {
	if img.Rect.Min == (image.Point{}) && img.Stride == img.Rect.Dx() && len(img.Pix) == img.Stride*img.Rect.Dy() {
		return img
	}
	return cut(img, img.Rect)
}

// cut copies a part of a picture.
func cut(img *image.Gray, part image.Rectangle) *image.Gray {
	part = part.Intersect(img.Rect)
	out := newGray(part.Dx(), part.Dy())
	for y := range part.Dy() {
		from := img.PixOffset(part.Min.X, part.Min.Y+y)
		copy(out.Pix[y*out.Stride:(y+1)*out.Stride], img.Pix[from:from+part.Dx()])
	}
	return out
}

// reduceColour makes a picture grey, and smaller by a whole factor in each
// direction, in one pass: what is in between is never in memory as a whole.
func reduceColour(img image.Image, by int) *image.Gray {
	b := img.Bounds()
	out := newGray(max(b.Dx()/by, 1), max(b.Dy()/by, 1))
	row, sum := make([]byte, b.Dx()), make([]uint32, out.Rect.Dx())
	for y := range out.Rect.Dy() {
		clear(sum)
		rows := min(by, b.Dy()-y*by)
		for dy := range rows {
			greyRow(img, b.Min.Y+y*by+dy, row)
			for x := range sum {
				for _, v := range row[x*by : min((x+1)*by, len(row))] {
					sum[x] += uint32(v)
				}
			}
		}
		for x, v := range sum {
			out.Pix[y*out.Stride+x] = byte(v / uint32(rows*min(by, b.Dx())))
		}
	}
	secret.Wipe(row)
	return out
}

// greyRow writes the brightness of one row. Transparent is white, as paper is.
func greyRow(img image.Image, y int, row []byte) {
	b := img.Bounds()
	switch img := img.(type) {
	case *image.Gray:
		copy(row, img.Pix[img.PixOffset(b.Min.X, y):])
	case *image.YCbCr:
		copy(row, img.Y[img.YOffset(b.Min.X, y):])
	case *image.RGBA:
		pix := img.Pix[img.PixOffset(b.Min.X, y):]
		for x := range row {
			p := pix[4*x : 4*x+4 : 4*x+4]
			row[x] = byte((uint(p[0])+2*uint(p[1])+uint(p[2]))/4 + 255 - uint(p[3]))
		}
	case *image.NRGBA:
		pix := img.Pix[img.PixOffset(b.Min.X, y):]
		for x := range row {
			p := pix[4*x : 4*x+4 : 4*x+4]
			row[x] = byte(255 - (255-(uint(p[0])+2*uint(p[1])+uint(p[2]))/4)*uint(p[3])/255)
		}
	case *image.Paletted:
		pix, levels := img.Pix[img.PixOffset(b.Min.X, y):], paletteLevels(img.Palette)
		for x := range row {
			row[x] = levels[pix[x]]
		}
	default:
		for x := range row {
			row[x] = level(img.At(b.Min.X+x, y))
		}
	}
}

// level is the brightness of one colour on white paper.
func level(c color.Color) byte {
	r, g, b, a := c.RGBA()
	return byte(((r+2*g+b)/4 + 0xffff - a) >> 8)
}

func paletteLevels(p color.Palette) (levels [256]byte) {
	for i, c := range p {
		levels[i] = level(c)
	}
	return levels
}

// resize scales by bilinear interpolation; where it makes smaller, it first
// averages by a whole factor.
func resize(img *image.Gray, w, h int) *image.Gray {
	from := img
	if by := min(img.Rect.Dx()/max(w, 1), img.Rect.Dy()/max(h, 1)); by >= 2 {
		from = reduceColour(img, by)
		defer wipe(from)
	}
	fw, fh := size(from)
	sx, sy := float64(fw)/float64(w), float64(fh)/float64(h)
	return warp(from, w, h, func(x, y float64) (float64, float64) { return x * sx, y * sy })
}

// warp draws a picture of w x h whose point (x, y) is that of from which the
// function gives. Points are at the middle of pixels. Outside is white.
func warp(from *image.Gray, w, h int, source func(x, y float64) (float64, float64)) *image.Gray {
	out := newGray(w, h)
	for y := range h {
		for x := range w {
			fx, fy := source(float64(x)+0.5, float64(y)+0.5)
			out.Pix[y*w+x] = sample(from, fx, fy)
		}
	}
	return out
}

// sample is the brightness at a point.
func sample(img *image.Gray, x, y float64) byte {
	w, h := size(img)
	x, y = x-0.5, y-0.5
	if !(x > -1 && y > -1 && x < float64(w) && y < float64(h)) {
		return 255
	}
	x0, y0 := int(math.Floor(x)), int(math.Floor(y))
	ax, ay := int(256*(x-float64(x0))), int(256*(y-float64(y0)))
	x1, y1 := min(x0+1, w-1), min(y0+1, h-1)
	x0, y0 = max(x0, 0), max(y0, 0)
	top := int(img.Pix[y0*w+x0])*(256-ax) + int(img.Pix[y0*w+x1])*ax
	low := int(img.Pix[y1*w+x0])*(256-ax) + int(img.Pix[y1*w+x1])*ax
	return byte((top*(256-ay) + low*ay) >> 16)
}

// rotate turns a picture about its middle; the result holds all of it.
func rotate(img *image.Gray, degrees float64) *image.Gray {
	w, h := size(img)
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	nw := int(math.Abs(float64(w)*cos)+math.Abs(float64(h)*sin)) + 1
	nh := int(math.Abs(float64(w)*sin)+math.Abs(float64(h)*cos)) + 1
	return warp(img, nw, nh, func(x, y float64) (float64, float64) {
		x, y = x-float64(nw)/2, y-float64(nh)/2
		return x*cos + y*sin + float64(w)/2, y*cos - x*sin + float64(h)/2
	})
}

// median takes the middle of each 3 x 3 neighbourhood: specks go, edges stay.
func median(img *image.Gray) *image.Gray {
	w, h := size(img)
	out := newGray(w, h)
	var near [9]byte
	for y := range h {
		for x := range w {
			for i := range near {
				nx, ny := min(max(x+i%3-1, 0), w-1), min(max(y+i/3-1, 0), h-1)
				near[i] = img.Pix[ny*w+nx]
			}
			slices.Sort(near[:])
			out.Pix[y*w+x] = near[4]
		}
	}
	clear(near[:])
	return out
}

// sums is a table of sums: the brightness of all pixels above and left of a point.
type sums struct {
	w, h int
	to   []uint32
}

func newSums(img *image.Gray) *sums {
	w, h := size(img)
	s := &sums{w, h, make([]uint32, (w+1)*(h+1))}
	for y := range h {
		var row uint32
		above, here := s.to[y*(w+1):], s.to[(y+1)*(w+1):]
		for x, v := range img.Pix[y*w : (y+1)*w] {
			row += uint32(v)
			here[x+1] = above[x+1] + row
		}
	}
	return s
}

// mean is the average brightness of the square of the given radius about a pixel.
func (s *sums) mean(x, y, radius int) int {
	x0, y0 := min(max(x-radius, 0), s.w-1), min(max(y-radius, 0), s.h-1)
	x1, y1 := max(min(x+radius+1, s.w), x0+1), max(min(y+radius+1, s.h), y0+1)
	stride := s.w + 1
	sum := s.to[y1*stride+x1] - s.to[y0*stride+x1] - s.to[y1*stride+x0] + s.to[y0*stride+x0]
	return int(sum) / ((x1 - x0) * (y1 - y0))
}

func (s *sums) wipe() { clear(s.to) }

// adaptive makes each pixel black or white by the light around it.
func adaptive(img *image.Gray, smooth, around, margin int) *image.Gray {
	w, h := size(img)
	s, out := newSums(img), newGray(w, h)
	defer s.wipe()
	for y := range h {
		for x := range w {
			if s.mean(x, y, smooth) >= s.mean(x, y, around)-margin {
				out.Pix[y*w+x] = 255
			}
		}
	}
	return out
}
