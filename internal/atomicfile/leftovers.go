package atomicfile

import (
	"errors"
	"io/fs"
	"path"
)

// removeLeftovers removes the staging folders that dead runs left for folder,
// beside it and inside it, and returns their paths. Those of live runs are
// locked; on a medium without locks, where the living and the dead look alike,
// all stay. What cannot be removed stays and harms nobody.
func removeLeftovers(fsys FS, folder string) (removed []string, err error) {
	for _, existing := range []bool{false, true} {
		if folder == "." && !existing {
			continue
		}
		parent := stagingParent(folder, existing)
		entries, err := fsys.ReadDir(parent)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if !e.IsDir() || !isStaging(e.Name(), folder, existing) {
				continue
			}
			name := path.Join(parent, e.Name())
			lock, err := fsys.Lock(name)
			if err != nil {
				continue
			}
			if removeStaging(fsys, name) == nil {
				removed = append(removed, shown(fsys, name))
			}
			_ = lock.Close()
		}
	}
	return removed, nil
}

// removeStaging removes a staging folder with its files, and stops at what no
// run of ours would have made.
func removeStaging(fsys FS, name string) error {
	entries, err := fsys.ReadDir(name)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.Type().IsRegular() {
			return fs.ErrInvalid
		}
	}
	for _, e := range entries {
		if err := fsys.Remove(path.Join(name, e.Name())); err != nil {
			return err
		}
	}
	return fsys.Remove(name)
}
