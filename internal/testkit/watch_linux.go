package testkit

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A watch looks into the memory of a program whenever it waits for a person.
type watch struct {
	canary  *Canary
	allowed []string
	told    map[string]bool
}

// Watch has the memory of the program scanned at every Expect from now on, once
// all of its threads wait: what it leaves on a stack is gone by the end, under
// what the stack was used for next. Secrets may be added to the canary later.
// Allowed are copies that a library is known to keep, by Finding.What. It does
// nothing for who is not root, and may not read the memory, nor beside the race
// detector, whose own memory takes minutes to scan.
func (p *PTY) Watch(c *Canary, allowed ...string) {
	if os.Getuid() == 0 && !Race {
		p.watch = &watch{canary: c, allowed: allowed, told: map[string]bool{}}
	}
}

// look scans a program that waits, and tells of each copy once. A program that
// has ended is let go.
func (p *PTY) look(at string) {
	p.t.Helper()
	if p.watch == nil || !p.settled() {
		return
	}
	found, err := p.watch.canary.ScanProcess(p.Pid())
	if _, alive := threads(p.Pid()); err != nil && alive {
		p.fail("%v", err)
	}
	for _, f := range found {
		if !slices.Contains(p.watch.allowed, f.What()) && !p.watch.told[f.What()] {
			p.watch.told[f.What()] = true
			p.t.Errorf("at %q: %v", at, f)
		}
	}
}

// settled waits until every thread of the program waits for something, and
// reports whether it goes on living.
func (p *PTY) settled() bool {
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	deadline := time.NewTimer(ptyPatience)
	defer deadline.Stop()
	for quiet := 0; quiet < 2; {
		switch asleep, alive := threads(p.Pid()); {
		case !alive:
			return false
		case asleep:
			quiet++
		default:
			quiet = 0
		}
		select {
		case <-again.C:
		case <-p.exited:
			return false
		case <-deadline.C:
			return true
		}
	}
	return true
}

// threads tells whether all threads of a process sleep, and whether it has any.
func threads(pid int) (asleep, alive bool) {
	names, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	for _, name := range names {
		stat, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		_, after, _ := strings.Cut(string(stat), ") ")
		if strings.HasPrefix(after, "Z") || strings.HasPrefix(after, "X") {
			return false, false
		}
		if !strings.HasPrefix(after, "S") {
			return false, true
		}
		alive = true
	}
	return alive, alive
}
