package testkit

import (
	"os/exec"
	"testing"
)

// diskCalls are those that Disk.Follow knows; a store that made a file durable
// by other means would lose all of it at a cut.
const diskCalls = "trace=openat,pwrite64,write,fsync,fdatasync,ftruncate,renameat,renameat2,linkat,unlinkat"

// TraceDisk runs cmd and returns its calls for Disk.Follow. More options may
// inject faults. How cmd ended is the error.
func TraceDisk(t testing.TB, cmd *exec.Cmd, options ...string) ([]Syscall, error) {
	t.Helper()
	options = append([]string{"-y", "-xx", "-s", "1048576", "-e", diskCalls}, options...)
	traced, file := underStrace(t, cmd, options...)
	_, err := start(traced)
	if err == nil {
		err = traced.Wait()
	}
	return readTrace(t, file), err
}

// MemoryDir is TempDir on a file system in memory, for files whose disk is a
// Disk.
func MemoryDir(t testing.TB) string {
	t.Helper()
	return given(t, tempDir(t, memory))
}
