package atomicfile_test

import (
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/testkit"
)

// recorder writes down what makes things durable and what makes them visible.
type recorder struct {
	testkit.PoorFS
	log *[]string
}

func (r recorder) write(op, name string) {
	if strings.Contains(path.Base(name), ".partial") {
		name = "STAGING"
	}
	*r.log = append(*r.log, op+" "+path.Base(name))
}

func (r recorder) SyncFS(name string) error {
	err := r.PoorFS.SyncFS(name)
	if err == nil {
		r.write("syncfs", name)
	}
	return err
}

func (r recorder) SyncDir(name string) error {
	r.write("syncdir", name)
	return r.PoorFS.SyncDir(name)
}

func (r recorder) RenameNoReplace(from, to string) error {
	r.write("rename", to)
	return r.PoorFS.RenameNoReplace(from, to)
}

func (r recorder) Open(name string) (atomicfile.File, error) {
	f, err := r.PoorFS.Open(name)
	return recordedFile{f, r, name}, err
}

type recordedFile struct {
	atomicfile.File
	r    recorder
	name string
}

func (f recordedFile) Sync() error {
	f.r.write("sync", f.name)
	return f.File.Sync()
}

func (f recordedFile) Read(p []byte) (int, error) {
	f.r.write("read", f.name)
	return f.File.Read(p)
}

// No kill shows whether what became visible would outlive a power cut; the
// order of the calls does.
func TestDurableBeforeVisibleAndCommitMarkLast(t *testing.T) {
	reads := []string{"read keystore-0.json", "read keystore-1.json", "read keystore-2.json", "read deposit_data.json"}
	syncs := []string{"sync keystore-0.json", "sync keystore-1.json", "sync keystore-2.json", "sync deposit_data.json", "syncdir STAGING"}
	folder := []string{"rename keys"}
	files := []string{
		"rename keystore-0.json", "rename keystore-1.json", "rename keystore-2.json", "syncdir keys",
		"rename deposit_data.json", "syncdir keys", "syncdir keys",
	}
	for _, c := range []struct {
		existing, noSyncFS bool
		want               []string
	}{
		{false, false, slices.Concat([]string{"syncfs STAGING"}, reads, folder)},
		{false, true, slices.Concat(syncs, reads, folder)},
		{true, false, slices.Concat([]string{"syncfs STAGING"}, reads, files)},
		{true, true, slices.Concat(syncs, reads, files)},
	} {
		root := openRoot(t)
		if c.existing {
			mkdir(t, at(root, "keys"))
		} else {
			c.want = append(c.want, "syncdir .")
		}
		var log []string
		fsys := recorder{testkit.PoorFS{FS: root, NoSyncFS: c.noSyncFS}, &log}
		if err := writeSet(fsys, "keys"); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(log, c.want) {
			t.Errorf("existing %t, no syncfs %t:\ngot  %q\nwant %q", c.existing, c.noSyncFS, log, c.want)
		}
	}
}
