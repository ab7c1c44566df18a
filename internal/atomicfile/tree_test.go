package atomicfile_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
)

// leaves are the files of a tree, with their modes.
var leaves = []struct {
	name string
	perm fs.FileMode
}{
	{"a.json", 0o400}, {"keys/0xaa/k.json", 0o600}, {"keys/0xbb/k.json", 0o600}, {"secrets/0xaa", 0o600},
}

func writeTree(fsys atomicfile.FS) (atomicfile.Report, error) {
	s, err := atomicfile.BeginTree(fsys, "tree")
	if err != nil {
		return atomicfile.Report{}, err
	}
	for _, l := range leaves {
		if err := s.AddTree(l.name, l.perm, []byte(l.name)); err != nil {
			return atomicfile.Report{}, err
		}
	}
	return s.Commit(context.Background(), nil)
}

// visible lists the files below dir, without hidden folders.
func visible(dir string) (files, hidden []string, err error) {
	err = filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		switch rel, _ := filepath.Rel(dir, p); {
		case err != nil:
			return err
		case e.IsDir() && strings.HasPrefix(e.Name(), "."):
			hidden = append(hidden, rel)
			return fs.SkipDir
		case !e.IsDir():
			files = append(files, rel)
		}
		return nil
	})
	return files, hidden, err
}

// A tree of folders arrives whole, with the modes asked for.
func TestTree(t *testing.T) {
	root := openRoot(t)
	report, err := writeTree(root)
	if err != nil || len(report.Files) != len(leaves) || !report.ModesKept {
		t.Fatalf("%+v, %v", report, err)
	}
	for _, l := range leaves {
		info, err := os.Stat(at(root, "tree", l.name))
		if err != nil || info.Mode() != l.perm {
			t.Errorf("%s: %v, %v", l.name, info, err)
		}
	}
	if info, err := os.Stat(at(root, "tree", "keys")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("keys: %v, %v", info, err)
	}
	if _, err := writeTree(root); fault.KindOf(err) != fault.Refused {
		t.Errorf("a second time: %v", err)
	}
}

// What a name could do to reach elsewhere, or to stand in for another, is
// refused.
func TestTreeNames(t *testing.T) {
	for _, names := range [][]string{
		{"../a"}, {"a/../b"}, {"/a"}, {"a//b"}, {"a/-b"}, {"a/.ethkey-b"}, {"a", "a/b"}, {"a/b", "a"}, {"a/b", "a/b"},
		{strings.Repeat("a/", 9) + "a"},
	} {
		root := openRoot(t)
		s, err := atomicfile.BeginTree(root, "tree")
		if err != nil {
			t.Fatal(err)
		}
		for i, name := range names {
			if err = s.AddTree(name, 0o400, nil); err != nil && i < len(names)-1 {
				t.Fatal(err)
			}
		}
		if err == nil {
			t.Errorf("%q was taken", names)
		}
		if files, hidden, _ := visible(root.Name()); len(files)+len(hidden) != 0 {
			t.Errorf("%q left %v %v", names, files, hidden)
		}
	}
}

// Whatever fails, a tree is there whole or not at all; what a kill leaves is
// cleared by the next run.
func TestTreeSweep(t *testing.T) {
	for _, failure := range testkit.Failures() {
		t.Run(failure.Name, func(t *testing.T) {
			points := testkit.Sweep{
				Failure: failure,
				Run: func(fsys atomicfile.FS) error {
					_, err := writeTree(fsys)
					return err
				},
				Referee: treeReferee,
			}.Test(t)
			if points == 0 {
				t.Error("nothing ever failed")
			}
		})
	}
}

func treeReferee(dir string, o testkit.Outcome) error {
	files, hidden, err := visible(dir)
	switch {
	case err != nil:
		return err
	case len(files) != 0 && len(files) != len(leaves):
		return fmt.Errorf("half a tree: %v", files)
	case o.Err == nil && len(files) == 0:
		return fmt.Errorf("reported success without files")
	case o.Killed:
		return afterKill(dir, files)
	}
	for _, name := range append(files, hidden...) {
		if o.Err != nil && !strings.Contains(o.Err.Error(), filepath.Base(name)) {
			return fmt.Errorf("left %s unnamed: %w", name, o.Err)
		}
	}
	return nil
}

func afterKill(dir string, files []string) error {
	root, err := atomicfile.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	if _, err := writeTree(root); (err == nil) != (len(files) == 0) {
		return fmt.Errorf("the next run, beside %d files: %w", len(files), err)
	}
	_, hidden, err := visible(dir)
	if len(files) == 0 && !slices.Equal(hidden, nil) {
		return fmt.Errorf("the next run left %v", hidden)
	}
	return err
}
