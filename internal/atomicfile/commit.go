package atomicfile

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"path"
	"strings"
)

// Commit makes the files durable, reads every one back from the medium and
// compares it, calls verify (which may be nil) on the bytes that were read in
// the order they were added, and puts the files in place. The bytes are
// cleared when verify returns. A file that ReadBack has read already is read
// again only when there is a verify.
//
// Once all files are in place Commit does not heed ctx any more.
func (s *Set) Commit(ctx context.Context, verify func(name string, data []byte) error) (Report, error) {
	if s.ended != nil {
		return Report{}, s.ended
	}
	if err := s.verify(ctx, verify); err != nil {
		return Report{}, s.fail(err)
	}
	if err := s.place(ctx); err != nil {
		return Report{}, s.fail(explain(s.fsys, err, s.folder))
	}
	return s.finish(), nil
}

func (s *Set) verify(ctx context.Context, verify func(name string, data []byte) error) error {
	for _, e := range s.entries {
		if err := interrupted(ctx); err != nil {
			return err
		}
		if e.long {
			if err := s.compare(e); err != nil {
				return err
			}
			continue
		}
		if e.checked && verify == nil {
			continue
		}
		data, err := s.ReadBack(e.name)
		if err == nil && verify != nil {
			err = verify(e.name, data)
		}
		clear(data)
		if err != nil {
			return err
		}
	}
	return interrupted(ctx)
}

// ReadBack returns the bytes of a file that was added, as the medium has them,
// or a fault of kind Integrity when they are not those that were written. The
// first call makes all files durable, so every file must have been added. It
// is safe for concurrent use, and an error does not end the set: the caller
// ends it.
func (s *Set) ReadBack(name string) ([]byte, error) {
	if err := s.sync(); err != nil {
		return nil, explain(s.fsys, err, s.folder)
	}
	e := s.byName[name]
	if e == nil {
		return nil, errors.New("file " + name + " was not added")
	}
	data, modeOff, err := s.read(e)
	if err != nil {
		clear(data)
		return nil, explain(s.fsys, err, path.Join(s.folder, name))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	e.checked, e.modeOff = true, modeOff
	return data, nil
}

func (s *Set) read(e *entry) (data []byte, modeOff bool, err error) {
	f, err := s.fsys.Open(path.Join(s.staging, e.name))
	if err != nil {
		return nil, false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, false, err
	}
	if info.Size() != int64(e.size) {
		return nil, false, differs(shown(s.fsys, path.Join(s.folder, e.name)))
	}
	data = make([]byte, e.size)
	if _, err := io.ReadFull(f, data); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return data, false, err
	}
	if sum := sha256.Sum256(data); !bytes.Equal(sum[:], e.sum[:]) {
		return data, false, differs(shown(s.fsys, path.Join(s.folder, e.name)))
	}
	return data, info.Mode().Perm() != e.perm, nil
}

// sync makes what was added durable, once.
func (s *Set) sync() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.synced {
		return nil
	}
	err := s.fsys.SyncFS(s.staging)
	if errors.Is(err, errors.ErrUnsupported) {
		err = s.syncEach()
	}
	s.synced = err == nil
	return err
}

func (s *Set) syncEach() error {
	for _, e := range s.entries {
		f, err := s.fsys.Open(path.Join(s.staging, e.name))
		if err != nil {
			return err
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return err
		}
	}
	for i := len(s.folders) - 1; i >= 0; i-- {
		if err := s.fsys.SyncDir(path.Join(s.staging, s.folders[i])); err != nil {
			return err
		}
	}
	return s.fsys.SyncDir(s.staging)
}

func (s *Set) finish() Report {
	s.ended = errEnded
	s.unlock()
	for _, e := range s.entries {
		s.report.Files = append(s.report.Files, e.name)
		s.report.ModesKept = s.report.ModesKept && !e.modeOff
		if e.file != nil {
			_ = e.file.Close()
			e.file = nil
		}
	}
	s.report.Fallback = strings.Join(s.notes, "; ")
	return s.report
}
