package paper

import (
	"bytes"
	"compress/zlib"
	"io"
	"maps"
	"slices"

	"github.com/ethkey/ethkey/internal/fault"
)

// pdfObject is a value with a number; a stream has data too.
type pdfObject struct {
	value any
	data  []byte
}

// pdfFile is all objects of a file. They are found by their own marks and not by
// the table at the end of the file, which is often what is broken.
type pdfFile struct {
	objects  map[int]pdfObject
	trailers []pdfDict
	unpacked int64 // bytes of object streams so far
	values   int   // that may still be read
}

const (
	maxObjects  = 200_000
	maxValues   = 1_000_000
	maxUnpacked = 32 << 20 // bytes of packed objects; pictures are not among them
)

func parsePDF(data []byte) *pdfFile {
	f := &pdfFile{objects: map[int]pdfObject{}, values: maxValues}
	// The next one of each; len(data) if there is none. Neither is looked for again
	// before it was passed: many of one and none of the other would take for ever.
	trailer, i := -1, -1
	for at := 0; len(f.objects) < maxObjects; {
		if trailer < at {
			trailer = indexFrom(data, at, "trailer")
		}
		if i < at {
			i = indexFrom(data, at, "obj")
		}
		if i == len(data) && trailer == len(data) {
			break
		}
		if trailer < i {
			p := f.parser(data, trailer+len("trailer"))
			if d, ok := p.value(0).(pdfDict); ok {
				f.trailers = append(f.trailers, d)
			}
			at = p.at
			continue
		}
		number, ok := objectNumber(data[:i])
		at = i + len("obj")
		if ok {
			at = f.object(number, data, at)
		}
	}
	return f
}

func (f *pdfFile) parser(data []byte, at int) *pdfParser { return &pdfParser{data, at, &f.values} }

// indexFrom is where a word is next, or the end of the data.
func indexFrom(data []byte, at int, word string) int {
	if i := bytes.Index(data[at:], []byte(word)); i >= 0 {
		return at + i
	}
	return len(data)
}

// objectNumber reads the two numbers before "obj" backwards.
func objectNumber(before []byte) (number int, ok bool) {
	rest := bytes.TrimRight(before[max(len(before)-32, 0):], " \r\n\t")
	generation := bytes.TrimRight(rest, "0123456789")
	middle := bytes.TrimRight(generation, " \r\n\t")
	if len(generation) == len(rest) || len(middle) == len(generation) {
		return 0, false
	}
	digits := middle[len(bytes.TrimRight(middle, "0123456789")):]
	if len(digits) == 0 || len(digits) > 9 {
		return 0, false
	}
	for _, c := range digits {
		number = number*10 + int(c-'0')
	}
	return number, true
}

// object reads one object, and returns where it ends.
func (f *pdfFile) object(number int, data []byte, at int) int {
	p := f.parser(data, at)
	o := pdfObject{value: p.value(0)}
	if d, ok := o.value.(pdfDict); ok && p.has("stream") {
		start := p.at
		if bytes.HasPrefix(data[start:], []byte("\r\n")) {
			start += 2
		} else if start < len(data) {
			start++
		}
		start = min(start, len(data))
		o.data = f.stream(data[start:], d)
		p.at = start + len(o.data)
		switch d["Type"] {
		case pdfName("XRef"):
			f.trailers = append(f.trailers, d)
		case pdfName("ObjStm"):
			f.unpack(d, o.data)
		}
	}
	f.objects[number] = o
	return max(p.at, at)
}

// stream cuts the data of a stream: by its length if that leads to its end, else
// by the word that ends it.
func (f *pdfFile) stream(data []byte, d pdfDict) []byte {
	if n, ok := f.resolve(d["Length"]).(float64); ok && n >= 0 && n < float64(len(data)) {
		p := f.parser(data, int(n))
		if p.has("endstream") {
			return data[:int(n)]
		}
	}
	if end := bytes.Index(data, []byte("endstream")); end >= 0 {
		return data[:end]
	}
	return data
}

// unpack reads the objects that are packed in a stream (7.5.7).
func (f *pdfFile) unpack(d pdfDict, data []byte) {
	plain, err := f.inflate(d, data)
	if err != nil {
		return
	}
	count, first := f.integer(d["N"]), f.integer(d["First"])
	index := f.parser(plain, 0)
	for range count {
		number, ok1 := index.value(0).(float64)
		offset, ok2 := index.value(0).(float64)
		if !ok1 || !ok2 || !(offset >= 0) || !(number >= 0) || number > 1<<30 || len(f.objects) >= maxObjects {
			return
		}
		if at := float64(first) + offset; at < float64(len(plain)) {
			f.objects[int(number)] = pdfObject{value: f.parser(plain, int(at)).value(0)}
		}
	}
}

// inflate undoes the one filter that packed objects have in practice.
func (f *pdfFile) inflate(d pdfDict, data []byte) ([]byte, error) {
	filters := f.filters(d)
	if len(filters) == 0 {
		return data, nil
	}
	if len(filters) > 1 || filters[0].name != "FlateDecode" {
		return nil, errUnsupported
	}
	z, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(io.LimitReader(z, maxUnpacked-f.unpacked))
	f.unpacked += int64(len(plain))
	if len(plain) == 0 {
		return nil, err
	}
	return plain, nil
}

var errUnsupported = fault.New(fault.Refused, "a filter that is not read")

// resolve follows references.
func (f *pdfFile) resolve(v any) any {
	for range 8 {
		ref, ok := v.(pdfRef)
		if !ok {
			return v
		}
		v = f.objects[int(ref)].value
	}
	return nil
}

func (f *pdfFile) dict(v any) pdfDict {
	d, _ := f.resolve(v).(pdfDict)
	return d
}

// integer is a number that is used as a size: nothing below 0 nor beyond 2^31.
func (f *pdfFile) integer(v any) int {
	n, ok := f.resolve(v).(float64)
	if !ok || !(n >= 0) || n >= 1<<31 {
		return 0
	}
	return int(n)
}

// encrypted says whether a password, even an empty one, is needed.
func (f *pdfFile) encrypted() bool {
	return slices.ContainsFunc(f.trailers, func(d pdfDict) bool { return d["Encrypt"] != nil })
}

// pdfImage is a picture in a PDF.
type pdfImage struct {
	object int
	page   int // from 1; 0 if it is on none
}

// images lists the pictures in the order of the pages; those on no page last.
func (f *pdfFile) images() (all []pdfImage) {
	seen := map[int]bool{}
	for page, resources := range f.pages() {
		f.imagesOf(resources, page+1, 0, seen, &all)
	}
	for _, number := range slices.Sorted(maps.Keys(f.objects)) {
		if d, ok := f.objects[number].value.(pdfDict); ok && d["Subtype"] == pdfName("Image") && !seen[number] {
			all = append(all, pdfImage{number, 0})
		}
	}
	return all
}

// imagesOf collects the pictures that resources name, also through forms. Masks
// that belong to a picture are marked as seen.
func (f *pdfFile) imagesOf(resources pdfDict, page, depth int, seen map[int]bool, all *[]pdfImage) {
	objects := f.dict(resources["XObject"])
	for _, name := range slices.Sorted(maps.Keys(objects)) {
		ref, ok := objects[name].(pdfRef)
		d := f.dict(ref)
		if !ok || seen[int(ref)] || d == nil {
			continue
		}
		seen[int(ref)] = true
		switch d["Subtype"] {
		case pdfName("Image"):
			*all = append(*all, pdfImage{int(ref), page})
			for _, mask := range []pdfName{"SMask", "Mask"} {
				if m, ok := d[mask].(pdfRef); ok {
					seen[int(m)] = true
				}
			}
		case pdfName("Form"):
			if depth < 8 {
				f.imagesOf(f.dict(d["Resources"]), page, depth+1, seen, all)
			}
		}
	}
}

// pages returns the resources of each page.
func (f *pdfFile) pages() (all []pdfDict) {
	root := pdfDict{}
	for _, t := range f.trailers {
		if d := f.dict(t["Root"]); d != nil {
			root = d
		}
	}
	if root["Pages"] == nil {
		for _, number := range slices.Sorted(maps.Keys(f.objects)) {
			if d, ok := f.objects[number].value.(pdfDict); ok && d["Type"] == pdfName("Catalog") {
				root = d
			}
		}
	}
	f.walk(root["Pages"], pdfDict{}, map[int]bool{}, 0, &all)
	return all
}

// walk goes down the tree of pages; resources are handed down (7.7.3.4).
func (f *pdfFile) walk(v any, resources pdfDict, seen map[int]bool, depth int, all *[]pdfDict) {
	if ref, ok := v.(pdfRef); ok {
		if seen[int(ref)] {
			return
		}
		seen[int(ref)] = true
	}
	node := f.dict(v)
	if node == nil || depth > maxNesting {
		return
	}
	if own := f.dict(node["Resources"]); own != nil {
		resources = own
	}
	kids, ok := f.resolve(node["Kids"]).(pdfArray)
	if !ok {
		*all = append(*all, resources)
		return
	}
	for _, kid := range kids {
		f.walk(kid, resources, seen, depth+1, all)
	}
}
