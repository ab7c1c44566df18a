package backup

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/chain"
	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/secret"
)

// childEnv turns the test binary into a process that splits into a folder.
const childEnv = "ETHKEY_BACKUP_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		if err := splitOnce(dir); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("done")
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// splitOnce splits a password without reading back, which is quick.
func splitOnce(dir string) error {
	fsys, err := atomicfile.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer fsys.Close()
	return splitInto(new(testing.T), fsys, dir, rand.Uint64())
}

func splitInto(t testing.TB, fsys atomicfile.FS, dir string, seed uint64) error {
	password, err := secret.From([]byte(testPassword))
	if err != nil {
		return err
	}
	defer password.Close()
	s, err := PasswordSecret(password)
	if err != nil {
		return err
	}
	defer s.Close()
	r := &room{t: t, now: noon, sheets: dir, records: dir, paper: map[string]string{}, secrets: map[QuestionID][]string{}, accepts: true}
	r.m.Open = func(string) (atomicfile.FS, error) { return fsys, nil }
	r.m.Rand = rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8), byte(seed >> 16)})
	r.m.Now = noonClock
	r.m.InMemory = func(string) (bool, error) { return true, nil }
	req := r.quick(s)
	plan, _, err := PlanSplit(r.m, req)
	if err != nil {
		return err
	}
	_, err = plan.Run(context.Background(), r, nil)
	return err
}

// judgeFolder says whether a folder holds one whole set and no sheet, or
// nothing. After a kill sheets may lie about, and a half of nothing else.
func judgeFolder(dir string, finished, killed bool) error {
	var records, sheets, others []string
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		switch name := e.Name(); {
		case recordFileName.MatchString(name):
			records = append(records, name)
		case sheetFileName.MatchString(name):
			sheets = append(sheets, name)
		case strings.HasPrefix(name, ".ethkey-"):
			if !killed {
				others = append(others, name)
			}
		default:
			others = append(others, name)
		}
	}
	switch {
	case len(records) == 1 && len(sheets) == 0 && len(others) == 3:
		return wholeSet(filepath.Join(dir, records[0]))
	case finished:
		return fmt.Errorf("it was done, and there are %v %v %v", records, sheets, others)
	case len(records) > 0:
		return fmt.Errorf("it failed, and there is a record: %v %v %v", records, sheets, others)
	case killed: // the commit mark is not there: what was placed before it counts for nothing
		return nil
	case len(sheets)+len(others) > 0:
		return fmt.Errorf("it failed, and left %v %v", sheets, others)
	}
	return nil
}

// wholeSet reads a record and its history with package os alone.
func wholeSet(path string) error {
	file, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	record, err := ParseRecord(file)
	if err != nil {
		return err
	}
	history, err := os.ReadFile(filepath.Join(filepath.Dir(path), record.HistoryName()))
	if err != nil {
		return err
	}
	c, err := chain.Parse(history, chain.Hash(HashRecord(file)))
	if err == nil && c.Len() != 1 {
		err = fmt.Errorf("a new history of %d entries", c.Len())
	}
	return err
}

// TestKillWhileSplitting: a record is there with all that belongs to it, or not
// at all.
func TestKillWhileSplitting(t *testing.T) {
	testkit.KillLoop{
		Command: func(dir string) *exec.Cmd {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), childEnv+"="+dir)
			return cmd
		},
		Referee: func(dir string, out []byte, finished bool) error {
			if finished && !strings.Contains(string(out), "done") {
				return fmt.Errorf("the run failed: %s", out)
			}
			return judgeFolder(dir, finished, !finished)
		},
	}.Run(t)
}

// TestFaultsWhileSplitting: whatever fails, there is a whole set and no sheet,
// or nothing, or the error names what could not be removed.
func TestFaultsWhileSplitting(t *testing.T) {
	for _, failure := range testkit.Failures() {
		t.Run(failure.Name, func(t *testing.T) {
			fired := testkit.Sweep{
				Failure: failure,
				Run:     func(fsys atomicfile.FS) error { return splitInto(t, fsys, fsys.Name(), 7) },
				Referee: func(dir string, outcome testkit.Outcome) error {
					err := judgeFolder(dir, outcome.Err == nil, outcome.Killed)
					if err != nil && outcome.Err != nil && strings.Contains(outcome.Err.Error(), "could not be removed") {
						return nil
					}
					if err != nil {
						return errors.Join(err, outcome.Err)
					}
					return nil
				},
			}.Test(t)
			if fired == 0 {
				t.Error("nothing failed")
			}
		})
	}
}
