package paper

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"context"
	"encoding/ascii85"
	"image"
	"io"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
)

// pdfFilter is one step of a stream's encoding.
type pdfFilter struct {
	name  pdfName
	parms pdfDict
}

// filters of a stream in the order in which they are undone.
func (f *pdfFile) filters(d pdfDict) (all []pdfFilter) {
	names, ok := f.resolve(d["Filter"]).(pdfArray)
	parms, _ := f.resolve(d["DecodeParms"]).(pdfArray)
	if !ok {
		if _, ok := f.resolve(d["Filter"]).(pdfName); !ok {
			return nil
		}
		names, parms = pdfArray{d["Filter"]}, pdfArray{d["DecodeParms"]}
	}
	for i, n := range names[:min(len(names), 8)] {
		name, _ := f.resolve(n).(pdfName)
		filter := pdfFilter{name: name}
		if long, ok := shortFilters[name]; ok {
			filter.name = long
		}
		if i < len(parms) {
			filter.parms = f.dict(parms[i])
		}
		all = append(all, filter)
	}
	return all
}

var shortFilters = map[pdfName]pdfName{
	"Fl": "FlateDecode", "DCT": "DCTDecode", "CCF": "CCITTFaxDecode", "AHx": "ASCIIHexDecode", "A85": "ASCII85Decode",
}

const hintPDF = "set the scanner to JPEG or PNG, or to a PDF of plain pictures, and scan the sheet again"

// picture decodes a picture of the file.
func (f *pdfFile) picture(ctx context.Context, number int, name string, limits Limits) (*image.Gray, error) {
	o := f.objects[number]
	d, _ := o.value.(pdfDict)
	w, h := f.integer(d["Width"]), f.integer(d["Height"])
	if err := limits.allow(name, w, h, 1); err != nil {
		return nil, err
	}
	var r io.Reader = whileTime{ctx, bytes.NewReader(o.data)}
	for _, filter := range f.filters(d) {
		switch filter.name {
		case "FlateDecode":
			z, err := zlib.NewReader(r)
			if err != nil {
				return nil, errBroken(name)
			}
			if r, err = f.predicted(z, filter.parms, name); err != nil {
				return nil, err
			}
		case "ASCII85Decode":
			r = ascii85.NewDecoder(until(r, '~'))
		case "ASCIIHexDecode":
			text, _ := io.ReadAll(io.LimitReader(until(r, '>'), limits.File))
			r = bytes.NewReader(unhex(text))
		case "DCTDecode":
			return f.jpeg(ctx, r, name, limits)
		case "CCITTFaxDecode":
			return f.fax(r, d, filter.parms, w, h, name, limits)
		default:
			return nil, fault.New(fault.Refused, "%s: a picture packed as %q, expected JPEG (DCTDecode), Flate or fax group 4", name, clip(string(filter.name))).
				WithHint("%s", hintPDF)
		}
	}
	return f.raster(r, d, w, h, name)
}

// clip keeps a name from a file short.
func clip(s string) string { return s[:min(len(s), 24)] }

// until reads up to a mark.
func until(r io.Reader, mark byte) io.Reader { return &markReader{bufio.NewReader(r), mark, false} }

type markReader struct {
	r    *bufio.Reader
	mark byte
	done bool
}

func (m *markReader) Read(p []byte) (n int, err error) {
	for n < len(p) && !m.done {
		c, err := m.r.ReadByte()
		if err != nil || c == m.mark {
			m.done = true
			break
		}
		p[n], n = c, n+1
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (f *pdfFile) jpeg(ctx context.Context, r io.Reader, name string, limits Limits) (*image.Gray, error) {
	data, err := io.ReadAll(io.LimitReader(r, limits.File+1))
	if err != nil || !begins("\xff\xd8")(data) {
		return nil, errBroken(name)
	}
	if int64(len(data)) > limits.File {
		return nil, errFileTooLarge(name, limits.File)
	}
	return decodePicture(ctx, data, name, limits)
}

// raster reads rows of samples as they are, and makes them grey.
func (f *pdfFile) raster(r io.Reader, d pdfDict, w, h int, name string) (*image.Gray, error) {
	inks, err := f.inks(d, name)
	if err != nil {
		return nil, err
	}
	row, grey := make([]byte, (w*inks.channels*inks.bits+7)/8), newGray(w, h)
	defer secret.Wipe(row)
	for y := range h {
		if _, err := io.ReadFull(r, row); err != nil {
			if y < h/2 {
				wipe(grey)
				return nil, errBroken(name)
			}
			for i := range grey.Pix[y*w:] { // cut off near its end: read what is there
				grey.Pix[y*w+i] = 255
			}
			break
		}
		inks.row(row, grey.Pix[y*w:(y+1)*w])
	}
	defer wipe(grey)
	return reduceColour(grey, shrink(w, h)), nil
}

// inks is how samples become brightness.
type inks struct {
	channels, bits int
	invert         bool
	palette        []byte // brightness of each index
}

func (f *pdfFile) inks(d pdfDict, name string) (inks, error) {
	s := inks{channels: 1, bits: f.integer(d["BitsPerComponent"])}
	if mask, _ := f.resolve(d["ImageMask"]).(bool); mask || s.bits == 0 {
		s.bits = 1
	}
	if s.bits != 1 && s.bits != 2 && s.bits != 4 && s.bits != 8 && s.bits != 16 {
		return s, fault.New(fault.Refused, "%s: a picture of %d bits a sample, expected 1, 2, 4, 8 or 16", name, s.bits).WithHint("%s", hintPDF)
	}
	s.channels, s.invert, s.palette = f.space(d["ColorSpace"], 0)
	if s.channels == 0 {
		return s, fault.New(fault.Refused, "%s: a picture in a colour space that is not known", name).WithHint("%s", hintPDF)
	}
	if decode, ok := f.resolve(d["Decode"]).(pdfArray); ok && len(decode) >= 2 && s.palette == nil {
		low, _ := f.resolve(decode[0]).(float64)
		high, _ := f.resolve(decode[1]).(float64)
		s.invert = s.invert != (low > high)
	}
	return s, nil
}

// space tells the number of channels of a colour space, whether more is darker,
// and the palette if it has one.
func (f *pdfFile) space(v any, depth int) (channels int, invert bool, palette []byte) {
	v = f.resolve(v)
	array, _ := v.(pdfArray)
	name, _ := v.(pdfName)
	if len(array) > 0 {
		name, _ = f.resolve(array[0]).(pdfName)
	}
	switch name {
	case "", "DeviceGray", "CalGray", "G":
		return 1, false, nil
	case "DeviceRGB", "CalRGB", "Lab", "RGB":
		return 3, false, nil
	case "DeviceCMYK", "CMYK":
		return 4, true, nil
	case "Separation":
		return 1, true, nil
	case "ICCBased":
		if len(array) > 1 {
			n := f.integer(f.dict(array[1])["N"])
			return min(n, 4), n == 4, nil
		}
	case "Indexed", "I":
		if len(array) > 3 && depth == 0 {
			return 1, false, f.palette(array)
		}
	}
	return 0, false, nil
}

// palette is the brightness of each colour of an indexed space.
func (f *pdfFile) palette(array pdfArray) []byte {
	channels, invert, _ := f.space(array[1], 1)
	table, _ := f.resolve(array[3]).(pdfText)
	if ref, ok := array[3].(pdfRef); ok && table == nil {
		o := f.objects[int(ref)]
		d, _ := o.value.(pdfDict)
		table, _ = f.inflate(d, o.data)
	}
	out := make([]byte, 256)
	one := inks{channels: channels, bits: 8, invert: invert}
	for i := 0; channels > 0 && i < 256 && (i+1)*channels <= len(table); i++ {
		one.row(table[i*channels:(i+1)*channels], out[i:i+1])
	}
	return out
}

// row makes one row grey.
func (s *inks) row(row, grey []byte) {
	high := 1<<min(s.bits, 8) - 1
	for x := range grey {
		sum := 0
		for c := range s.channels {
			sum += s.sample(row, x*s.channels+c)
		}
		if s.palette != nil {
			grey[x] = s.palette[sum]
			continue
		}
		v := sum * 255 / (high * s.channels)
		if s.channels == 4 { // black ink darkens all of the others
			v = min(sum*255/(high*3), 255)
		}
		if s.invert {
			v = 255 - v
		}
		grey[x] = byte(v)
	}
}

// sample is the i-th sample of a row, its upper byte if it has two.
func (s *inks) sample(row []byte, i int) int {
	switch s.bits {
	case 8:
		return int(row[i])
	case 16:
		return int(row[2*i])
	}
	bit := i * s.bits
	return int(row[bit/8]) >> (8 - s.bits - bit%8) & (1<<s.bits - 1)
}
