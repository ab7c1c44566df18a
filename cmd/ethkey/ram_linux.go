package main

import "golang.org/x/sys/unix"

// kdfShare is the part of the machine's memory that key derivations may take
// together: Go's collector may let as much again lie about.
const kdfShare = 4

// memoryForKDFs returns bytes, or 0 when the kernel does not say.
func memoryForKDFs() uint64 {
	var info unix.Sysinfo_t
	if err := unix.Sysinfo(&info); err != nil {
		return 0
	}
	return uint64(info.Totalram) * uint64(info.Unit) / kdfShare
}
