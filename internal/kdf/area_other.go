//go:build !linux

package kdf

// mapArea takes the area from Go's heap: the packages compile on this system,
// but no release is built for it (docs/threat-model.md).
func mapArea(size int) ([]byte, error) { return make([]byte, size), nil }

func unmapArea([]byte) {}

func offerArea([]byte) {}
