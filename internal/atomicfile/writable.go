package atomicfile

import (
	"errors"
	"io/fs"
	"path"

	"github.com/ethkey/ethkey/internal/fault"
)

// Writable says, without writing anything, whether a set of the given names
// and about need bytes could be written to folder: it, or its parent where it
// is absent, is a folder that takes new files and has room, and none of the
// names exist.
func Writable(fsys FS, folder string, need uint64, names ...string) error {
	existing, err := inspect(fsys, folder)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := checkName(name); err != nil {
			return err
		}
		if !existing {
			continue
		}
		if err := absent(fsys, path.Join(folder, name)); err != nil {
			return explain(fsys, err, path.Join(folder, name))
		}
	}
	parent := stagingParent(folder, existing)
	free, err := fsys.Room(parent)
	if err != nil {
		return explain(fsys, err, parent)
	}
	if free < need {
		return fault.New(fault.Environment, "the disk is full: %s has %d bytes free, about %d are needed", shown(fsys, parent), free, need).
			WithHint("free some space there, or choose another folder")
	}
	return nil
}

func mustExist(fsys FS, folder string) error {
	_, err := fsys.Lstat(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return because(fault.Environment, err, "folder %s does not exist", shown(fsys, folder)).
			WithHint("make it first, or name another folder")
	}
	return explain(fsys, err, folder)
}
