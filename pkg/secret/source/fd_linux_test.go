package source

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/ethkey/ethkey/internal/fault"
)

func TestFDReadsAPipeToItsEnd(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	go func() {
		for _, part := range []string{"correct", " ", "horse\n"} {
			_, _ = w.WriteString(part)
		}
		_ = w.Close()
	}()
	buf, err := FD(int(r.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	defer buf.Close()
	if string(buf.Bytes()) != "correct horse" {
		t.Error("read something else")
	}
	if _, err := unix.FcntlInt(r.Fd(), unix.F_GETFD, 0); err != nil {
		t.Errorf("the caller's descriptor was closed: %v", err)
	}
}

// TestFDReadsStandardInput puts a file in the place of descriptor 0.
func TestFDReadsStandardInput(t *testing.T) {
	file, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString("correct horse\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := file.Seek(0, 0); err != nil {
		t.Fatal(err)
	}
	kept, err := unix.FcntlInt(0, unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Dup3(int(file.Fd()), 0, 0); err != nil {
		t.Fatal(err)
	}
	buf, err := FD(0)
	if err := unix.Dup3(kept, 0, 0); err != nil {
		t.Fatal(err)
	}
	_ = unix.Close(kept)
	if err != nil {
		t.Fatal(err)
	}
	defer buf.Close()
	if string(buf.Bytes()) != "correct horse" {
		t.Error("read something else")
	}
}

func TestFDFaults(t *testing.T) {
	folder, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	writeOnly, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer writeOnly.Close()
	for _, c := range []struct {
		fd   int
		kind fault.Kind
		want string
	}{
		{-1, fault.Usage, "descriptor -1: not one to read a secret from"},
		{1, fault.Usage, "descriptor 1: not one to read a secret from"},
		{2, fault.Usage, "descriptor 2: not one to read a secret from"},
		{987, fault.Usage, "descriptor 987: not open"},
		{1 << 31, fault.Usage, "descriptor 2147483648: not open"},
		{int(folder.Fd()), fault.Refused, "a folder, expected a secret"},
		{int(writeOnly.Fd()), fault.Environment, "cannot be read: bad file descriptor"},
	} {
		if buf, err := FD(c.fd); err == nil || buf != nil || fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%d: kind %d, %v", c.fd, fault.KindOf(err), err)
		}
	}
}

// A terminal would show what is typed: it is not read like a file.
func TestATerminalIsRefused(t *testing.T) {
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("/dev/pts/%d", n)
	terminal, err := os.OpenFile(name, os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	if _, err := FD(int(terminal.Fd())); fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), "a terminal") {
		t.Errorf("descriptor: %v", err)
	}
	open := func(name string) (fs.File, error) { return os.OpenFile(name, os.O_RDWR|unix.O_NOCTTY, 0) }
	if _, _, err := File(open, name); fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), name+": a terminal") {
		t.Errorf("file: %v", err)
	}
}
