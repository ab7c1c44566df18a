package paper

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
)

// format is what a file is, by its content.
type format struct {
	name string
	is   func(data []byte) bool
	hint string // what to do about it; "" for what is read
}

func begins(with string) func([]byte) bool {
	return func(data []byte) bool { return bytes.HasPrefix(data, []byte(with)) }
}

// brand matches the family of HEIF: a box "ftyp" that names one of the brands.
func brand(names ...string) func([]byte) bool {
	return func(data []byte) bool {
		if len(data) < 12 || string(data[4:8]) != "ftyp" {
			return false
		}
		end := min(int(data[2])<<8|int(data[3]), len(data), 256)
		for at := 8; at+4 <= max(end, 12); at += 4 {
			for _, name := range names {
				if string(data[at:at+4]) == name {
					return true
				}
			}
		}
		return false
	}
}

const (
	hintHEIC = "iPhone: Settings, Camera, Formats, Most Compatible; other phones: turn off HEIF or high efficiency in the camera's settings; then photograph the sheet again"
	hintSave = "save it as JPEG or PNG, on a machine without a network, and read that"
	hintScan = "set the scanner to JPEG, PNG or PDF, and scan the sheet again"
	hintRaw  = "set the camera to JPEG, and photograph the sheet again"
	hintFilm = "take a photograph of the sheet, not a film"
)

// formats in the order in which they are tried: AVIF and films are HEIF's
// relatives.
var formats = []format{
	{"a JPEG picture", begins("\xff\xd8\xff"), ""},
	{"a PNG picture", begins("\x89PNG\r\n\x1a\n"), ""},
	{"a PDF", isPDF, ""},
	{"an AVIF picture", brand("avif", "avis"), hintHEIC},
	{"a HEIC photograph", brand("heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1"), hintHEIC},
	{"a Canon raw photograph", brand("crx "), hintRaw},
	{"a film", brand("isom", "mp41", "mp42", "qt  ", "M4V ", "3gp4", "3gp5", "avc1"), hintFilm},
	{"a WebP picture", func(d []byte) bool { return len(d) > 11 && string(d[:4]) == "RIFF" && string(d[8:12]) == "WEBP" }, hintSave},
	{"a TIFF picture or a raw photograph", begins("II*\x00"), hintScan},
	{"a TIFF picture or a raw photograph", begins("MM\x00*"), hintScan},
	{"a GIF picture", begins("GIF8"), hintSave},
	{"a BMP picture", func(d []byte) bool { return len(d) > 26 && string(d[:2]) == "BM" && d[6]|d[7]|d[8]|d[9] == 0 }, hintScan},
	{"a JPEG XL picture", begins("\xff\x0a"), hintSave},
	{"a JPEG XL picture", begins("\x00\x00\x00\x0cJXL \r\n\x87\n"), hintSave},
	{"a JPEG 2000 picture", begins("\x00\x00\x00\x0cjP  \r\n\x87\n"), hintScan},
	{"a JPEG 2000 picture", begins("\xff\x4f\xff\x51"), hintScan},
	{"an SVG or other XML file", begins("<"), hintSave},
	{"a ZIP archive", begins("PK\x03\x04"), "unpack it, and give the pictures in it"},
	{"a DjVu document", begins("AT&TFORM"), hintScan},
	{"a PostScript file", begins("%!PS"), hintSave},
}

// isPDF allows for the rubbish that some scanners put before the first line.
func isPDF(data []byte) bool { return bytes.Contains(data[:min(len(data), 1024)], []byte("%PDF-")) }

// recognise names the format of a file, and refuses what is not read.
func recognise(data []byte, name string) (string, error) {
	if len(data) == 0 {
		return "", fault.New(fault.Refused, "%s: the file is empty", name).WithHint("copy it from the camera or scanner again")
	}
	for _, f := range formats {
		if !f.is(data) {
			continue
		}
		if f.hint != "" {
			return "", fault.New(fault.Refused, "%s: %s, expected JPEG, PNG or PDF", name, f.name).WithHint("%s", f.hint)
		}
		return f.name, nil
	}
	return "", fault.New(fault.Refused, "%s: not a picture: expected JPEG, PNG or PDF", name).
		WithHint("give the photograph or scan of the sheet; typed text goes to the prompt")
}

func (l Limits) orDefault() Limits {
	pick := func(own, standard int64) int64 {
		if own > 0 {
			return own
		}
		return standard
	}
	d := DefaultLimits
	return Limits{pick(l.File, d.File), pick(l.Pixels, d.Pixels), pick(l.Memory, d.Memory)}
}

// allow refuses a picture that would take too much, before it takes it.
func (l Limits) allow(name string, width, height int, bytesPerPixel int64) error {
	if width <= 0 || height <= 0 {
		return fault.New(fault.Refused, "%s: the picture has no width or no height", name).WithHint("photograph or scan the sheet again")
	}
	pixels := int64(1) << 62
	if int64(width) < 1<<31 && int64(height) < 1<<31 {
		pixels = int64(width) * int64(height)
	}
	if pixels > l.Pixels || pixels > l.Memory/bytesPerPixel {
		limit := min(l.Pixels, l.Memory/bytesPerPixel)
		return fault.New(fault.Refused, "%s: the picture says that it has %d x %d pixels, more than the %d megapixels that are read of its kind",
			name, width, height, limit/1_000_000).
			WithHint("set the camera to about 12 megapixels, or the scanner to 300 dpi; that is enough")
	}
	return nil
}

// working is the number of pixels to which a picture is brought down: an A4 page
// at 200 dpi, give or take.
const working = 5_000_000

// whileTime reads until ctx ends. A JPEG may say the same pixels over and over,
// a few bytes each time, and the standard library would follow it for hours: so
// it gets little at once.
type whileTime struct {
	ctx context.Context
	r   io.Reader
}

// Read implements io.Reader.
func (w whileTime) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.r.Read(p[:min(len(p), 128)])
}

// decodePicture decodes a JPEG or PNG and makes it grey.
func decodePicture(ctx context.Context, data []byte, name string, limits Limits) (*image.Gray, error) {
	decode, header, cost := png.Decode, png.DecodeConfig, pngCost
	if begins("\xff\xd8")(data) {
		decode, header, cost = jpeg.Decode, jpeg.DecodeConfig, jpegCost
	}
	config, err := header(bytes.NewReader(data))
	if err != nil {
		return nil, errBroken(name)
	}
	if err := limits.allow(name, config.Width, config.Height, cost(data)); err != nil {
		return nil, err
	}
	img, err := decode(whileTime{ctx, bytes.NewReader(data)})
	if ctx.Err() != nil {
		return nil, fault.New(fault.Refused, "%s: the picture takes too long to unpack", name).WithHint("%s", hintSave)
	}
	if err != nil {
		return nil, errBroken(name)
	}
	defer wipeImage(img)
	return reduceColour(img, shrink(config.Width, config.Height)), nil
}

// shrink is the whole factor that brings a picture down to what is worked on.
func shrink(width, height int) (by int) {
	for by = 1; (width/by)*(height/by) > working && by < min(width, height); by++ {
	}
	return by
}

func errBroken(name string) error {
	return fault.New(fault.Refused, "%s: the picture is cut off or damaged as a file", name).
		WithHint("copy it from the camera or scanner again")
}

// jpegCost is how many bytes a pixel of a JPEG takes while it is decoded: three
// planes, and four bytes more for each coefficient if they come in several rounds.
// Of a header that is not plain it is the most that there is.
func jpegCost(data []byte) int64 {
	planes := int64(3)
	for at := 2; at+10 <= len(data) && data[at] == 0xff; {
		marker, length := data[at+1], int(data[at+2])<<8|int(data[at+3])
		switch {
		case marker == 0xff: // filler
			at++
			continue
		case marker == 0 || 0xd0 <= marker && marker <= 0xd7: // without a length
			at += 2
			continue
		}
		if marker >= 0xc0 && marker <= 0xc2 {
			planes = min(max(int64(data[at+9]), 1), 4)
			if marker == 0xc2 {
				return planes * 5
			}
			return planes
		}
		at += 2 + max(length, 2)
	}
	return 4 * 5
}

// pngCost is the same for a PNG, by its bit depth and colour type; if it comes in
// several rounds, rows of one round come on top.
func pngCost(data []byte) int64 {
	if len(data) < 29 {
		return 8
	}
	depth, colour, interlaced := data[24], data[25], data[28] != 0
	cost := int64(4)
	if colour == 0 || colour == 3 {
		cost = 1
	}
	if depth == 16 {
		cost *= 2
	}
	if interlaced {
		cost *= 2
	}
	return cost
}

// wipeImage clears what the standard library decoded.
func wipeImage(img image.Image) {
	switch img := img.(type) {
	case *image.Gray:
		secret.Wipe(img.Pix)
	case *image.YCbCr:
		secret.Wipe(img.Y) // the others hold colour, which says nothing
	case *image.RGBA:
		secret.Wipe(img.Pix)
	case *image.NRGBA:
		secret.Wipe(img.Pix)
	case *image.Paletted:
		secret.Wipe(img.Pix)
	case *image.Gray16:
		secret.Wipe(img.Pix)
	case *image.NRGBA64:
		secret.Wipe(img.Pix)
	case *image.RGBA64:
		secret.Wipe(img.Pix)
	case *image.CMYK:
		secret.Wipe(img.Pix)
	}
}
