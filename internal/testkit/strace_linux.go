package testkit

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// Trace runs cmd under strace, follows its children, and returns every system
// call that was made. How cmd ended is the error; what it printed goes where
// cmd says.
func Trace(t testing.TB, cmd *exec.Cmd) ([]Syscall, error) {
	t.Helper()
	traced, file := underStrace(t, cmd)
	err := traced.Run()
	return readTrace(t, file), err
}

// underStrace returns cmd under strace with more options, and the file that
// the trace goes to.
func underStrace(t testing.TB, cmd *exec.Cmd, options ...string) (*exec.Cmd, string) {
	t.Helper()
	file := filepath.Join(TempDir(t), "trace")
	args := append([]string{"-f", "-qq", "-s", "256", "-o", file}, options...)
	args = append(append(args, "--", cmd.Path), cmd.Args[1:]...)
	traced := exec.Command(tool(t, "strace", "strace"), args...)
	traced.Env, traced.Dir, traced.SysProcAttr = cmd.Env, cmd.Dir, cmd.SysProcAttr
	traced.Stdin, traced.Stdout, traced.Stderr = cmd.Stdin, cmd.Stdout, cmd.Stderr
	traced.ExtraFiles = cmd.ExtraFiles
	return traced, file
}

func readTrace(t testing.TB, file string) []Syscall {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("strace wrote no trace; may this user trace? %v", err)
	}
	return parseTrace(string(text))
}

// InjectWalk lets the first, second, third ... call of each of some system
// calls fail, or kill the process, until the process no longer makes so many.
// strace counts by thread: the N-th call of any thread is tampered with.
type InjectWalk struct {
	Whole    bool // all calls with -short too, when each is else tried twice
	Command  func(dir string) *exec.Cmd
	Syscalls []string // names, or sets as strace knows them: "/^rename", "%file"
	Inject   string   // "signal=SIGKILL", "error=ENOSPC"
	Most     int      // at most so many per system call; 0: no bound
	Referee  func(dir string, out []byte, outcome InjectOutcome) error
}

// InjectOutcome is how a run of an InjectWalk ended.
type InjectOutcome struct {
	Syscall string
	When    int
	Killed  bool
	Exit    int // exit code, when not killed
}

// Run walks, and returns how many runs were tampered with.
func (w InjectWalk) Run(t testing.TB) int {
	t.Helper()
	if testing.Short() && !w.Whole {
		w.Most = 2
	}
	total := 0
	for _, call := range w.Syscalls {
		n := 0
		for w.once(t, call, n+1) {
			if n++; n == w.Most {
				break
			}
		}
		t.Logf("%s: %s tampered with %d times", w.Inject, call, n)
		total += n
	}
	return total
}

func (w InjectWalk) once(t testing.TB, call string, when int) (fired bool) {
	t.Helper()
	dir := given(t, tempDir(t, memory))
	defer os.RemoveAll(dir)
	cmd := w.Command(dir)
	cmd, file := underStrace(t, cmd, "-e", "trace="+call, "-e", "inject="+call+":"+w.Inject+":when="+strconv.Itoa(when))
	out, err := start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	err = cmd.Wait()
	outcome := InjectOutcome{Syscall: call, When: when, Killed: wasKilled(err)}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		outcome.Exit = exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	fired = outcome.Killed
	for _, c := range readTrace(t, file) {
		fired = fired || c.Injected()
	}
	if err := w.Referee(dir, out.Bytes(), outcome); err != nil {
		t.Errorf("%s: %v\n%s", fmt.Sprintf("%s:%s:when=%d", call, w.Inject, when), err, exitText(out.Bytes()))
	}
	return fired
}
