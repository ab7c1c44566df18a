package atomicfile_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
)

func openRoot(t *testing.T) *atomicfile.Root {
	t.Helper()
	return openAt(t, t.TempDir())
}

func openAt(t *testing.T, dir string) *atomicfile.Root {
	t.Helper()
	root, err := atomicfile.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	return root
}

func at(root *atomicfile.Root, names ...string) string {
	return filepath.Join(append([]string{root.Name()}, names...)...)
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func mkdir(t *testing.T, path string) {
	t.Helper()
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
}

// wantFault checks the kind, that the text names what is wrong, and that there
// is a hint.
func wantFault(t *testing.T, err error, kind fault.Kind, text string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != kind || !strings.Contains(err.Error(), text) {
		t.Fatalf("got %v (%T), want a fault of kind %d that names %q", err, err, kind, text)
	}
	if fault.HintOf(err) == "" {
		t.Errorf("%v: no hint", err)
	}
}

func wantEmpty(t *testing.T, dir string, but ...string) {
	t.Helper()
	visible, hidden, err := look(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := append(visible, hidden...); !slices.Equal(got, but) && len(got)+len(but) > 0 {
		t.Errorf("%s holds %v, want %v", dir, got, but)
	}
}

func TestSetAppearsWithItsModesAndReport(t *testing.T) {
	for _, existing := range []bool{false, true} {
		root := openRoot(t)
		if existing {
			mkdir(t, at(root, "keys"))
			put(t, at(root, "keys", "older.json"), "older")
		}
		report, err := writeSetReport(root, "keys")
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range set {
			names = append(names, f.name)
			info, err := os.Stat(at(root, "keys", f.name))
			if err != nil || info.Mode().Perm() != 0o400 {
				t.Errorf("%s: %v, %v, want mode 0400", f.name, info, err)
			}
		}
		if info, _ := os.Stat(at(root, "keys")); !existing && info.Mode().Perm() != 0o700 {
			t.Errorf("folder has mode %v, want 0700", info.Mode())
		}
		if report.Folder != at(root, "keys") || !slices.Equal(report.Files, names) || !report.ModesKept ||
			report.Fallback != "" || len(report.Removed) != 0 {
			t.Errorf("report %+v", report)
		}
		wantEmpty(t, root.Name(), "keys")
	}
}

func TestNothingIsEverReplaced(t *testing.T) {
	for _, p := range poors {
		t.Run(p.name, func(t *testing.T) {
			root := openRoot(t)
			mkdir(t, at(root, "keys"))
			put(t, at(root, "keys", "keystore-2.json"), "precious")
			wantFault(t, writeSet(p.wrap(root), "keys"), fault.Refused, at(root, "keys", "keystore-2.json")+" exists already")
			wantEmpty(t, at(root, "keys"), "keystore-2.json")

			s, err := atomicfile.Begin(p.wrap(root), "keys")
			if err != nil {
				t.Fatal(err)
			}
			wantFault(t, s.Add("keystore-2.json", nil), fault.Refused, "exists already")

			_, err = atomicfile.WriteFile(t.Context(), p.wrap(root), "keys/keystore-2.json", []byte("new"))
			wantFault(t, err, fault.Refused, "exists already")
			if data, _ := os.ReadFile(at(root, "keys", "keystore-2.json")); string(data) != "precious" {
				t.Errorf("the file was changed to %q", data)
			}
		})
	}
}

// A file or folder that appears after the set was begun is not replaced
// either, and the set vanishes.
func TestNothingThatAppearsMeanwhileIsReplaced(t *testing.T) {
	for _, p := range poors {
		t.Run(p.name, func(t *testing.T) {
			root := openRoot(t)
			mkdir(t, at(root, "old"))
			for _, folder := range []string{"old", "new"} {
				s, err := atomicfile.Begin(p.wrap(root), folder)
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range set {
					if err := s.Add(f.name, f.data); err != nil {
						t.Fatal(err)
					}
				}
				_ = os.Mkdir(at(root, folder), 0o755)
				put(t, at(root, folder, "deposit_data.json"), "precious")
				_, err = s.Commit(t.Context(), nil)
				wantFault(t, err, fault.Refused, "exists already")
				wantEmpty(t, at(root, folder), "deposit_data.json")
				if data, _ := os.ReadFile(at(root, folder, "deposit_data.json")); string(data) != "precious" {
					t.Errorf("the file was changed to %q", data)
				}
			}
			wantEmpty(t, root.Name(), "new", "old")
		})
	}
}

func TestEmptyFolderThatAppearsMeanwhileIsNotReplaced(t *testing.T) {
	for _, p := range poors {
		root := openRoot(t)
		s, err := atomicfile.Begin(p.wrap(root), "keys")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Add("a.json", []byte("a")); err != nil {
			t.Fatal(err)
		}
		mkdir(t, at(root, "keys"))
		_, err = s.Commit(t.Context(), nil)
		wantFault(t, err, fault.Refused, "exists already")
		wantEmpty(t, at(root, "keys"))
	}
}

func TestOfTwoLiveSetsOneWins(t *testing.T) {
	for _, p := range poors {
		for _, existing := range []bool{false, true} {
			root := openRoot(t)
			if existing {
				mkdir(t, at(root, "keys"))
			}
			const runs = 4
			outcome := make([]error, runs)
			var wait sync.WaitGroup
			for i := range runs {
				wait.Go(func() { outcome[i] = writeSet(p.wrap(root), "keys") })
			}
			wait.Wait()
			won := 0
			for _, err := range outcome {
				if err == nil {
					won++
					continue
				}
				wantFault(t, err, fault.Refused, "exists already")
			}
			if won != 1 {
				t.Errorf("%s, existing %t: %d runs won: %v", p.name, existing, won, outcome)
			}
			if n, err := prefix(at(root, "keys"), false); err != nil || n != len(set) {
				t.Errorf("%s, existing %t: %d files of the winner: %v", p.name, existing, n, err)
			}
			wantEmpty(t, root.Name(), "keys")
		}
	}
}

func TestLiveRunIsLeftAlone(t *testing.T) {
	root := openRoot(t)
	live, err := atomicfile.Begin(root, "keys")
	if err != nil {
		t.Fatal(err)
	}
	if err := live.Add("a.json", []byte("a")); err != nil {
		t.Fatal(err)
	}
	other, err := atomicfile.Begin(root, "keys")
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Abort(); err != nil {
		t.Fatal(err)
	}
	if report, err := live.Commit(t.Context(), nil); err != nil || len(report.Removed) != 0 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestDeadRunIsFoundAndItsFolderRemoved(t *testing.T) {
	root := openRoot(t)
	dead := ".ethkey-keys-0badcafe.partial"
	mkdir(t, at(root, dead))
	put(t, at(root, dead, "a.json"), "a")
	for _, other := range []string{".ethkey-keys2-0badcafe.partial", ".ethkey-keys-0badcaf.partial", ".ethkey-keys-0badcafe.partial2"} {
		mkdir(t, at(root, other))
	}
	report, err := writeSetReport(root, "keys")
	if err != nil || !slices.Equal(report.Removed, []string{at(root, dead)}) {
		t.Errorf("removed %v, %v", report.Removed, err)
	}
	if _, err := os.Stat(at(root, dead)); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the dead run's folder is still there")
	}
	if _, hidden, _ := look(root.Name()); len(hidden) != 3 {
		t.Errorf("what is not ours to remove was removed: %v", hidden)
	}
}

func TestFolderOfAnotherMakingIsNotRemoved(t *testing.T) {
	root := openRoot(t)
	mkdir(t, at(root, ".ethkey-keys-0badcafe.partial"))
	mkdir(t, at(root, ".ethkey-keys-0badcafe.partial", "holiday"))
	put(t, at(root, ".ethkey-keys-0badcafe.partial", "a.json"), "a")
	report, err := writeSetReport(root, "keys")
	if err != nil || len(report.Removed) != 0 {
		t.Errorf("removed %v, %v", report.Removed, err)
	}
	if _, err := os.Stat(at(root, ".ethkey-keys-0badcafe.partial", "a.json")); err != nil {
		t.Error(err)
	}
}

func TestCancelLeavesNothing(t *testing.T) {
	for _, existing := range []bool{false, true} {
		for cancelAt := range set {
			root := openRoot(t)
			if existing {
				mkdir(t, at(root, "keys"))
			}
			ctx, cancel := context.WithCancel(t.Context())
			s, err := atomicfile.Begin(root, "keys")
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range set {
				if err := s.Add(f.name, f.data); err != nil {
					t.Fatal(err)
				}
			}
			_, err = s.Commit(ctx, func(name string, _ []byte) error {
				if ctx.Err() != nil {
					t.Errorf("%s was verified after the end", name)
				}
				if name == set[cancelAt].name {
					cancel()
				}
				return nil
			})
			if fault.KindOf(err) != fault.Interrupted || !errors.Is(err, context.Canceled) {
				t.Fatalf("got %v, want an interruption", err)
			}
			if existing {
				wantEmpty(t, at(root, "keys"))
			} else {
				wantEmpty(t, root.Name())
			}
		}
	}
}

func TestVerdictOfCallerEndsSet(t *testing.T) {
	root := openRoot(t)
	verdict := fault.New(fault.Integrity, "signature is wrong")
	s, err := atomicfile.Begin(root, "keys")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Add("a.json", []byte("a")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Commit(t.Context(), func(string, []byte) error { return verdict }); !errors.Is(err, verdict) {
		t.Errorf("got %v", err)
	}
	wantEmpty(t, root.Name())
	if err := s.Add("b.json", nil); err == nil {
		t.Error("an ended set takes another file")
	}
	if _, err := s.Commit(t.Context(), nil); err == nil {
		t.Error("an ended set commits")
	}
}

func TestLyingMediumIsFound(t *testing.T) {
	for _, stored := range []string{"abcdeg", "abcde", "abcdefg", ""} {
		root := openRoot(t)
		s, err := atomicfile.Begin(root, "keys")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Add("a.json", []byte("abcdef")); err != nil {
			t.Fatal(err)
		}
		_, hidden, _ := look(root.Name())
		file := at(root, hidden[0], "a.json")
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		put(t, file, stored)
		if _, err := s.ReadBack("a.json"); err == nil {
			t.Error("ReadBack takes the wrong bytes")
		}
		_, err = s.Commit(t.Context(), nil)
		wantFault(t, err, fault.Integrity, at(root, "keys", "a.json"))
		wantEmpty(t, root.Name())
	}
}

func TestReadBackInParallelThenCommit(t *testing.T) {
	root := openRoot(t)
	s, err := atomicfile.Begin(root, "keys")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range set {
		if err := s.Add(f.name, f.data); err != nil {
			t.Fatal(err)
		}
	}
	var wait sync.WaitGroup
	for _, f := range set {
		wait.Go(func() {
			if data, err := s.ReadBack(f.name); err != nil || !bytes.Equal(data, f.data) {
				t.Errorf("%s: %v", f.name, err)
			}
		})
	}
	wait.Wait()
	if _, err := s.Commit(t.Context(), nil); err != nil {
		t.Error(err)
	}
	if err := s.Abort(); err != nil {
		t.Errorf("Abort after Commit: %v", err)
	}
	if n, err := prefix(at(root, "keys"), false); err != nil || n != len(set) {
		t.Errorf("%d files after Abort: %v", n, err)
	}
}

func TestNamesAreRefused(t *testing.T) {
	root := openRoot(t)
	s, err := atomicfile.Begin(root, "keys")
	if err != nil {
		t.Fatal(err)
	}
	_ = s.Abort()
	for _, name := range []string{"", ".", "..", "a/b", "../a", `a\b`, "a\x00", "a\n", "-rf", ".ethkey-x"} {
		s, err := atomicfile.Begin(root, "keys")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Add(name, []byte("x")); fault.KindOf(err) != fault.Refused || fault.HintOf(err) == "" {
			t.Errorf("Add(%q): %v", name, err)
		}
		wantEmpty(t, root.Name())
	}
	for _, folder := range []string{"", "..", "../x", "/etc", "a/../b"} {
		if _, err := atomicfile.Begin(root, folder); fault.KindOf(err) != fault.Refused {
			t.Errorf("Begin(%q): %v", folder, err)
		}
	}
	s, err = atomicfile.Begin(root, "keys")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Commit(t.Context(), nil); fault.KindOf(err) != fault.Refused {
		t.Errorf("an empty set: %v", err)
	}
}

func TestTargetsAreRefused(t *testing.T) {
	root := openRoot(t)
	mkdir(t, at(root, "real"))
	if err := os.Symlink("real", at(root, "link")); err != nil {
		t.Fatal(err)
	}
	put(t, at(root, "file"), "")
	for _, c := range []struct {
		folder, text string
		kind         fault.Kind
	}{
		{"link", "is a symbolic link", fault.Refused},
		{"file", "is not a folder", fault.Refused},
		{"none/keys", at(root, "none") + " does not exist", fault.Environment},
	} {
		_, err := atomicfile.Begin(root, c.folder)
		wantFault(t, err, c.kind, c.text)
		wantFault(t, atomicfile.Writable(root, c.folder, 0), c.kind, c.text)
	}
	wantEmpty(t, at(root, "real"))
	_, err := atomicfile.OpenRoot(at(root, "none"))
	wantFault(t, err, fault.Environment, "does not exist")
	_, err = atomicfile.OpenRoot(at(root, "file"))
	wantFault(t, err, fault.Refused, "is not a folder")
	_, err = atomicfile.WriteFile(t.Context(), root, "none/m.txt", []byte("x"))
	wantFault(t, err, fault.Environment, "does not exist")
}

func TestFallbacksAreReported(t *testing.T) {
	for _, c := range []struct {
		fs       testkit.PoorFS
		existing bool
		text     string
	}{
		{testkit.PoorFS{NoReplace: true}, false, "renamed plainly"},
		{testkit.PoorFS{NoReplace: true}, true, "linked"},
		{testkit.PoorFS{NoReplace: true, NoLink: true}, true, "reserved"},
		{testkit.PoorFS{NoLock: true}, false, "locks"},
	} {
		root := openRoot(t)
		if c.existing {
			mkdir(t, at(root, "keys"))
		}
		c.fs.FS = root
		report, err := writeSetReport(c.fs, "keys")
		if err != nil || !strings.Contains(report.Fallback, c.text) {
			t.Errorf("%q, %v, want %q", report.Fallback, err, c.text)
		}
	}
	root := openRoot(t)
	report, err := writeSetReport(testkit.PoorFS{FS: root, NoModes: true}, "keys")
	if err != nil || report.ModesKept {
		t.Errorf("a medium without modes is not reported: %v", err)
	}
}

// losesFolders renames a folder without what it holds, as fusefat 0.1a does.
type losesFolders struct{ testkit.PoorFS }

func (l losesFolders) Rename(from, to string) error {
	if err := l.PoorFS.Rename(from, to); err != nil {
		return err
	}
	for _, f := range set {
		if err := l.Remove(to + "/" + f.name); err != nil {
			return err
		}
	}
	return nil
}

func TestDriverThatLosesFilesIsFound(t *testing.T) {
	root := openRoot(t)
	err := writeSet(losesFolders{testkit.PoorFS{FS: root, NoReplace: true}}, "keys")
	wantFault(t, err, fault.Integrity, at(root, "keys", "keystore-0.json"))
	wantEmpty(t, root.Name())
}
