package atomicfile_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
)

// From a disk without room for one page to one with room for all.
func TestFullDisk(t *testing.T) {
	testkit.OnMedia(t, func(t *testing.T) {
		full, room := 0, 0
		for kib := 4; kib <= 64; kib += 4 {
			for _, existing := range []bool{false, true} {
				dir := testkit.Tmpfs(t, fmt.Sprintf("%dk", kib))
				root := openAt(t, dir)
				if existing {
					mkdir(t, at(root, "keys"))
				}
				err := writeSet(root, "keys")
				if err == nil {
					room++
					continue
				}
				full++
				wantFault(t, err, fault.Environment, "the disk is full: "+at(root, "keys"))
				if existing {
					wantEmpty(t, at(root, "keys"))
				} else {
					wantEmpty(t, dir)
				}
			}
		}
		if full == 0 || room == 0 {
			t.Errorf("%d disks were full, %d had room", full, room)
		}
	})
}

func TestReadOnlyMedium(t *testing.T) {
	testkit.OnMedia(t, func(t *testing.T) {
		dir := testkit.ReadOnly(t, func(dir string) { mkdir(t, filepath.Join(dir, "keys")) })
		root := openAt(t, dir)
		for _, folder := range []string{"keys", "new"} {
			wantFault(t, writeSet(root, folder), fault.Environment, "read-only: "+at(root, folder))
			wantFault(t, atomicfile.Writable(root, folder, 1), fault.Environment, "read-only: ")
		}
		_, err := atomicfile.WriteFile(t.Context(), root, "m.txt", []byte("x"))
		wantFault(t, err, fault.Environment, "read-only: ")
	})
}

func TestFATStick(t *testing.T) {
	testkit.OnMedia(t, func(t *testing.T) {
		dir := testkit.FAT(t)
		root := openAt(t, dir)
		mkdir(t, at(root, "old"))
		for _, folder := range []string{"new", "old"} {
			report, err := writeSetReport(root, folder)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%+v", report)
			if report.ModesKept {
				t.Error("the report says that modes were kept")
			}
			if n, err := prefix(at(root, folder), false); err != nil || n != len(set) {
				t.Errorf("%s: %d files: %v", folder, n, err)
			}
			wantFault(t, writeSet(root, folder), fault.Refused, "exists already")
		}
		if _, err := atomicfile.WriteFile(t.Context(), root, "m.txt", []byte("words")); err != nil {
			t.Error(err)
		}
		wantEmpty(t, dir, "m.txt", "new", "old")
	})
}

func TestFATStickFailures(t *testing.T) {
	testkit.OnMedia(t, func(t *testing.T) {
		base := testkit.FAT(t)
		for _, failure := range []testkit.Failure{{Name: "EIO", Err: syscall.EIO}, {Name: "killed", Kill: true}} {
			testkit.Sweep{
				Failure: failure,
				Base:    base,
				Run:     func(fsys atomicfile.FS) error { return writeSet(fsys, "keys") },
				Referee: func(dir string, o testkit.Outcome) error {
					visible, hidden, err := look(dir)
					switch {
					case err != nil:
						return err
					case len(visible) == 0 && o.Err == nil:
						return errors.New("success, and nothing")
					case len(visible) > 0:
						if n, err := prefix(filepath.Join(dir, "keys"), false); err != nil || n != len(set) {
							return fmt.Errorf("%d files: %v", n, err)
						}
					}
					if !o.Killed && len(hidden) > 0 && !strings.Contains(fmt.Sprint(o.Err), hidden[0]) {
						return fmt.Errorf("left %v unnamed", hidden)
					}
					return nil
				},
			}.Test(t)
		}
	})
}

// The medium is pulled out between the first file and the last.
func TestStickPulledOut(t *testing.T) {
	testkit.OnMedia(t, func(t *testing.T) {
		dir := testkit.FAT(t)
		root := openAt(t, dir)
		s, err := atomicfile.Begin(root, "keys")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Add(set[0].name, set[0].data); err != nil {
			t.Fatal(err)
		}
		testkit.PullOut(t, dir)
		if err = s.Add(set[1].name, set[1].data); err == nil {
			_, err = s.Commit(t.Context(), nil)
		}
		if fault.KindOf(err) != fault.Environment || fault.HintOf(err) == "" {
			t.Errorf("got %v", err)
		}
		t.Log(err)
		_ = os.Remove(filepath.Join(dir, "keys"))
	})
}
