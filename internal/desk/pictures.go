package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/backup"
	"github.com/ethkey/ethkey/pkg/paper"
	"github.com/ethkey/ethkey/pkg/secret"
)

// tryFor is how long one picture is tried. Then typing is quicker.
const tryFor = 10 * time.Second

// Pictures reads the codes that are in pictures.
type Pictures struct {
	Term *term.Terminal
	Open func(name string) (fs.File, error)

	seen  map[string]bool // the versions of files that were looked at
	shown bool            // a picture shows a code
}

// look reads the pictures that were not read before. One that cannot be read is
// told of, and costs nothing else.
func (p *Pictures) look(ctx context.Context, where string) ([]backup.Reading, error) {
	names, err := p.unread(where)
	if err != nil {
		return nil, err
	}
	var found []backup.Reading
	for _, name := range names {
		texts, err := p.Read(ctx, name)
		found = append(found, texts...)
		if ctx.Err() != nil {
			closeAll(found)
			return nil, fault.New(fault.Interrupted, "interrupted")
		}
		switch {
		case errors.Is(err, paper.ErrDrawn) && name != where: // a sheet to be printed lies beside the pictures
			p.Term.Note(err.Error() + "; it is passed over")
		case err != nil:
			p.Term.Fault(err)
		}
	}
	return found, nil
}

// unread lists the picture, or the files of the folder, by name.
func (p *Pictures) unread(where string) ([]string, error) {
	f, err := p.Open(where)
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
		return nil, fault.New(fault.Refused, "--pictures: %s is a pipe or device; expected a picture or a folder of them", where)
	}
	if !info.IsDir() || !many {
		return p.unseen(where, info), nil
	}
	entries, err := folder.ReadDir(-1)
	if err != nil {
		return nil, fault.New(fault.Environment, "--pictures: %w", err)
	}
	var names []string
	for _, entry := range entries {
		info, err := entry.Info()
		if err == nil && info.Mode().IsRegular() && !passedOver(entry.Name()) {
			names = append(names, p.unseen(filepath.Join(where, entry.Name()), info)...)
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
func (p *Pictures) unseen(name string, info fs.FileInfo) []string {
	version := fmt.Sprint(name, info.Size(), info.ModTime().UnixNano())
	if p.seen[version] {
		return nil
	}
	if p.seen == nil {
		p.seen = map[string]bool{}
	}
	p.seen[version] = true
	return []string{name}
}

// Read reads one file.
func (p *Pictures) Read(ctx context.Context, name string) ([]backup.Reading, error) {
	data, err := p.bytes(name)
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(data)
	limited, stop := context.WithTimeout(ctx, tryFor)
	defer stop()
	progress := p.Term.Progress("trying to read " + filepath.Base(name))
	texts, err := paper.ReadPicture(limited, data, name, paper.ReadOptions{
		Progress: func(_ string, done, total int) {
			if done > 0 { // most are read at once, and leave no line that stays at 0
				progress(done, total)
			}
		},
	})
	if len(texts) == 0 && errors.Is(limited.Err(), context.DeadlineExceeded) {
		err = fault.New(fault.Refused, "%s: nothing was read in %d seconds", name, int(tryFor.Seconds())).
			WithHint("type the sheet: its lines are beside the code; or take a sharper picture, straight from above, in daylight")
	}
	var found []backup.Reading
	for _, t := range texts {
		text, err := secret.From(t.Text)
		if err != nil {
			return found, err
		}
		found, p.shown = append(found, backup.Reading{Text: text, Where: t.Where, Picture: true}), true
	}
	return found, err
}

// bytes reads a whole file into one piece of memory, which the caller wipes.
// Memory that grew would leave copies behind.
func (p *Pictures) bytes(name string) ([]byte, error) {
	f, err := p.Open(name)
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
