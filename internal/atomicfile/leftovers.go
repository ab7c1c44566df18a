package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"path"
)

// Leftovers returns the names of the staging folders that dead runs left for
// folder: beside it, and inside it. Those of live runs are not among them, nor
// are any on a medium without locks, where the living and the dead look alike.
func Leftovers(fsys FS, folder string) ([]string, error) {
	var dead []string
	err := eachLeftover(fsys, folder, func(name string) { dead = append(dead, name) })
	return dead, explain(fsys, err, folder)
}

// removeLeftovers returns the paths of what it removed. What cannot be removed
// stays and harms nobody.
func removeLeftovers(fsys FS, folder string) ([]string, error) {
	var removed []string
	err := eachLeftover(fsys, folder, func(name string) {
		if removeStaging(fsys, name) == nil {
			removed = append(removed, shown(fsys, name))
		}
	})
	return removed, err
}

// eachLeftover calls do for each dead staging folder, holding its lock.
func eachLeftover(fsys FS, folder string, do func(name string)) error {
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
			return err
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
			do(name)
			closeQuietly(lock)
		}
	}
	return nil
}

func closeQuietly(c io.Closer) { _ = c.Close() }

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
