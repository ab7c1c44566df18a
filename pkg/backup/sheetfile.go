package backup

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// sheetFile is a sheet on a disk for as long as it takes to print it. The file
// stays open, so that it can be overwritten, though its mode lets nobody write.
type sheetFile struct {
	fsys atomicfile.FS
	name string
	file atomicfile.File
	size int
}

var sheetFileName = regexp.MustCompile(`^(?:REHEARSAL-|PRACTICE-)?sheet-[A-Z0-9]{5}-.*\.(?:pdf|txt)$`)

// sheetName is the name of a sheet's file, without its ending.
func (r *Record) sheetName(s *shamir.Sheet) string {
	name := strings.ReplaceAll(s.Name(), " ", "-")
	return r.prefix() + "sheet-" + r.Set + strings.TrimPrefix(name, "sheet")
}

// writeSheetFile writes data, reads it back, and wipes it. When it fails
// nothing of it is left, or the error says what.
func writeSheetFile(fsys atomicfile.FS, name string, data []byte) (*sheetFile, error) {
	defer secret.Wipe(data)
	f, err := fsys.Create(name, 0o400)
	if err != nil {
		return nil, inFile(fsys, name, err)
	}
	s := &sheetFile{fsys: fsys, name: name, file: f, size: len(data)}
	if err := s.fill(data); err != nil {
		return nil, errors.Join(inFile(fsys, name, err), s.remove())
	}
	return s, nil
}

func (s *sheetFile) fill(data []byte) error {
	n, err := s.file.Write(data)
	if err != nil {
		return err
	}
	if n < len(data) {
		return io.ErrShortWrite
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	again := make([]byte, len(data))
	defer secret.Wipe(again)
	if _, err := io.ReadFull(s.file, again); err != nil {
		return err
	}
	if !bytes.Equal(again, data) {
		return errors.New("what was written is not what is read")
	}
	return nil
}

// remove overwrites the file and takes it away, once.
func (s *sheetFile) remove() error {
	if s == nil || s.file == nil {
		return nil
	}
	if _, err := s.file.Seek(0, io.SeekStart); err == nil {
		_, _ = s.file.Write(make([]byte, s.size))
		_ = s.file.Sync()
	}
	_ = s.file.Close()
	s.file = nil
	if err := s.fsys.Remove(s.name); err != nil && !s.gone() {
		return fault.New(fault.Environment, "%s could not be removed", path.Join(s.fsys.Name(), s.name)).
			WithHint("remove it by hand: it holds a sheet")
	}
	_ = s.fsys.SyncDir(".")
	return nil
}

// gone tells whether somebody else removed the file: that it could not be
// removed does not say so.
func (s *sheetFile) gone() bool {
	_, err := s.fsys.Lstat(s.name)
	return errors.Is(err, fs.ErrNotExist)
}

func inFile(fsys atomicfile.FS, name string, err error) error {
	if errors.Is(err, fs.ErrExist) {
		return fault.New(fault.Refused, "%s exists already, and nothing is overwritten", path.Join(fsys.Name(), name)).
			WithHint("is it of another run? Print it or remove it")
	}
	return fault.New(fault.Environment, "%s: %w", path.Join(fsys.Name(), name), err)
}

// leftSheets are the names of files in a folder that look like sheets.
func leftSheets(fsys atomicfile.FS) ([]string, error) {
	entries, err := fsys.ReadDir(".")
	if err != nil {
		return nil, fault.New(fault.Environment, "%s: %w", fsys.Name(), err)
	}
	var names []string
	for _, e := range entries {
		if sheetFileName.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}
