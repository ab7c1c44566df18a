package paper

import (
	"cmp"
	"context"
	"image"
	"math"
	"slices"
)

// guess is a code that may be there: its layout, where its corners are, and how
// well that fits.
type guess struct {
	layout *layout
	at     corners
	module float64 // pixels
	score  float64
	used   []int // finders
}

// bent reads codes by what of them is known, module by module, from the grey
// picture: seen from the side, bent, faintly, or with a finder square lost.
type bent struct {
	img     *image.Gray
	layouts map[int]*layout
	fields  map[int]*field
}

// scanBent looks for all codes of a picture in one or more ways, readFlat first:
// it is what fits a guess.
func scanBent(ctx context.Context, img *image.Gray, ways ...func(*bent, *guess) (Placed, bool)) []Placed {
	b := &bent{img, map[int]*layout{}, map[int]*field{}}
	defer func() {
		for _, f := range b.fields {
			f.wipe()
		}
	}()
	spots := findersIn(img)
	guesses := slices.Concat(best(b.triples(ctx, spots), maxGuesses), best(b.pairs(ctx, spots), maxGuesses))
	var found []Placed
	taken := map[int]bool{}
	for _, read := range ways {
		for i := range guesses {
			g := &guesses[i]
			if ctx.Err() != nil || slices.ContainsFunc(g.used, func(i int) bool { return taken[i] }) {
				continue
			}
			if p, ok := read(b, g); ok {
				found = append(found, p)
				for _, i := range g.used {
					taken[i] = true
				}
			}
		}
		guesses = best(guesses, maxBent)
	}
	return found
}

const (
	maxGuesses = 12 // of each kind are fitted
	maxBent    = 3  // are bent: that is what takes time
)

func (b *bent) layout(version int) *layout {
	if b.layouts[version] == nil {
		b.layouts[version] = newLayout(version)
	}
	return b.layouts[version]
}

// field for modules of about that size: smoothed over most of a module, against
// the light of several.
func (b *bent) field(module, around float64) *field {
	smooth, reach := int(module*0.3), max(int(module*around), 2)
	key := smooth<<16 | reach
	if b.fields[key] == nil {
		b.fields[key] = newField(b.img, smooth, reach)
	}
	return b.fields[key]
}

// rounded keeps the number of fields small.
func rounded(module float64) float64 { return math.Exp2(math.Round(math.Log2(module)*3) / 3) }

// triples guesses codes from three finder squares.
func (b *bent) triples(ctx context.Context, spots []finder) (all []guess) {
	for i := range spots {
		for j := range i {
			for k := range j {
				if ctx.Err() != nil {
					return all
				}
				if g, ok := b.triple(spots, i, j, k); ok {
					all = append(all, g)
				}
			}
		}
	}
	return all
}

// best keeps the guesses that fit best.
func best(all []guess, n int) []guess {
	slices.SortStableFunc(all, func(a, b guess) int { return cmp.Compare(b.score, a.score) })
	return all[:min(len(all), n)]
}

// triple orders three squares as top left, top right, bottom left: the first is
// across from the longest side.
func (b *bent) triple(spots []finder, i, j, k int) (guess, bool) {
	f := [3]finder{spots[i], spots[j], spots[k]}
	for range 2 {
		if f[1].at.distance(f[2].at) < max(f[0].at.distance(f[1].at), f[0].at.distance(f[2].at)) {
			f[0], f[1], f[2] = f[1], f[2], f[0]
		}
	}
	right, down := f[1].at.minus(f[0].at), f[2].at.minus(f[0].at)
	if right.cross(down) < 0 {
		f[1], f[2], right, down = f[2], f[1], down, right
	}
	low, high := min(f[0].size, f[1].size, f[2].size), max(f[0].size, f[1].size, f[2].size)
	short, long := min(right.length(), down.length()), max(right.length(), down.length())
	if high > 2.2*low || long > 2*short || right.cross(down) < 0.5*right.length()*down.length() {
		return guess{}, false
	}
	across := right.length() / straight((f[0].size+f[1].size)/2, right)
	along := down.length() / straight((f[0].size+f[2].size)/2, down)
	best := guess{used: []int{i, j, k}}
	for _, version := range versions((across+along)/2 + 7) {
		l := b.layout(version)
		module := (right.length() + down.length()) / 2 / float64(l.n-7)
		field := b.field(rounded(module), 4)
		for _, wr := range depths {
			for _, wb := range depths {
				c := fourth(f[0].at, f[1].at, f[2].at, wr, wb)
				if s := l.score(field, c); s > best.score {
					best.layout, best.at, best.module, best.score = l, c, module, s
				}
			}
		}
	}
	return best, best.layout != nil
}

// depths are how much farther away the second and third corner may be.
var depths = []float64{0.72, 0.82, 0.91, 1, 1.1, 1.22, 1.4}

// pairs guesses codes from two finder squares: the third is covered.
func (b *bent) pairs(ctx context.Context, spots []finder) (all []guess) {
	for i := range spots {
		for j := range i {
			if ctx.Err() != nil {
				return all
			}
			if f, g := spots[i], spots[j]; f.size < 1.6*g.size && g.size < 1.6*f.size {
				all = append(all, b.pair(spots, i, j)...)
			}
		}
	}
	return all
}

// pair makes a square of two corners, beside or across from each other, and takes
// each of its other corners for the one that has no finder.
func (b *bent) pair(spots []finder, i, j int) (all []guess) {
	p, q := spots[i].at, spots[j].at
	d := q.minus(p)
	size := (spots[i].size + spots[j].size) / 2
	turned := point{-d.y, d.x}
	middle, half := p.plus(d.times(0.5)), turned.times(0.5)
	squares := []struct {
		at     [4]point // around, clockwise on the page
		side   float64
		module float64
	}{
		{[4]point{p, q, q.plus(turned), p.plus(turned)}, d.length(), straight(size, d)},
		{[4]point{q, p, p.minus(turned), q.minus(turned)}, d.length(), straight(size, d)},
		{[4]point{p, middle.minus(half), q, middle.plus(half)}, d.length() / math.Sqrt2, straight(size, d.plus(turned))},
	}
	for _, s := range squares {
		for turn := range 4 {
			at := func(k int) point { return s.at[(turn+k)%4] }
			if br := at(2); br == p || br == q {
				continue
			}
			best := guess{used: []int{i, j}}
			for _, version := range versions(s.side/s.module + 7) {
				l := b.layout(version)
				module := s.side / float64(l.n-7)
				c := corners{at(0), at(1), at(3), at(2)}
				if score := l.score(b.field(rounded(module), 4), c); score > best.score {
					best.layout, best.at, best.module, best.score = l, c, module, score
				}
			}
			if best.layout != nil {
				all = append(all, best)
			}
		}
	}
	return all
}

// readFlat fits a guess to the picture as a flat page, and reads it.
func (b *bent) readFlat(g *guess) (Placed, bool) {
	g.at, g.score = g.layout.fit(b.field(rounded(g.module), 4), g.at, g.module)
	return b.decode(g, newMesh(g.at, g.layout.n, 2))
}

// readBent bends a fitted guess in ever freer ways, and reads it after each.
func (b *bent) readBent(g *guess) (Placed, bool) {
	if g.score < 0.5 {
		return Placed{}, false
	}
	l, f := g.layout, b.field(rounded(g.module), 4)
	flat, bow := newMesh(g.at, l.n, 2), bowed(g.at, l, f)
	for _, bend := range []func() *mesh{
		func() *mesh { return bow },
		func() *mesh { return netted(flat, l, f) },
		func() *mesh { return netted(bow, l, f) },
		func() *mesh { return grown(flat, l, f, 9) },
		func() *mesh { return grown(bow, l, f, 9) },
		func() *mesh { return grown(flat, l, f, 13) },
	} {
		if p, ok := b.decode(g, bend()); ok {
			return p, true
		}
	}
	return Placed{}, false
}

// netted lays an ever closer net over a mesh.
func netted(m *mesh, l *layout, f *field) *mesh {
	for _, knots := range []int{3, 5, 9} {
		if knots < m.knots {
			continue
		}
		m = m.finer(knots)
		m.relax(l, f, 0.6, 0.3, 0.15)
	}
	return m
}

// grown lays a close net at once, from the finder squares on.
func grown(m *mesh, l *layout, f *field, knots int) *mesh {
	m = m.finer(knots)
	m.grow(l, f)
	m.relax(l, f, 0.3, 0.15)
	return m
}

// decode reads the modules against the light of near and far, as they are and
// sharpened.
func (b *bent) decode(g *guess, m *mesh) (Placed, bool) {
	for _, around := range []float64{4, 2, 9} {
		values := g.layout.samples(b.field(rounded(g.module), around), m.pixel)
		for _, seen := range [][]float64{values, g.layout.sharpened(values, 0.45), g.layout.sharpened(values, 0.6)} {
			text, ok := decodeModules(g.layout.bits(seen))
			clear(seen)
			if ok {
				clear(values)
				return Placed{text, outlineOf(m)}, true
			}
		}
	}
	return Placed{}, false
}

// outlineOf is the box about a code that was fitted.
func outlineOf(m *mesh) image.Rectangle {
	var around []point
	for _, c := range [][2]float64{{0, 0}, {1, 0}, {0, 1}, {1, 1}} {
		x, y := m.pixel(c[0]*float64(m.n), c[1]*float64(m.n))
		around = append(around, point{x, y})
	}
	return boxAround(around...)
}
