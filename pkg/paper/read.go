package paper

import (
	"context"
	"image"
)

// Found is one text that a picture holds: letters, or bytes as they are in the
// code. Wipe Text after use.
type Found struct {
	Text  []byte
	Where string // the name of the file, and for a PDF the page
}

// Limits bound what a file may take. A zero field stands for the field of
// DefaultLimits.
type Limits struct {
	File   int64 // bytes of the file
	Pixels int64 // of one picture, as its header says
	Memory int64 // bytes that decoding one picture takes
}

// DefaultLimits let the 50-megapixel photograph of a phone pass, and scans of A4
// in colour at 600 dpi.
var DefaultLimits = Limits{File: 64 << 20, Pixels: 52_000_000, Memory: 208 << 20}

// ReadOptions says how to read. The zero value is good.
type ReadOptions struct {
	// Progress, if set, is called before each step; one call at a time.
	Progress func(step string, done, total int)
	// Done, if set, says that these texts are all that the caller looks for. The
	// texts are the reader's: Done must not keep them. Without it reading ends
	// soon after the first text.
	Done   func(texts [][]byte) bool
	Limits Limits
}

// ReadPicture returns the distinct texts of all codes in one file, in the order of
// the pages and, on a page, from top left to bottom right. It tries until it has
// them, or ctx ends: then it returns what it has. No text is an error.
func ReadPicture(ctx context.Context, data []byte, name string, opts ReadOptions) ([]Found, error) {
	opts.Limits = opts.Limits.orDefault()
	if int64(len(data)) > opts.Limits.File {
		return nil, errFileTooLarge(name, opts.Limits.File)
	}
	what, err := recognise(data, name)
	if err != nil {
		return nil, err
	}
	if what == "a PDF" {
		return readPDF(ctx, data, name, opts)
	}
	img, err := decodePicture(ctx, data, name, opts.Limits)
	if err != nil {
		return nil, err
	}
	defer wipe(img)
	s := &search{opts: opts}
	s.climb(ctx, img, ladder(img))
	if len(s.texts) == 0 {
		return nil, errNoCode(name)
	}
	return foundAt(s.texts, name), nil
}

func foundAt(placed []Placed, where string) []Found {
	var found []Found
	for _, p := range placed {
		found = append(found, Found{[]byte(p.Text), where})
	}
	return found
}

// Placed is a text and where its code stands in the picture.
type Placed struct {
	Text   string
	Bounds image.Rectangle
}
