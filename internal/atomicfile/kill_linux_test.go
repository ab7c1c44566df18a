package atomicfile_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/testkit"
)

// childEnv turns the test binary into a process that writes a set: mode,
// number of files, folder.
const childEnv = "ETHKEY_ATOMICFILE_CHILD"

func TestMain(m *testing.M) {
	if order := os.Getenv(childEnv); order != "" {
		if err := child(order); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("done")
		os.Exit(0)
	}
	os.Exit(m.Run())
}

const (
	modeNew      = "new"
	modeExisting = "existing"
	modeFile     = "file"
)

func child(order string) error {
	mode, rest, _ := strings.Cut(order, " ")
	count, dir, _ := strings.Cut(rest, " ")
	n, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	return writeNumbered(mode, dir, n)
}

func writeNumbered(mode, dir string, n int) error {
	root, err := atomicfile.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	if mode == modeFile {
		_, err := atomicfile.WriteFile(context.Background(), root, numberedName(0), numberedData(0))
		return err
	}
	s, err := atomicfile.Begin(root, "keys")
	if err != nil {
		return err
	}
	for i := range n {
		if err := s.Add(numberedName(i), numberedData(i)); err != nil {
			return err
		}
	}
	_, err = s.Commit(context.Background(), nil)
	return err
}

func numberedName(i int) string { return fmt.Sprintf("k-%04d.json", i) }

func numberedData(i int) []byte { return bytes.Repeat([]byte(strconv.Itoa(i)+" "), 500) }

func childCommand(mode, dir string, n int) *exec.Cmd {
	if mode == modeExisting {
		_ = os.Mkdir(filepath.Join(dir, "keys"), 0o700)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %d %s", childEnv, mode, n, dir))
	return cmd
}

// countWhole lists dir by package os: the files must be the first ones, whole.
func countWhole(dir string) (whole, hidden int, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, 0, nil
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".ethkey-") {
			hidden++
			continue
		}
		if e.Name() == "keys" && e.IsDir() {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return whole, hidden, err
		}
		if e.Name() != numberedName(whole) || !bytes.Equal(data, numberedData(whole)) {
			return whole, hidden, fmt.Errorf("%s is the %d-th file, or not whole", e.Name(), whole)
		}
		whole++
	}
	return whole, hidden, err
}

// refereeNumbered judges what a run of n files left.
func refereeNumbered(mode, dir string, n int, finished, killed bool) error {
	target, parent := filepath.Join(dir, "keys"), dir
	if mode == modeExisting {
		parent = target
	}
	if mode == modeFile {
		target, n = dir, 1
	}
	whole, _, err := countWhole(target)
	if err != nil {
		return err
	}
	_, hidden, err := countWhole(parent)
	switch {
	case err != nil:
		return err
	case finished && (whole != n || hidden != 0):
		return fmt.Errorf("finished, and %d files of %d, %d staging folders", whole, n, hidden)
	case !finished && !killed && (whole != 0 || hidden != 0):
		return fmt.Errorf("failed, and %d files, %d staging folders are left", whole, hidden)
	case mode != modeExisting && whole != 0 && whole != n:
		return fmt.Errorf("%d files of %d", whole, n)
	}
	return nextNumberedRun(mode, dir, parent, whole, n)
}

// nextNumberedRun runs once more: it finishes where nothing was put in place,
// and clears what the dead run left hidden in either case.
func nextNumberedRun(mode, dir, parent string, whole, n int) error {
	err := writeNumbered(mode, dir, n)
	if (err == nil) != (whole == 0) {
		return fmt.Errorf("%d files were left, and the next run says: %v", whole, err)
	}
	if _, hidden, err := countWhole(parent); err != nil || hidden != 0 {
		return fmt.Errorf("after the next run, %d staging folders: %v", hidden, err)
	}
	return nil
}

func TestKilledAtAnyMoment(t *testing.T) {
	for mode, n := range map[string]int{modeNew: 150, modeExisting: 150, modeFile: 1} {
		t.Run(mode, func(t *testing.T) {
			testkit.KillLoop{
				Command: func(dir string) *exec.Cmd { return childCommand(mode, dir, n) },
				Referee: func(dir string, out []byte, finished bool) error {
					if finished && !bytes.Contains(out, []byte("done")) {
						return errors.New("finished without saying so")
					}
					return refereeNumbered(mode, dir, n, finished, !finished)
				},
			}.Run(t)
		})
	}
}

func TestSystemCallsFailOrKill(t *testing.T) {
	const n = 3
	for _, inject := range []struct {
		how   string
		calls []string
	}{
		{"signal=SIGKILL", []string{"renameat2", "unlinkat", "fsync", "syncfs", "mkdirat", "flock", "openat", "write"}},
		{"error=ENOSPC", []string{"write", "mkdirat", "syncfs", "renameat2"}},
		{"error=EIO", []string{"fsync", "syncfs", "read"}},
	} {
		for _, mode := range []string{modeNew, modeExisting, modeFile} {
			t.Run(inject.how+"/"+mode, func(t *testing.T) {
				t.Parallel()
				hits := testkit.InjectWalk{
					Command:  func(dir string) *exec.Cmd { return childCommand(mode, dir, n) },
					Syscalls: inject.calls,
					Inject:   inject.how,
					Most:     12,
					Referee: func(dir string, _ []byte, o testkit.InjectOutcome) error {
						return refereeNumbered(mode, dir, n, !o.Killed && o.Exit == 0, o.Killed)
					},
				}.Run(t)
				// A new folder needs no unlinkat.
				if hits < len(inject.calls)-1 {
					t.Errorf("only %d runs were tampered with", hits)
				}
			})
		}
	}
}
