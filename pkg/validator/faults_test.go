package validator_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/validator"
)

// Whatever operation of the file system fails, and however, a run leaves
// nothing or everything; a kill in an existing folder may leave keystores, but
// never deposit data without all of its keystores.
func TestEveryFailingOperation(t *testing.T) {
	for _, failure := range testkit.Failures() {
		for _, existing := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/existing=%t", failure.Name, existing), func(t *testing.T) {
				points := sweep(t, failure, existing).Test(t)
				if points == 0 {
					t.Error("nothing ever failed: the sweep proves nothing")
				}
			})
		}
	}
}

func sweep(t *testing.T, failure testkit.Failure, existing bool) testkit.Sweep {
	return testkit.Sweep{
		Failure: failure,
		Prepare: func(dir string) error {
			if !existing {
				return nil
			}
			return os.Mkdir(filepath.Join(dir, validator.KeysFolder), 0o700)
		},
		Run: func(fs atomicfile.FS) error {
			m := machine()
			m.Open = func(string) (atomicfile.FS, error) { return fs, nil }
			r := request(t, fs.Name())
			r.Count = 2
			_, _, err := create(m, r)
			return err
		},
		Referee: func(dir string, o testkit.Outcome) error { return judge(t, dir, o, existing) },
	}
}

// judge is the referee. It knows the two allowed endings and the third that a
// kill may have.
func judge(t *testing.T, dir string, o testkit.Outcome, existing bool) error {
	var visible, hidden []string
	for _, name := range listing(t, dir) {
		if strings.HasPrefix(name, ".") {
			hidden = append(hidden, name)
		} else {
			visible = append(visible, name)
		}
	}
	whole := []string{validator.DepositDataName(unix), validator.KeystoreName(derive.SigningPath(0), unix), validator.KeystoreName(derive.SigningPath(1), unix)}
	mark := slices.Contains(visible, validator.DepositDataName(unix))
	switch {
	case o.Err == nil && !slices.Equal(visible, whole):
		return fmt.Errorf("reported success with %v", visible)
	case mark && len(visible) != len(whole):
		return fmt.Errorf("deposit data without its keystores: %v", visible)
	case o.Killed && (existing || len(visible) == 0 || len(visible) == len(whole)):
		return nil
	case o.Killed:
		return fmt.Errorf("half a folder is visible: %v", visible)
	case o.Err == nil && len(hidden) != 0:
		return fmt.Errorf("reported success and left %v", hidden)
	case o.Err == nil:
		return nil
	}
	// A medium that fails for good cannot be cleaned: then what is left is named.
	for _, name := range append(visible, hidden...) {
		if !strings.Contains(o.Err.Error()+fault.HintOf(o.Err), name) {
			return fmt.Errorf("left %s unnamed", name)
		}
	}
	return nil
}

// Bytes that the medium changes are found before anything is in place.
func TestLyingMediumIsFound(t *testing.T) {
	dir := t.TempDir()
	root, err := atomicfile.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for at := 1; ; at++ {
		fs := &testkit.FailFS{FS: root, At: at, Failure: testkit.Failure{Name: "lie", Lie: true}}
		m := machine()
		m.Open = func(string) (atomicfile.FS, error) { return fs, nil }
		_, _, err := create(m, request(t, dir))
		if at > fs.Count() {
			break
		}
		if !fs.Fired() {
			if err != nil {
				t.Fatal(err)
			}
			if err := os.RemoveAll(filepath.Join(dir, validator.KeysFolder)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if fault.KindOf(err) != fault.Integrity {
			t.Fatalf("operation %d: %v", at, err)
		}
		found++
	}
	if found != 4 {
		t.Errorf("%d lies found, want one for each of the four files", found)
	}
}

// On a medium without modes, links or safe renames, as a FAT stick is, the
// files are written all the same, and the report says what is missing.
func TestPoorMediumIsSaid(t *testing.T) {
	dir := t.TempDir()
	root, err := atomicfile.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	m := machine()
	m.Open = func(string) (atomicfile.FS, error) {
		return &testkit.PoorFS{FS: root, NoReplace: true, NoLink: true, NoLock: true, NoModes: true, NoSyncFS: true}, nil
	}
	result, _, err := create(m, request(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	if notes := strings.Join(result.Notes, "\n"); !strings.Contains(notes, "keeps no file modes") || len(result.Notes) < 2 {
		t.Errorf("notes: %q", result.Notes)
	}
	if got := listing(t, dir); len(got) != 4 {
		t.Errorf("files: %v", got)
	}
}

// almostFull has room for one key.
type almostFull struct{ atomicfile.FS }

func (almostFull) Room(string) (uint64, error) { return 12 << 10, nil }

// A disk that is too small is said before anything is made.
func TestSmallDiskIsSaidBeforehand(t *testing.T) {
	dir := t.TempDir()
	m := machine()
	m.Open = func(folder string) (atomicfile.FS, error) {
		root, err := atomicfile.OpenRoot(folder)
		return almostFull{root}, err
	}
	r := request(t, dir)
	if _, _, err := validator.PlanCreate(m, r); fault.KindOf(err) != fault.Environment || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("three keys: %v", err)
	}
	r.Count = 1
	if _, _, err := create(m, r); err != nil {
		t.Errorf("one key: %v", err)
	}
}

// What a run that was killed left is removed by the next, which says so.
func TestRemovedLeftoversAreSaid(t *testing.T) {
	dir := t.TempDir()
	left := filepath.Join(dir, ".ethkey-"+validator.KeysFolder+"-0badcafe.partial")
	if err := os.Mkdir(left, 0o700); err != nil {
		t.Fatal(err)
	}
	result, _, err := create(machine(), request(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	if notes := strings.Join(result.Notes, "\n"); !strings.Contains(notes, left) {
		t.Errorf("notes: %q", notes)
	}
}

// A phrase is written as it is printed, for its owner alone, and never over
// anything.
func TestWritePhrase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "phrase")
	phrase := request(t, "").Mnemonic
	if err := validator.WritePhrase(t.Context(), machine(), phrase, path); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil || string(data) != abandon {
		t.Errorf("got %q, %v", data, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o400 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := validator.WritePhrase(t.Context(), machine(), phrase, path); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("a second time: %v", err)
	}
}
