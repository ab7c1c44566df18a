package paper

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
