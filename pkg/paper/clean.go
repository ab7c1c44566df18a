package paper

import (
	"context"
	"image"
	"slices"
)

// cleanSizes are the sizes in which an undamaged drawing is looked at: gozxing
// misses one in a hundred perfect codes in one size, and hardly one in all.
var cleanSizes = []float64{1, 1.5, 0.75, 2, 1.25, 0.5}

// decodeDrawn reads the one code of a drawing.
func decodeDrawn(img *image.Gray) (string, bool) {
	for _, by := range cleanSizes {
		if found := scaled(by, scanOne)(context.Background(), img); len(found) > 0 {
			return found[0].Text, true
		}
	}
	if w, h := size(img); min(w, h) < smallest {
		return "", false
	}
	if found := scanBent(context.Background(), img, (*bent).readFlat); len(found) > 0 {
		return found[0].Text, true
	}
	return "", false
}

// findDrawn reads all codes of a page, in two sizes, and counts one that both show
// once.
func findDrawn(page *image.Gray) (all []Placed) {
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
