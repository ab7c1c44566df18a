package testkit

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/atomicfile"
)

// verdicts stands in for a test that is expected to fail.
type verdicts struct {
	testing.TB
	errors int
}

func (v *verdicts) Errorf(string, ...any) { v.errors++ }

func TestSweepCondemnsCarelessWriter(t *testing.T) {
	for _, failure := range Failures() {
		v := &verdicts{TB: t}
		Sweep{Whole: true,
			Failure: failure,
			Run: func(fsys atomicfile.FS) error {
				for _, name := range []string{"a", "b"} {
					f, err := fsys.Create(name, 0o600)
					if err != nil {
						return err
					}
					if _, err := f.Write([]byte("whole")); err != nil {
						return err
					}
					_ = f.Close()
				}
				return nil
			},
			Referee: func(dir string, _ Outcome) error {
				a, _ := os.ReadFile(filepath.Join(dir, "a"))
				b, _ := os.ReadFile(filepath.Join(dir, "b"))
				if string(a)+string(b) != "" && string(a)+string(b) != "wholewhole" {
					return errors.New("half a result")
				}
				return nil
			},
		}.Test(v)
		if v.errors == 0 {
			t.Errorf("%s: nothing was condemned", failure.Name)
		}
	}
}

func twoFiles(dir string, _ []byte, _ bool) error {
	entries, err := os.ReadDir(dir)
	if err == nil && len(entries) == 1 {
		return errors.New("half a result")
	}
	return err
}

func TestKillLoopCondemnsCarelessProcess(t *testing.T) {
	v := &verdicts{TB: t}
	KillLoop{
		Rounds: 30,
		Seed:   1,
		Command: func(dir string) *exec.Cmd {
			return exec.Command("sh", "-c", `: > "$0/a"; i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; : > "$0/b"`, dir)
		},
		Referee: twoFiles,
	}.Run(v)
	if v.errors == 0 {
		t.Error("nothing was condemned")
	}
}

func TestInjectWalkReachesEveryCall(t *testing.T) {
	command := func(dir string) *exec.Cmd {
		return exec.Command("mkdir", filepath.Join(dir, "a"), filepath.Join(dir, "b"), filepath.Join(dir, "c"))
	}
	var outcomes []string
	walk := InjectWalk{Whole: true,
		Command:  command,
		Syscalls: []string{"mkdir"},
		Inject:   "error=ENOSPC",
		Referee: func(dir string, _ []byte, o InjectOutcome) error {
			entries, err := os.ReadDir(dir)
			outcomes = append(outcomes, fmt.Sprint(len(entries), o.Exit))
			return err
		},
	}
	if n := walk.Run(t); n != 3 || !slices.Equal(outcomes, []string{"2 1", "2 1", "2 1", "3 0"}) {
		t.Errorf("%d runs, folders and exit codes %v", n, outcomes)
	}
	outcomes = nil
	walk.Inject = "signal=SIGKILL"
	walk.Referee = func(dir string, _ []byte, o InjectOutcome) error {
		entries, err := os.ReadDir(dir)
		outcomes = append(outcomes, fmt.Sprint(len(entries), o.Killed))
		return err
	}
	if n := walk.Run(t); n != 3 || !slices.Equal(outcomes, []string{"0 true", "1 true", "2 true", "3 false"}) {
		t.Errorf("%d runs, folders and kills %v", n, outcomes)
	}
}

func TestTraceSeesCallsOfChildren(t *testing.T) {
	dir := TempDir(t)
	cmd := exec.Command("sh", "-c", `mkdir "$0/x"; exit 7`, dir)
	Unprivileged(t, cmd)
	calls, err := Trace(t, cmd)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 7 {
		t.Errorf("ended with %v", err)
	}
	if !slices.ContainsFunc(calls, func(c Syscall) bool {
		return c.Name == "mkdir" && strings.Contains(c.Args, dir+"/x") && c.Result == "0"
	}) {
		t.Errorf("mkdir is not among %d calls", len(calls))
	}
}

func TestUnprivileged(t *testing.T) {
	dir := TempDir(t)
	cmd := exec.Command("sh", "-c", `id -u; : > "$0/x" && : > "$HOME/y" && echo wrote; (: < /dev/tty) 2>/dev/null || echo no terminal`, dir)
	Unprivileged(t, cmd)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if lines[0] == "0" || !slices.Equal(lines[1:], []string{"wrote", "no terminal"}) {
		t.Errorf("got %q", lines)
	}
}

func TestScanProcess(t *testing.T) {
	const word = "vellichor-quokka-1729"
	c := NewCanary()
	c.AddText("word", word)
	for _, dirty := range []bool{false, true} {
		cmd := exec.Command("cat")
		cmd.Env = []string{"WORD=none"}
		if dirty {
			cmd.Env = []string{"WORD=" + word}
		}
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		found, err := c.ScanProcess(cmd.Process.Pid)
		if err != nil || (len(found) > 0) != dirty {
			t.Errorf("found %v, %v, want some: %t", found, err, dirty)
		}
		_ = in.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	}
}

func TestBinaryAnswers(t *testing.T) {
	bin := Binary(t)
	commands := Commands(t, bin)
	if !slices.ContainsFunc(commands, func(c Command) bool {
		return slices.Equal(c.Path, []string{"new-mnemonic"}) && c.Annotation != ""
	}) {
		t.Errorf("new-mnemonic is not among %v", commands)
	}
	cmd := exec.Command(bin, "help")
	Unprivileged(t, cmd)
	if out, err := cmd.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("ethkey")) {
		t.Errorf("help: %v\n%s", err, out)
	}
}
