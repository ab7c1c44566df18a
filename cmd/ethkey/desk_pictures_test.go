package main

import (
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
	d := &desk{e: &env{read: folder.Open}, pictures: "scans", seen: map[string]bool{}}
	look := func(want ...string) {
		t.Helper()
		if got, err := d.newPictures(); err != nil || !slices.Equal(got, want) {
			t.Errorf("%v, %v; expected %v", got, err, want)
		}
	}
	look("scans/a.JPG", "scans/b.png", "scans/c.pdf", "scans/d")
	look()
	folder["scans/b.png"] = &fstest.MapFile{Data: []byte("other")}
	look("scans/b.png")
}
