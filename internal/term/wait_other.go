//go:build !linux

package term

// ready cannot wait for two things at once on this system: a prompt ends with
// its answer, not before. The package compiles here, but no release is built
// for it (docs/threat-model.md).
func ready(_, _ uintptr, _ int) (readable, woken bool, err error) { return true, false, nil }

// hungUp knows no such fault on this system.
func hungUp(error) bool { return false }
