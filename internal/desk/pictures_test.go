package desk

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"slices"
	"testing"
	"testing/fstest"
)

// The pictures of a folder are read in the order of their names, each version
// once; what is plainly no picture is passed over.
func TestPicturesOfAFolder(t *testing.T) {
	picture := &fstest.MapFile{Data: []byte("x")}
	folder := fstest.MapFS{
		"scans/b.png": picture, "scans/a.JPG": picture, "scans/c.pdf": picture, "scans/d": picture, "scans/sub/e.png": picture,
		"scans/.DS_Store": picture, "scans/backup.json": picture, "scans/backup.JSONL": picture, "scans/1.txt": picture,
		"scans/pipe.png": {Mode: fs.ModeNamedPipe},
	}
	p := Pictures{Open: folder.Open}
	look := func(want ...string) {
		t.Helper()
		if got, err := p.unread("scans"); err != nil || !slices.Equal(got, want) {
			t.Errorf("%v, %v; expected %v", got, err, want)
		}
	}
	look("scans/a.JPG", "scans/b.png", "scans/c.pdf", "scans/d")
	look()
	folder["scans/b.png"] = &fstest.MapFile{Data: []byte("other")}
	look("scans/b.png")
}

// spied is a file that keeps what its reader reads into.
type spied struct {
	fs.File
	fail bool
	into [][]byte
}

func (s *spied) Read(b []byte) (int, error) {
	n, err := s.File.Read(b[:min(len(b), 1000)])
	s.into = append(s.into, b[:n])
	if s.fail && len(s.into) > 2 {
		return n, errors.New("the medium is gone")
	}
	if errors.Is(err, io.EOF) {
		return n, io.EOF
	}
	return n, err
}

// The bytes of a picture are in one piece of memory, and in none when it cannot
// be read.
func TestAPictureLeavesNoCopy(t *testing.T) {
	want := bytes.Repeat([]byte("a sheet "), 1000)
	folder := fstest.MapFS{"a.png": {Data: want}}
	for _, fail := range []bool{false, true} {
		var s *spied
		p := Pictures{Open: func(name string) (fs.File, error) {
			f, err := folder.Open(name)
			s = &spied{File: f, fail: fail}
			return s, err
		}}
		data, err := p.bytes("a.png")
		if err != nil != fail || !fail && !bytes.Equal(data, want) {
			t.Fatalf("%d bytes, %v", len(data), err)
		}
		clear(data)
		for _, part := range s.into {
			if !bytes.Equal(part, make([]byte, len(part))) {
				t.Fatalf("failing %v: a copy is left behind", fail)
			}
		}
	}
}
