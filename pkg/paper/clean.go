package paper

import (
	"context"
	"image"
	"slices"
)

// FindCodes reads all codes of a page that nothing has damaged, from top left to
// bottom right: in two sizes, and one that both show is counted once. A code that
// stands there twice is there twice in the result.
func FindCodes(page *image.Gray) (all []Placed) {
	page = tight(page)
	for _, by := range []float64{1, 0.75} {
		for _, f := range scaled(by, scanMany)(context.Background(), page) {
			if !slices.ContainsFunc(all, func(a Placed) bool { return a.Text == f.Text && a.Bounds.Overlaps(f.Bounds) }) {
				all = append(all, f)
			}
		}
	}
	inReadingOrder(all)
	return all
}
