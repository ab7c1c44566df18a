package sandbox

import "github.com/ethkey/ethkey/internal/fault"

// The names of the walls, as Missing and --allow-degraded spell them.
const (
	Seccomp = "seccomp"
	NoDump  = "nodump"
	NoCore  = "nocore"
)

// State says which walls stand. Each field is nil when its wall does, and else
// says why not.
type State struct {
	Seccomp error // the system call filter
	NoDump  error // closed to other processes of the same user
	NoCore  error // no core file, and one stack at most of a crash
}

// Missing names the walls that do not stand; none is nil.
func (s State) Missing() []string {
	var names []string
	s.each(func(name string, _ error) { names = append(names, name) })
	return names
}

// Why says of each missing wall why it does not stand.
func (s State) Why() []string {
	var reasons []string
	s.each(func(name string, err error) { reasons = append(reasons, name+": "+err.Error()) })
	return reasons
}

func (s State) each(missing func(name string, err error)) {
	for _, wall := range []struct {
		name string
		err  error
	}{{Seccomp, s.Seccomp}, {NoDump, s.NoDump}, {NoCore, s.NoCore}} {
		if wall.err != nil {
			missing(wall.name, wall.err)
		}
	}
}

// down makes the fault of a wall that does not stand.
func down(format string, args ...any) error {
	return fault.New(fault.Environment, format, args...)
}
