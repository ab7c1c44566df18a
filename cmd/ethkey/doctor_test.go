package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/host"
	"github.com/ethkey/ethkey/internal/testkit"
)

// doctor asks the kernel for no socket, not even one that the wall would
// refuse, and opens nothing for writing.
func TestDoctorSendsNoPacketAndWritesNothing(t *testing.T) {
	dir := testkit.TempDir(t)
	for _, args := range [][]string{{"doctor"}, {"doctor", "--json", "--folder", dir}, {"doctor", "--strict", "--folder", "missing"}} {
		var stdout bytes.Buffer
		cmd := ethkey(t, dir, args...)
		cmd.Stdout, cmd.Stderr = &stdout, io.Discard
		calls, err := testkit.Trace(t, cmd)
		var exit *exec.ExitError
		if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
			t.Errorf("%v: %v", args, err)
		}
		if !strings.Contains(stdout.String(), "memfd_secret") {
			t.Errorf("%v printed %q", args, stdout.String())
		}
		for _, c := range calls {
			writes := strings.HasPrefix(c.Name, "open") && strings.ContainsAny(c.Args, "|") &&
				(strings.Contains(c.Args, "O_WRONLY") || strings.Contains(c.Args, "O_RDWR") || strings.Contains(c.Args, "O_CREAT"))
			if networkCalls.MatchString(c.Name) || writes && !strings.Contains(c.Args, `"/dev/`) {
				t.Errorf("%v: %s(%s) = %s", args, c.Name, c.Args, c.Result)
			}
		}
	}
}

// The exit code is that of the worst check, and --strict counts warnings.
func TestDoctorExitCode(t *testing.T) {
	for _, c := range []struct {
		pass, warn, fail int
		strict, wrong    bool
	}{
		{3, 0, 0, false, false}, {3, 0, 0, true, false}, {3, 1, 0, false, false}, {3, 1, 0, true, true}, {3, 0, 1, false, true}, {0, 2, 1, true, true},
	} {
		r := host.Report{Pass: c.pass, Warn: c.warn, Fail: c.fail, Checks: make([]host.Check, c.pass+c.warn+c.fail)}
		if err := judge(r, c.strict); (err != nil) != c.wrong {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// What the trees say cannot act on the terminal.
func TestDoctorTextIsHarmless(t *testing.T) {
	text := doctorText(host.Report{Fail: 1, Checks: []host.Check{
		{Name: "interfaces", Verdict: host.Fail, Value: "evil\x1b[2J up", Detail: []string{"a\rb"}, Hint: "unplug\x07"},
	}})
	if strings.ContainsAny(text, "\x1b\r\x07") || !strings.Contains(text, `evil\x1b[2J up`) || !strings.Contains(text, "0 passed, 0 warned, 1 failed") {
		t.Errorf("%q", text)
	}
}

func TestDoctorJSON(t *testing.T) {
	out, _ := ethkey(t, testkit.TempDir(t), "doctor", "--json").Output()
	var r host.Report
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	names := map[string]bool{}
	for _, c := range r.Checks {
		names[c.Name] = true
	}
	if len(names) != len(r.Checks) || !names["folder"] || !names["seccomp"] || r.Pass+r.Warn+r.Fail != len(r.Checks) {
		t.Errorf("%+v", r)
	}
}
