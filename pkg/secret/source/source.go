package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"

	"golang.org/x/term"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
)

const (
	maxSize   = 64 << 10
	readSize  = 256 // bytes that pass through ordinary memory at a time
	firstSize = 256 // bytes reserved at first; doubled as needed
	maxStalls = 100 // reads without a byte or an error, as bufio counts them
)

// File reads the secret in the named file, which open opens. The warnings are
// for a person: they do not stop anything.
func File(open func(name string) (fs.File, error), name string) (*secret.Buffer, []string, error) {
	file, err := open(name)
	if err != nil {
		return nil, nil, openFault(name, err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, nil, readFault(name, err)
	}
	if info.IsDir() {
		return nil, nil, fault.New(fault.Refused, "%s: a folder, expected a file with the secret", name)
	}
	if shows(file) {
		return nil, nil, shownFault(name)
	}
	if info.Mode()&(fs.ModeDevice|fs.ModeSocket|fs.ModeIrregular) != 0 {
		return nil, nil, fault.New(fault.Refused, "%s: a device, expected a file with the secret", name)
	}
	buf, err := Read(file, name)
	if err != nil && info.Mode()&fs.ModeNamedPipe != 0 {
		return nil, nil, fault.New(fault.KindOf(err), "%w", err).
			WithHint("it is a pipe, and nothing was written to it")
	}
	if err != nil {
		return nil, nil, err
	}
	return buf, modeWarnings(name, info.Mode()), nil
}

// shows reports whether file is a terminal: read like a file it would show what
// is typed, and Ctrl-C would not end it.
func shows(file any) bool {
	f, ok := file.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}

func shownFault(name string) error {
	return fault.New(fault.Usage, "%s: a terminal, which would show the secret while it is typed", name).
		WithHint("leave the flag out to be asked for it")
}

// Read reads the secret that is the whole of r. The name is for messages.
func Read(r io.Reader, name string) (*secret.Buffer, error) {
	buf, n, err := readAll(r, name)
	if err != nil {
		return nil, err
	}
	buf.Truncate(n - lineEnding(buf.Bytes()[:n]))
	if buf.Len() == 0 {
		buf.Close()
		return nil, fault.New(fault.Refused, "%s: empty, expected a secret", name)
	}
	return buf, nil
}

// readAll returns a buffer whose first n bytes are what r gave.
func readAll(r io.Reader, name string) (buf *secret.Buffer, n int, err error) {
	if buf, err = secret.New(firstSize); err != nil {
		return nil, 0, err
	}
	var pass [readSize]byte
	defer secret.Wipe(pass[:])
	for stalls := 0; stalls < maxStalls; stalls++ {
		got, readErr := r.Read(pass[:])
		if got > 0 {
			stalls = 0
		}
		if buf, err = appendTo(buf, n, pass[:got], name); err != nil {
			return nil, 0, err
		}
		n += got
		if readErr == io.EOF {
			return buf, n, nil
		}
		if readErr != nil {
			buf.Close()
			return nil, 0, readFault(name, readErr)
		}
	}
	buf.Close()
	return nil, 0, readFault(name, io.ErrNoProgress)
}

// appendTo puts more behind the first n bytes of buf, which it replaces by a
// larger buffer when they do not fit, and closes on error.
func appendTo(buf *secret.Buffer, n int, more []byte, name string) (*secret.Buffer, error) {
	if n+len(more) > maxSize {
		buf.Close()
		return nil, fault.New(fault.Refused, "%s: larger than %d KiB, which no secret is", name, maxSize>>10)
	}
	if n+len(more) > buf.Len() {
		larger, err := secret.New(min(2*buf.Len(), maxSize))
		if err != nil {
			buf.Close()
			return nil, err
		}
		secret.Copy(larger.Bytes(), buf.Bytes()[:n])
		buf.Close()
		buf = larger
	}
	secret.Copy(buf.Bytes()[n:], more)
	return buf, nil
}

// lineEnding returns the length of the line ending at the end of b: 0, 1 or 2.
func lineEnding(b []byte) int {
	switch n := len(b); {
	case n == 0 || b[n-1] != '\n':
		return 0
	case n > 1 && b[n-2] == '\r':
		return 2
	default:
		return 1
	}
}

// modeWarnings says who else may read the file, where modes mean something.
func modeWarnings(name string, mode fs.FileMode) []string {
	if !mode.IsRegular() || mode.Perm()&0o044 == 0 || runtime.GOOS == "windows" {
		return nil
	}
	who := "its group"
	if mode.Perm()&0o004 != 0 {
		who = "every user of this machine"
	}
	return []string{fmt.Sprintf("%s: mode %04o lets %s read the secret; chmod 600 keeps it to its owner", name, mode.Perm(), who)}
}

func openFault(name string, err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return fault.New(fault.Refused, "%s: no such file (%w)", name, fs.ErrNotExist)
	case errors.Is(err, fs.ErrPermission):
		return fault.New(fault.Refused, "%s: may not be read by this user (%w)", name, fs.ErrPermission).
			WithHint("see who owns it with 'ls -l'")
	}
	return readFault(name, err)
}

// readFault drops what a path error repeats.
func readFault(name string, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fault.New(fault.Environment, "%s: cannot be read: %w", name, err)
}
