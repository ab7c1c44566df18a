package damage

import (
	"math"
	"slices"
)

// Drawn lists the damages of the first generator.
func Drawn() []Kind {
	return slices.Concat([]Kind{{"none", func(*paper) {}}}, geometry, optics, wear, photographs)
}

var geometry = []Kind{
	{"rotated 5", rotated(5)},
	{"rotated 15", rotated(15)},
	{"rotated 45", rotated(45)},
	{"perspective 15 %", perspective(0.15)},
	{"perspective 35 %", perspective(0.35)},
	{"curled page", curl},
	{"strong crumple", crumple},
}

var optics = []Kind{
	{"blur 0.25 mm", blur(0.25)},
	{"blur 0.4 mm", blur(0.4)},
	{"blur 0.6 mm", blur(0.6)},
	{"JPEG q30", func(p *paper) { p.compressed(30) }},
	{"JPEG q10", func(p *paper) { p.compressed(10) }},
	{"noise sd 40", noise(40)},
	{"noise sd 70", noise(70)},
	{"salt and pepper 5 %", salt},
	{"light falls to 25 %", light(0.25)},
	{"light falls to 10 %", light(0.1)},
	{"hard shadow 40 %", shadow},
	{"glare spot", glare},
}

var wear = []Kind{
	{"faded to 35 %", fade},
	{"ink bleed 0.2 mm", bleed},
	{"blot 5 % anywhere", blotAnywhere(0.05)},
	{"blot 10 % anywhere", blotAnywhere(0.1)},
	{"blot 10 % centre", blotCentre(0.1)},
	{"blot 15 % centre", blotCentre(0.15)},
	{"worn fold cross 1 mm", fold},
	{"finder pattern blotted", blotFinder},
}

var photographs = []Kind{
	{"phone photo, fair", func(p *paper) {
		rotated(p.between(-8, 8))(p)
		perspective(0.12)(p)
		light(0.5)(p)
		blur(0.15)(p)
		noise(12)(p)
		p.compressed(70)
	}},
	{"phone photo, harder", func(p *paper) {
		rotated(p.between(-15, 15))(p)
		perspective(0.22)(p)
		light(0.4)(p)
		shadow(p)
		blur(0.25)(p)
		noise(20)(p)
		p.compressed(50)
	}},
	{"phone photo, bad", func(p *paper) {
		blotCentre(0.04)(p)
		rotated(p.between(-25, 25))(p)
		perspective(0.25)(p)
		light(0.35)(p)
		shadow(p)
		blur(0.35)(p)
		noise(30)(p)
		p.compressed(40)
	}},
}

func rotated(degrees float64) func(*paper) {
	return func(p *paper) {
		sin, cos := math.Sincos(degrees * math.Pi / 180)
		w, h := float64(p.w()), float64(p.h())
		nw, nh := math.Abs(w*cos)+math.Abs(h*sin), math.Abs(w*sin)+math.Abs(h*cos)
		p.moved(int(nw), int(nh), 235, func(x, y float64) (float64, float64) {
			x, y = x-nw/2, y-nh/2
			return x*cos + y*sin + w/2, y*cos - x*sin + h/2
		})
	}
}

// perspective makes the side far from a random direction smaller.
func perspective(share float64) func(*paper) {
	return func(p *paper) {
		sin, cos := math.Sincos(p.between(0, 2*math.Pi))
		w, h := float64(p.w()), float64(p.h())
		half := min(w, h) / 2
		p.moved(p.w(), p.h(), 235, func(x, y float64) (float64, float64) {
			dx, dy := (x-w/2)/half, (y-h/2)/half
			depth := 1 + share*(dx*cos+dy*sin)*0.9
			return w/2 + dx*half/depth, h/2 + dy*half/depth
		})
	}
}

// curl bows the page by up to 4 mm.
func curl(p *paper) {
	w, h, bow := float64(p.w()), float64(p.h()), p.between(3, 4.5)*p.mm
	p.moved(p.w(), p.h(), 235, func(x, y float64) (float64, float64) {
		dx, dy := x/w-0.5, y/h-0.5
		return x + 0.5*bow*dx*(1-4*dx*dx), y + bow*(4*dx*dx-0.5) + bow*dy*0.2
	})
}

// crumple moves places by up to a module or so, differently every 12 to 20 mm.
func crumple(p *paper) {
	a, b, c, d := p.between(0, 6), p.between(0, 6), p.between(0, 6), p.between(0, 6)
	long, short, reach := 20*p.mm, 13*p.mm, 0.6*p.mm
	p.moved(p.w(), p.h(), 235, func(x, y float64) (float64, float64) {
		return x + reach*(math.Sin(2*math.Pi*y/long+a)+math.Sin(2*math.Pi*(x+y)/short+b)*0.6),
			y + reach*(math.Sin(2*math.Pi*x/long+c)+math.Sin(2*math.Pi*(x-y)/short+d)*0.6)
	})
}

func blur(mm float64) func(*paper) { return func(p *paper) { p.blurred(mm) } }

func noise(deviation float64) func(*paper) {
	return func(p *paper) {
		p.each(func(_, _, v float64) float64 { return v + p.rng.NormFloat64()*deviation })
	}
}

func salt(p *paper) {
	p.each(func(_, _, v float64) float64 {
		switch r := p.rng.Float64(); {
		case r < 0.025:
			return 0
		case r < 0.05:
			return 255
		}
		return v
	})
}

// light falls to a share from one side to the other.
func light(to float64) func(*paper) {
	return func(p *paper) {
		sin, cos := math.Sincos(p.between(0, 2*math.Pi))
		w, h := float64(p.w()), float64(p.h())
		p.each(func(x, y, v float64) float64 {
			along := min(max(0.5+((x/w-0.5)*cos+(y/h-0.5)*sin)/1.2, 0), 1)
			return v * (1 - (1-to)*along)
		})
	}
}

// shadow with an edge through the code takes 40 %... of the light away.
func shadow(p *paper) {
	sin, cos := math.Sincos(p.between(0, 2*math.Pi))
	cx, cy := p.centre()
	cx, cy = cx+p.between(-8, 8)*p.mm, cy+p.between(-8, 8)*p.mm
	p.each(func(x, y, v float64) float64 {
		if (x-cx)*cos+(y-cy)*sin > 0 {
			return v * 0.6
		}
		return v
	})
}

func glare(p *paper) {
	cx, cy := p.centre()
	cx, cy = cx+p.between(-15, 15)*p.mm, cy+p.between(-15, 15)*p.mm
	radius := p.between(8, 12) * p.mm
	p.each(func(x, y, v float64) float64 {
		d := math.Hypot(x-cx, y-cy) / radius
		return v + 260*math.Exp(-d*d*1.5)
	})
}

func fade(p *paper) {
	p.each(func(_, _, v float64) float64 { return 245 - (245-v)*0.35 + p.rng.NormFloat64()*6 })
}

// bleed makes all ink grow by 0.2 mm.
func bleed(p *paper) {
	reach := 0.2 * p.mm
	old := clone(p.img)
	p.each(func(x, y, v float64) float64 {
		low := v
		for i := range 12 {
			sin, cos := math.Sincos(float64(i) * math.Pi / 6)
			low = min(low, at(old, x+reach*cos, y+reach*sin, 245))
		}
		return low
	})
}

// blot covers a share of the code with ink that has an uneven edge.
func blot(p *paper, cx, cy, radius float64) {
	a, b := p.between(0, 6), p.between(0, 6)
	p.each(func(x, y, v float64) float64 {
		angle := math.Atan2(y-cy, x-cx)
		if math.Hypot(x-cx, y-cy) < radius*(1+0.12*math.Sin(5*angle+a)+0.06*math.Sin(11*angle+b)) {
			return 28
		}
		return v
	})
}

func blotAnywhere(share float64) func(*paper) {
	return func(p *paper) {
		side := float64(p.code.Dx())
		radius := side * math.Sqrt(share/math.Pi)
		x := p.between(float64(p.code.Min.X)+radius, float64(p.code.Max.X)-radius)
		y := p.between(float64(p.code.Min.Y)+radius, float64(p.code.Max.Y)-radius)
		blot(p, x, y, radius)
	}
}

func blotCentre(share float64) func(*paper) {
	return func(p *paper) {
		x, y := p.centre()
		blot(p, x, y, float64(p.code.Dx())*math.Sqrt(share/math.Pi))
	}
}

// blotFinder covers one of the three corners by which a code is found.
func blotFinder(p *paper) {
	side := float64(p.code.Dx())
	x, y := float64(p.code.Min.X)+0.085*side, float64(p.code.Min.Y)+0.085*side
	switch p.rng.IntN(3) {
	case 1:
		x += 0.83 * side
	case 2:
		y += 0.83 * side
	}
	blot(p, x, y, side*math.Sqrt(0.03/math.Pi))
}

// fold wears the ink off along two lines.
func fold(p *paper) {
	cx, cy := p.centre()
	cx, cy = cx+p.between(-10, 10)*p.mm, cy+p.between(-10, 10)*p.mm
	half := 0.5 * p.mm
	p.each(func(x, y, v float64) float64 {
		if math.Abs(x-cx) < half || math.Abs(y-cy) < half {
			return 225 + p.rng.NormFloat64()*15
		}
		return v
	})
}
