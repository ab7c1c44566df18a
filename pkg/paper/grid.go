package paper

import (
	"math"
	"slices"

	"github.com/makiuchi-d/gozxing"
)

// layout is what is known of a code before it is read: which modules are always
// dark or always light.
type layout struct {
	n     int    // modules a side
	known []int8 // 1 dark, -1 light, 0 data
}

var alignments = [41][]int{ // ISO/IEC 18004, annex E; the first is always 6
	2: {18}, 3: {22}, 4: {26}, 5: {30}, 6: {34}, 7: {22, 38}, 8: {24, 42}, 9: {26, 46}, 10: {28, 50},
	11: {30, 54}, 12: {32, 58}, 13: {34, 62}, 14: {26, 46, 66}, 15: {26, 48, 70}, 16: {26, 50, 74},
	17: {30, 54, 78}, 18: {30, 56, 82}, 19: {30, 58, 86}, 20: {34, 62, 90},
}

const maxVersion = 20 // of codes that are looked for by their known modules

func newLayout(version int) *layout {
	n := 17 + 4*version
	l := &layout{n, make([]int8, n*n)}
	for i := range n { // timing
		v := int8(1 - 2*(i%2))
		l.known[6*n+i], l.known[i*n+6] = v, v
	}
	centres := append([]int{6}, alignments[version]...)
	for _, y := range centres {
		for _, x := range centres {
			if (x == 6 && (y == 6 || y == n-7)) || (y == 6 && x == n-7) || len(centres) == 1 {
				continue
			}
			l.square(x, y, 2, func(ring int) bool { return ring != 1 })
		}
	}
	for _, c := range [][2]int{{3, 3}, {n - 4, 3}, {3, n - 4}} {
		l.square(c[0], c[1], 4, func(ring int) bool { return ring < 2 || ring == 3 })
	}
	return l
}

// square draws rings about a middle.
func (l *layout) square(cx, cy, reach int, dark func(ring int) bool) {
	for y := max(cy-reach, 0); y <= min(cy+reach, l.n-1); y++ {
		for x := max(cx-reach, 0); x <= min(cx+reach, l.n-1); x++ {
			v := int8(-1)
			if dark(max(x-cx, cx-x, y-cy, cy-y)) {
				v = 1
			}
			l.known[y*l.n+x] = v
		}
	}
}

// corners are the middles of the finder squares, and of the fourth that a code
// does not have: top left, top right, bottom left, bottom right.
type corners [4]point

// view maps modules to pixels: a homography, which is what a camera does to a flat
// page.
type view [8]float64

// through returns the view that puts the corners of a code of n modules there.
func (c corners) through(n int) view {
	// the unit square to the corners (Heckbert 1989), then modules to the unit square
	tl, tr, bl, br := c[0], c[1], c[2], c[3]
	d1, d2, sum := tr.minus(br), bl.minus(br), tl.minus(tr).plus(br).minus(bl)
	det := d1.cross(d2)
	g, h := sum.cross(d2)/det, d1.cross(sum)/det
	a, d := tr.x-tl.x+g*tr.x, tr.y-tl.y+g*tr.y
	b, e := bl.x-tl.x+h*bl.x, bl.y-tl.y+h*bl.y
	scale := 1 / float64(n-7)
	o := -3.5 * scale
	w := g*o + h*o + 1
	return view{
		a * scale / w, b * scale / w, (a*o + b*o + tl.x) / w,
		d * scale / w, e * scale / w, (d*o + e*o + tl.y) / w,
		g * scale / w, h * scale / w,
	}
}

func (v *view) pixel(mx, my float64) (x, y float64) {
	w := v[6]*mx + v[7]*my + 1
	return (v[0]*mx + v[1]*my + v[2]) / w, (v[3]*mx + v[4]*my + v[5]) / w
}

// score says how well the modules fit under a view: known modules must have their
// colour, the others must have one at all. It is about 1 where all is sharp.
func (l *layout) score(f *field, c corners) float64 {
	v := c.through(l.n)
	sum := 0
	for my := range l.n {
		for mx := range l.n {
			x, y := v.pixel(float64(mx)+0.5, float64(my)+0.5)
			sum += l.vote(my*l.n+mx, f.at(x, y))
		}
	}
	return float64(sum) / float64(127*l.n*l.n)
}

// knownWeight is by how much a known module counts more than one of the data.
const knownWeight = 3

func (l *layout) vote(i, dark int) int {
	if k := l.known[i]; k != 0 {
		return knownWeight * int(k) * dark
	}
	return max(dark, -dark)
}

// fit moves the corners, each in turn, ever less, while the score rises.
func (l *layout) fit(f *field, c corners, module float64) (corners, float64) {
	best := l.score(f, c)
	for step := 1.5 * module; step > 0.08*module; step /= 1.6 {
		for improved, rounds := true, 0; improved && rounds < 6; rounds++ {
			improved = false
			for i := range c {
				for _, d := range []point{{step, 0}, {-step, 0}, {0, step}, {0, -step}} {
					try := c
					try[i] = try[i].plus(d)
					if s := l.score(f, try); s > best {
						c, best, improved = try, s, true
					}
				}
			}
		}
	}
	return c, best
}

// samples is how dark each module is, each at the place that where gives.
func (l *layout) samples(f *field, where func(mx, my float64) (x, y float64)) []float64 {
	values := make([]float64, l.n*l.n)
	for my := range l.n {
		for mx := range l.n {
			sum := 0
			for _, d := range [...]point{{0.5, 0.5}, {0.3, 0.5}, {0.7, 0.5}, {0.5, 0.3}, {0.5, 0.7}} {
				sum += f.at(where(float64(mx)+d.x, float64(my)+d.y))
			}
			values[my*l.n+mx] = float64(sum)
		}
	}
	return values
}

// sharpened undoes a blur that spread each module over its neighbours: what a
// blur of that deviation, in modules, would make of the result is what was seen
// (van Cittert's iteration).
func (l *layout) sharpened(seen []float64, deviation float64) []float64 {
	side := math.Exp(-1 / (2 * deviation * deviation))
	total := 1 + 2*side
	now := append([]float64(nil), seen...)
	across, blurred := make([]float64, len(seen)), make([]float64, len(seen))
	at := func(v []float64, x, y int) float64 { // beyond the edge is paper
		if x < 0 || y < 0 || x >= l.n || y >= l.n {
			return -400
		}
		return v[y*l.n+x]
	}
	for range 8 {
		for i := range now {
			x, y := i%l.n, i/l.n
			across[i] = (at(now, x, y) + side*(at(now, x-1, y)+at(now, x+1, y))) / total
		}
		for i := range now {
			x, y := i%l.n, i/l.n
			blurred[i] = (at(across, x, y) + side*(at(across, x, y-1)+at(across, x, y+1))) / total
		}
		for i := range now {
			now[i] = min(max(now[i]+seen[i]-blurred[i], -800), 800)
		}
	}
	clear(across)
	clear(blurred)
	return now
}

// bits tells dark modules from light ones.
func (l *layout) bits(values []float64) *gozxing.BitMatrix {
	m, err := gozxing.NewSquareBitMatrix(l.n)
	if err != nil {
		return nil
	}
	for i, v := range values {
		if v > 0 {
			m.Set(i%l.n, i/l.n)
		}
	}
	return m
}

// fourth is the corner that completes three under perspective. The scales say how
// much smaller things are at the second and the third corner than at the first.
func fourth(tl, tr, bl point, wr, wb float64) corners {
	w := wr + wb - 1
	return corners{tl, tr, bl, tr.times(wr).plus(bl.times(wb)).minus(tl).times(1 / w)}
}

// straight is the size of a module that rows and columns measure in a square which
// lies at an angle.
func straight(size float64, direction point) float64 {
	angle := math.Mod(math.Abs(math.Atan2(direction.y, direction.x)), math.Pi/2)
	return size * math.Cos(min(angle, math.Pi/2-angle))
}

// versions near an estimate of the number of modules, the nearest first.
func versions(modules float64) (near []int) {
	guess := (modules - 17) / 4
	for v := int(guess) - 1; v <= int(guess)+2; v++ {
		if v >= 1 && v <= maxVersion {
			near = append(near, v)
		}
	}
	slices.SortFunc(near, func(a, b int) int {
		return int(1000*math.Abs(float64(a)-guess)) - int(1000*math.Abs(float64(b)-guess))
	})
	return near
}
