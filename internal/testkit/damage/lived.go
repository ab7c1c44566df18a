package damage

import (
	"math"
	"slices"
)

// Lived lists the damages of the second generator.
func Lived() []Kind {
	return slices.Concat(handheld, household, machines, lives)
}

var handheld = []Kind{
	{"held at 25 degrees", camera(25, 0)},
	{"held at 40 degrees", camera(40, 0)},
	{"rolled page, from above", camera(8, 60)},
	{"rolled page, from the side", camera(25, 60)},
	{"out of focus 0.5 mm", disc(0.5)},
	{"out of focus 0.9 mm", disc(0.9)},
	{"hand moved 1 mm", motion(1)},
	{"hand moved 1.8 mm", motion(1.8)},
	{"dim room", sensor(0.12, 2.2)},
	{"lamp behind the phone", phoneShadow},
	{"wide lens", barrel},
	{"window reflected", reflection},
}

var household = []Kind{
	{"coffee ring", ring},
	{"water stain", water},
	{"mould specks", mould},
	{"pen scribble", scribble},
	{"rubber stamp", stamp},
	{"sticky tape", tape},
	{"corner torn off", torn},
	{"two holes punched", punched},
	{"letter folds", letterFolds},
	{"balled up and smoothed", balled},
	{"sun bleached", bleached},
}

var machines = []Kind{
	{"fax", faxed},
	{"copy of a copy", copied},
	{"printer streaks", streaks},
	{"toner flakes", flakes},
	{"inkjet on bad paper", inkjet},
	{"other side shows through", through},
	{"scanner strips shifted", shifted},
}

var lives = []Kind{
	{"kitchen drawer, phone", func(p *paper) {
		ring(p)
		letterFolds(p)
		camera(15, 0)(p)
		sensor(0.5, 1)(p)
		disc(0.25)(p)
		p.compressed(75)
	}},
	{"cellar, phone", func(p *paper) {
		water(p)
		mould(p)
		camera(20, 30)(p)
		sensor(0.3, 1.3)(p)
		disc(0.3)(p)
		p.compressed(60)
	}},
	{"notary's file, copied", func(p *paper) {
		punched(p)
		stamp(p)
		copied(p)
	}},
}

// camera looks at the page from a side, at that angle, through a lens 250 mm
// away; the page may be rolled, by degrees of arc over its width.
func camera(tilt, roll float64) func(*paper) {
	return func(p *paper) {
		turn, side := p.between(-12, 12)*math.Pi/180, p.between(0, 2*math.Pi)
		angle, lens := tilt*math.Pi/180, 250*p.mm
		w, h := float64(p.w()), float64(p.h())
		arc := roll * math.Pi / 180
		sinT, cosT := math.Sincos(turn)
		sinS, cosS := math.Sincos(side)
		sinA, cosA := math.Sincos(angle)
		p.moved(p.w(), p.h(), 90, func(x, y float64) (float64, float64) {
			x, y = (x-w/2)*1.12, (y-h/2)*1.12
			x, y = x*cosT+y*sinT, y*cosT-x*sinT
			// along the direction of the tilt the page runs away from the lens
			along, across := x*cosS+y*sinS, y*cosS-x*sinS
			depth := 1 / (cosA - along/lens*sinA)
			along, across = along*depth, across*depth*cosA
			x, y = along*cosS-across*sinS, along*sinS+across*cosS
			if arc > 0 { // what is seen of an arc is its sine
				radius := w / arc
				x = radius * math.Asin(min(max(x/radius, -1), 1))
			}
			return x + w/2, y + h/2
		})
	}
}

// disc is a lens out of focus: each point becomes a disc of that diameter.
func disc(mm float64) func(*paper) {
	return func(p *paper) {
		radius := mm * p.mm / 2
		p.convolved(int(math.Ceil(radius)), func(dx, dy float64) float64 {
			return min(max(radius+0.5-math.Hypot(dx, dy), 0), 1)
		})
	}
}

// motion smears along a line.
func motion(mm float64) func(*paper) {
	return func(p *paper) {
		sin, cos := math.Sincos(p.between(0, math.Pi))
		half := mm * p.mm / 2
		p.convolved(int(math.Ceil(half))+1, func(dx, dy float64) float64 {
			along, off := dx*cos+dy*sin, math.Abs(dy*cos-dx*sin)
			return min(max(half+0.5-math.Abs(along), 0), 1) * max(1-off, 0)
		})
	}
}

// sensor takes little light: what it counts has noise like its root, in grains of
// some pixels, and is made brighter after.
func sensor(light, grain float64) func(*paper) {
	return func(p *paper) {
		w := p.w()
		noise := make([]float64, w*p.h())
		for i := range noise {
			noise[i] = p.rng.NormFloat64()
		}
		p.each(func(x, y, v float64) float64 {
			n := noise[int(y)*w+int(x)]
			if grain > 1 && x > 0 {
				n = (n + (grain-1)*noise[int(y)*w+int(x)-1]) / math.Hypot(1, grain-1)
			}
			signal := v*light + 4
			return (signal+n*math.Sqrt(signal)*1.1)/light*0.8 + 10
		})
	}
}

// phoneShadow is the soft shadow of the hand and the phone.
func phoneShadow(p *paper) {
	cx, cy := p.centre()
	cx, cy = cx+p.between(-12, 12)*p.mm, cy+p.between(-12, 12)*p.mm
	soft, wide, high := 2.5*p.mm, 17*p.mm, 30*p.mm
	p.each(func(x, y, v float64) float64 {
		edge := func(d float64) float64 { return 1 / (1 + math.Exp(d/soft)) }
		return v * (1 - 0.65*edge(math.Abs(x-cx)-wide)*edge(math.Abs(y-cy)-high)) * (0.75 + 0.25*x/float64(p.w()))
	})
}

func barrel(p *paper) {
	w, h := float64(p.w()), float64(p.h())
	p.moved(p.w(), p.h(), 90, func(x, y float64) (float64, float64) {
		x, y = x-w/2, y-h/2
		r := (x*x + y*y) / (w * w / 4)
		return x*(0.86+0.14*r) + w/2, y*(0.86+0.14*r) + h/2
	})
}

// reflection of a bright window with a cross on a glossy sheet.
func reflection(p *paper) {
	cx, cy := p.centre()
	cx, cy = cx+p.between(-15, 15)*p.mm, cy+p.between(-15, 15)*p.mm
	sin, cos := math.Sincos(p.between(-0.5, 0.5))
	p.each(func(x, y, v float64) float64 {
		dx, dy := ((x-cx)*cos+(y-cy)*sin)/p.mm, ((y-cy)*cos-(x-cx)*sin)/p.mm
		if math.Abs(dx) < 9 && math.Abs(dy) < 12 && math.Abs(dx) > 0.7 && math.Abs(dy) > 0.7 {
			return v*0.35 + 165
		}
		return v
	})
}

// ring is what a cup leaves: translucent, with a dark edge.
func ring(p *paper) {
	cx, cy := p.centre()
	cx, cy = cx+p.between(-20, 20)*p.mm, cy+p.between(-20, 20)*p.mm
	radius := p.between(18, 34) * p.mm
	p.each(func(x, y, v float64) float64 {
		d := (math.Hypot(x-cx, y-cy) - radius) / p.mm
		return v * (1 - 0.55*math.Exp(-d*d/1.2)) * (1 - 0.12/(1+math.Exp(d*2)))
	})
}

// water lets ink run within a stain with a wavy, brownish edge.
func water(p *paper) {
	cx, cy := p.centre()
	cx, cy = cx+p.between(-12, 12)*p.mm, cy+p.between(-12, 12)*p.mm
	a, b, radius := p.between(0, 6), p.between(0, 6), p.between(10, 18)*p.mm
	dry := clone(p.img)
	p.blurred(0.3)
	p.each(func(x, y, v float64) float64 {
		angle := math.Atan2(y-cy, x-cx)
		d := (math.Hypot(x-cx, y-cy) - radius*(1+0.15*math.Sin(3*angle+a)+0.08*math.Sin(7*angle+b))) / p.mm
		if d > 1.5 {
			return float64(dry.Pix[int(y)*dry.Stride+int(x)])
		}
		return (v*0.85 + 30) * (1 - 0.3*math.Exp(-d*d*2))
	})
}

func mould(p *paper) {
	for range 26 {
		x, y := p.between(0, float64(p.w())), p.between(0, float64(p.h()))
		radius, dark := p.between(0.5, 2.2)*p.mm, p.between(0.3, 0.75)
		p.each(func(px, py, v float64) float64 {
			if d := math.Hypot(px-x, py-y) / radius; d < 2 {
				return v * (1 - dark*math.Exp(-d*d*1.5))
			}
			return v
		})
	}
}

// scribble is a ball pen tried out across the code.
func scribble(p *paper) {
	cx, cy := p.centre()
	a, b := p.between(1, 3), p.between(2, 4)
	half := 0.25 * p.mm
	for i := range 1400 {
		s := float64(i) / 1400
		x := cx + 20*p.mm*math.Sin(2*math.Pi*a*s+1)*(0.4+0.6*s)
		y := cy + 18*p.mm*math.Sin(2*math.Pi*b*s)*(1-0.3*s)
		for dy := -half; dy <= half; dy++ {
			for dx := -half; dx <= half; dx++ {
				if px, py := int(x+dx), int(y+dy); px >= 0 && py >= 0 && px < p.w() && py < p.h() {
					p.img.Pix[py*p.img.Stride+px] = min(p.img.Pix[py*p.img.Stride+px], 70)
				}
			}
		}
	}
}

// stamp is a translucent round stamp with bars, half on the code.
func stamp(p *paper) {
	cx, cy := p.centre()
	cx, cy = cx+p.between(-18, 18)*p.mm, cy+p.between(-18, 18)*p.mm
	p.each(func(x, y, v float64) float64 {
		d := math.Hypot(x-cx, y-cy) / p.mm
		bar := math.Abs(y-cy) < 5*p.mm && math.Mod(math.Abs(x-cx)/p.mm, 2.4) < 0.8 && d < 11
		if (d > 11.5 && d < 13) || (d > 9.7 && d < 10.3) || bar {
			return v * 0.5
		}
		return v
	})
}

// tape yellows, and shines along its middle.
func tape(p *paper) {
	cx, cy := p.centre()
	sin, cos := math.Sincos(p.between(-0.6, 0.6))
	cy += p.between(-12, 12) * p.mm
	p.each(func(x, y, v float64) float64 {
		off := ((y-cy)*cos - (x-cx)*sin) / p.mm
		switch {
		case math.Abs(off) > 9.5:
			return v
		case math.Abs(off) < 1.6:
			return v*0.3 + 180
		}
		return v*0.65 + 30
	})
}

// torn takes the page's corner, and with it one of the code.
func torn(p *paper) {
	reach := p.between(6, 13) * p.mm
	corner := p.rng.IntN(4)
	a := p.between(0, 6)
	p.each(func(x, y, v float64) float64 {
		dx, dy := x-float64(p.code.Min.X), y-float64(p.code.Min.Y)
		if corner&1 != 0 {
			dx = float64(p.code.Max.X) - x
		}
		if corner&2 != 0 {
			dy = float64(p.code.Max.Y) - y
		}
		if dx+dy < reach+1.2*p.mm*math.Sin((dx-dy)/(2*p.mm)+a) {
			return 105
		}
		return v
	})
}

func punched(p *paper) {
	cx, cy := p.centre()
	x := cx + p.between(-14, 14)*p.mm
	for _, y := range []float64{cy - 17*p.mm, cy + p.between(0, 17)*p.mm} {
		p.each(func(px, py, v float64) float64 {
			if math.Hypot(px-x, py-y) < 2.75*p.mm {
				return 60
			}
			return v
		})
	}
}

// letterFolds are two sharp folds with the ink cracked and one side in shade.
func letterFolds(p *paper) {
	_, cy := p.centre()
	for _, at := range []float64{cy - p.between(4, 14)*p.mm, cy + p.between(4, 14)*p.mm} {
		a := p.between(0, 6)
		p.each(func(x, y, v float64) float64 {
			d := (y - at - 0.4*p.mm*math.Sin(x/(9*p.mm)+a)) / p.mm
			if math.Abs(d) < 0.35 && p.rng.Float64() < 0.8 {
				return 215 + p.rng.NormFloat64()*14
			}
			if d > 0 && d < 12 {
				return v * (0.78 + 0.018*d)
			}
			return v
		})
	}
}

// balled gives facets with their own shade and small shifts between them.
func balled(p *paper) {
	type facet struct{ x, y, dx, dy, shade float64 }
	var facets []facet
	for range 22 {
		facets = append(facets, facet{
			p.between(0, float64(p.w())), p.between(0, float64(p.h())),
			p.between(-0.5, 0.5) * p.mm, p.between(-0.5, 0.5) * p.mm, p.between(0.72, 1.05),
		})
	}
	mix := func(x, y float64) (dx, dy, shade float64) {
		sum := 0.0
		for _, f := range facets {
			weight := math.Exp(-math.Hypot(x-f.x, y-f.y) / (3.5 * p.mm))
			dx, dy, shade, sum = dx+weight*f.dx, dy+weight*f.dy, shade+weight*f.shade, sum+weight
		}
		return dx / sum, dy / sum, shade / sum
	}
	p.moved(p.w(), p.h(), 90, func(x, y float64) (float64, float64) {
		dx, dy, _ := mix(x, y)
		return x + dx, y + dy
	})
	p.each(func(x, y, v float64) float64 {
		_, _, shade := mix(x, y)
		return v * shade
	})
}

// bleached leaves little ink, less on one side.
func bleached(p *paper) {
	a := p.between(0, 2*math.Pi)
	sin, cos := math.Sincos(a)
	w, h := float64(p.w()), float64(p.h())
	p.each(func(x, y, v float64) float64 {
		left := 0.32 + 0.22*((x/w-0.5)*cos+(y/h-0.5)*sin)
		return 236 - (236-v)*left + p.rng.NormFloat64()*4
	})
}

// faxed is 1 bit at about 100 dpi across and down, with lines lost.
func faxed(p *paper) {
	p.blurred(0.12)
	p.each(func(_, y, v float64) float64 {
		if v+p.rng.NormFloat64()*22 > 135 {
			return 255
		}
		return 0
	})
	for range 4 {
		at := p.between(0, float64(p.h()))
		p.each(func(_, y, v float64) float64 {
			if math.Abs(y-at) < 0.2*p.mm {
				return 255
			}
			return v
		})
	}
}

// copied twice: hard contrast, ink that grows, dirt on the glass, slightly turned.
func copied(p *paper) {
	for range 2 {
		turn := p.between(-1.2, 1.2) * math.Pi / 180
		sin, cos := math.Sincos(turn)
		w, h := float64(p.w()), float64(p.h())
		p.moved(p.w(), p.h(), 250, func(x, y float64) (float64, float64) {
			x, y = x-w/2, y-h/2
			return x*cos + y*sin + w/2, y*cos - x*sin + h/2
		})
		p.blurred(0.16)
		p.each(func(_, _, v float64) float64 {
			if p.rng.Float64() < 0.004 {
				return 30
			}
			return 250/(1+math.Exp(-(v-150)/18)) + p.rng.NormFloat64()*5
		})
	}
}

// streaks where the drum has scratches: light along lines, one dark.
func streaks(p *paper) {
	for i := range 7 {
		at, half := p.between(0, float64(p.w())), p.between(0.15, 0.6)*p.mm
		p.each(func(x, _, v float64) float64 {
			switch {
			case math.Abs(x-at) > half:
				return v
			case i == 0:
				return v * 0.4
			}
			return 240 - (240-v)*0.15
		})
	}
}

// flakes of toner fall off where the sheet was bent or rubbed.
func flakes(p *paper) {
	for range 320 {
		x, y := p.between(0, float64(p.w())), p.between(0, float64(p.h()))
		radius := p.between(0.15, 0.65) * p.mm
		for py := max(int(y-radius), 0); py <= min(int(y+radius), p.h()-1); py++ {
			for px := max(int(x-radius), 0); px <= min(int(x+radius), p.w()-1); px++ {
				if math.Hypot(float64(px)-x, float64(py)-y) < radius {
					p.img.Pix[py*p.img.Stride+px] = 238
				}
			}
		}
	}
}

// inkjet runs into the fibres: edges wander, and black is not quite black.
func inkjet(p *paper) {
	w := p.w()
	dx, dy := make([]float64, w*p.h()), make([]float64, w*p.h())
	for i := range dx {
		dx[i], dy[i] = p.rng.NormFloat64(), p.rng.NormFloat64()
		if i > w {
			dx[i] = dx[i]*0.5 + dx[i-1]*0.45 + dx[i-w]*0.35
			dy[i] = dy[i]*0.5 + dy[i-1]*0.45 + dy[i-w]*0.35
			dx[i], dy[i] = min(max(dx[i], -2), 2), min(max(dy[i], -2), 2)
		}
	}
	p.moved(p.w(), p.h(), 245, func(x, y float64) (float64, float64) {
		i := int(y)*w + int(x)
		return x + dx[i]*0.14*p.mm, y + dy[i]*0.14*p.mm
	})
	p.blurred(0.12)
	p.each(func(_, _, v float64) float64 { return 60 + v*0.75 + p.rng.NormFloat64()*4 })
}

// through shows another code on the back, mirrored and shifted.
func through(p *paper) {
	back := clone(p.img)
	p.blurred(0.05)
	p.each(func(x, y, v float64) float64 {
		ghost := at(back, float64(p.w())-x+3*p.mm, y-2*p.mm, 245)
		return v - (245-ghost)*0.4
	})
}

// shifted strips, as when a sheet slips in the feeder.
func shifted(p *paper) {
	_, cy := p.centre()
	first, second := cy-p.between(4, 14)*p.mm, cy+p.between(2, 14)*p.mm
	one, two := p.between(-0.9, 0.9)*p.mm, p.between(-0.9, 0.9)*p.mm
	p.moved(p.w(), p.h(), 245, func(x, y float64) (float64, float64) {
		switch {
		case y > second:
			return x + one + two, y
		case y > first:
			return x + one, y
		}
		return x, y
	})
}
