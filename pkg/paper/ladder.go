package paper

import (
	"bytes"
	"cmp"
	"context"
	"image"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/ethkey/ethkey/pkg/secret"
)

// step is one rung: a way to look at the picture.
type step struct {
	name  string
	sweep bool // also taken when something was found already: there may be more
	look  func(ctx context.Context, img *image.Gray) []Placed
}

// smallest side of a picture in which a code can be: 21 modules.
const smallest = 21

// search is what a file has yielded so far, and when it is enough.
type search struct {
	opts   ReadOptions
	before []Placed // of other pages
	texts  []Placed // of this picture; distinct, each where it was first seen
	seen   bool     // whether this picture has shown any, even one known before
}

func (s *search) has(text string) bool {
	same := func(t Placed) bool { return t.Text == text }
	return slices.ContainsFunc(s.texts, same) || slices.ContainsFunc(s.before, same)
}

// add takes in what a step found.
func (s *search) add(found []Placed) {
	s.seen = s.seen || len(found) > 0
	for _, f := range found {
		if !s.has(f.Text) {
			s.texts = append(s.texts, f)
		}
	}
}

// done says whether the caller has what it looks for.
func (s *search) done() bool {
	if s.opts.Done == nil {
		return false
	}
	var texts [][]byte
	for _, t := range slices.Concat(s.before, s.texts) {
		text := []byte(t.Text)
		defer secret.Wipe(text)
		texts = append(texts, text)
	}
	return s.opts.Done(texts)
}

// climb takes the steps in turn, as many at once as there are processors. Without
// a caller who knows what to expect it ends after a sweep that found something.
func (s *search) climb(ctx context.Context, img *image.Gray, steps []step) {
	if w, h := size(img); min(w, h) < smallest {
		return
	}
	for at := 0; at < len(steps) && ctx.Err() == nil && !s.done(); {
		if s.opts.Done == nil && s.seen && !steps[at].sweep {
			break
		}
		side := 1
		for side < runtime.GOMAXPROCS(0) && at+side < len(steps) && steps[at+side].sweep == steps[at].sweep {
			side++
		}
		if s.opts.Progress != nil {
			s.opts.Progress(steps[at].name, at, len(steps))
		}
		found := make([][]Placed, side)
		var wait sync.WaitGroup
		for i := range side {
			wait.Go(func() { found[i] = steps[at+i].look(ctx, img) })
		}
		wait.Wait()
		for _, f := range found {
			s.add(f)
		}
		at += side
	}
	inReadingOrder(s.texts)
}

// inReadingOrder sorts from top left to bottom right: what begins at about the
// same height is in one line.
func inReadingOrder(texts []Placed) {
	slices.SortStableFunc(texts, func(a, b Placed) int {
		if line := min(a.Bounds.Dy(), b.Bounds.Dy()) / 2; math.Abs(float64(a.Bounds.Min.Y-b.Bounds.Min.Y)) > float64(line) {
			return cmp.Compare(a.Bounds.Min.Y, b.Bounds.Min.Y)
		}
		return cmp.Or(cmp.Compare(a.Bounds.Min.X, b.Bounds.Min.X), cmp.Compare(a.Bounds.Min.Y, b.Bounds.Min.Y), bytes.Compare([]byte(a.Text), []byte(b.Text)))
	})
}

// ladder lists the steps for a picture, the cheapest that help most first.
func ladder(img *image.Gray) []step {
	w, h := size(img)
	small := math.Sqrt(1_000_000 / float64(w*h)) // a page at 85 dpi, a code at 500
	steps := []step{
		{"as it is", true, direct(scanMany)},
		{"half size", true, scaled(0.5, scanMany)},
		{"one code", false, direct(scanOne)},
		{"one code, half size", false, scaled(0.5, scanOne)},
	}
	if small < 0.4 {
		steps = append(steps, step{"small", false, scaled(small, scanMany)})
	}
	for _, tile := range tiles(w, h) {
		steps = append(steps, step{"a part", false, parted(tile, scanOne)})
	}
	steps = append(steps,
		step{"without specks", false, changed(median, scanMany)},
		step{"module by module", false, closely(1, 2_500_000, (*bent).readFlat, (*bent).readBent)},
		step{"module by module, smaller", false, closely(0.6, 800_000, (*bent).readFlat)},
		step{"evened light", false, changed(evened, scanMany)},
	)
	if w*h > 800_000 { // a code that fills a large picture
		steps = append(steps, step{"module by module, small", false, closely(1, 200_000, (*bent).readFlat, (*bent).readBent)})
	}
	if w*h < working/4 {
		steps = append(steps, step{"double size", false, scaled(2, scanMany)}, step{"module by module, larger", false, closely(1.7, 2_500_000, (*bent).readFlat)})
	}
	if max(w, h) > 6*min(w, h) { // turned, a strip would be mostly emptiness
		return steps
	}
	for _, degrees := range []float64{30, -15, 45} {
		steps = append(steps, step{"turned", false, changed(func(img *image.Gray) *image.Gray { return rotate(img, degrees) }, scanOne)})
	}
	for _, tilt := range tilts {
		steps = append(steps, step{"tilted", false, changed(tilt.apply, scanOne)})
	}
	return steps
}

// closely looks module by module, at no more pixels than that takes.
func closely(by, most float64, ways ...func(*bent, *guess) (Placed, bool)) func(context.Context, *image.Gray) []Placed {
	return func(ctx context.Context, img *image.Gray) []Placed {
		w, h := size(img)
		by := min(by, math.Sqrt(most/float64(w*h)))
		return scaled(by, func(img *image.Gray) []Placed { return scanBent(ctx, img, ways...) })(ctx, img)
	}
}

func direct(scan func(*image.Gray) []Placed) func(context.Context, *image.Gray) []Placed {
	return func(_ context.Context, img *image.Gray) []Placed { return scan(img) }
}

// changed looks at a changed picture; where in it a code stands is not told, as it
// would have to be computed back.
func changed(change func(*image.Gray) *image.Gray, scan func(*image.Gray) []Placed) func(context.Context, *image.Gray) []Placed {
	return func(_ context.Context, img *image.Gray) []Placed {
		other := change(img)
		defer wipe(other)
		return scan(other)
	}
}

// scaled looks at the picture in another size.
func scaled(by float64, scan func(*image.Gray) []Placed) func(context.Context, *image.Gray) []Placed {
	return func(_ context.Context, img *image.Gray) []Placed {
		w, h := size(img)
		if min(w, h) < smallest {
			return nil
		}
		other := resize(img, max(int(float64(w)*by), 1), max(int(float64(h)*by), 1))
		defer wipe(other)
		found := scan(other)
		for i, f := range found {
			b := f.Bounds
			back := func(v int) int { return int(float64(v) / by) }
			found[i].Bounds = image.Rect(back(b.Min.X), back(b.Min.Y), back(b.Max.X), back(b.Max.Y))
		}
		return found
	}
}

// parted looks at a part of the picture, made large if it is small.
func parted(part image.Rectangle, scan func(*image.Gray) []Placed) func(context.Context, *image.Gray) []Placed {
	return func(_ context.Context, img *image.Gray) []Placed {
		other := cut(img, part)
		defer wipe(other)
		found := scan(other)
		for i := range found {
			found[i].Bounds = found[i].Bounds.Add(part.Min)
		}
		return found
	}
}

// evened takes away noise and uneven light.
func evened(img *image.Gray) *image.Gray { return adaptive(img, 1, max(12, img.Rect.Dx()/30), 6) }

// tiles are the halves and the overlapping quarters: a code that is broken must
// not hide one that is whole.
func tiles(w, h int) []image.Rectangle {
	return []image.Rectangle{
		image.Rect(0, 0, w, h*11/20), image.Rect(0, h*9/20, w, h),
		image.Rect(0, 0, w*3/5, h*3/5), image.Rect(w*2/5, 0, w, h*3/5),
		image.Rect(0, h*2/5, w*3/5, h), image.Rect(w*2/5, h*2/5, w, h),
	}
}

// tilt is a picture taken from the side: the far edge is shorter by a share.
type tilt struct{ share, degrees float64 }

var tilts = []tilt{
	{0.2, 0}, {0.2, 90}, {0.2, 180}, {0.2, 270}, {0.35, 0}, {0.35, 90}, {0.35, 180}, {0.35, 270},
	{0.35, 45}, {0.35, 135}, {0.35, 225}, {0.35, 315},
}

// apply makes one edge of the picture longer, as if looked at from there.
func (t tilt) apply(img *image.Gray) *image.Gray {
	w, h := size(img)
	sin, cos := math.Sincos(t.degrees * math.Pi / 180)
	half := float64(max(w, h)) / 2
	return warp(img, w, h, func(x, y float64) (float64, float64) {
		dx, dy := (x-float64(w)/2)/half, (y-float64(h)/2)/half
		depth := 1 + t.share/2*(dx*cos+dy*sin)
		return float64(w)/2 + dx*half/depth, float64(h)/2 + dy*half/depth
	})
}
