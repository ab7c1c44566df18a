package atomicfile

import (
	"io/fs"
	"path"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
)

// maxDepth bounds how deep folders stand in each other.
const maxDepth = 16

// BeginTree is Begin for a folder that must not exist yet and in which files
// may lie in folders. It is renamed into place as one.
func BeginTree(fsys FS, folder string) (*Set, error) {
	return begin(&Set{fsys: fsys, folder: folder, byName: make(map[string]*entry), tree: true, made: map[string]bool{".": true}})
}

// AddTree is Add for a file anywhere below the folder of a tree, with a mode
// of its own. The folders on its way are made, mode 0700.
func (s *Set) AddTree(name string, perm fs.FileMode, data []byte) error {
	if s.ended != nil {
		return s.ended
	}
	if err := s.checkTree(name); err != nil {
		return s.fail(err)
	}
	err := s.makeFolders(path.Dir(name))
	if err == nil {
		err = s.add(name, data, perm)
	}
	return s.added(name, err)
}

func (s *Set) checkTree(name string) error {
	parts := strings.Split(name, "/")
	if !s.tree || len(parts) > maxDepth/2 {
		return fault.New(fault.Refused, "file %q stands too deep in folders", name)
	}
	for _, part := range parts {
		if err := checkName(part); err != nil {
			return err
		}
	}
	return nil
}

// makeFolders makes folder and its parents inside the staging folder.
func (s *Set) makeFolders(folder string) error {
	if s.made[folder] {
		return nil
	}
	if err := s.makeFolders(path.Dir(folder)); err != nil {
		return err
	}
	if s.byName[folder] != nil {
		return fault.New(fault.Refused, "%s was added as a file and as a folder", folder)
	}
	if err := s.fsys.Mkdir(path.Join(s.staging, folder), folderPerm); err != nil {
		return err
	}
	s.made[folder] = true
	s.folders = append(s.folders, folder)
	return nil
}
