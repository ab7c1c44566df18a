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
	for _, w := range []struct {
		allowed string
		parts   []string // of what is typed; none: the whole
		want    int
	}{
		{"", nil, 1}, {"typed (raw)", nil, 0}, {"", []string{"tulip-"}, 0}, {"", []string{"tulip-", "bicycle"}, 2},
	} {
		v := &verdicts{TB: t}
		p := StartPTY(v, exec.Command("sh", "-c", "printf first; read a; printf second; read b; printf third; read c; exec true $a"))
		c := NewCanary()
		p.Watch(c, w.allowed)
		p.Expect("first")
		p.SendLine("tulip-bicycle")
		for _, part := range w.parts {
			c.AddPart(part, []byte(part))
		}
		if w.parts == nil {
			c.Add("typed", []byte("tulip-bicycle"))
		}
		p.Expect("second")
		p.SendLine("x")
		p.Expect("third")
		p.SendLine("x")
		p.ExpectExit(0)
		if v.errors != w.want {
			t.Errorf("%+v: %d copies were told of", w, v.errors)
		}
	}
}
