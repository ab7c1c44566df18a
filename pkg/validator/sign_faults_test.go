package validator_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/validator"
)

// signing is an operation whose writing is tried out, and the files it makes.
type signing struct {
	name   string
	folder string
	files  []string
	run    func(m validator.Machine, dir string) (any, any, *validator.SignResult, error) // summary, warnings
}

func signings(t *testing.T) []signing {
	exits, keystores := exitRequest(t, ""), keystoreChangeRequest(t, "")
	changes, topUps := changeRequest(t, ""), topUpRequest(t, "")
	return []signing{
		{"exit", validator.ExitFolder, []string{validator.ExitName(10, unix), validator.ExitName(11, unix)},
			func(m validator.Machine, dir string) (any, any, *validator.SignResult, error) {
				r := exits
				r.Folder = dir
				plan, warnings, err := validator.PlanExit(m, r)
				if err != nil {
					return nil, nil, nil, err
				}
				result, err := plan.Run(t.Context(), nil)
				return plan.Summary, warnings, result, err
			}},
		{"change", validator.ChangeFolder, []string{validator.ChangeName(unix)},
			func(m validator.Machine, dir string) (any, any, *validator.SignResult, error) {
				r := changes
				r.Folder = dir
				plan, warnings, err := validator.PlanChange(t.Context(), m, r, nil)
				if err != nil {
					return nil, nil, nil, err
				}
				defer plan.Close()
				result, err := plan.Run(t.Context(), nil)
				return plan.Summary, warnings, result, err
			}},
		{"keystore_change", validator.KeystoreChangeFolder, []string{validator.KeystoreChangeName(10, unix), validator.KeystoreChangeName(11, unix)},
			func(m validator.Machine, dir string) (any, any, *validator.SignResult, error) {
				r := keystores
				r.Folder = dir
				plan, warnings, err := validator.PlanKeystoreChange(m, r)
				if err != nil {
					return nil, nil, nil, err
				}
				result, err := plan.Run(t.Context(), nil)
				return plan.Summary, warnings, result, err
			}},
		{"top_up", validator.TopUpFolder, []string{validator.DepositDataName(unix)},
			func(m validator.Machine, dir string) (any, any, *validator.SignResult, error) {
				r := topUps
				r.Folder = dir
				plan, warnings, err := validator.PlanTopUp(m, r)
				if err != nil {
					return nil, nil, nil, err
				}
				result, err := plan.Run(t.Context(), nil)
				return plan.Summary, warnings, result, err
			}},
	}
}

// Whatever operation of the file system fails, and however, signing leaves
// nothing or everything. Only a kill in a folder that was there may leave some
// of several files, each of them whole.
func TestEveryFailingOperationOfSigning(t *testing.T) {
	for _, s := range signings(t) {
		for _, failure := range testkit.Failures() {
			for _, existing := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/existing=%t", s.name, failure.Name, existing), func(t *testing.T) {
					sweep := testkit.Sweep{Failure: failure, Referee: func(dir string, o testkit.Outcome) error { return s.judge(dir, o, existing) }}
					if existing {
						sweep.Prepare = func(dir string) error { return os.Mkdir(filepath.Join(dir, s.folder), 0o700) }
					}
					sweep.Run = func(fs atomicfile.FS) error {
						m := machine()
						m.Open = func(string) (atomicfile.FS, error) { return fs, nil }
						_, _, _, err := s.run(m, fs.Name())
						return err
					}
					if sweep.Test(t) == 0 {
						t.Error("nothing ever failed: the sweep proves nothing")
					}
				})
			}
		}
	}
}

func (s signing) judge(dir string, o testkit.Outcome, existing bool) error {
	entries, err := os.ReadDir(filepath.Join(dir, s.folder))
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	there := map[string]bool{}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
		if there[e.Name()] = true; strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if info, err := e.Info(); err != nil || info.Size() == 0 {
			return fmt.Errorf("%s is empty: %v", e.Name(), err)
		}
	}
	beside, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range beside {
		if e.Name() != s.folder {
			names = append(names, e.Name())
		}
	}
	placed := 0
	for _, name := range s.files {
		if there[name] {
			placed++
		}
	}
	switch {
	case o.Err == nil && !o.Killed && (placed != len(s.files) || len(names) != placed):
		return fmt.Errorf("reported success with %v", names)
	case o.Killed && !existing && placed != 0 && placed != len(s.files):
		return fmt.Errorf("half a folder is visible: %v", names)
	case o.Killed || o.Err == nil:
		return nil
	}
	for _, name := range names {
		if !strings.Contains(o.Err.Error()+fault.HintOf(o.Err), name) {
			return fmt.Errorf("left %s unnamed", name)
		}
	}
	return nil
}

// A medium that changes bytes is found out before anything is in place.
func TestLyingMediumIsFoundInSigning(t *testing.T) {
	for _, s := range signings(t) {
		lies := 0
		for at := 1; ; at++ {
			dir := t.TempDir()
			root, err := atomicfile.OpenRoot(dir)
			if err != nil {
				t.Fatal(err)
			}
			fs := &testkit.FailFS{FS: root, At: at, Failure: testkit.Failure{Name: "lie", Lie: true}}
			m := machine()
			m.Open = func(string) (atomicfile.FS, error) { return fs, nil }
			_, _, _, err = s.run(m, dir)
			if fs.Fired() {
				lies++
				if left, _ := os.ReadDir(dir); fault.KindOf(err) != fault.Integrity || len(left) != 0 {
					t.Errorf("%s, operation %d: %v, left %v", s.name, at, err, left)
				}
			}
			if at > fs.Count() {
				break
			}
		}
		if lies != len(s.files) {
			t.Errorf("%s: %d lies found, want one for each of %d files", s.name, lies, len(s.files))
		}
	}
}

// What --json prints of an operation, and what a ceremony will record, keeps
// its shape.
func TestGoldenSigning(t *testing.T) {
	for _, s := range signings(t) {
		dir := t.TempDir()
		m := machine()
		m.WallsMissing = []string{"seccomp"}
		summary, warnings, result, err := s.run(m, dir)
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.MarshalIndent(map[string]any{"summary": summary, "warnings": warnings, "result": result}, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, s.name+".json", strings.ReplaceAll(string(got), dir, "FOLDER"))
	}
}

// golden compares text with a file of testdata.
func golden(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(text+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text+"\n" != string(want) {
		t.Errorf("%s differs\n got %s\nwant %s", name, text, want)
	}
}
