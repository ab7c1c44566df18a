package paper

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/ascii85"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/internal/testkit/damage"
)

// pdfWriter puts a PDF together as scanners do.
type pdfWriter struct {
	bytes.Buffer
	offsets []int
}

func (w *pdfWriter) object(dict string, stream []byte) int {
	if w.Len() == 0 {
		w.WriteString("%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
	}
	w.offsets = append(w.offsets, w.Len())
	fmt.Fprintf(w, "%d 0 obj\n%s\n", len(w.offsets), dict)
	if stream != nil {
		w.WriteString("stream\r\n")
		w.Write(stream)
		w.WriteString("\nendstream\n")
	}
	w.WriteString("endobj\n")
	return len(w.offsets)
}

func (w *pdfWriter) finish(root int) []byte {
	at := w.Len()
	fmt.Fprintf(w, "xref\n0 %d\n0000000000 65535 f \n", len(w.offsets)+1)
	for _, o := range w.offsets {
		fmt.Fprintf(w, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(w, "trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(w.offsets)+1, root, at)
	return w.Bytes()
}

// packedImage is a picture as a stream of a PDF.
type packedImage struct {
	w, h int
	dict string // without Length, Width and Height
	data []byte
}

// scanned makes a PDF with one picture a page.
func scanned(images ...packedImage) []byte {
	w := &pdfWriter{}
	kids, pages := "", 3*len(images)+1
	for _, img := range images {
		dict := fmt.Sprintf("<< /Type /XObject /Subtype /Image /Width %d /Height %d /Length %d %s >>", img.w, img.h, len(img.data), img.dict)
		picture := w.object(dict, img.data)
		drawing := "q 595 0 0 842 0 0 cm /Im0 Do Q"
		content := w.object(fmt.Sprintf("<< /Length %d >>", len(drawing)), []byte(drawing))
		page := w.object(fmt.Sprintf("<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << /XObject << /Im0 %d 0 R >> >> >>", pages, content, picture), nil)
		kids += fmt.Sprintf("%d 0 R ", page)
	}
	w.object(fmt.Sprintf("<< /Type /Pages /Count %d /Kids [ %s] >>", len(images), kids), nil)
	return w.finish(w.object(fmt.Sprintf("<< /Type /Catalog /Pages %d 0 R >>", pages), nil))
}

func deflated(data []byte) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write(data)
	_ = z.Close()
	return b.Bytes()
}

// cleanCode is a code with its margin, and its text.
func cleanCode(t testing.TB, seed uint64) (string, *image.Gray) {
	t.Helper()
	text := shareText(rand.New(rand.NewPCG(seed, 1)))
	img, _, err := damage.Code(text, 45, 100)
	if err != nil {
		t.Fatal(err)
	}
	return text, img
}

// bitRows packs pixels of a picture, a 1 for what is light.
func bitRows(img *image.Gray) (rows []byte) {
	w, h := size(img)
	for y := range h {
		row := make([]byte, (w+7)/8)
		for x := range w {
			if img.Pix[y*w+x] >= 128 {
				row[x/8] |= 0x80 >> (x % 8)
			}
		}
		rows = append(rows, row...)
	}
	return rows
}

// filtered applies PNG's filters in turn to rows of a picture.
func filtered(rows []byte, length, pixel int) (out []byte) {
	last := make([]byte, length)
	for y := 0; y*length < len(rows); y++ {
		row := rows[y*length : (y+1)*length]
		out = append(out, byte(y%5))
		for i := range row {
			var a, c byte
			if i >= pixel {
				a, c = row[i-pixel], last[i-pixel]
			}
			b := last[i]
			out = append(out, row[i]-[]byte{0, a, b, byte((int(a) + int(b)) / 2), paeth(int(a), int(b), int(c))}[y%5])
		}
		last = row
	}
	return out
}

// packings are the ways in which scanners pack pictures.
func packings(t testing.TB, img *image.Gray) map[string]packedImage {
	w, h := size(img)
	var rgb, cmyk []byte
	for _, v := range img.Pix {
		rgb, cmyk = append(rgb, v, v, v), append(cmyk, 0, 0, 0, 255-v)
	}
	bits := bitRows(img)
	jpg := asJPEG(t, img, 90)
	var armour bytes.Buffer
	a := ascii85.NewEncoder(&armour)
	_, _ = a.Write(deflated(bits))
	_ = a.Close()
	armour.WriteString("~>")
	tiff := bytes.Clone(img.Pix)
	for i := len(tiff) - 1; i > 0; i-- {
		if i%w != 0 {
			tiff[i] -= tiff[i-1]
		}
	}
	return map[string]packedImage{
		"JPEG":             {w, h, "/Filter /DCTDecode /ColorSpace /DeviceGray /BitsPerComponent 8", jpg},
		"JPEG, in a list":  {w, h, "/Filter [/FlateDecode /DCTDecode] /DecodeParms [null null] /BitsPerComponent 8", deflated(jpg)},
		"plain":            {w, h, "/ColorSpace /DeviceGray /BitsPerComponent 8", img.Pix},
		"grey":             {w, h, "/Filter /FlateDecode /ColorSpace /DeviceGray /BitsPerComponent 8", deflated(img.Pix)},
		"grey, TIFF":       {w, h, fmt.Sprintf("/Filter /FlateDecode /DecodeParms << /Predictor 2 /Columns %d >> /ColorSpace /DeviceGray /BitsPerComponent 8", w), deflated(tiff)},
		"colour":           {w, h, "/Filter /FlateDecode /ColorSpace /DeviceRGB /BitsPerComponent 8", deflated(rgb)},
		"colour, PNG":      {w, h, fmt.Sprintf("/Filter /FlateDecode /DecodeParms << /Predictor 15 /Colors 3 /BitsPerComponent 8 /Columns %d >> /ColorSpace /DeviceRGB /BitsPerComponent 8", w), deflated(filtered(rgb, 3*w, 3))},
		"print inks":       {w, h, "/Filter /FlateDecode /ColorSpace /DeviceCMYK /BitsPerComponent 8", deflated(cmyk)},
		"one bit":          {w, h, "/Filter /FlateDecode /ColorSpace /DeviceGray /BitsPerComponent 1", deflated(bits)},
		"one bit, armour":  {w, h, "/Filter [/ASCII85Decode /FlateDecode] /ColorSpace /DeviceGray /BitsPerComponent 1", armour.Bytes()},
		"one bit, hex":     {w, h, "/Filter /ASCIIHexDecode /ColorSpace /DeviceGray /BitsPerComponent 1", []byte(hex.EncodeToString(bits) + ">")},
		"one bit, palette": {w, h, "/Filter /FlateDecode /ColorSpace [/Indexed /DeviceRGB 1 <202020F0F0E0>] /BitsPerComponent 1", deflated(bits)},
		"fax group 4":      {w, h, fmt.Sprintf("/Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns %d /Rows %d >> /ColorSpace /DeviceGray /BitsPerComponent 1", w, h), faxEncode(bits, w, h)},
	}
}

func TestPDFOfEveryPacking(t *testing.T) {
	text, img := cleanCode(t, 1)
	for name, packed := range packings(t, img) {
		t.Run(name, func(t *testing.T) {
			found, err := ReadPicture(t.Context(), scanned(packed), "scan.pdf", ReadOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if len(found) != 1 || string(found[0].Text) != text || found[0].Where != "scan.pdf, page 1" {
				t.Errorf("%d texts, at %q", len(found), found[0].Where)
			}
		})
	}
}

// TestPackingsAgreeWithPoppler compares pixels with those of another reader.
func TestPackingsAgreeWithPoppler(t *testing.T) {
	testkit.Program(t, "pdfimages")
	rng := rand.New(rand.NewPCG(4, 4))
	img := newGray(2700, 400)
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	for x, y, v := 0, 0, byte(0); y < 400; v = 255 - v { // runs of all lengths, in rows that resemble each other
		run := 1 + rng.IntN([]int{8, 70, 700, 2700}[y/100])
		for range run {
			if x < 2700 {
				img.Pix[y*2700+x] = v
			}
			x++
		}
		if x >= 2700 {
			x, y = 0, y+1
			if y < 400 && y%3 != 0 {
				copy(img.Pix[y*2700:(y+1)*2700-5], img.Pix[(y-1)*2700+rng.IntN(5):y*2700])
				y++
			}
		}
	}
	for name, packed := range packings(t, img) {
		switch name {
		case "JPEG", "JPEG, in a list", "print inks", "one bit, palette":
			continue // it hands these out as they are in the file, without their colours
		}
		data := scanned(packed)
		f := parsePDF(data)
		ours, err := f.picture(t.Context(), f.images()[0].object, name, DefaultLimits)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		theirs := popplerImage(t, data)
		if theirs.Bounds().Size() != ours.Bounds().Size() {
			t.Fatalf("%s: %v, poppler says %v", name, ours.Bounds(), theirs.Bounds())
		}
		differ := 0
		for i := range ours.Pix {
			r, _, _, _ := color.GrayModel.Convert(theirs.At(i%2700, i/2700)).RGBA()
			if (ours.Pix[i] >= 128) != (r >= 0x8000) {
				differ++
			}
		}
		if differ > 0 {
			t.Errorf("%s: %d pixels differ from poppler's", name, differ)
		}
	}
}

func popplerImage(t *testing.T, data []byte) image.Image {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "in.pdf"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("pdfimages", "-png", "in.pdf", "out")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("pdfimages: %v: %s", err, out)
	}
	r, err := os.Open(filepath.Join(dir, "out-000.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	img, err := png.Decode(r)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// faxEncode packs rows, a 1 for light, as group 4. It takes the vertical mode where
// that can be, so that all modes occur.
func faxEncode(bits []byte, w, h int) []byte {
	out, n := []byte{}, 0
	put := func(code string) {
		for _, c := range code {
			if n%8 == 0 {
				out = append(out, 0)
			}
			out[n/8] |= byte(c-'0') << (7 - n%8)
			n++
		}
	}
	codes := [2][]string{strings.Fields(faxWhite + faxLong), strings.Fields(faxBlack + faxLong)}
	run := func(length, colour int) {
		for ; length > 2560; length -= 2560 {
			put(codes[colour][63+2560/64])
		}
		if length >= 64 {
			put(codes[colour][63+length/64])
		}
		put(codes[colour][length%64])
	}
	modes := strings.Fields(faxModes)
	var above []int
	for y := range h {
		var now []int
		last := true
		for x := range w {
			if light := bits[y*((w+7)/8)+x/8]>>(7-x%8)&1 == 1; light != last {
				now, last = append(now, x), light
			}
		}
		next := func(list []int, at, colour int) (int, int) {
			for i := colour; i < len(list); i += 2 {
				if list[i] > at {
					if i+1 < len(list) {
						return list[i], list[i+1]
					}
					return list[i], w
				}
			}
			return w, w
		}
		for at, colour := -1, 0; at < w; {
			a1, a2 := next(now, at, colour)
			if at >= 0 && len(now) > 0 {
				a1, a2 = w, w
				for i, c := range now {
					if c > at && i%2 == colour {
						a1 = c
						if i+1 < len(now) {
							a2 = now[i+1]
						}
						break
					}
				}
			}
			b1, b2 := next(above, at, colour)
			switch d := a1 - b1; {
			case b2 < a1:
				put(modes[0])
				at = b2
			case d >= -3 && d <= 3:
				put(modes[map[int]int{0: 2, 1: 3, 2: 4, 3: 5, -1: 6, -2: 7, -3: 8}[d]])
				at, colour = a1, 1-colour
			default:
				put(modes[1])
				run(a1-max(at, 0), colour)
				run(a2-a1, 1-colour)
				at = a2
			}
		}
		above = now
	}
	put("000000000001000000000001")
	return out
}

func TestPDFOfSeveralPages(t *testing.T) {
	var images []packedImage
	var texts []string
	for seed := range uint64(3) {
		text, img := cleanCode(t, seed+10)
		images, texts = append(images, packings(t, img)["fax group 4"]), append(texts, text)
	}
	blank := newGray(300, 300)
	for i := range blank.Pix {
		blank.Pix[i] = 255
	}
	images = append(images[:1:1], append([]packedImage{packings(t, blank)["grey"]}, images[1:]...)...)
	found, err := ReadPicture(t.Context(), scanned(images...), "pile.pdf", ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for i, page := range []int{1, 3, 4} {
		if len(found) != 3 || string(found[i].Text) != texts[i] || found[i].Where != fmt.Sprintf("pile.pdf, page %d", page) {
			t.Fatalf("text %d of %d: at %q", i+1, len(found), found[i].Where)
		}
	}
}

// TestSheetScannedTwice is one text, and no reason to look longer.
func TestSheetScannedTwice(t *testing.T) {
	_, img := cleanCode(t, 15)
	packed := packings(t, img)["grey"]
	steps := 0
	opts := ReadOptions{Progress: func(string, int, int) { steps++ }}
	found, err := ReadPicture(t.Context(), scanned(packed, packed), "twice.pdf", opts)
	if err != nil || len(found) != 1 || steps > 4 {
		t.Errorf("%d texts in %d steps, %v", len(found), steps, err)
	}
}

// TestPackedPDF reads a file whose objects are packed in a stream.
func TestPackedPDF(t *testing.T) {
	text, img := cleanCode(t, 20)
	packed := packings(t, img)["grey"]
	inside := []string{
		"<< /Type /Catalog /Pages 3 0 R >>", "<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 3 0 R /Resources << /XObject << /Im0 1 0 R >> >> >>", fmt.Sprint(len(packed.data)),
	}
	index, body := "", ""
	for i, o := range inside {
		index += fmt.Sprintf("%d %d ", i+2, len(body))
		body += o + "\n"
	}
	w := &pdfWriter{}
	w.object(fmt.Sprintf("<< /Subtype /Image /Width %d /Height %d /Length 5 0 R %s >>", packed.w, packed.h, packed.dict), packed.data)
	objects := deflated([]byte(index + body))
	fmt.Fprintf(w, "6 0 obj << /Type /ObjStm /N %d /First %d /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream endobj\n", len(inside), len(index), len(objects), objects)
	fmt.Fprintf(w, "7 0 obj << /Type /XRef /Root 2 0 R /Size 8 /W [1 2 1] /Length 0 >> stream\n\nendstream endobj\nstartxref\n0\n%%%%EOF\n")
	found, err := ReadPicture(t.Context(), w.Bytes(), "packed.pdf", ReadOptions{})
	if err != nil || len(found) != 1 || string(found[0].Text) != text || found[0].Where != "packed.pdf, page 1" {
		t.Errorf("%v %v", found, err)
	}
}

func TestPDFRefused(t *testing.T) {
	_, img := cleanCode(t, 2)
	all := packings(t, img)
	change := func(p packedImage, old, new string) packedImage {
		if !strings.Contains(p.dict, old) {
			t.Fatalf("no %q in %q", old, p.dict)
		}
		p.dict = strings.ReplaceAll(p.dict, old, new)
		return p
	}
	bomb := all["grey"]
	bomb.w, bomb.h = 60000, 60000
	endless := all["grey"]
	endless.data = deflated(make([]byte, 200<<20))
	encrypted := bytes.Replace(scanned(all["grey"]), []byte("/Root"), []byte("/Encrypt 1 0 R /Root"), 1)
	drawn := &pdfWriter{}
	drawn.object("<< /Type /Page >>", nil)
	for _, c := range []struct {
		name, says string
		data       []byte
	}{
		{"no picture", "holds no picture", drawn.finish(1)},
		{"encrypted", "encrypted", encrypted},
		{"JBIG2", "JBIG2Decode", scanned(change(all["grey"], "/FlateDecode", "/JBIG2Decode"))},
		{"JPEG 2000", "JPXDecode", scanned(change(all["grey"], "/FlateDecode", "/JPXDecode"))},
		{"group 3", "group 3", scanned(change(all["fax group 4"], "/K -1", "/K 0"))},
		{"large", "60000 x 60000", scanned(bomb)},
		{"endless", "no code", scanned(endless)},
		{"cut off", "damaged", scanned(packedImage{img.Rect.Dx(), img.Rect.Dy(), all["grey"].dict, all["grey"].data[:200]})},
		{"head alone", "holds no picture", []byte("%PDF-1.4\n")},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		found, err := ReadPicture(ctx, c.data, "scan.pdf", ReadOptions{})
		cancel()
		if err == nil || !strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "scan.pdf") {
			t.Errorf("%s: %d texts, %v, expected %q", c.name, len(found), err, c.says)
		}
		if fault.KindOf(err) != fault.Refused || fault.HintOf(err) == "" {
			t.Errorf("%s: kind %v, hint %q", c.name, fault.KindOf(err), fault.HintOf(err))
		}
	}
}

// FuzzPDF feeds the parser; whatever comes, it ends, and takes no more than the
// limits allow.
func FuzzPDF(f *testing.F) {
	_, img := cleanCode(f, 3)
	small := cut(img, image.Rect(50, 50, 90, 90))
	for _, packed := range packings(f, small) {
		f.Add(scanned(packed))
	}
	f.Add([]byte("%PDF-1.4\n1 0 obj << /Kids [1 0 R] >> endobj trailer << /Root 1 0 R >>"))
	limits := Limits{File: 1 << 20, Pixels: 10_000, Memory: 1 << 20}
	f.Fuzz(func(t *testing.T, data []byte) {
		p := parsePDF(data)
		for _, img := range p.images() {
			if grey, err := p.picture(t.Context(), img.object, "fuzz", limits); err == nil && int64(len(grey.Pix)) > limits.Pixels {
				t.Errorf("%d pixels", len(grey.Pix))
			}
		}
	})
}

// TestPDFOfOneWordOverAndOver takes no longer than its length says.
func TestPDFOfOneWordOverAndOver(t *testing.T) {
	for _, word := range []string{
		"trailer<</Root 1 0 R>>\n", "trailer\n", "1 0 obj\n", "1 0 obj<<>>stream\n", "1 0 obj<<>>stream endstream\n", "1 0 obj((", "1 0 obj<<", "1 0 obj<", "[", "endobj obj ",
	} {
		begun := time.Now()
		f := parsePDF([]byte("%PDF-1.7\n" + strings.Repeat(word, 4<<20/len(word))))
		if _ = f.images(); time.Since(begun) > 8*time.Second {
			t.Errorf("%q: %v", word, time.Since(begun))
		}
	}
}
