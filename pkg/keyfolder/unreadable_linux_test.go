package keyfolder_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/sys/unix"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/pkg/keyfolder"
)

// onDisk writes a golden tree to a folder and opens that.
func onDisk(t *testing.T, m mapFS) (*atomicfile.Root, string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, m.files); err != nil {
		t.Fatal(err)
	}
	root, err := atomicfile.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	return root, dir
}

// A pipe in the place of a file is named as no use; nobody waits for somebody
// to write to it.
func TestPipes(t *testing.T) {
	for _, layout := range []keyfolder.Layout{keyfolder.DepositCLI, keyfolder.Nimbus, keyfolder.Lodestar} {
		m := lay(golden(t, layout))
		root, dir := onDisk(t, m)
		for name := range m.files {
			if strings.Contains(name, "keystore") && strings.HasSuffix(name, ".json") {
				replaceByPipe(t, filepath.Join(dir, name))
				break
			}
		}
		bad := 0
		for _, it := range read(t, root, "").Items {
			if it.Err != nil && strings.Contains(it.Err.Error(), "a pipe or device") {
				bad++
			}
		}
		if bad != 1 {
			t.Errorf("%s: %d pipes were named, want one", layout, bad)
		}
	}
	root, dir := onDisk(t, lay(golden(t, keyfolder.Lighthouse)))
	replaceByPipe(t, filepath.Join(dir, "validators/validator_definitions.yml"))
	if f := read(t, root, ""); len(f.Items) != 2 {
		t.Errorf("definitions in a pipe: %d items", len(f.Items))
	}
}

func replaceByPipe(t *testing.T, name string) {
	t.Helper()
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
}

// closed refuses to list or open what lies in one folder.
type closed struct {
	mapFS
	folder string
	list   bool
}

func (c closed) ReadDir(name string) ([]fs.DirEntry, error) {
	if c.list && name == c.folder {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return c.mapFS.ReadDir(name)
}

func (c closed) Open(name string) (atomicfile.File, error) {
	if strings.HasPrefix(name, c.folder+"/") {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return c.mapFS.Open(name)
}

// A key that may be there but cannot be read is not passed over: who writes
// the folder anew would lose it.
func TestUnreadableFoldersAreNamed(t *testing.T) {
	for layout, top := range map[keyfolder.Layout]string{
		keyfolder.Lighthouse: "validators", keyfolder.Nimbus: "validators", keyfolder.Lodestar: "keystores",
	} {
		m := lay(golden(t, layout))
		delete(m.files, "validators/validator_definitions.yml")
		folder := ""
		for name := range m.files {
			if strings.HasPrefix(name, top+"/") {
				folder = filepath.Dir(name)
			}
		}
		bad := 0
		f := read(t, closed{m, folder, true}, layout)
		for _, it := range f.Items {
			if it.Err != nil && strings.Contains(it.Err.Error(), "permission denied") {
				bad++
			}
		}
		if bad != 1 || len(f.Items) != 2 {
			t.Errorf("%s: %d of %d items are named as unreadable", layout, bad, len(f.Items))
		}
	}
	m := lay(golden(t, keyfolder.DepositCLI))
	m.files["lost+found/x"] = &fstest.MapFile{}
	for _, it := range read(t, closed{m, "lost+found", true}, "").Items {
		if it.Err != nil {
			t.Error(it.Err)
		}
	}
}

// Two configurations of one keystore would be two validators with one key.
func TestConfiguredTwice(t *testing.T) {
	m := lay(golden(t, keyfolder.Web3Signer))
	for name, file := range m.files {
		if strings.HasSuffix(name, ".yaml") {
			m.files["again.yaml"] = file
			break
		}
	}
	if _, err := keyfolder.Read(m, ""); err == nil || !strings.Contains(err.Error(), "configured twice") {
		t.Errorf("%v", err)
	}
}
