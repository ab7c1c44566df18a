package main

import (
	"bytes"
	"io"

	"golang.org/x/sys/unix"

	"github.com/ethkey/ethkey/internal/fault"
)

// inMemory tells whether what is written to a folder stays in memory: it is on
// a tmpfs or a ramfs, and the machine does not swap to where it would outlast
// the power.
func (e *env) inMemory(folder string) (bool, error) {
	var about unix.Statfs_t
	if err := unix.Statfs(folder, &about); err != nil {
		return false, fault.New(fault.Environment, "%s: %w", folder, err)
	}
	switch int64(about.Type) {
	case unix.RAMFS_MAGIC:
		return true, nil
	case unix.TMPFS_MAGIC:
		return !e.swaps(), nil
	}
	return false, nil
}

// swaps tells whether the machine has swap, or will not say.
func (e *env) swaps() bool {
	f, err := e.read("/proc/swaps")
	if err != nil {
		return true
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 1<<16))
	return err != nil || bytes.Count(bytes.TrimSpace(text), []byte("\n")) > 0
}
