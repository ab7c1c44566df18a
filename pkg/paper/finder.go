package paper

import (
	"cmp"
	"image"
	"math"
	"slices"
)

// finder is a place that looks like one of the three squares by which a code is
// found: dark, light, dark, light, dark as 1:1:3:1:1, across and down.
type finder struct {
	at   point
	size float64 // of a module, along rows and columns
	hits int     // rows that crossed it
}

const maxFinders = 12

// finders looks for the squares in a picture of black and white. Those that most
// rows cross come first.
func finders(bw *image.Gray, known []finder) []finder {
	w, h := size(bw)
	for y := range h {
		row := bw.Pix[y*w : (y+1)*w]
		var runs [5]int
		for x, dark, run := 0, false, 0; x <= w; x++ {
			if x < w && (row[x] == 0) == dark {
				run++
				continue
			}
			copy(runs[:], runs[1:])
			runs[4] = run
			if dark && likeFinder(runs) {
				known = confirm(bw, known, x, y, runs)
			}
			dark, run = !dark, 1
		}
	}
	return known
}

// confirm looks down the column through the middle of what a row crossed, and
// across again.
func confirm(bw *image.Gray, known []finder, end, y int, across [5]int) []finder {
	x := float64(end-across[4]-across[3]) - float64(across[2])/2
	total := across[0] + across[1] + across[2] + across[3] + across[4]
	my, down, ok := crossing(bw, int(x), y, 0, 1, total)
	if !ok {
		return known
	}
	mx, again, ok := crossing(bw, int(x), int(my), 1, 0, total)
	if !ok {
		return known
	}
	f := finder{point{mx, my}, float64(down+again) / 14, 1}
	for i, k := range known {
		if k.at.distance(f.at) < 2*k.size && f.size < 1.7*k.size && k.size < 1.7*f.size {
			n := float64(k.hits)
			known[i] = finder{k.at.times(n / (n + 1)).plus(f.at.times(1 / (n + 1))), (k.size*n + f.size) / (n + 1), k.hits + 1}
			return known
		}
	}
	return append(known, f)
}

// crossing measures the five runs through a dark place in one direction: the
// middle, and their length together.
func crossing(bw *image.Gray, x, y, dx, dy, expected int) (middle float64, total int, ok bool) {
	w, h := size(bw)
	var runs [5]int
	reach := func(sign int, slots []int) int {
		px, py := x, y
		for slot, i := 0, 0; ; i++ {
			if px < 0 || py < 0 || px >= w || py >= h || i > 3*expected {
				return i
			}
			if dark := bw.Pix[py*w+px] == 0; dark != (slot%2 == 0) {
				if slot++; slot == len(slots) {
					return i
				}
			}
			slots[slot]++
			px, py = px+sign*dx, py+sign*dy
		}
	}
	var ahead, back [3]int
	reach(1, ahead[:])
	reach(-1, back[:])
	runs = [5]int{back[2], back[1], back[0] + ahead[0] - 1, ahead[1], ahead[2]}
	if !likeFinder(runs) {
		return 0, 0, false
	}
	total = runs[0] + runs[1] + runs[2] + runs[3] + runs[4]
	low, high := float64(-back[0]+1), float64(ahead[0])
	return float64(x*dx+y*dy) + (low+high)/2, total, total*5 > expected*2 && total*2 < expected*5
}

// likeFinder allows each run to be off by six tenths of a module.
func likeFinder(runs [5]int) bool {
	total := runs[0] + runs[1] + runs[2] + runs[3] + runs[4]
	if total < 7 || min(runs[0], runs[1], runs[2], runs[3], runs[4]) == 0 {
		return false
	}
	m := float64(total) / 7
	for i, r := range runs {
		share := 1.0
		if i == 2 {
			share = 3
		}
		if math.Abs(float64(r)-share*m) > 0.6*m*math.Sqrt(share) {
			return false
		}
	}
	return true
}

// findersIn binarises a picture in several ways and sizes, and puts together what
// they show.
func findersIn(img *image.Gray) []finder {
	known := findersAt(img, nil)
	w, h := size(img)
	if w >= 100 && h >= 100 {
		half := reduceColour(img, 2)
		defer wipe(half)
		for _, f := range findersAt(half, nil) {
			f = finder{f.at.times(2), f.size * 2, f.hits * 2}
			if !slices.ContainsFunc(known, func(k finder) bool { return k.at.distance(f.at) < 2*k.size && k.hits >= 6 }) {
				known = append(known, f)
			}
		}
	}
	known = slices.DeleteFunc(known, func(f finder) bool { return f.hits < 2 })
	slices.SortStableFunc(known, func(a, b finder) int {
		return cmp.Compare(float64(b.hits)/b.size, float64(a.hits)/a.size)
	})
	return known[:min(len(known), maxFinders)]
}

func findersAt(img *image.Gray, known []finder) []finder {
	for _, way := range [][3]int{{0, 20, 10}, {1, 25, 6}, {2, 40, 4}} {
		bw := adaptive(img, way[0], way[1], way[2])
		known = finders(bw, known)
		wipe(bw)
	}
	return known
}
