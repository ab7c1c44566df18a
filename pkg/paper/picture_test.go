package paper

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ethkey/ethkey/internal/fault"
)

func asPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestPNGOfEveryKind reads every kind of pixel that PNG has.
func TestPNGOfEveryKind(t *testing.T) {
	text, grey := cleanCode(t, 30)
	into := func(img draw.Image) image.Image {
		draw.Draw(img, img.Bounds(), grey, image.Point{}, draw.Src)
		return img
	}
	ink := image.NewNRGBA(grey.Rect) // black on nothing
	for i, v := range grey.Pix {
		ink.Pix[4*i+3] = 255 - v
	}
	b := grey.Rect
	for name, img := range map[string]image.Image{
		"grey": grey, "ink on nothing": ink,
		"RGBA": into(image.NewRGBA(b)), "NRGBA": into(image.NewNRGBA(b)), "16 bit": into(image.NewRGBA64(b)),
		"16 bit grey": into(image.NewGray16(b)),
		"palette":     into(image.NewPaletted(b, color.Palette{color.White, color.Gray{100}, color.Black})),
	} {
		found, err := ReadPicture(t.Context(), asPNG(t, img), name, ReadOptions{})
		if err != nil || len(found) != 1 || string(found[0].Text) != text || found[0].Where != name {
			t.Errorf("%s: %d texts, %v", name, len(found), err)
		}
	}
}

// TestFormatsThatAreNotRead are told apart, and each has its own advice.
func TestFormatsThatAreNotRead(t *testing.T) {
	ftyp := func(brands string) string { return "\x00\x00\x00" + string(rune(8+len(brands))) + "ftyp" + brands }
	for _, c := range []struct{ data, says, advice string }{
		{ftyp("heic\x00\x00\x00\x00mif1heic"), "a HEIC photograph", "Most Compatible"},
		{ftyp("mif1\x00\x00\x00\x00mif1heic"), "a HEIC photograph", "Most Compatible"},
		{ftyp("mif1\x00\x00\x00\x00avifmif1"), "an AVIF picture", "high efficiency"},
		{ftyp("isom\x00\x00\x02\x00isommp41"), "a film", "photograph"},
		{"RIFF\x00\x00\x00\x00WEBPVP8 ", "a WebP picture", "JPEG"},
		{"II*\x00\x08\x00\x00\x00", "TIFF", "scanner"},
		{"MM\x00*\x00\x00\x00\x08", "TIFF", "scanner"},
		{"GIF89a", "GIF", "PNG"},
		{"BM\x00\x00\x00\x00\x00\x00\x00\x00" + strings.Repeat("\x00", 30), "BMP", "scanner"},
		{"\xff\x0a", "JPEG XL", "JPEG"},
		{"\x00\x00\x00\x0cjP  \r\n\x87\n", "JPEG 2000", "JPEG"},
		{"PK\x03\x04", "ZIP", "unpack"},
		{"<svg>", "SVG", "PNG"},
		{"EK1 QQQQ", "not a picture", "prompt"},
		{"", "empty", "again"},
	} {
		_, err := ReadPicture(t.Context(), []byte(c.data), "IMG_1.bin", ReadOptions{})
		if err == nil || !strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "IMG_1.bin: ") {
			t.Errorf("%.12q: %v, expected %q", c.data, err, c.says)
		}
		if fault.KindOf(err) != fault.Refused || !strings.Contains(fault.HintOf(err), c.advice) {
			t.Errorf("%.12q: kind %v, hint %q, expected %q", c.data, fault.KindOf(err), fault.HintOf(err), c.advice)
		}
	}
}

// pngHeader is a PNG that says that it is that large, and holds next to nothing.
func pngHeader(w, h uint32, depth, colour byte) []byte {
	head := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	head = append(binary.BigEndian.AppendUint32(head, h), depth, colour, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), head...)
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(head))
	body := append([]byte("IDAT"), deflated(make([]byte, 1<<20))...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(body)-4))
	out = append(out, body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(body))
}

// jpegHeader is the same as a JPEG.
func jpegHeader(t testing.TB, w, h uint16, progressive bool) []byte {
	t.Helper()
	data := asJPEG(t, newGray(16, 16), 50)
	at := bytes.Index(data, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(data[at+5:], h)
	binary.BigEndian.PutUint16(data[at+7:], w)
	if progressive {
		data[at+1] = 0xc2
	}
	return data
}

// TestBombs refuses what says that it is enormous before memory is taken, and all
// that it takes for the rest stays within the limit.
func TestBombs(t *testing.T) {
	for _, c := range []struct {
		name, says string
		data       []byte
	}{
		{"60000 x 60000 PNG", "60000 x 60000", pngHeader(60000, 60000, 8, 2)},
		{"7000 x 7000 PNG of 16 bits", "7000 x 7000", pngHeader(7000, 7000, 16, 6)},
		{"one row of a PNG", "2000000000 x 1", pngHeader(2_000_000_000, 1, 8, 0)},
		{"60000 x 60000 JPEG", "60000 x 60000", jpegHeader(t, 60000, 60000, false)},
		{"8000 x 6500 JPEG in rounds", "8000 x 6500", jpegHeader(t, 8000, 6500, true)},
		{"40 megapixels of nothing", "damaged", pngHeader(8000, 5000, 8, 2)},
		{"cut off", "damaged", asPNG(t, newGray(300, 300))[:100]},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := ReadPicture(t.Context(), c.data, "IMG_2", ReadOptions{})
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), c.says) || fault.HintOf(err) == "" {
			t.Errorf("%s: %v, expected %q and a hint", c.name, err, c.says)
		}
		if taken := int64(after.TotalAlloc - before.TotalAlloc); taken > DefaultLimits.Memory+8<<20 {
			t.Errorf("%s: took %d MiB", c.name, taken>>20)
		}
	}
	big := make([]byte, DefaultLimits.File+1)
	if _, err := ReadPicture(t.Context(), big, "IMG_3", ReadOptions{}); err == nil || !strings.Contains(err.Error(), "64 MiB") {
		t.Errorf("a large file: %v", err)
	}
}

// rounds is a progressive JPEG of little data that says its pixels n times over.
func rounds(t testing.TB, w, h uint16, n int) []byte {
	t.Helper()
	table := func(marker byte, data ...byte) []byte {
		return append([]byte{0xff, marker, byte((len(data) + 2) >> 8), byte(len(data) + 2)}, data...)
	}
	ones := func(n int) []byte { return bytes.Repeat([]byte{1}, n) }
	// Of its code there is one word, 0: the band is empty for the next 16384 blocks and
	// as many more as 14 bits say.
	round := table(0xda, 1, 1, 0, 1, 63, 0)
	for blocks := int(w) / 8 * int(h) / 8; blocks > 0; blocks -= 16384 {
		round = append(round, 0, 0)
	}
	return slices.Concat([]byte{0xff, 0xd8}, table(0xdb, append([]byte{0}, ones(64)...)...),
		table(0xc2, 8, byte(h>>8), byte(h), byte(w>>8), byte(w), 1, 1, 0x11, 0),
		table(0xc4, append(append([]byte{0x10, 1}, make([]byte, 15)...), 0xe0)...), bytes.Repeat(round, n), []byte{0xff, 0xd9})
}

// TestEndlessRounds of a JPEG end when the time does.
func TestEndlessRounds(t *testing.T) {
	small := rounds(t, 64, 64, 3)
	if _, err := decodePicture(t.Context(), small, "IMG_4", DefaultLimits); err != nil {
		t.Fatal("not what the test means:", err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	begun := time.Now()
	_, err := ReadPicture(ctx, rounds(t, 4000, 4000, 20_000), "IMG_4", ReadOptions{})
	if err == nil || !strings.Contains(err.Error(), "too long") || fault.HintOf(err) == "" || time.Since(begun) > 5*time.Second {
		t.Errorf("after %v: %v", time.Since(begun), err)
	}
}

// TestJPEGCostIsNotFooled by bytes between the segments that the standard
// library passes over: what follows would be counted as something else.
func TestJPEGCostIsNotFooled(t *testing.T) {
	lure := []byte{0xff, 0xc0, 0, 11, 8, 0, 16, 0, 16, 1, 1, 0x11, 0}
	true3 := []byte{0xff, 0xc2, 0, 17, 8, 0, 16, 0, 16, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0}
	for _, filler := range [][]byte{{0xff}, {0xff, 0}, {0xff, 0xd0}, {}} {
		comment := slices.Concat([]byte{0xff, 0xfe, 0xfd, 0xea}, bytes.Repeat(lure, 5000))
		if got := jpegCost(slices.Concat([]byte{0xff, 0xd8}, filler, comment, true3)); got != 15 {
			t.Errorf("% x: %d bytes a pixel", filler, got)
		}
	}
	if got := jpegCost(jpegHeader(t, 16, 16, true)); got != 5 {
		t.Errorf("one plane in rounds: %d", got)
	}
}

// TestFortyMegapixels are read: phones take such pictures.
func TestFortyMegapixels(t *testing.T) {
	text, code := cleanCode(t, 31)
	large := image.NewYCbCr(image.Rect(0, 0, 7304, 5478), image.YCbCrSubsampleRatio420)
	w, h := size(code)
	for y := range large.Rect.Dy() {
		for x := range large.Rect.Dx() {
			v := byte(250)
			if cx, cy := (x-1500)/8, (y-1500)/8; x >= 1500 && y >= 1500 && cx < w && cy < h {
				v = code.Pix[cy*w+cx]
			}
			large.Y[y*large.YStride+x] = v
		}
	}
	for i := range large.Cb {
		large.Cb[i], large.Cr[i] = 128, 128
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, large, &jpeg.Options{Quality: 80}); err != nil {
		t.Fatal(err)
	}
	found, err := ReadPicture(t.Context(), b.Bytes(), "IMG_40", ReadOptions{})
	if err != nil || len(found) != 1 || string(found[0].Text) != text {
		t.Errorf("%d texts, %v", len(found), err)
	}
}

// TestStrips of pictures take neither time nor memory.
func TestStrips(t *testing.T) {
	for _, at := range []image.Point{{1_000_000, 1}, {1, 1_000_000}, {600_000, 80}, {40, 600_000}, {21, 21}, {1, 1}} {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		if _, err := ReadPicture(ctx, asPNG(t, newGray(at.X, at.Y)), "strip", ReadOptions{}); err == nil {
			t.Errorf("%v: a text", at)
		}
		cancel()
	}
}

// TestDoneEndsTheSearch reads on until the caller has what it looks for, and not
// beyond.
func TestDoneEndsTheSearch(t *testing.T) {
	_, img := cleanCode(t, 34)
	data := asPNG(t, img)
	steps := 0
	opts := ReadOptions{Progress: func(string, int, int) { steps++ }}
	opts.Done = func(texts [][]byte) bool { return len(texts) == 1 }
	if _, err := ReadPicture(t.Context(), data, "x", opts); err != nil || steps != 1 {
		t.Errorf("%d steps, %v", steps, err)
	}
	steps = 0
	opts.Done = func(texts [][]byte) bool { return false }
	found, err := ReadPicture(t.Context(), data, "x", opts)
	if err != nil || len(found) != 1 || steps < 5 {
		t.Errorf("%d steps, %d texts, %v", steps, len(found), err)
	}
}

// FuzzPicture feeds files to the reader. A tiny picture takes all the steps.
func FuzzPicture(f *testing.F) {
	_, img := cleanCode(f, 35)
	small := resize(img, 60, 60)
	f.Add(asJPEG(f, small, 60))
	f.Add(asPNG(f, small))
	f.Add(pngHeader(60000, 60000, 8, 2))
	f.Add(jpegHeader(f, 64, 64, true))
	f.Add([]byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"))
	limits := Limits{File: 1 << 20, Pixels: 4_000, Memory: 1 << 20}
	f.Fuzz(func(t *testing.T, data []byte) {
		found, err := ReadPicture(t.Context(), data, "fuzz", ReadOptions{Limits: limits})
		if (err == nil) != (len(found) > 0) {
			t.Errorf("%d texts, %v", len(found), err)
		}
	})
}
