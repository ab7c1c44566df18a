package paper

import "image"

// field is how dark each pixel is against the light around it, from -127 for
// white to 127 for black. Shadows and fading are gone from it.
type field struct {
	w, h int
	v    []int8
}

// newField smoothes over a part of a module and compares with some modules around.
func newField(img *image.Gray, smooth, around int) *field {
	w, h := size(img)
	s := newSums(img)
	defer s.wipe()
	contrast := newGray(w, h) // of each pixel, to scale by its average
	raw := make([]int16, w*h)
	for y := range h {
		for x := range w {
			d := s.mean(x, y, around) - s.mean(x, y, smooth)
			raw[y*w+x] = int16(d)
			contrast.Pix[y*w+x] = byte(max(d, -d))
		}
	}
	c := newSums(contrast)
	f := &field{w, h, make([]int8, w*h)}
	for y := range h {
		for x := range w {
			scale := max(c.mean(x, y, 2*around), 5)
			f.v[y*w+x] = int8(min(max(int(raw[y*w+x])*80/scale, -127), 127))
		}
	}
	c.wipe()
	wipe(contrast)
	clear(raw)
	return f
}

func (f *field) at(x, y float64) int {
	if !(x >= 0 && y >= 0 && x < float64(f.w) && y < float64(f.h)) {
		return 0
	}
	return int(f.v[int(y)*f.w+int(x)])
}

func (f *field) wipe() { clear(f.v) }
