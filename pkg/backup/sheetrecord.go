package backup

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/paper"
)

// maxPrintedKeys is how many validators the printed record lists; the file has
// all of them.
const maxPrintedKeys = 200

// recordPages composes a document of as many pages as it takes, from the top
// down.
type recordPages struct {
	document    *paper.Document
	page        *paper.Page
	footer      string
	mark        string
	left, right float64
	bottom, y   float64
	pages       int
}

// ComposeRecord returns the printed record as a PDF: what a person compares and
// keeps beside the file, whose bytes are given. It is public.
func ComposeRecord(r *Record, file []byte, size paper.Size) ([]byte, error) {
	made, err := time.Parse(time.DateOnly, r.Made)
	if err != nil {
		return nil, fault.New(fault.Refused, "record: the day on which it was made is %q, expected such as 2026-11-20", r.Made)
	}
	d := newPublicPages(size, made, "Record of set "+r.Set, mark(r.Flags()))
	d.title("Record of set "+r.Set, "Public: it holds no share and no secret. Keep it and the file with every sheet. How to restore is on the instruction sheet.")
	for _, f := range r.facts(sha256.Sum256(file)) {
		d.fact(f)
	}
	d.sheets(r)
	d.keys(r.Restores.Validators)
	return d.document.PDF()
}

// fact is a line of the printed record.
type fact struct {
	name, value string
	mono        bool
}

// facts are what the record says, in its order.
func (r *Record) facts(sum [32]byte) []fact {
	hash := recordHash(sum)
	all := []fact{
		{"SHA-256 of the file", hash[0] + "\n" + hash[1] + "\nThe same stands on every sheet of the set.", true},
		{"File", r.RecordName(), true},
		{"Made on", r.Made, false},
		{"Label", r.Label, false},
		{"What is on the sheets", r.kindInWords(), false},
		{"What restores it", r.Scheme.String(), false},
		{"Takes the place of", r.Replaces, true},
		{"Network", r.Restores.Network, false},
		{"Public key", r.Restores.PublicKey, true},
		{"Opens files to", r.Restores.Recipient, true},
	}
	if f := r.Restores.File; f != nil {
		all = append(all, fact{"Opens the file", fmt.Sprintf("%s, %d bytes, SHA-256\n%s", f.Name, f.Size, f.SHA256), true})
	}
	return all
}

func (r *Record) kindInWords() string {
	if r.Phrase == nil {
		return strings.ReplaceAll(string(r.Kind), "-", " ")
	}
	text := fmt.Sprintf("a mnemonic of %d words, %s", r.Phrase.Words, strings.ReplaceAll(r.Phrase.Language, "_", " "))
	if r.Phrase.Passphrase {
		return text + ". A BIP-39 PASSPHRASE IS NEEDED as well: it is not on the sheets."
	}
	return text + ". No BIP-39 passphrase."
}

// newPublicPages begins a document whose pages say what they are.
func newPublicPages(size paper.Size, made time.Time, footer, mark string) *recordPages {
	d := &recordPages{
		document: paper.NewDocument(size, made), footer: footer, mark: mark,
		left: paper.Margin, right: size.Width - paper.Margin, bottom: size.Height - paper.Margin - 8,
	}
	d.newPage()
	return d
}

func (d *recordPages) newPage() {
	d.pages++
	d.page, d.y = d.document.AddPage(), paper.Margin
	if d.mark != "" {
		d.page.Band(paper.Rect{X: d.left, Y: d.y, W: d.right - d.left, H: 8}, 13, d.mark)
		d.y += 10
	}
	d.page.Text(d.left, d.bottom+6, smallFont, d.footer)
	d.page.TextRight(d.right, d.bottom+6, smallFont, fmt.Sprintf("page %d", d.pages))
}

// room begins a new page when less than that is left of this one.
func (d *recordPages) room(height float64) {
	if d.y+height > d.bottom {
		d.newPage()
	}
}

func (d *recordPages) title(text, below string) {
	d.page.Text(d.left, d.y+8, titleFont, text)
	d.page.Text(d.left, d.y+14.5, bodyFont, below)
	d.y += 20
}

func (d *recordPages) heading(text string) {
	d.room(20)
	d.page.Text(d.left, d.y+6, needFont, text)
	d.y += 9
}

// paragraph is text over the whole width.
func (d *recordPages) paragraph(font paper.Font, leading float64, text string) {
	for _, line := range d.document.Wrap(font, d.right-d.left, text) {
		d.room(leading)
		d.y = d.page.Paragraph(d.left, d.y, d.right-d.left, font, leading, line)
	}
}

// fact is a name and, beside it, what the record says.
func (d *recordPages) fact(f fact) {
	if f.value == "" {
		return
	}
	font := bodyFont
	if f.mono {
		font = hexFont
	}
	const column = 42
	width := d.right - d.left - column
	var lines []string
	for line := range strings.SplitSeq(f.value, "\n") {
		lines = append(lines, d.chop(font, width, line)...)
	}
	d.room(bodyLeading * float64(len(lines)))
	d.page.Text(d.left, d.y+2.6, smallFont, f.name)
	for _, line := range lines {
		d.page.Text(d.left+column, d.y+2.6, font, line)
		d.y += bodyLeading
	}
	d.y++
}

// chop breaks text at spaces, and words that are wider than a line anywhere: a
// key has no spaces.
func (d *recordPages) chop(font paper.Font, width float64, text string) []string {
	var out []string
	text = strings.Map(func(r rune) rune {
		if paper.Printable(string(r)) != nil {
			return '?' // the name of a file may have any letters, and the file has them all
		}
		return r
	}, text)
	for d.document.Width(font, text) > width {
		n := 0
		for i := range text {
			if d.document.Width(font, text[:i]) > width {
				break
			}
			n = i
		}
		if space := strings.LastIndexByte(text[:n], ' '); space > 0 {
			n = space
		}
		if n == 0 {
			break
		}
		out, text = append(out, text[:n]), strings.TrimPrefix(text[n:], " ")
	}
	return append(out, text)
}

// sheets lists the sheets, with a blank for who holds each of them.
func (d *recordPages) sheets(r *Record) {
	d.heading("The sheets")
	d.paragraph(smallFont, smallLeading, "A fingerprint tells an original from a copy with changes; it says nothing of the secret. "+
		"Whether this page names the holders is for the owner to decide: who knows them all knows whom to rob.")
	d.y += 2
	for _, s := range r.Sheets {
		d.room(8)
		name := fmt.Sprintf("Sheet %d", s.Number)
		if len(r.Scheme.Groups) > 1 {
			name = fmt.Sprintf("Group %d, sheet %d", s.Group, s.Number)
		}
		if s.Passphrase {
			name += " (passphrase)"
		}
		d.page.Text(d.left, d.y+4, smallFont, name)
		d.page.Text(d.left+42, d.y+4, hexFont, inGroups(s.Fingerprint))
		d.page.Text(d.left+112, d.y+4, smallFont, "held by")
		d.page.Rule(d.left+124, d.y+4.5, d.right-d.left-124)
		d.y += 7
	}
}

// inGroups writes hexadecimal in groups of four.
func inGroups(text string) string {
	var groups []string
	for ; len(text) > 4; text = text[4:] {
		groups = append(groups, text[:4])
	}
	return strings.Join(append(groups, text), " ")
}

// keys lists the validators.
func (d *recordPages) keys(keys []ValidatorKey) {
	if len(keys) == 0 {
		return
	}
	heading := "What a restore must give: the public key of one validator"
	if len(keys) > 1 {
		heading = fmt.Sprintf("What a restore must give: the public keys of %d validators", len(keys))
	}
	d.heading(heading)
	font := paper.Font{Mono: true, Points: 6.5}
	for i, key := range keys {
		if i == maxPrintedKeys {
			d.y += 2
			d.paragraph(bodyFont, bodyLeading, fmt.Sprintf("and %d more, which the file lists.", len(keys)-i))
			break
		}
		d.room(4)
		d.page.Text(d.left, d.y+3, font, key.Path)
		d.page.Text(d.left+36, d.y+3, font, key.PublicKey)
		d.y += 3.4
	}
}
