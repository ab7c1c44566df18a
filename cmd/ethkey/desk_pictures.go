package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/backup"
	"github.com/ethkey/ethkey/pkg/paper"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// tryFor is how long one picture is tried. Then typing is quicker.
const tryFor = 10 * time.Second

// deskOptions are the flags of every command that reads sheets.
type deskOptions struct{ pictures, texts string }

func (o *deskOptions) add(f *pflag.FlagSet) {
	f.StringVar(&o.pictures, "pictures", "", "read sheets from this picture `FILE`, or all in this FOLDER, which is looked into again on demand; JPEG, PNG, PDF")
	f.StringVar(&o.texts, "sheet-file", "", "read the texts of sheets from this `FILE`: each begins with EK1, and ends with an empty line or the next")
}

// readTexts reads the file of texts.
func (d *desk) readTexts() ([]backup.Reading, error) {
	if d.texts == "" {
		return nil, nil
	}
	text, err := d.e.secretFile(d.texts)
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
		copy(one.Bytes(), part.text)
		found = append(found, backup.Reading{Text: one, Where: fmt.Sprintf("%s, line %d", d.texts, part.line)})
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

// look reads the pictures that were not read before. One that cannot be read is
// told of, and costs nothing else.
func (d *desk) look(ctx context.Context) ([]backup.Reading, error) {
	names, err := d.newPictures()
	if err != nil {
		return nil, err
	}
	var found []backup.Reading
	for _, name := range names {
		texts, err := d.picture(ctx, name)
		found = append(found, texts...)
		if ctx.Err() != nil {
			closeAll(found)
			return nil, fault.New(fault.Interrupted, "interrupted")
		}
		if err != nil {
			d.e.term.Fault(err)
		}
	}
	return found, nil
}

// newPictures lists the picture, or the files of the folder, by name.
func (d *desk) newPictures() ([]string, error) {
	f, err := d.e.read(d.pictures)
	if err != nil {
		return nil, fault.New(fault.Refused, "--pictures: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fault.New(fault.Environment, "--pictures: %w", err)
	}
	folder, many := f.(fs.ReadDirFile)
	if !info.IsDir() && !info.Mode().IsRegular() {
		return nil, fault.New(fault.Refused, "--pictures: %s is a pipe or device; expected a picture or a folder of them", d.pictures)
	}
	if !info.IsDir() || !many {
		return d.unseen(d.pictures, info), nil
	}
	entries, err := folder.ReadDir(-1)
	if err != nil {
		return nil, fault.New(fault.Environment, "--pictures: %w", err)
	}
	var names []string
	for _, entry := range entries {
		info, err := entry.Info()
		if err == nil && info.Mode().IsRegular() && !passedOver(entry.Name()) {
			names = append(names, d.unseen(filepath.Join(d.pictures, entry.Name()), info)...)
		}
	}
	sort.Strings(names)
	return names, nil
}

// passedOver tells whether a file of a folder is plainly no picture: records,
// histories and texts lie beside them.
func passedOver(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".json", ".jsonl", ".txt", ".sig", ".age":
		return true
	}
	return strings.HasPrefix(name, ".")
}

// unseen returns the name if this version of the file was not read before.
func (d *desk) unseen(name string, info fs.FileInfo) []string {
	version := fmt.Sprint(name, info.Size(), info.ModTime().UnixNano())
	if d.seen[version] {
		return nil
	}
	d.seen[version] = true
	return []string{name}
}

// picture reads one file.
func (d *desk) picture(ctx context.Context, name string) ([]backup.Reading, error) {
	data, err := d.readPicture(name)
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(data)
	limited, stop := context.WithTimeout(ctx, tryFor)
	defer stop()
	progress := d.e.term.Progress("trying to read " + filepath.Base(name))
	texts, err := paper.ReadPicture(limited, data, name, paper.ReadOptions{
		Progress: func(_ string, done, total int) { progress(done, total) },
	})
	if len(texts) == 0 && errors.Is(limited.Err(), context.DeadlineExceeded) {
		err = fault.New(fault.Refused, "%s: nothing was read in %d seconds", name, int(tryFor.Seconds())).
			WithHint("type the sheet: its lines are beside the code; or take a sharper picture, straight from above, in daylight")
	}
	var found []backup.Reading
	for _, t := range texts {
		where := t.Where
		text, err := secret.From(t.Text)
		if err != nil {
			return found, err
		}
		found, d.shown = append(found, backup.Reading{Text: text, Where: where, Picture: true}), true
	}
	return found, err
}

// readPicture reads a whole file into one piece of memory, which the caller
// wipes. Memory that grew would leave copies behind.
func (d *desk) readPicture(name string) ([]byte, error) {
	f, err := d.e.read(name)
	if err != nil {
		return nil, fault.New(fault.Refused, "%w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, fault.New(fault.Environment, "%s: %w", name, err)
	case !info.Mode().IsRegular():
		return nil, fault.New(fault.Refused, "%s: not a file; expected a picture", name)
	}
	data := make([]byte, min(info.Size(), paper.DefaultLimits.File+1))
	n, err := io.ReadFull(f, data)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		secret.Wipe(data)
		return nil, fault.New(fault.Environment, "%s: %w", name, err)
	}
	return data[:n], nil
}

// closeAll wipes readings.
func closeAll(readings []backup.Reading) {
	for _, r := range readings {
		r.Text.Close()
	}
}
