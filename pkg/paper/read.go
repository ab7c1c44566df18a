package paper

import (
	"context"
	"image"
	"io"
	"io/fs"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
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

// FileResult is what one file of a folder holds.
type FileResult struct {
	Name  string
	Found []Found
	Err   error
}

// ReadFolder reads every file of a folder, sorted by name, and hands each result
// to yield until it returns false. Folders inside are left out, and so are files
// whose name begins with a dot. The error is about the folder itself; those about
// its files are in their results. ctx bounds the folder as a whole: to bound each
// file, call ReadPicture for each.
func ReadFolder(ctx context.Context, folder fs.FS, opts ReadOptions, yield func(FileResult) bool) error {
	opts.Limits = opts.Limits.orDefault()
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return fault.New(fault.Environment, "the folder of pictures: %w", err).WithHint("name a folder that this user may read")
	}
	for _, entry := range entries {
		if entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if !yield(readFile(ctx, folder, entry.Name(), opts)) {
			return nil
		}
	}
	return nil
}

func readFile(ctx context.Context, folder fs.FS, name string, opts ReadOptions) FileResult {
	fail := func(err error) FileResult { return FileResult{Name: name, Err: err} }
	file, err := folder.Open(name)
	if err != nil {
		return fail(fault.New(fault.Environment, "%s: %w", name, err))
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && !info.Mode().IsRegular() {
		return fail(fault.New(fault.Refused, "%s: not a regular file", name))
	} else if err == nil && info.Size() > opts.Limits.File {
		return fail(errFileTooLarge(name, opts.Limits.File))
	}
	data, err := io.ReadAll(io.LimitReader(file, opts.Limits.File+1))
	defer secret.Wipe(data)
	if err != nil {
		return fail(fault.New(fault.Environment, "%s: %w", name, err))
	}
	found, err := ReadPicture(ctx, data, name, opts)
	return FileResult{name, found, err}
}

// Placed is a text and where its code stands in the picture.
type Placed struct {
	Text   string
	Bounds image.Rectangle
}

// DecodeClean reads the one code of a drawing that nothing has damaged. One pass
// misses one in a hundred of such codes; in another size they are read.
func DecodeClean(img *image.Gray) (string, error) {
	if text, ok := decodeDrawn(tight(img)); ok {
		return text, nil
	}
	return "", errNoCode("the drawing")
}

// FindCodes reads all codes of a page that nothing has damaged, from top left to
// bottom right. A code that stands there twice is there twice in the result.
func FindCodes(page *image.Gray) []Placed { return findDrawn(tight(page)) }
