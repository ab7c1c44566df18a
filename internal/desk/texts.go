package desk

import (
	"bytes"
	"fmt"

	"github.com/ethkey/ethkey/pkg/backup"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// readTexts reads the file of texts.
func (d *Desk) readTexts() ([]backup.Reading, error) {
	if d.Texts == "" {
		return nil, nil
	}
	text, err := d.Secret(d.Texts)
	if err != nil {
		return nil, err
	}
	defer text.Close()
	var found []backup.Reading
	for _, part := range sheetsIn(text.Bytes()) {
		one, err := secret.New(len(part.text))
		if err != nil {
			return nil, err
		}
		secret.Copy(one.Bytes(), part.text)
		found = append(found, backup.Reading{Text: one, Where: fmt.Sprintf("%s, line %d", d.Texts, part.line)})
	}
	return found, nil
}

// textPart is the text of a sheet in a file, and where it begins.
type textPart struct {
	text []byte
	line int
}

// sheetsIn cuts a file into the texts of sheets: from each line that begins with
// the prefix to the next empty one, or to the next prefix. In a file without
// prefixes each line is taken for a sheet.
func sheetsIn(file []byte) (parts []textPart) {
	begins := func(line []byte) bool {
		return len(line) >= len(shamir.Prefix) && bytes.EqualFold(line[:len(shamir.Prefix)], []byte(shamir.Prefix))
	}
	file = bytes.TrimPrefix(file, []byte("\ufeff")) // which some editors put first
	prefixed, open, at := false, false, 0
	for i, line := range bytes.SplitAfter(file, []byte("\n")) {
		end := at + len(line)
		bare := bytes.TrimSpace(line)
		switch {
		case begins(bare):
			if !prefixed {
				parts = nil
			}
			prefixed, open = true, true
			parts = append(parts, textPart{file[at:end], i + 1})
		case len(bare) == 0:
			open = false
		case open:
			last := &parts[len(parts)-1]
			last.text = last.text[:len(last.text)+len(line)]
		case !prefixed:
			parts = append(parts, textPart{file[at:end], i + 1})
		}
		at = end
	}
	return parts
}
