package atomicfile

import (
	"context"
	"path"
)

// WriteFile writes one file, mode 0400, whole or not at all, into a folder
// that exists. Its data may be secret: when it fails, what was written is
// overwritten with zeros before it is removed.
func WriteFile(ctx context.Context, fsys FS, name string, data []byte) (Report, error) {
	folder := path.Dir(name)
	if err := checkName(path.Base(name)); err != nil {
		return Report{}, err
	}
	if err := mustExist(fsys, folder); err != nil {
		return Report{}, err
	}
	s, err := Begin(fsys, folder)
	if err != nil {
		return Report{}, err
	}
	s.zero = true
	if err := s.Add(path.Base(name), data); err != nil {
		return Report{}, err
	}
	return s.Commit(ctx, nil)
}
