package testkit

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// nobody is the user that commands run as when the tests run as root.
const nobody = 65534

// Unprivileged makes cmd run in its own session, so that it inherits no
// controlling terminal, with its HOME in a folder of its own, and as an
// ordinary user when the tests run as root. Folders that cmd is to write to
// come from TempDir.
func Unprivileged(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setsid = true
	if os.Getuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
	if cmd.Env == nil {
		cmd.Env = os.Environ()
	}
	cmd.Env = append(cmd.Env, "HOME="+TempDir(t))
}

// TempDir is t.TempDir for commands that run by Unprivileged: the folder
// belongs to their user and lies where that user can reach it.
func TempDir(t testing.TB) string {
	t.Helper()
	return given(t, tempDir(t, reachable()))
}

// given makes dir the ordinary user's own.
func given(t testing.TB, dir string) string {
	t.Helper()
	if os.Getuid() == 0 {
		if err := os.Chown(dir, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// reachable returns the folder for temporary files, or /tmp where another
// user has no way into it.
func reachable() string {
	dir := os.TempDir()
	if os.Getuid() != 0 {
		return dir
	}
	for d := dir; ; d = filepath.Dir(d) {
		info, err := os.Stat(d)
		if err != nil || info.Mode().Perm()&0o001 == 0 {
			return "/tmp"
		}
		if d == filepath.Dir(d) {
			return dir
		}
	}
}

// tool returns the path of a program that a test cannot do without, and fails
// with the line that installs it.
func tool(t testing.TB, name, debianPackage string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	for _, dir := range []string{"/usr/sbin", "/sbin"} {
		if err != nil {
			path, err = exec.LookPath(filepath.Join(dir, name))
		}
	}
	if err != nil {
		t.Fatalf("%s is needed: apt-get install -y %s", name, debianPackage)
	}
	return path
}

// exitText is what a command printed, cut for a message.
func exitText(out []byte) string {
	const most = 2000
	text := strings.TrimSpace(string(out))
	if len(text) > most {
		return "..." + text[len(text)-most:]
	}
	return text
}
