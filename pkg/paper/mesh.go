package paper

import "slices"

// mesh bends a view: paper that was crumpled or curled is flat only in places. It
// moves the knots of a net over the code by some modules, and all between them.
type mesh struct {
	view  view
	n     int // modules a side
	knots int // of the net, a side
	move  []point
}

func newMesh(c corners, n, knots int) *mesh {
	return &mesh{c.through(n), n, knots, make([]point, knots*knots)}
}

// pixel is where a module is.
func (m *mesh) pixel(mx, my float64) (x, y float64) {
	d := m.shift(mx, my)
	return m.view.pixel(mx+d.x, my+d.y)
}

// shift is the move at a place of the code, between the four knots about it.
func (m *mesh) shift(mx, my float64) point {
	cells := float64(m.knots-1) / float64(m.n)
	u, v := min(max(mx*cells, 0), float64(m.knots-1)-1e-9), min(max(my*cells, 0), float64(m.knots-1)-1e-9)
	i, j := int(u), int(v)
	u, v = u-float64(i), v-float64(j)
	k := j*m.knots + i
	top := m.move[k].times(1 - u).plus(m.move[k+1].times(u))
	low := m.move[k+m.knots].times(1 - u).plus(m.move[k+m.knots+1].times(u))
	return top.times(1 - v).plus(low.times(v))
}

// finer is the same mesh with a closer net.
func (m *mesh) finer(knots int) *mesh {
	f := &mesh{m.view, m.n, knots, make([]point, knots*knots)}
	pitch := float64(m.n) / float64(knots-1)
	for k := range f.move {
		f.move[k] = m.shift(float64(k%knots)*pitch, float64(k/knots)*pitch)
	}
	return f
}

// stiffness is what a step between neighbouring knots costs, so that a knot with
// nothing to see follows its neighbours.
const stiffness = 12.0

// local is the score of what one knot moves.
func (m *mesh) local(l *layout, f *field, k int) float64 {
	pitch := float64(m.n) / float64(m.knots-1)
	cx, cy := float64(k%m.knots)*pitch, float64(k/m.knots)*pitch
	sum := 0
	for my := max(int(cy-pitch), 0); my < min(int(cy+pitch)+1, m.n); my++ {
		for mx := max(int(cx-pitch), 0); mx < min(int(cx+pitch)+1, m.n); mx++ {
			x, y := m.pixel(float64(mx)+0.5, float64(my)+0.5)
			sum += l.vote(my*m.n+mx, f.at(x, y))
		}
	}
	return float64(sum)/127 - m.strain(k, pitch)
}

// strain is the cost of the steps from one knot to its neighbours.
func (m *mesh) strain(k int, pitch float64) (cost float64) {
	x, y := k%m.knots, k/m.knots
	for _, d := range [][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
		nx, ny := x+d[0], y+d[1]
		if nx < 0 || ny < 0 || nx >= m.knots || ny >= m.knots {
			continue
		}
		step := m.move[k].minus(m.move[ny*m.knots+nx])
		cost += stiffness * step.dot(step) * 8 / pitch
	}
	return cost
}

// total is the score of the whole code.
func (m *mesh) total(l *layout, f *field) float64 {
	sum := 0
	for my := range m.n {
		for mx := range m.n {
			x, y := m.pixel(float64(mx)+0.5, float64(my)+0.5)
			sum += l.vote(my*m.n+mx, f.at(x, y))
		}
	}
	return float64(sum) / float64(127*m.n*m.n)
}

// bow bends the whole code like a page on a roll: by four numbers, how far its
// middle moves, across and down, along each side.
func (m *mesh) bow(by [4]float64) {
	for k := range m.move {
		u, v := float64(k%m.knots)/float64(m.knots-1), float64(k/m.knots)/float64(m.knots-1)
		pu, pv := 4*u*(1-u), 4*v*(1-v)
		m.move[k] = point{by[0]*pu + by[1]*pv, by[2]*pu + by[3]*pv}
	}
}

// bowed is the mesh of the bend that fits best: each of the numbers is tried over
// its range, then all are moved ever less.
func bowed(c corners, l *layout, f *field) *mesh {
	m := newMesh(c, l.n, 7)
	var by [4]float64
	best := m.total(l, f)
	try := func(i int, v float64) {
		old := by
		by[i] = v
		m.bow(by)
		if s := m.total(l, f); s > best {
			best = s
		} else {
			by = old
		}
	}
	for _, i := range []int{1, 2, 0, 3} {
		for v := -2.5; v <= 2.5; v += 0.5 {
			try(i, v)
		}
	}
	for _, step := range []float64{0.5, 0.25, 0.12} {
		for i := range by {
			try(i, by[i]+step)
			try(i, by[i]-step)
		}
	}
	m.bow(by)
	return m
}

// grow lays the net anew from the finder squares outwards: each knot begins where
// those before it lead, so that a bend is followed module by module and not
// mistaken for the next module.
func (m *mesh) grow(l *layout, f *field) {
	laid := make([]bool, len(m.move))
	last := m.knots - 1
	order := make([]int, len(m.move))
	for k := range order {
		order[k] = k
	}
	far := func(k int) int {
		x, y := k%m.knots, k/m.knots
		return min(x*x+y*y, (last-x)*(last-x)+y*y, x*x+(last-y)*(last-y))
	}
	slices.SortStableFunc(order, func(a, b int) int { return far(a) - far(b) })
	for _, k := range order {
		m.lead(k, laid)
		laid[k] = true
		for _, step := range []float64{0.5, 0.25, 0.12} {
			m.nudge(l, f, k, step)
		}
	}
}

// lead puts a knot where the knots that are laid about it go on to.
func (m *mesh) lead(k int, laid []bool) {
	x, y := k%m.knots, k/m.knots
	sum, n := point{}, 0.0
	for dy := -1; dy <= 1; dy++ {
		for dx := -1; dx <= 1; dx++ {
			nx, ny := x+dx, y+dy
			if nx < 0 || ny < 0 || nx >= m.knots || ny >= m.knots || !laid[ny*m.knots+nx] {
				continue
			}
			sum, n = sum.plus(m.move[ny*m.knots+nx]), n+1
		}
	}
	if n > 0 {
		m.move[k] = sum.times(1 / n)
	}
}

// relax moves each knot in turn, ever less, while its surroundings look better.
func (m *mesh) relax(l *layout, f *field, steps ...float64) {
	for _, step := range steps {
		for range 4 {
			moved := false
			for k := range m.move {
				moved = m.nudge(l, f, k, step) || moved
			}
			if !moved {
				break
			}
		}
	}
}

func (m *mesh) nudge(l *layout, f *field, k int, step float64) (moved bool) {
	best := m.local(l, f, k)
	for _, d := range []point{{step, 0}, {-step, 0}, {0, step}, {0, -step}} {
		old := m.move[k]
		m.move[k] = old.plus(d)
		if s := m.local(l, f, k); s > best {
			best, moved = s, true
		} else {
			m.move[k] = old
		}
	}
	return moved
}
