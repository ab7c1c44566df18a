package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ethkey/ethkey/pkg/shamir"
)

// Who trains is not given a real secret: the sheets are refused, and the file is
// not written.
func TestPractiseTakesNoRealSheet(t *testing.T) {
	for name, c := range map[string]struct {
		marks shamir.Flags
		says  string
	}{
		"real":        {0, "is not for practice"},
		"a rehearsal": {shamir.Rehearsal, "is not for practice"},
	} {
		dir := withSecrets(t)
		writeFile(t, dir, "texts", strings.Join(sheetsOf(t, shamir.Single(2, 3), c.marks), "\n"))
		cmd := ethkey(t, dir, "backup", "restore", "--practice", "--sheet-file", "texts", "--to-file", "out", "--yes", "--non_interactive")
		out, err := cmd.CombinedOutput()
		if err == nil || cmd.ProcessState.ExitCode() != 1 || !strings.Contains(string(out), c.says) {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		if _, err := os.Stat(filepath.Join(dir, "out")); err == nil {
			t.Errorf("%s: the secret was written", name)
		}
	}
}

// Where nobody can be asked for its passphrase, a sheet is put aside, and the
// others restore.
func TestASheetWithAPassphraseIsPutAside(t *testing.T) {
	dir := withSecrets(t)
	texts := sheetsOf(t, shamir.Single(2, 3), shamir.Rehearsal)
	sheet, err := shamir.Parse([]byte(texts[0]))
	if err != nil {
		t.Fatal(err)
	}
	defer sheet.Close()
	passphrase, err := shamir.NewPassphrase(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	defer passphrase.Close()
	locked, err := shamir.Protect(t.Context(), sheet, passphrase)
	if err != nil {
		t.Fatal(err)
	}
	defer locked.Close()
	text, err := locked.Text()
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	for i, c := range []struct {
		texts []string
		code  int
		says  string
	}{
		{[]string{string(text.Bytes()), texts[1], texts[2]}, 0, "2 are enough"},
		{[]string{string(text.Bytes()), texts[1]}, 1, "do not restore anything yet"},
	} {
		writeFile(t, dir, "texts", strings.Join(c.texts, "\n"))
		cmd := ethkey(t, dir, "backup", "restore", "--sheet-file", "texts", "--non_interactive")
		out, _ := cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != c.code || !strings.Contains(string(out), c.says) || !strings.Contains(string(out), "put aside: missing: the passphrase") {
			t.Errorf("%d: %d\n%s", i, cmd.ProcessState.ExitCode(), out)
		}
	}
}

// What is no file is refused at once; a pipe that is written to is read where it
// may be, as a shell gives it for <(...).
func TestPipesInThePlaceOfFiles(t *testing.T) {
	dir := withSecrets(t)
	if err := unix.Mkfifo(filepath.Join(dir, "pipe"), 0o666); err != nil {
		t.Fatal(err)
	}
	run := func(cmd *exec.Cmd, code int, says string) {
		t.Helper()
		timer := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
		defer timer.Stop()
		out, _ := cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != code || !strings.Contains(string(out), says) {
			t.Errorf("%v: %d, expected %d and %q\n%s", cmd.Args[1:], cmd.ProcessState.ExitCode(), code, says, out)
		}
	}
	for _, c := range []struct {
		says string
		args []string
	}{
		{"expected a picture or a folder", []string{"restore", "--pictures", "pipe"}},
		{"expected a picture or a folder", []string{"restore", "--pictures", "/dev/zero"}},
		{"expected a picture", []string{"import", "--from", "seedqr", "--pictures", "pipe"}},
		{"expected a file", []string{"restore", "--sheet-file", "/dev/zero"}},
		{"is not a file", []string{"restore", "--record", "pipe"}},
		{"expected a file", []string{"drill", "--record", "r", "--keystores", "pipe"}},
		{"/dev/zero is a device; expected a file", []string{"drill", "--record", "r", "--keystores", "/dev/zero"}},
		{". is a folder; expected a file", []string{"drill", "--record", "r", "--keystores", "."}},
	} {
		run(ethkey(t, dir, append([]string{"backup", "--non_interactive"}, c.args...)...), 1, c.says)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := r.Chmod(0o644); err != nil { // for the user of the run
		t.Fatal(err)
	}
	if _, err := w.WriteString(strings.Join(sheetsOf(t, shamir.Single(2, 2), shamir.Rehearsal), "\n")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := ethkey(t, dir, "backup", "restore", "--sheet-file", "/dev/fd/3", "--non_interactive")
	cmd.ExtraFiles = []*os.File{r}
	run(cmd, 0, "2 are enough")
}

// Ctrl-C ends a run that waits for the writer of a pipe.
func TestInterruptWhileAPipeHasNoWriter(t *testing.T) {
	if os.Getuid() != 0 {
		t.Log("not root: what the process waits for cannot be seen")
		return
	}
	dir := withSecrets(t)
	if err := unix.Mkfifo(filepath.Join(dir, "pipe"), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := ethkey(t, dir, "derive", "--mnemonic-file", "pipe", "--count", "1", "--non_interactive")
	var out strings.Builder
	cmd.Stderr = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	untilIn(t, cmd.Process.Pid, fmt.Sprintf("%d ", unix.SYS_OPENAT))
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if cmd.ProcessState.ExitCode() != 130 || !strings.Contains(out.String(), "error: interrupted") {
		t.Errorf("%v: %s", cmd.ProcessState, out.String())
	}
}

// A folder of pictures in which somebody has put what is no picture: links out of
// it, a pipe that nobody writes to, a file without end, names that act on a
// terminal.
func TestAHostileFolderOfPictures(t *testing.T) {
	dir := withSecrets(t)
	photos := filepath.Join(dir, "photos")
	if err := os.Mkdir(photos, 0o755); err != nil {
		t.Fatal(err)
	}
	sheets := sheetsOf(t, shamir.Single(2, 2), shamir.Rehearsal)
	picture(t, photos, "z1.png", sheets[0])
	picture(t, photos, "z2.png", sheets[1])
	if err := unix.Mkfifo(filepath.Join(photos, "pipe.png"), 0o666); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"zero.png": "/dev/zero", "out.png": "../phrase", "self.png": "self.png"} {
		if err := os.Symlink(to, filepath.Join(photos, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(photos, "a\x1b]0;title\x07\x1b[2J\u202e.png"), []byte("no picture"), 0o644); err != nil {
		t.Fatal(err)
	}
	endless, err := os.Create(filepath.Join(photos, "endless.png"))
	if err != nil {
		t.Fatal(err)
	}
	if err := endless.Truncate(1 << 40); err != nil {
		t.Log("no file without end here:", err)
	}
	if err := endless.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	cmd := ethkey(t, dir, "backup", "restore", "--pictures", "photos", "--non_interactive")
	go func() {
		<-ctx.Done()
		if ctx.Err() == context.DeadlineExceeded {
			_ = cmd.Process.Kill()
		}
	}()
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "2 are enough") {
		t.Errorf("the sheets are not restored: %v\n%s", err, out)
	}
	if strings.ContainsAny(string(out), "\x1b\x07\u202e") {
		t.Errorf("the name of a file acts on the terminal: %q", out)
	}
	if strings.Contains(string(out), "out.png") || strings.Contains(string(out), "zero.png") || strings.Contains(string(out), "pipe.png") {
		t.Errorf("what is no file was read: %s", out)
	}
}
