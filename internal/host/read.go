package host

import (
	"io/fs"
	"path"
	"strings"
)

// text returns a file of the tree without its last line end.
func (m *Machine) text(name string) (string, error) {
	b, err := fs.ReadFile(m.Root, name)
	return strings.TrimRight(string(b), "\n\x00"), err
}

// textOf is text, and "" when it cannot be read.
func (m *Machine) textOf(parts ...string) string {
	s, err := m.text(path.Join(parts...))
	if err != nil {
		return ""
	}
	return s
}

// has tells whether a file or folder is there.
func (m *Machine) has(parts ...string) bool {
	_, err := fs.Stat(m.Root, path.Join(parts...))
	return err == nil
}

// names lists a folder; none when it cannot be read.
func (m *Machine) names(folder string) []string {
	entries, err := fs.ReadDir(m.Root, folder)
	if err != nil {
		return nil
	}
	all := make([]string, len(entries))
	for i, e := range entries {
		all[i] = e.Name()
	}
	return all
}

// rows returns the fields of each line of a file.
func (m *Machine) rows(name string) ([][]string, error) {
	s, err := m.text(name)
	if err != nil {
		return nil, err
	}
	var all [][]string
	for line := range strings.Lines(s) {
		all = append(all, strings.Fields(line))
	}
	return all, nil
}
