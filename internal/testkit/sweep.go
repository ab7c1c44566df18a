package testkit

import (
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/ethkey/ethkey/internal/atomicfile"
)

// Failures are the ways in which a Sweep lets each operation go wrong.
func Failures() []Failure {
	return []Failure{
		{Name: "ENOSPC", Err: syscall.ENOSPC},
		{Name: "EIO", Err: syscall.EIO},
		{Name: "EROFS", Err: syscall.EROFS, Lasting: true},
		{Name: "ENOENT", Err: syscall.ENOENT},
		{Name: "pulled out", Err: syscall.EIO, Lasting: true},
		{Name: "short write", Short: true},
		{Name: "lying write", Lie: true},
		{Name: "killed before", Kill: true},
		{Name: "killed after", Kill: true, Late: true},
	}
}

// Sweep runs an operation again and again, each time in a fresh folder and
// with the failpoint one operation further, until the failpoint is no longer
// reached. After each run the referee judges the folder.
type Sweep struct {
	Whole   bool // every operation with -short too
	Failure Failure
	Base    string                                  // where the folders are made; in memory when empty
	Prepare func(dir string) error                  // may be nil
	Wrap    func(fs atomicfile.FS) atomicfile.FS    // may be nil; beneath the failpoints
	Run     func(fs atomicfile.FS) error            // the operation
	Referee func(dir string, outcome Outcome) error // an error condemns
}

// Outcome is how a run of a Sweep ended.
type Outcome struct {
	Err    error
	Fired  bool // the failpoint had its effect
	Killed bool
}

// Test runs the sweep, and returns at how many operations something went
// wrong. With -short it takes every fourth operation.
func (s Sweep) Test(t testing.TB) int {
	t.Helper()
	if s.Base == "" {
		s.Base = tempDir(t, memory)
	}
	fired, step := 0, 1
	if testing.Short() && !s.Whole && !s.Failure.Short && !s.Failure.Lie { // writes are few
		step = 4
	}
	for at := 1; ; at += step {
		outcome, count := s.once(t, at)
		if outcome.Fired {
			fired++
		}
		if count < at {
			if outcome.Err != nil {
				t.Fatalf("%s: fails without a failpoint: %v", s.Failure.Name, outcome.Err)
			}
			return fired
		}
	}
}

func (s Sweep) once(t testing.TB, at int) (Outcome, int) {
	t.Helper()
	dir := filepath.Join(s.Base, "sweep-"+strconv.Itoa(at))
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if s.Prepare != nil {
		if err := s.Prepare(dir); err != nil {
			t.Fatal(err)
		}
	}
	root, err := atomicfile.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	var under atomicfile.FS = root
	if s.Wrap != nil {
		under = s.Wrap(root)
	}
	fsys := &FailFS{FS: under, At: at, Failure: s.Failure}
	outcome := Outcome{Err: s.Run(fsys), Fired: fsys.Fired()}
	outcome.Killed = outcome.Fired && s.Failure.Kill
	if err := s.Referee(dir, outcome); err != nil {
		t.Errorf("%s at operation %d (the run said: %v): %v", s.Failure.Name, at, outcome.Err, err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	return outcome, fsys.Count()
}
