package house

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
)

// source is one Go file of the module. Its path is relative to the module
// root, with forward slashes.
type source struct {
	path  string
	lines int
	fset  *token.FileSet
	file  *ast.File
}

// parse reads one file's text.
func parse(path string, text []byte) (*source, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	return &source{path: path, lines: bytes.Count(text, []byte("\n")), fset: fset, file: file}, nil
}

// isTest tells whether the file is compiled into tests alone.
func (s *source) isTest() bool { return strings.HasSuffix(s.path, "_test.go") }

// inPkg tells whether the file is shipped from under pkg/.
func (s *source) inPkg() bool { return strings.HasPrefix(s.path, "pkg/") && !s.isTest() }

// line returns the line of a position.
func (s *source) line(p token.Pos) int { return s.fset.Position(p).Line }

// imports maps the name that each import has in this file to its path.
func (s *source) imports() map[string]string {
	names := map[string]string{}
	for _, spec := range s.file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		name := path[strings.LastIndex(path, "/")+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = path
	}
	return names
}

// texts returns every file of the checkout that people write, by path. Nested
// modules, build results and fuzz corpora are left out by the given filter.
func texts(t *testing.T, want func(path string) bool) map[string][]byte {
	t.Helper()
	root := testkit.ModuleRoot(t)
	found := map[string][]byte{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if entry.IsDir() {
			if skipFolder(rel) {
				return fs.SkipDir
			}
			return nil
		}
		if !entry.Type().IsRegular() || !want(rel) {
			return nil
		}
		found[rel], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatal("found no file to look at")
	}
	return found
}

func skipFolder(rel string) bool {
	switch rel {
	case ".git", "bin", "dist":
		return true
	}
	return strings.HasSuffix(rel, "node_modules") || strings.Contains(rel, "testdata/fuzz")
}

// module returns the parsed Go files of this module, without nested modules.
func module(t *testing.T) []*source {
	t.Helper()
	var all []*source
	for path, text := range texts(t, ownGo) {
		s, err := parse(path, text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

func ownGo(path string) bool {
	return strings.HasSuffix(path, ".go") && !strings.HasPrefix(path, "crosscheck/") && !strings.HasPrefix(path, "tools/") &&
		!strings.Contains(path, "/testdata/")
}
