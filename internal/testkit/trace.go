package testkit

import (
	"regexp"
	"strconv"
	"strings"
)

// Syscall is one system call that strace saw.
type Syscall struct {
	Pid    int
	Name   string
	Args   string
	Result string // as strace prints it: "3", "-1 EPERM (Operation not permitted)", "?"
}

// Injected reports whether strace tampered with the call.
func (s Syscall) Injected() bool { return strings.HasSuffix(s.Result, "(INJECTED)") }

var (
	wholeCall  = regexp.MustCompile(`^(\d+) +(\w+)\((.*)\) += (.*)$`)
	firstHalf  = regexp.MustCompile(`^(\d+) +(\w+)\((.*?) ?<unfinished \.\.\.>$`)
	secondHalf = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (.*)$`)
)

// parseTrace reads the file that strace -f -o writes. Signals and exits are
// left out; a call that never returned has the result "?".
func parseTrace(text string) []Syscall {
	var calls []Syscall
	open := make(map[int]int) // pid: index of the call it is in
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if m := secondHalf.FindStringSubmatch(line); m != nil {
			pid, _ := strconv.Atoi(m[1])
			if i, ok := open[pid]; ok && calls[i].Name == m[2] {
				calls[i].Args += m[3]
				calls[i].Result = m[4]
			}
			delete(open, pid)
			continue
		}
		if m := firstHalf.FindStringSubmatch(line); m != nil {
			pid, _ := strconv.Atoi(m[1])
			open[pid] = len(calls)
			calls = append(calls, Syscall{Pid: pid, Name: m[2], Args: m[3], Result: "?"})
			continue
		}
		m := wholeCall.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		pid, _ := strconv.Atoi(m[1])
		calls = append(calls, Syscall{Pid: pid, Name: m[2], Args: m[3], Result: m[4]})
	}
	return calls
}
