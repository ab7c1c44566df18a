package source

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/ethkey/ethkey/internal/fault"
)

func TestReadKeepsEverythingButOneLineEnding(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"no line ending", "correct horse", "correct horse"},
		{"newline", "correct horse\n", "correct horse"},
		{"carriage return and newline", "correct horse\r\n", "correct horse"},
		{"only one is dropped", "correct horse\n\n", "correct horse\n"},
		{"only one of two windows endings", "a\r\n\r\n", "a\r\n"},
		{"a lone carriage return stays", "correct horse\r", "correct horse\r"},
		{"outer white space stays", " \tcorrect horse ", " \tcorrect horse "},
		{"NUL stays", "a\x00b\x00\n", "a\x00b\x00"},
		{"inner lines stay", "one\ntwo\r\nthree\n", "one\ntwo\r\nthree"},
		{"not UTF-8", "\xff\xfe\n", "\xff\xfe"},
		{"one byte", "x", "x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, r := range []io.Reader{
				strings.NewReader(c.in),
				iotest.OneByteReader(strings.NewReader(c.in)),
				iotest.DataErrReader(strings.NewReader(c.in)),
			} {
				buf, err := Read(r, "test")
				if err != nil {
					t.Fatal(err)
				}
				if got := string(buf.Bytes()); got != c.want {
					t.Errorf("got %q, want %q", got, c.want)
				}
				buf.Close()
			}
		})
	}
}

func TestReadTakes64KiBAndNoMore(t *testing.T) {
	for _, size := range []int{255, 256, 257, 511, 513, 4097, 64 << 10} {
		want := bytes.Repeat([]byte("0123456789abcdef"), size/16+1)[:size]
		buf, err := Read(bytes.NewReader(want), "test")
		if err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		if !bytes.Equal(buf.Bytes(), want) {
			t.Errorf("%d bytes came back changed", size)
		}
		buf.Close()
	}
	endless := io.MultiReader(bytes.NewReader(make([]byte, 64<<10)), iotest.ErrReader(errors.New("read too far")))
	_, err := Read(io.MultiReader(bytes.NewReader(make([]byte, 64<<10+1)), endless), "big.txt")
	if err == nil || fault.KindOf(err) != fault.Refused || !strings.Contains(err.Error(), "big.txt: larger than 64 KiB") {
		t.Errorf("got %v", err)
	}
}

func TestReadRefusesTheEmpty(t *testing.T) {
	for _, in := range []string{"", "\n", "\r\n"} {
		if _, err := Read(strings.NewReader(in), "empty.txt"); err == nil || !strings.Contains(err.Error(), "empty.txt: empty") || fault.KindOf(err) != fault.Refused {
			t.Errorf("%q: %v", in, err)
		}
	}
}

type stalled struct{}

func (stalled) Read([]byte) (int, error) { return 0, nil }

func TestReadFaultsNameTheStreamAndNotWhatItHeld(t *testing.T) {
	broken := errors.New("disk on fire")
	for _, r := range []io.Reader{
		io.MultiReader(strings.NewReader("hush-hush"), iotest.ErrReader(broken)),
		io.MultiReader(strings.NewReader("hush-hush"), stalled{}),
		iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("hush-hush"))),
	} {
		_, err := Read(r, "words.txt")
		if err == nil || fault.KindOf(err) != fault.Environment || !strings.HasPrefix(err.Error(), "words.txt: cannot be read: ") {
			t.Errorf("got %v", err)
		} else if strings.Contains(err.Error(), "hush") {
			t.Errorf("the fault tells the secret: %v", err)
		}
	}
}

// remembered keeps the slice it was asked to fill.
type remembered struct {
	io.Reader
	seen []byte
}

func (r *remembered) Read(p []byte) (int, error) {
	r.seen = p
	return r.Reader.Read(p)
}

func TestReadWipesWhatItPassedThrough(t *testing.T) {
	for _, end := range []error{io.EOF, errors.New("broken")} {
		r := &remembered{Reader: io.MultiReader(strings.NewReader("hush-hush"), iotest.ErrReader(end))}
		if buf, err := Read(r, "test"); err == nil {
			buf.Close()
		}
		if len(r.seen) == 0 || !bytes.Equal(r.seen, make([]byte, len(r.seen))) {
			t.Errorf("ending in %v, %q stays behind", end, r.seen)
		}
	}
}

func osOpen(name string) (fs.File, error) { return os.Open(name) }

func TestFileWarnsOfModesThatLetOthersRead(t *testing.T) {
	for _, c := range []struct {
		mode fs.FileMode
		want string
	}{
		{0o600, ""}, {0o400, ""}, {0o700, ""}, {0o622, ""},
		{0o640, "mode 0640 lets its group read"},
		{0o604, "mode 0604 lets every user of this machine read"},
		{0o644, "mode 0644 lets every user of this machine read"},
		{0o777, "mode 0777 lets every user of this machine read"},
	} {
		path := filepath.Join(t.TempDir(), "password.txt")
		if err := os.WriteFile(path, []byte("correct horse\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, c.mode); err != nil {
			t.Fatal(err)
		}
		buf, warnings, err := File(osOpen, path)
		if err != nil {
			t.Fatal(err)
		}
		if string(buf.Bytes()) != "correct horse" {
			t.Error("read something else")
		}
		buf.Close()
		if got := strings.Join(warnings, "; "); c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("mode %04o: warned %q, want %q", c.mode, got, c.want)
		}
	}
}

func TestFileReadsWhatOpenGives(t *testing.T) {
	fsys := fstest.MapFS{"stick/words.txt": {Data: []byte("legal winner\n"), Mode: 0o400}}
	buf, warnings, err := File(fsys.Open, "stick/words.txt")
	if err != nil || len(warnings) != 0 {
		t.Fatal(warnings, err)
	}
	defer buf.Close()
	if string(buf.Bytes()) != "legal winner" {
		t.Error("read something else")
	}
}

func TestFileFaults(t *testing.T) {
	denied := func(name string) (fs.File, error) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	broken := func(name string) (fs.File, error) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("input/output error")}
	}
	fsys := fstest.MapFS{"folder/empty.txt": {Mode: 0o600}}
	for _, c := range []struct {
		open func(string) (fs.File, error)
		name string
		kind fault.Kind
		want string
	}{
		{fsys.Open, "missing.txt", fault.Refused, "missing.txt: no such file"},
		{fsys.Open, "folder", fault.Refused, "folder: a folder, expected a file"},
		{fsys.Open, "folder/empty.txt", fault.Refused, "folder/empty.txt: empty"},
		{denied, "theirs.txt", fault.Refused, "theirs.txt: may not be read by this user"},
		{broken, "stick.txt", fault.Environment, "stick.txt: cannot be read: input/output error"},
	} {
		buf, _, err := File(c.open, c.name)
		if err == nil || buf != nil || fault.KindOf(err) != c.kind || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: kind %d, %v", c.name, fault.KindOf(err), err)
		}
	}
}
