package atomicfile

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
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

// removeStaging removes a staging folder with its files, and the folders of a
// tree. Before it removes anything it stops at what no run of ours would have
// made.
func removeStaging(fsys FS, name string) error {
	var files, folders []string
	if err := survey(fsys, name, &files, &folders); err != nil {
		return err
	}
	slices.Reverse(folders)
	for _, n := range append(files, folders...) {
		if err := fsys.Remove(n); err != nil {
			return err
		}
	}
	return nil
}

// survey lists what a staging folder holds, parents first.
func survey(fsys FS, name string, files, folders *[]string) error {
	*folders = append(*folders, name)
	entries, err := fsys.ReadDir(name)
	if err != nil {
		return err
	}
	for _, e := range entries {
		inside := path.Join(name, e.Name())
		switch {
		case e.Type().IsRegular():
			*files = append(*files, inside)
		case e.IsDir() && strings.Contains(name, treeTail) && strings.Count(inside, "/") < maxDepth:
			if err := survey(fsys, inside, files, folders); err != nil {
				return err
			}
		default:
			return fs.ErrInvalid
		}
	}
	return nil
}
