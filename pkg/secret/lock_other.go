//go:build !linux

package secret

// mapLocked has no locked memory to give on this system: the packages compile
// here, but no release is built for it (docs/threat-model.md).
func mapLocked(size int) ([]byte, error) { return make([]byte, size), nil }
