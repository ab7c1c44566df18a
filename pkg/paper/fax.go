package paper

import (
	"bufio"
	"image"
	"io"
	"strings"
	"sync"

	"github.com/ethkey/ethkey/internal/fault"
)

// Fax group 4 (ITU-T T.6), in which scanners pack black and white pages. Each row
// is told by where its colours change against the row above.

// The codes of run lengths (T.4, tables 2 and 3): 0 to 63, then 64, 128 ... 1728,
// and for both colours 1792 ... 2560.
const (
	faxWhite = `00110101 000111 0111 1000 1011 1100 1110 1111 10011 10100 00111 01000 001000 000011 110100 110101
101010 101011 0100111 0001100 0001000 0010111 0000011 0000100 0101000 0101011 0010011 0100100 0011000 00000010 00000011
00011010 00011011 00010010 00010011 00010100 00010101 00010110 00010111 00101000 00101001 00101010 00101011 00101100
00101101 00000100 00000101 00001010 00001011 01010010 01010011 01010100 01010101 00100100 00100101 01011000 01011001
01011010 01011011 01001010 01001011 00110010 00110011 00110100
11011 10010 010111 0110111 00110110 00110111 01100100 01100101 01101000 01100111 011001100 011001101 011010010
011010011 011010100 011010101 011010110 011010111 011011000 011011001 011011010 011011011 010011000 010011001 010011010
011000 010011011 `
	faxBlack = `0000110111 010 11 10 011 0011 0010 00011 000101 000100 0000100 0000101 0000111 00000100 00000111
000011000 0000010111 0000011000 0000001000 00001100111 00001101000 00001101100 00000110111 00000101000 00000010111
00000011000 000011001010 000011001011 000011001100 000011001101 000001101000 000001101001 000001101010 000001101011
000011010010 000011010011 000011010100 000011010101 000011010110 000011010111 000001101100 000001101101 000011011010
000011011011 000001010100 000001010101 000001010110 000001010111 000001100100 000001100101 000001010010 000001010011
000000100100 000000110111 000000111000 000000100111 000000101000 000001011000 000001011001 000000101011 000000101100
000001011010 000001100110 000001100111
0000001111 000011001000 000011001001 000001011011 000000110011 000000110100 000000110101 0000001101100 0000001101101
0000001001010 0000001001011 0000001001100 0000001001101 0000001110010 0000001110011 0000001110100 0000001110101
0000001110110 0000001110111 0000001010010 0000001010011 0000001010100 0000001010101 0000001011010 0000001011011
0000001100100 0000001100101 `
	faxLong = `00000001000 00000001100 00000001101 000000010010 000000010011 000000010100 000000010101 000000010110
000000010111 000000011100 000000011101 000000011110 000000011111`
	// pass, horizontal, vertical 0, right 1 2 3, left 1 2 3 (T.6, table 1)
	faxModes = `0001 001 1 011 000011 0000011 010 000010 0000010`
)

const (
	faxPass = iota
	faxHorizontal
	faxVertical
)

var faxShift = [...]int{faxVertical: 0, 1, 2, 3, -1, -2, -3}

// faxTable maps a code, with a 1 before it, to its place in the list.
type faxTable map[uint32]int

func newFaxTable(codes string) faxTable {
	t := faxTable{}
	for i, code := range strings.Fields(codes) {
		v := uint32(1)
		for _, c := range code {
			v = v<<1 | uint32(c-'0')
		}
		t[v] = i
	}
	return t
}

var faxTables = sync.OnceValue(func() [3]faxTable {
	return [3]faxTable{newFaxTable(faxWhite + faxLong), newFaxTable(faxBlack + faxLong), newFaxTable(faxModes)}
})

// fax reads a page of group 4.
type fax struct {
	r     *bufio.Reader
	bits  uint32
	left  int
	width int
	near  int // in the row above, where the next search begins
}

// code reads one code; -1 if there is none.
func (f *fax) code(table faxTable) int {
	for v := uint32(1); v < 1<<14; {
		if f.left == 0 {
			c, err := f.r.ReadByte()
			if err != nil {
				return -1
			}
			f.bits, f.left = uint32(c), 8
		}
		f.left--
		v = v<<1 | f.bits>>f.left&1
		if i, ok := table[v]; ok {
			return i
		}
	}
	return -1
}

// run reads the length of a run: any number of long codes, and a short one.
func (f *fax) run(colour int) int {
	for length := 0; length <= f.width; {
		i := f.code(faxTables()[colour])
		switch {
		case i < 0:
			return -1
		case i < 64:
			return length + i
		}
		length += (i - 63) * 64
	}
	return -1
}

// row reads the places where the colour changes, given those of the row above.
// Both begin in white and end with the width.
func (f *fax) row(above []int) (now []int, ok bool) {
	at, colour := -1, 0
	f.near = 0
	for at < f.width {
		b1, b2 := f.changes(above, at, colour)
		switch mode := f.code(faxTables()[2]); mode {
		case -1:
			return nil, false
		case faxPass:
			at = b2
		case faxHorizontal:
			first, second := f.run(colour), 0
			if first >= 0 {
				second = f.run(1 - colour)
			}
			a1 := max(at, 0) + first
			if at = a1 + second; first < 0 || second < 0 || at > f.width {
				return nil, false
			}
			now = change(change(now, a1), at)
		default:
			a1 := b1 + faxShift[mode]
			if a1 < max(at, 0) || a1 > f.width {
				return nil, false
			}
			now = change(now, a1)
			at, colour = a1, 1-colour
		}
	}
	return now, true
}

// change adds a change; two in one place are none.
func change(changes []int, at int) []int {
	if n := len(changes); n > 0 && changes[n-1] == at {
		return changes[:n-1]
	}
	return append(changes, at)
}

// changes finds b1, the first change of the row above that is right of here and to
// the other colour, and b2, the one after it (T.6, 2.2.1).
func (f *fax) changes(above []int, at, colour int) (b1, b2 int) {
	for f.near < len(above) && above[f.near] <= at {
		f.near++
	}
	b1, b2 = f.width, f.width
	if i := f.near + (f.near+colour)%2; i < len(above) {
		b1 = above[i]
		if i+1 < len(above) {
			b2 = above[i+1]
		}
	}
	return b1, b2
}

// ink fills a row of white from its changes.
func ink(changes []int, row []byte) {
	for i := 0; i < len(changes); i += 2 {
		end := len(row)
		if i+1 < len(changes) {
			end = changes[i+1]
		}
		clear(row[min(changes[i], len(row)):max(min(end, len(row)), min(changes[i], len(row)))])
	}
}

// fax decodes a picture of CCITTFaxDecode (ISO 32000-1, 7.4.6).
func (f *pdfFile) fax(r io.Reader, d, parms pdfDict, w, h int, name string, limits Limits) (*image.Gray, error) {
	k, _ := f.resolve(parms["K"]).(float64)
	aligned, _ := f.resolve(parms["EncodedByteAlign"]).(bool)
	width := 1728
	if parms["Columns"] != nil {
		width = f.integer(parms["Columns"])
	}
	if k >= 0 || width != w {
		return nil, fault.New(fault.Refused, "%s: a picture packed as fax group 3, expected group 4", name).WithHint("%s", hintPDF)
	}
	img := newGray(w, h)
	defer wipe(img)
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	page := &fax{r: bufio.NewReader(r), width: w}
	var above []int
	for y := range h {
		if aligned {
			page.left = 0
		}
		now, ok := page.row(above)
		if !ok {
			if y < h/2 {
				return nil, errBroken(name)
			}
			break // the end, or damage near it: read what is there
		}
		ink(now, img.Pix[y*w:(y+1)*w])
		above = now
	}
	f.swapped(d, parms, img)
	return reduceColour(img, shrink(w, h)), nil
}

// swapped turns black and white where the picture says so.
func (f *pdfFile) swapped(d, parms pdfDict, img *image.Gray) {
	blackIs1, _ := f.resolve(parms["BlackIs1"]).(bool)
	s, err := f.inks(d, "")
	if err != nil {
		return
	}
	if mask, _ := f.resolve(d["ImageMask"]).(bool); mask {
		return // ink is where the mask is, whatever its number
	}
	light, dark := byte(1), byte(0)
	if blackIs1 {
		light, dark = 0, 1
	}
	var grey [2]byte
	s.bits = 8
	if s.palette == nil {
		light, dark = light*255, dark*255
	}
	s.row([]byte{light}, grey[:1])
	s.row([]byte{dark}, grey[1:])
	for i, v := range img.Pix {
		img.Pix[i] = grey[1]
		if v == 255 {
			img.Pix[i] = grey[0]
		}
	}
}
