package host

import (
	"fmt"
	"io/fs"
	"time"

	"github.com/ethkey/ethkey/internal/build"
	"github.com/ethkey/ethkey/internal/sandbox"
)

// Verdict is the outcome of a check.
type Verdict string

// The verdicts.
const (
	Pass Verdict = "pass"
	Warn Verdict = "warn"
	Fail Verdict = "fail"
)

// Check is one thing that was looked at.
type Check struct {
	Name    string   `json:"name"`
	Verdict Verdict  `json:"verdict"`
	Value   string   `json:"value"`            // what was seen
	Detail  []string `json:"detail,omitempty"` // more of it
	Source  string   `json:"source"`           // where
	Hint    string   `json:"hint,omitempty"`   // what to do about it
}

// Report is what Examine found.
type Report struct {
	Pass   int     `json:"pass"`
	Warn   int     `json:"warn"`
	Fail   int     `json:"fail"`
	Checks []Check `json:"checks"`
}

// Machine is what Examine looks at.
type Machine struct {
	Root   fs.FS // the root folder, of which it reads sys, proc and run
	System System
	Now    time.Time
	Walls  sandbox.State
	Build  build.Info
	Commit time.Time // date of the binary's commit; zero when unknown
	Folder string    // absolute path of the output folder; "" looks at none
}

// System asks the kernel what has no file.
type System struct {
	Random      func() error                      // the generator, without waiting
	Landlock    func() (version int, err error)   // 0 and an error when absent
	MemfdSecret func() error                      // nil when it is there
	Memlock     func() (bytes uint64, err error)  // soft limit; Unlimited
	Medium      func(path string) (Medium, error) // statfs(2)
	Self        func() ([32]byte, error)          // hash of the running image
}

// Unlimited is the memlock limit of those who have none.
const Unlimited = ^uint64(0)

// Medium is what statfs(2) says of a folder.
type Medium struct {
	Type     uint32 // the file system's magic number
	Free     uint64 // bytes
	ReadOnly bool
}

// finding is a Check before it has its name and source.
type finding struct {
	verdict Verdict
	value   string
	detail  []string
	hint    string
}

func pass(format string, args ...any) finding {
	return finding{verdict: Pass, value: fmt.Sprintf(format, args...)}
}

func warn(hint, format string, args ...any) finding {
	return finding{verdict: Warn, value: fmt.Sprintf(format, args...), hint: hint}
}

func fail(hint, format string, args ...any) finding {
	return finding{verdict: Fail, value: fmt.Sprintf(format, args...), hint: hint}
}

// unread is the finding of a check whose source cannot be read.
func unread(err error) finding {
	return warn("mount /proc and /sys, or look by other means", "cannot be read: %v", err)
}

// checks are all there are, in the order of the report.
var checks = []struct {
	name, source string
	look         func(*Machine) finding
}{
	{"interfaces", "/sys/class/net", (*Machine).interfaces},
	{"routes", "/proc/net/route", (*Machine).routes},
	{"wireless", "/sys/class/ieee80211", (*Machine).wireless},
	{"swap", "/proc/swaps", (*Machine).swap},
	{"hibernation", "/sys/power", (*Machine).hibernation},
	{"core pattern", "/proc/sys/kernel/core_pattern", (*Machine).corePattern},
	{"folder", "statfs(2)", (*Machine).folder},
	{"clock", "/sys/class/rtc/rtc0/since_epoch", (*Machine).clock},
	{"randomness", "getrandom(2)", (*Machine).randomness},
	{sandbox.Seccomp, "this process", func(m *Machine) finding { return wall(m.Walls.Seccomp) }},
	{sandbox.NoDump, "this process", func(m *Machine) finding { return wall(m.Walls.NoDump) }},
	{sandbox.NoCore, "this process", func(m *Machine) finding { return wall(m.Walls.NoCore) }},
	{"landlock", "landlock_create_ruleset(2)", (*Machine).landlock},
	{"memfd_secret", "memfd_secret(2)", (*Machine).memfdSecret},
	{"ptrace scope", "/proc/sys/kernel/yama/ptrace_scope", (*Machine).ptraceScope},
	{"memlock", "getrlimit(2)", (*Machine).memlock},
	{"namespaces", "/proc/self/uid_map", (*Machine).namespaces},
	{"virtual machine", "/proc/cpuinfo", (*Machine).virtual},
	{"processor", "/proc/cpuinfo", (*Machine).processor},
	{"binary", "/proc/self/exe", (*Machine).binary},
}

// Examine looks at everything.
func Examine(m *Machine) Report {
	var r Report
	for _, c := range checks {
		if c.name == "folder" && m.Folder == "" {
			continue
		}
		f := c.look(m)
		switch f.verdict {
		case Pass:
			r.Pass++
		case Warn:
			r.Warn++
		default:
			r.Fail++
		}
		r.Checks = append(r.Checks, Check{Name: c.name, Verdict: f.verdict, Value: f.value, Detail: f.detail, Source: c.source, Hint: f.hint})
	}
	return r
}
