package paper

import (
	"io"

	"github.com/ethkey/ethkey/internal/fault"
)

// predictor undoes the differences between neighbours that make a picture pack
// better: PNG's filters (ISO 32000-1, 7.4.4.4; PNG, 9) and TIFF's.
type predictor struct {
	r         io.Reader
	tiff      bool
	pixel     int // bytes
	last, now []byte
	left      []byte // of now, not yet handed out
}

func (f *pdfFile) predicted(r io.Reader, parms pdfDict, name string) (io.Reader, error) {
	kind := f.integer(parms["Predictor"])
	if kind <= 1 {
		return r, nil
	}
	value := func(key pdfName, standard int) int {
		if parms[key] == nil {
			return standard
		}
		return f.integer(parms[key])
	}
	colours, bits, columns := value("Colors", 1), value("BitsPerComponent", 8), value("Columns", 1)
	if colours < 1 || colours > 32 || bits < 1 || bits > 16 || columns < 1 || columns > 1<<20 || (kind == 2 && bits != 8) {
		return nil, fault.New(fault.Refused, "%s: a picture packed in a way that is not known", name).WithHint("%s", hintPDF)
	}
	length := (columns*colours*bits + 7) / 8
	return &predictor{r: r, tiff: kind == 2, pixel: max(colours*bits/8, 1), last: make([]byte, length), now: make([]byte, length)}, nil
}

// Read hands out rows as they come.
func (p *predictor) Read(out []byte) (n int, err error) {
	if len(p.left) == 0 {
		if err := p.row(); err != nil {
			return 0, err
		}
	}
	n = copy(out, p.left)
	p.left = p.left[n:]
	return n, nil
}

func (p *predictor) row() error {
	p.last, p.now = p.now, p.last
	var filter [1]byte
	if !p.tiff {
		if _, err := io.ReadFull(p.r, filter[:]); err != nil {
			return err
		}
	}
	if _, err := io.ReadFull(p.r, p.now); err != nil {
		return err
	}
	if p.tiff {
		filter[0] = 1
	}
	for i := range p.now {
		var a, b, c byte // left, above, above left
		if i >= p.pixel {
			a, c = p.now[i-p.pixel], p.last[i-p.pixel]
		}
		b = p.last[i]
		switch filter[0] {
		case 1:
			p.now[i] += a
		case 2:
			p.now[i] += b
		case 3:
			p.now[i] += byte((int(a) + int(b)) / 2)
		case 4:
			p.now[i] += paeth(int(a), int(b), int(c))
		}
	}
	p.left = p.now
	return nil
}

// paeth is whichever of the three is nearest to a + b - c.
func paeth(a, b, c int) byte {
	da, db, dc := max(b-c, c-b), max(a-c, c-a), max(a+b-2*c, 2*c-a-b)
	switch {
	case da <= db && da <= dc:
		return byte(a)
	case db <= dc:
		return byte(b)
	}
	return byte(c)
}
