package atomicfile

import (
	"context"
	"errors"
	"io/fs"
	"path"

	"github.com/ethkey/ethkey/internal/fault"
)

// place puts what was verified where it belongs.
func (s *Set) place(ctx context.Context) error {
	if len(s.entries) == 0 {
		return fault.New(fault.Refused, "no file was added for %s", shown(s.fsys, s.folder))
	}
	put := s.placeFolder
	if s.existing {
		put = func() error { return s.placeFiles(ctx) }
	}
	if err := put(); err != nil {
		return err
	}
	return s.arrived()
}

// arrived looks at what was put in place: there are drivers that lose what a
// folder holds when they rename it.
func (s *Set) arrived() error {
	for _, e := range s.entries {
		name := path.Join(s.folder, e.name)
		info, err := s.fsys.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() != int64(e.size) {
			return differs(shown(s.fsys, name))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// placeFolder turns the staging folder into the target in one rename.
func (s *Set) placeFolder() error {
	info, err := s.fsys.Lstat(s.staging)
	if err != nil {
		return err
	}
	s.report.ModesKept = info.Mode().Perm() == folderPerm
	err = s.fsys.RenameNoReplace(s.staging, s.folder)
	if errors.Is(err, errors.ErrUnsupported) {
		s.note("the medium cannot refuse to replace, so the folder was renamed plainly")
		err = s.renameFolder()
	}
	if err != nil {
		return err
	}
	s.staging = s.folder
	return s.fsys.SyncDir(path.Dir(s.folder))
}

// renameFolder relies on rename(2) to replace nothing but an empty folder.
func (s *Set) renameFolder() error {
	if err := absent(s.fsys, s.folder); err != nil {
		return err
	}
	return s.fsys.Rename(s.staging, s.folder)
}

// placeFiles renames the files into the folder, and makes all but the last
// durable before the last.
func (s *Set) placeFiles(ctx context.Context) error {
	last := len(s.entries) - 1
	for i, e := range s.entries {
		if err := interrupted(ctx); err != nil {
			return err
		}
		if i == last && i > 0 {
			if err := s.fsys.SyncDir(s.folder); err != nil {
				return err
			}
		}
		if err := s.placeFile(e); err != nil {
			return explain(s.fsys, err, path.Join(s.folder, e.name))
		}
	}
	if err := s.fsys.SyncDir(s.folder); err != nil {
		return err
	}
	if err := s.fsys.Remove(s.staging); err != nil {
		return err
	}
	return s.fsys.SyncDir(s.folder)
}

func (s *Set) placeFile(e *entry) error {
	from, to := path.Join(s.staging, e.name), path.Join(s.folder, e.name)
	err := s.fsys.RenameNoReplace(from, to)
	if errors.Is(err, errors.ErrUnsupported) {
		err = s.linkFile(e, from, to)
	}
	e.placed = e.placed || err == nil
	return err
}

func (s *Set) linkFile(e *entry, from, to string) error {
	err := s.fsys.Link(from, to)
	if errors.Is(err, errors.ErrUnsupported) {
		s.note("the medium cannot refuse to replace and has no hard links, so each name was reserved by an empty file and then renamed over")
		return s.reserveFile(e, from, to)
	}
	if err != nil {
		return err
	}
	e.placed = true
	s.note("the medium cannot refuse to replace, so files were linked into place")
	return s.fsys.Remove(from)
}

// reserveFile makes to, which fails when it exists, and renames over it.
func (s *Set) reserveFile(e *entry, from, to string) error {
	f, err := s.fsys.Create(to, filePerm)
	if err != nil {
		return err
	}
	e.placed = true
	if err := f.Close(); err != nil && !errors.Is(err, fs.ErrClosed) {
		return err
	}
	return s.fsys.Rename(from, to)
}
