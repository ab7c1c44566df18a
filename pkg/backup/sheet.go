package backup

import (
	"bytes"
	"time"
	"unicode/utf8"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/paper"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// Passphrase is what a sheet says about a BIP-39 passphrase: that one is used,
// never which.
type Passphrase int

// The answers. Blank leaves two boxes to tick by hand.
const (
	PassphraseBlank Passphrase = iota
	PassphraseNo
	PassphraseYes
)

// SheetData is what a sheet is composed of. What it guards is not among it: the
// share tells that only when it is combined.
type SheetData struct {
	Sheet      *shamir.Sheet // not closed by composing
	Scheme     shamir.Scheme // of the whole set
	Label      string        // a name for people; may be empty, Latin-1, public
	RecordHash [32]byte      // of the record of the set
	Made       time.Time     // the day is printed
	BIP39      Passphrase
	Paper      paper.Size
	Lost       bool // the sheet is made again: its share cannot be another
}

// Readable tells whether the code of a sheet is read at the first attempt. If
// not, the error is paper.ErrUnreadable and the secret is to be split again.
func Readable(s *shamir.Sheet) error {
	text, err := s.Text()
	if err != nil {
		return err
	}
	defer text.Close()
	_, err = paper.NewCode(string(text.Bytes()))
	return err
}

// A label is one line: on a text, and, in millimetres, left of the date on a
// page.
const (
	maxLabel      = 56
	maxLabelWidth = 140
)

// CheckLabel refuses a label that does not fit a sheet.
func CheckLabel(label string) error {
	page := paper.NewDocument(paper.A4, time.Unix(0, 0))
	if utf8.RuneCountInString(label) > maxLabel || page.Width(bodyFont, label) > maxLabelWidth {
		return fault.New(fault.Refused, "label: it does not fit a line, expected at most %d characters", maxLabel).
			WithHint("shorten it; wide letters take more room")
	}
	if err := paper.Printable(label); err != nil {
		return fault.New(fault.Refused, "label: %w", err).WithHint("%s", fault.HintOf(err))
	}
	return nil
}

// check refuses data that do not belong together.
func (d SheetData) check() error {
	s := d.Sheet
	switch {
	case s == nil || s.Group() > len(d.Scheme.Groups) || s.Groups() != len(d.Scheme.Groups),
		s.GroupThreshold() != d.Scheme.GroupThreshold,
		s.Threshold() != d.Scheme.Groups[s.Group()-1].Threshold,
		s.Number() > d.Scheme.Groups[s.Group()-1].Sheets:
		return fault.New(fault.Integrity, "the sheet is not one of its scheme")
	case d.Made.IsZero():
		return fault.New(fault.Usage, "a sheet without a date")
	}
	if err := CheckLabel(d.Label); err != nil {
		return err
	}
	return d.Scheme.Check()
}

// ComposeSheet returns the sheet as a PDF of one page, both codes of which were
// read from the page. paper.ErrUnreadable means: split again. Wipe it after use.
func ComposeSheet(d SheetData) ([]byte, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	text, err := d.Sheet.Text()
	if err != nil {
		return nil, err
	}
	defer text.Close()
	draw := paper.NewCode
	if d.Lost {
		draw = paper.NewFixedCode
	}
	code, err := draw(string(text.Bytes()))
	if err != nil {
		return nil, err
	}
	pdf, err := d.composePage(code, text.Bytes()).PDF()
	if err != nil {
		return nil, err
	}
	if err := checkPrinted(pdf, text); err != nil {
		secret.Wipe(pdf)
		return nil, err
	}
	return pdf, nil
}

// checkPrinted reads the lines of the share in the finished file, from top to
// bottom, and compares them with the share.
func checkPrinted(pdf []byte, text *secret.Buffer) error {
	pages, err := paper.Texts(pdf)
	if err != nil {
		return err
	}
	printed := make([]byte, 0, text.Len())
	defer func() { secret.Wipe(printed) }()
	for _, t := range pages[0] {
		if t.Font == shareFont {
			printed = append(printed, t.Text...)
		}
	}
	if len(pages) != 1 || !bytes.Equal(printed, text.Bytes()) {
		return fault.New(fault.Integrity, "the printed lines are not those of the share")
	}
	return nil
}

// day is the date without its hour, which is nobody's business.
func (d SheetData) day() time.Time { return d.Made.UTC().Truncate(24 * time.Hour) }

// ComposeText returns the sheet as plain text for a printer that knows no PDF.
// Wipe it after use.
func ComposeText(d SheetData) (*secret.Buffer, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	text, err := d.Sheet.Text()
	if err != nil {
		return nil, err
	}
	defer text.Close()
	sheet, err := d.composeText(text.Bytes())
	if err != nil {
		return nil, err
	}
	return secret.From(sheet.Bytes())
}
