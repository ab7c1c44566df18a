package atomicfile_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/secret"
)

func TestWriteFile(t *testing.T) {
	root := openRoot(t)
	report, err := atomicfile.WriteFile(t.Context(), root, "mnemonic.txt", []byte("words"))
	if err != nil || len(report.Files) != 1 || report.Files[0] != "mnemonic.txt" {
		t.Fatalf("%+v, %v", report, err)
	}
	info, err := os.Stat(at(root, "mnemonic.txt"))
	if err != nil || info.Mode().Perm() != 0o400 || info.Size() != 5 {
		t.Errorf("%v, %v", info, err)
	}
	wantEmpty(t, root.Name(), "mnemonic.txt")
	if err := atomicfile.Writable(root, ".", 0, "mnemonic.txt"); fault.KindOf(err) != fault.Refused {
		t.Errorf("Writable: %v", err)
	}
}

// The kernel cannot read from the pages of a secret; WriteFile can.
func TestWriteFileTakesBytesOfSecret(t *testing.T) {
	buf, err := secret.From([]byte("words"))
	if err != nil {
		t.Fatal(err)
	}
	defer buf.Close()
	root := openRoot(t)
	if _, err := atomicfile.WriteFile(t.Context(), root, "m", buf.Bytes()); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(at(root, "m")); err != nil || string(data) != "words" {
		t.Errorf("%q, %v", data, err)
	}
}

// keepsInodes gives each file a second name, by which what became of its bytes
// is seen after it was removed.
type keepsInodes struct {
	atomicfile.FS
	dir string
}

func (k keepsInodes) Create(name string, perm fs.FileMode) (atomicfile.File, error) {
	f, err := k.FS.Create(name, perm)
	if err == nil {
		err = os.Link(filepath.Join(k.FS.Name(), name), filepath.Join(k.dir, "kept"))
	}
	return f, err
}

func TestAbandonedSecretIsOverwritten(t *testing.T) {
	fired := 0
	for n := 1; n < 60; n++ {
		base := t.TempDir()
		root, aside := filepath.Join(base, "root"), filepath.Join(base, "aside")
		mkdir(t, root)
		mkdir(t, aside)
		fsys := &testkit.FailFS{FS: keepsInodes{openAt(t, root), aside}, At: n, Failure: testkit.Failure{Err: syscall.EIO}}
		_, err := atomicfile.WriteFile(t.Context(), fsys, "m", []byte("zebra zebra"))
		kept, readErr := os.ReadFile(filepath.Join(aside, "kept"))
		if err == nil || errors.Is(readErr, fs.ErrNotExist) {
			continue
		}
		fired++
		if bytes.Contains(kept, []byte("zebra")) {
			t.Errorf("failure at operation %d: the bytes are still there", n)
		}
		wantEmpty(t, root)
	}
	if fired == 0 {
		t.Error("no failure came after the file was made")
	}
}

func TestWritable(t *testing.T) {
	root := openRoot(t)
	mkdir(t, at(root, "keys"))
	for _, folder := range []string{".", "keys", "new"} {
		if err := atomicfile.Writable(root, folder, 1000, "a.json"); err != nil {
			t.Errorf("%s: %v", folder, err)
		}
		wantFault(t, atomicfile.Writable(root, folder, 1<<62), fault.Environment, "the disk is full")
	}
	wantFault(t, atomicfile.Writable(root, "keys", 0, "../x"), fault.Refused, "../x")
	wantEmpty(t, root.Name(), "keys")
	wantEmpty(t, at(root, "keys"))
}

func TestRootCannotBeLeft(t *testing.T) {
	root := openRoot(t)
	mkdir(t, at(root, "in"))
	if err := os.Symlink("/tmp", at(root, "out")); err != nil {
		t.Fatal(err)
	}
	if _, err := root.Create("out/x", 0o400); err == nil {
		t.Error("a symbolic link leads out")
	}
	if _, err := atomicfile.Begin(root, "out/keys"); err == nil {
		t.Error("a set is begun outside")
	}
	if err := root.RenameNoReplace("in", "out/in"); err == nil {
		t.Error("a folder is renamed out")
	}
}
