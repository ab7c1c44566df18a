//go:build !linux

package build

// static is false: other systems have a system library and no static binaries.
func static() bool { return false }
