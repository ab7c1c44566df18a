package paper

import (
	"bytes"
	"regexp"
	"strconv"

	"github.com/ethkey/ethkey/internal/fault"
)

// ownPage is one page of a PDF as this package writes it: not compressed, and
// nothing but rectangles, text and the fonts that every reader has.
type ownPage struct {
	width, height float64 // points
	fonts         map[string]Font
	content       []byte
}

// maxOwnPages bounds what a reader goes through.
const maxOwnPages = 64

var (
	startRef  = regexp.MustCompile(`startxref\n(\d{1,9})\n%%EOF\n?$`)
	xrefHead  = regexp.MustCompile(`^xref\n0 (\d{1,5})\n`)
	xrefEntry = regexp.MustCompile(`^(\d{10}) \d{5} ([fn]) \n`)
	rootRef   = regexp.MustCompile(`/Root (\d{1,5}) 0 R`)
	pagesRef  = regexp.MustCompile(`/Pages (\d{1,5}) 0 R`)
	kidsList  = regexp.MustCompile(`/Kids \[((?:\d{1,5} 0 R ?)*)\]`)
	reference = regexp.MustCompile(`(\d{1,5}) 0 R`)
	mediaBox  = regexp.MustCompile(`/MediaBox \[0 0 (\d{1,4}\.\d\d) (\d{1,4}\.\d\d)\]`)
	resources = regexp.MustCompile(`/Resources (\d{1,5}) 0 R`)
	contents  = regexp.MustCompile(`/Contents (\d{1,5}) 0 R`)
	fontEntry = regexp.MustCompile(`/(F[0-9a-f]{1,64}) (\d{1,5}) 0 R`)
	baseFont  = regexp.MustCompile(`/BaseFont /(Courier|Helvetica)(-Bold)?\n`)
	streamLen = regexp.MustCompile(`^<</Length (\d{1,8})>>\nstream\n`)
)

func notOwn(what string) error {
	return fault.New(fault.Integrity, "PDF: %s is not as it was written", what)
}

// ownFile is the bytes and where each object begins.
type ownFile struct {
	data    []byte
	offsets []int
}

// readOwn follows the cross-references from the end of the file to the content
// of every page.
func readOwn(data []byte) ([]ownPage, error) {
	f, root, err := openOwn(data)
	if err != nil {
		return nil, err
	}
	catalog, err := f.follow(root, pagesRef)
	if err != nil {
		return nil, err
	}
	box := mediaBox.FindSubmatch(catalog)
	kids := kidsList.FindSubmatch(catalog)
	if box == nil || kids == nil {
		return nil, notOwn("list of pages")
	}
	width, _ := strconv.ParseFloat(string(box[1]), 64)
	height, _ := strconv.ParseFloat(string(box[2]), 64)
	refs := reference.FindAllSubmatch(kids[1], -1)
	if len(refs) == 0 || len(refs) > maxOwnPages || width < 100 || height < 100 || width > 2000 || height > 2000 {
		return nil, notOwn("list of pages")
	}
	var pages []ownPage
	for _, ref := range refs {
		page := ownPage{width: width, height: height}
		if err := f.page(&page, number(ref[1])); err != nil {
			return nil, err
		}
		pages = append(pages, page)
	}
	return pages, nil
}

// openOwn reads the cross-reference table and returns the catalog.
func openOwn(data []byte) (*ownFile, []byte, error) {
	end := startRef.FindSubmatch(data[max(0, len(data)-64):])
	if end == nil || number(end[1]) >= len(data) {
		return nil, nil, notOwn("end of the file")
	}
	table := data[number(end[1]):]
	head := xrefHead.FindSubmatch(table)
	if head == nil {
		return nil, nil, notOwn("cross-reference table")
	}
	f := &ownFile{data: data}
	rest := table[len(head[0]):]
	for range number(head[1]) {
		entry := xrefEntry.FindSubmatch(rest)
		if entry == nil {
			return nil, nil, notOwn("cross-reference table")
		}
		f.offsets = append(f.offsets, number(entry[1]))
		rest = rest[len(entry[0]):]
	}
	root, err := f.follow(rest, rootRef)
	return f, root, err
}

// object returns the bytes of an object between "obj" and "endobj".
func (f *ownFile) object(n int) ([]byte, error) {
	if n < 1 || n >= len(f.offsets) || f.offsets[n] >= len(f.data) {
		return nil, notOwn("object " + strconv.Itoa(n))
	}
	rest, ok := bytes.CutPrefix(f.data[f.offsets[n]:], []byte(strconv.Itoa(n)+" 0 obj\n"))
	if !ok {
		return nil, notOwn("object " + strconv.Itoa(n))
	}
	if m := streamLen.FindSubmatch(rest); m != nil {
		rest = rest[len(m[0]):]
		if n := number(m[1]); n <= len(rest) && bytes.HasPrefix(rest[n:], []byte("\nendstream\nendobj\n")) {
			return rest[:n], nil
		}
		return nil, notOwn("length of a stream")
	}
	body, _, ok := bytes.Cut(rest, []byte("\nendobj\n"))
	if !ok {
		return nil, notOwn("object " + strconv.Itoa(n))
	}
	return body, nil
}

// follow returns the object that the first match of ref names.
func (f *ownFile) follow(object []byte, ref *regexp.Regexp) ([]byte, error) {
	m := ref.FindSubmatch(object)
	if m == nil {
		return nil, notOwn("reference to an object")
	}
	return f.object(number(m[1]))
}

func (f *ownFile) page(page *ownPage, n int) error {
	object, err := f.object(n)
	if err != nil {
		return err
	}
	if page.content, err = f.follow(object, contents); err != nil {
		return err
	}
	dictionary, err := f.follow(object, resources)
	if err != nil {
		return err
	}
	page.fonts = map[string]Font{}
	for _, entry := range fontEntry.FindAllSubmatch(dictionary, -1) {
		description, err := f.object(number(entry[2]))
		if err != nil {
			return err
		}
		base := baseFont.FindSubmatch(description)
		if base == nil {
			return notOwn("font")
		}
		page.fonts[string(entry[1])] = Font{Mono: string(base[1]) == "Courier", Bold: len(base[2]) > 0}
	}
	return nil
}

// number is for digits that an expression above has bounded.
func number(digits []byte) int {
	n, _ := strconv.Atoi(string(digits))
	return n
}
