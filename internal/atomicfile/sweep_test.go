package atomicfile_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
)

// set is what the sweeps write: three keystores, and the deposit data as the
// commit mark.
var set = []struct {
	name string
	data []byte
}{
	{"keystore-0.json", bytes.Repeat([]byte("zero "), 100)},
	{"keystore-1.json", bytes.Repeat([]byte("one "), 3000)},
	{"keystore-2.json", []byte("two")},
	{"deposit_data.json", bytes.Repeat([]byte("mark "), 200)},
}

func writeSet(fsys atomicfile.FS, folder string) error {
	_, err := writeSetReport(fsys, folder)
	return err
}

func writeSetReport(fsys atomicfile.FS, folder string) (atomicfile.Report, error) {
	s, err := atomicfile.Begin(fsys, folder)
	if err != nil {
		return atomicfile.Report{}, err
	}
	for _, f := range set {
		if err := s.Add(f.name, f.data); err != nil {
			return atomicfile.Report{}, err
		}
	}
	var order []string
	report, err := s.Commit(context.Background(), func(name string, data []byte) error {
		order = append(order, name)
		return sameAs(name, data)
	})
	if err == nil && len(order) != len(set) {
		return report, fmt.Errorf("verify saw %v", order)
	}
	return report, err
}

func sameAs(name string, data []byte) error {
	for _, f := range set {
		if f.name == name && bytes.Equal(f.data, data) {
			return nil
		}
	}
	return fmt.Errorf("%s is not as it was written", name)
}

// look is the referee's own eyes: it lists a folder by package os.
func look(dir string) (visible, hidden []string, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".ethkey-") {
			hidden = append(hidden, e.Name())
		} else {
			visible = append(visible, e.Name())
		}
	}
	return visible, hidden, err
}

// prefix returns how many files of the set are in dir, which must be the first
// ones, whole. Where reserved, the file after them may be there and empty.
func prefix(dir string, reserved bool) (int, error) {
	visible, _, err := look(dir)
	if err != nil {
		return 0, err
	}
	n := 0
	for ; n < len(set); n++ {
		data, err := os.ReadFile(filepath.Join(dir, set[n].name))
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return n, err
		}
		if reserved && len(data) == 0 {
			visible = visible[1:]
			break
		}
		if err := sameAs(set[n].name, data); err != nil {
			return n, err
		}
	}
	if len(visible) != n {
		return n, fmt.Errorf("files beside the first %d: %v", n, visible)
	}
	return n, nil
}

type poor struct {
	name string
	fs   testkit.PoorFS
}

var poors = []poor{
	{"all", testkit.PoorFS{}},
	{"no-replace", testkit.PoorFS{NoReplace: true}},
	{"FAT over FUSE", testkit.PoorFS{NoReplace: true, NoLink: true, NoModes: true, NoSyncFS: true}},
	{"nothing", testkit.PoorFS{NoReplace: true, NoLink: true, NoModes: true, NoSyncFS: true, NoLock: true}},
}

func (p poor) wrap(fsys atomicfile.FS) atomicfile.FS {
	w := p.fs
	w.FS = fsys
	return w
}

// sweep runs every failure over every kind of medium.
func sweep(t *testing.T, s testkit.Sweep, referee func(p poor) func(string, testkit.Outcome) error) {
	for _, p := range poors {
		for _, failure := range testkit.Failures() {
			t.Run(p.name+"/"+failure.Name, func(t *testing.T) {
				s := s
				s.Failure, s.Wrap, s.Referee = failure, p.wrap, referee(p)
				if fired := s.Test(t); fired == 0 {
					t.Error("the failpoint never fired")
				}
			})
		}
	}
}

func TestEveryFailureLeavesNewFolderWholeOrAbsent(t *testing.T) {
	sweep(t, testkit.Sweep{
		Run: func(fsys atomicfile.FS) error { return writeSet(fsys, "keys") },
	}, func(p poor) func(string, testkit.Outcome) error {
		return func(dir string, o testkit.Outcome) error {
			folder := filepath.Join(dir, "keys")
			if _, err := os.Stat(folder); err == nil {
				if n, err := prefix(folder, false); err != nil || n != len(set) {
					return fmt.Errorf("a folder with %d of the files: %v", n, err)
				}
				if o.Err != nil && !o.Killed {
					return namedOrGone(o.Err, folder)
				}
			} else if o.Err == nil {
				return errors.New("success, and no folder")
			}
			return tidy(dir, "keys", dir, p, o)
		}
	})
}

func TestEveryFailureInExistingFolderKeepsCommitMarkLast(t *testing.T) {
	sweep(t, testkit.Sweep{
		Prepare: func(dir string) error { return os.Mkdir(filepath.Join(dir, "keys"), 0o755) },
		Run:     func(fsys atomicfile.FS) error { return writeSet(fsys, "keys") },
	}, func(p poor) func(string, testkit.Outcome) error {
		return func(dir string, o testkit.Outcome) error {
			folder := filepath.Join(dir, "keys")
			n, err := prefix(folder, o.Killed && p.fs.NoLink)
			switch {
			case err != nil && (o.Err == nil || o.Killed):
				return err
			case o.Err == nil && n != len(set):
				return fmt.Errorf("success with %d files", n)
			case o.Err != nil && !o.Killed:
				if err := namedOrGone(o.Err, folder); err != nil {
					return err
				}
			}
			return tidy(dir, "keys", folder, p, o)
		}
	})
}

func TestEveryFailureLeavesSingleFileWholeOrAbsent(t *testing.T) {
	sweepSingle(t, func(fsys atomicfile.FS) error {
		_, err := atomicfile.WriteFile(context.Background(), fsys, set[0].name, set[0].data)
		return err
	})
}

func TestEveryFailureLeavesStreamedFileWholeOrAbsent(t *testing.T) {
	sweepSingle(t, func(fsys atomicfile.FS) error {
		_, err := atomicfile.WriteStream(context.Background(), fsys, set[0].name, func(w io.Writer) error {
			_, err := w.Write(set[0].data[:200])
			if err == nil {
				_, err = w.Write(set[0].data[200:])
			}
			return err
		})
		return err
	})
}

func sweepSingle(t *testing.T, run func(fsys atomicfile.FS) error) {
	t.Helper()
	sweep(t, testkit.Sweep{Run: run}, func(p poor) func(string, testkit.Outcome) error {
		return func(dir string, o testkit.Outcome) error {
			n, err := prefix(dir, o.Killed && p.fs.NoLink)
			switch {
			case err != nil && (o.Err == nil || o.Killed):
				return err
			case o.Err == nil && n != 1:
				return errors.New("success, and no file")
			case o.Err != nil && !o.Killed:
				if err := namedOrGone(o.Err, dir); err != nil {
					return err
				}
			}
			return tidy(dir, ".", dir, p, o)
		}
	})
}

// namedOrGone is the promise of a run that failed and lived: nothing is in
// folder but what its error names.
func namedOrGone(failed error, folder string) error {
	visible, hidden, err := look(folder)
	for _, name := range append(visible, hidden...) {
		_, left, _ := strings.Cut(failed.Error(), "left behind")
		if !strings.Contains(left, filepath.Join(folder, name)) {
			return fmt.Errorf("left %s unnamed", name)
		}
	}
	return err
}

// tidy checks the hidden side: a run that lived leaves no staging folder but
// what its error names; what a killed run left, the next run finds, removes
// and reports, unless the medium has no locks.
func tidy(dir, folder, parent string, p poor, o testkit.Outcome) error {
	_, hidden, err := look(parent)
	if err != nil {
		return err
	}
	if !o.Killed {
		for _, name := range hidden {
			if o.Err == nil || !strings.Contains(o.Err.Error(), name) {
				return fmt.Errorf("left %s unnamed", name)
			}
		}
		return kindAndHint(o.Err)
	}
	if folder == "keys" && parent == dir {
		if _, err := os.Stat(filepath.Join(dir, "keys")); err == nil {
			if len(hidden) > 0 {
				return fmt.Errorf("a whole folder, and %v", hidden)
			}
			return nil
		}
	}
	return nextRunCleans(dir, folder, parent, hidden, p)
}

func nextRunCleans(dir, folder, parent string, hidden []string, p poor) error {
	root, err := atomicfile.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	s, err := atomicfile.Begin(p.wrap(root), folder)
	if err != nil {
		return fmt.Errorf("the next run: %w", err)
	}
	if err := s.Add("other.json", []byte("{}")); err != nil {
		return err
	}
	report, err := s.Commit(context.Background(), nil)
	if err != nil {
		return err
	}
	if p.fs.NoLock {
		hidden = nil
	}
	if len(report.Removed) != len(hidden) {
		return fmt.Errorf("left %v, of which the next run removed %v", hidden, report.Removed)
	}
	if _, hidden, _ = look(parent); len(hidden) > 0 && !p.fs.NoLock {
		return fmt.Errorf("after the next run there is still %v", hidden)
	}
	return nil
}

// kindAndHint checks that a person is told what to do.
func kindAndHint(err error) error {
	if err == nil {
		return nil
	}
	if kind := fault.KindOf(err); kind != fault.Environment && kind != fault.Integrity && kind != fault.Refused {
		return fmt.Errorf("kind %d", kind)
	}
	if fault.HintOf(err) == "" {
		return errors.New("an error without a hint")
	}
	return nil
}
