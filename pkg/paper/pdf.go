package paper

import (
	"context"
	"errors"
	"fmt"
	"image"
	"slices"

	"github.com/ethkey/ethkey/internal/fault"
)

// pageWork is what one picture of a PDF has come to.
type pageWork struct {
	pdfImage
	where string
	texts []Placed
	seen  bool // it has shown a text, even one of another page
	err   error
}

// readPDF reads the pictures that a scanner put into a PDF: all of them quickly,
// then those that showed nothing with all patience.
func readPDF(ctx context.Context, data []byte, name string, opts ReadOptions) ([]Found, error) {
	f := parsePDF(data)
	if f.encrypted() {
		return nil, fault.New(fault.Refused, "%s: the PDF is encrypted", name).
			WithHint("scan to a PDF without a password, or to JPEG or PNG")
	}
	images := f.images()
	if len(images) == 0 {
		return nil, errNoImage(name)
	}
	if len(images) > maxImages {
		return nil, fault.New(fault.Refused, "%s: the PDF has %d pictures, more than the %d that are read", name, len(images), maxImages).
			WithHint("give the pages with the sheets alone")
	}
	work := make([]pageWork, len(images))
	for i, img := range images {
		work[i] = pageWork{pdfImage: img, where: pageName(name, img.page)}
	}
	before := f.readPages(ctx, work, opts, nil, func(img *image.Gray) []step {
		return slices.DeleteFunc(ladder(img), func(s step) bool { return !s.sweep })
	})
	f.readPages(ctx, work, opts, before, ladder)
	var found []Found
	for _, w := range work {
		found = append(found, foundAt(w.texts, w.where)...)
	}
	if len(found) > 0 {
		return found, nil
	}
	for _, w := range work {
		if w.err != nil {
			return nil, w.err
		}
	}
	return nil, errNoCode(name)
}

// maxImages is more than anybody scans in one go.
const maxImages = 400

func pageName(name string, page int) string {
	if page == 0 {
		return name
	}
	return fmt.Sprintf("%s, page %d", name, page)
}

// readPages takes those steps with each picture that has shown no text yet.
func (f *pdfFile) readPages(ctx context.Context, work []pageWork, opts ReadOptions, before []Placed, steps func(*image.Gray) []step) []Placed {
	for i := range work {
		w := &work[i]
		if w.seen || w.err != nil {
			continue
		}
		s := &search{opts: opts, before: before}
		if ctx.Err() != nil || s.done() {
			break
		}
		img, err := f.picture(ctx, w.object, w.where, opts.Limits)
		if w.err = err; err != nil {
			continue
		}
		s.climb(ctx, img, steps(img))
		wipe(img)
		w.texts, w.seen = s.texts, s.seen
		before = slices.Concat(before, s.texts)
	}
	return before
}

// ErrDrawn is the error of a PDF that a program drew, such as ours.
var ErrDrawn = errors.New("the PDF holds no picture: it was drawn by a program, not scanned")

func errNoImage(name string) error {
	return fault.New(fault.Refused, "%s: %w", name, ErrDrawn).
		WithHint("print it and scan the paper; or, on a machine without a network: pdftoppm -r 200 -png, and give the pictures")
}
