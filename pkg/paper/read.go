package paper

import (
	"context"
	"image"
	"io/fs"
)

// Found is one text that a picture holds. Wipe Text after use.
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
	return nil, errNoCode(name)
}

// FileResult is what one file of a folder holds.
type FileResult struct {
	Name  string
	Found []Found
	Err   error
}

// ReadFolder reads every file of a folder, sorted by name, and hands each result
// to yield until it returns false. Folders inside are left out, and so are files
// whose name begins with a dot.
func ReadFolder(ctx context.Context, folder fs.FS, opts ReadOptions, yield func(FileResult) bool) error {
	return nil
}

// Placed is a text and where its code stands in the picture.
type Placed struct {
	Text   string
	Bounds image.Rectangle
}

// DecodeClean reads the one code of a drawing that nothing has damaged.
func DecodeClean(img *image.Gray) (string, error) {
	return "", errNoCode("the drawing")
}

// FindCodes reads all codes of a page that nothing has damaged, from top left to
// bottom right.
func FindCodes(page *image.Gray) []Placed {
	return nil
}
