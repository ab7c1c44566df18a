package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
)

// Every signal that can be caught, at a visible question, at a hidden one and on
// a page of secrets: code 130, no stack, the terminal as it was found.
func TestEndingSignals(t *testing.T) {
	for _, sig := range endings {
		for name, reach := range map[string]func(p *testkit.PTY){
			"visible": func(p *testkit.PTY) { p.Expect("language of the texts") },
			"page": func(p *testkit.PTY) {
				p.Expect("language of the texts")
				p.SendLine("")
				onAlt(p, "your mnemonic phrase")
				p.Send("scheme spot ")
			},
		} {
			p, _ := person(t, "existing-mnemonic")
			reach(p)
			p.Signal(sig)
			p.ExpectExit(130)
			if out := p.Transcript(); strings.Contains(out, "goroutine") || strings.Contains(out, "PC=") {
				t.Errorf("%v at a %s prompt: a stack was printed: %q", sig, name, out)
			}
			clean(t, p, "scheme", "spot")
		}
	}
}

// A run that waits for a pipe nobody writes to does not hear of the first
// signal; one that comes after the grace ends it.
func TestASecondSignalEndsWhatDoesNotEnd(t *testing.T) {
	dir := withSecrets(t)
	if err := unix.Mkfifo(filepath.Join(dir, "pipe"), 0o666); err != nil {
		t.Fatal(err)
	}
	args := append(append([]string{}, unattended...), "--mnemonic-file", "pipe")
	cmd := ethkey(t, dir, args...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	again := time.NewTicker(grace / 4)
	defer again.Stop()
	for deadline := time.After(time.Minute); ; {
		select {
		case <-again.C:
			_ = cmd.Process.Signal(syscall.SIGINT)
		case <-deadline:
			_ = cmd.Process.Kill()
			t.Fatal("the run goes on for ever")
		case err := <-ended:
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != 130 && !exit.Sys().(syscall.WaitStatus).Signaled() {
				t.Errorf("%v\n%s", err, stderr.String())
			}
			return
		}
	}
}

// A reader of the report that goes away is an error to tell, not the end of the
// process.
func TestNobodyReads(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"selftest"}, unattended} {
		for _, stream := range []string{"stdout", "stderr"} {
			read, write, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			_ = read.Close()
			cmd := ethkey(t, withSecrets(t), args...)
			want := 0 // nobody has to hear what is said on stderr
			if cmd.Stdout, cmd.Stderr = write, nil; stream == "stderr" {
				cmd.Stdout, cmd.Stderr = nil, write
			}
			err = cmd.Run()
			_ = write.Close()
			if stream == "stdout" {
				if want = cmd.ProcessState.ExitCode(); want < 1 || want > 3 {
					t.Errorf("%v: exit code %d for a report that nobody could read", args[0], want)
				}
				continue
			}
			if err != nil {
				t.Errorf("%v with %s closed: %v", args[0], stream, err)
			}
		}
	}
}

// A full device is an error too.
func TestFullDevice(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	for _, args := range [][]string{{"version"}, {"selftest"}, {"commands"}, unattended} {
		cmd := ethkey(t, withSecrets(t), args...)
		cmd.Stdout = full
		if err := cmd.Run(); err == nil {
			t.Errorf("%s: no error", args[0])
		}
	}
}

func TestPanicsAreGuarded(t *testing.T) {
	words := strings.Fields(phrase)
	for name, run := range map[string]func() error{
		"index": func() error { return errors.New(words[len(words)+len(phrase)%7]) },
		"nil":   func() error { var f *fault.Error; return errors.New(f.What) },
		"value": func() error { panic(fmt.Sprint("secret: ", phrase)) },
	} {
		err := guarded(run)
		if fault.KindOf(err) != fault.Integrity || !strings.Contains(err.Error(), "internal fault in github.com/ethkey/ethkey/cmd/ethkey.TestPanicsAreGuarded") {
			t.Errorf("%s: %v", name, err)
		}
		if strings.ContainsAny(err.Error(), "0123456789") && name == "index" && strings.Contains(err.Error(), "out of range") || strings.Contains(err.Error(), words[0]) {
			t.Errorf("%s: the value of the panic is repeated: %v", name, err)
		}
	}
	if err := guarded(func() error { return nil }); err != nil {
		t.Error(err)
	}
}

func TestInterruptedKeepsWhatMatters(t *testing.T) {
	left := fault.New(fault.Environment, "could not remove x").WithHint("remove it by hand")
	own := fault.New(fault.Interrupted, "interrupted; left behind: y")
	for _, c := range []struct {
		err  error
		want string
	}{
		{errors.New("context canceled"), "interrupted; nothing was left behind"},
		{own, "interrupted; left behind: y"},
		{left, "interrupted: could not remove x"},
	} {
		got := interrupted(c.err)
		if got.Error() != c.want || fault.KindOf(got) != fault.Interrupted {
			t.Errorf("%v: %v, want %s", c.err, got, c.want)
		}
	}
	if hint := fault.HintOf(interrupted(left)); hint != "remove it by hand" {
		t.Errorf("hint %q", hint)
	}
}
