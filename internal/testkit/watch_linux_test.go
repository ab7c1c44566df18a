package testkit

import (
	"os"
	"os/exec"
	"testing"
)

// A shell keeps what was typed into it: that is found at the next question, and
// told once, unless it is allowed.
func TestWatchLooksAtEveryQuestion(t *testing.T) {
	if os.Getuid() != 0 || Race {
		t.Log("not root, so that nobody but the process itself could look; or beside the race detector")
		return
	}
	for allowed, want := range map[string]int{"": 1, "typed (raw)": 0} {
		v := &verdicts{TB: t}
		p := StartPTY(v, exec.Command("sh", "-c", "printf first; read a; printf second; read b; printf third; read c; exec true $a"))
		c := NewCanary()
		p.Watch(c, allowed)
		p.Expect("first")
		p.SendLine("tulip-bicycle")
		c.Add("typed", []byte("tulip-bicycle"))
		p.Expect("second")
		p.SendLine("x")
		p.Expect("third")
		p.SendLine("x")
		p.ExpectExit(0)
		if v.errors != want {
			t.Errorf("%d copies were told of, want %d", v.errors, want)
		}
	}
}
