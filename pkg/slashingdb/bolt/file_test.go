package bolt_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/slashingdb"
	"github.com/ethkey/ethkey/pkg/slashingdb/bolt"
	"github.com/ethkey/ethkey/pkg/slashingdb/storetest"
)

func TestCreateMakesAPrivateFileAndReplacesNone(t *testing.T) {
	o := options(filepath.Join(t.TempDir(), "store"))
	// What a run that was killed left beside it does not matter.
	if err := os.WriteFile(filepath.Join(filepath.Dir(o.Path), ".store.new"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	create(t, o)
	info, err := os.Stat(o.Path)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	before := contents(t, o.Path)
	if err := bolt.Create(context.Background(), o, chain); fault.KindOf(err) != fault.Refused || fault.HintOf(err) == "" {
		t.Errorf("a second one: %v", err)
	}
	if !bytes.Equal(before, contents(t, o.Path)) {
		t.Error("the file was changed")
	}
	entries, err := os.ReadDir(filepath.Dir(o.Path))
	if err != nil || len(entries) != 1 {
		t.Errorf("%v, %v", entries, err)
	}
}

func TestCreateNeedsAChainAndRandomness(t *testing.T) {
	o := options(filepath.Join(t.TempDir(), "store"))
	without := chain
	without.SecondsPerSlot = 0
	if err := bolt.Create(context.Background(), o, without); err == nil {
		t.Error("a chain without times was taken")
	}
	o.Rand = io.LimitReader(bytes.NewReader(make([]byte, 3)), 3)
	if err := bolt.Create(context.Background(), o, chain); fault.KindOf(err) != fault.Environment {
		t.Errorf("three random bytes: %v", err)
	}
	if _, err := os.Stat(o.Path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file was left: %v", err)
	}
}

// Opening never makes a store: a lost volume is not an empty history.
func TestOpenNeverCreates(t *testing.T) {
	o := options(filepath.Join(t.TempDir(), "store"))
	_, err := bolt.Open(o)
	if fault.KindOf(err) != fault.Refused || !strings.Contains(err.Error(), o.Path) || fault.HintOf(err) == "" {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(o.Path); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a file was made")
	}
	o.Path = filepath.Dir(o.Path)
	if _, err := bolt.Open(o); err == nil {
		t.Error("a folder was opened")
	}
}

func TestOneUserAtATime(t *testing.T) {
	o := options(filepath.Join(t.TempDir(), "store"))
	create(t, o)
	s := open(t, o)
	reader := o
	reader.ReadOnly = true
	for name, second := range map[string]bolt.Options{"a second": o, "a reader": reader} {
		_, err := bolt.Open(second)
		if !errors.Is(err, slashingdb.ErrInUse) || fault.KindOf(err) != fault.Environment || fault.HintOf(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, reader)
	open(t, reader) // readers do not disturb each other
	if _, err := bolt.Open(o); !errors.Is(err, slashingdb.ErrInUse) {
		t.Errorf("a writer beside readers: %v", err)
	}
}

// A copy is not the store, also on the same machine; a file that was moved is.
func TestCopyIsForeignAndMovedFileIsNot(t *testing.T) {
	o := options(filepath.Join(t.TempDir(), "store"))
	create(t, o)
	s := open(t, o)
	keys := storetest.Keys(t, 1)
	if _, err := s.Admit(context.Background(), keys, slashingdb.Fresh); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	copied, moved := o, o
	copied.Path, moved.Path = o.Path+".copy", o.Path+".moved"
	if err := os.WriteFile(copied.Path, contents(t, o.Path), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(o.Path, moved.Path); err != nil {
		t.Fatal(err)
	}
	signBlock(t, open(t, moved), keys[0], 5)
	_, err := open(t, copied).Decide(context.Background(), []slashingdb.Duty{{Key: keys[0], Block: &slashingdb.Block{Slot: 5}}})
	if !errors.Is(err, slashingdb.ErrForeign) {
		t.Errorf("a copy: %v", err)
	}
}

// A copy that was adopted is the store, from then on.
func TestCopyIsAdopted(t *testing.T) {
	o := options(filepath.Join(t.TempDir(), "store"))
	create(t, o)
	keys := storetest.Keys(t, 1)
	s := open(t, o)
	if _, err := s.Admit(context.Background(), keys, slashingdb.Fresh); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	copied := o
	copied.Path += ".copy"
	if err := os.WriteFile(copied.Path, contents(t, o.Path), 0o600); err != nil {
		t.Fatal(err)
	}
	s = open(t, copied)
	fence, err := s.Adopt(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	signBlock(t, s, keys[0], fence.Slot+1)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	signBlock(t, open(t, copied), keys[0], fence.Slot+2)
}

func TestReadOnlyMediumCanBeLookedAt(t *testing.T) {
	testkit.OnMedia(t, func(t *testing.T) {
		dir := testkit.ReadOnly(t, func(dir string) { create(t, options(filepath.Join(dir, "store"))) })
		o := options(filepath.Join(dir, "store"))
		if _, err := bolt.Open(o); fault.KindOf(err) != fault.Environment || !strings.Contains(err.Error(), o.Path) {
			t.Errorf("to write: %v", err)
		}
		o.ReadOnly = true
		s := open(t, o)
		if info, err := s.Info(context.Background()); err != nil || info.Chain != chain {
			t.Errorf("%+v, %v", info, err)
		}
		_, err := s.Raise(context.Background(), nil, slashingdb.LastSigned{})
		if fault.KindOf(err) != fault.Refused {
			t.Errorf("raise: %v", err)
		}
	})
}

// On a full disk the store dies, and what it answered is there afterwards.
func TestFullDisk(t *testing.T) {
	testkit.OnMedia(t, func(t *testing.T) {
		o := options(filepath.Join(testkit.Tmpfs(t, "160k"), "store"))
		create(t, o)
		s := open(t, o)
		keys := storetest.Keys(t, 800)
		admitted := 0
		var err error
		for ; admitted < len(keys) && err == nil; admitted += 8 {
			_, err = s.Admit(context.Background(), keys[admitted:admitted+8], slashingdb.Fresh)
		}
		admitted -= 8
		if !errors.Is(err, slashingdb.ErrFatal) || fault.KindOf(err) != fault.Environment {
			t.Fatalf("after %d keys: %v", admitted, err)
		}
		if _, err := s.Decide(context.Background(), nil); !errors.Is(err, slashingdb.ErrFatal) {
			t.Errorf("a dead store answers: %v", err)
		}
		if _, err := s.Info(context.Background()); !errors.Is(err, slashingdb.ErrFatal) {
			t.Errorf("a dead store tells: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
		got, err := records(t, o)
		if err != nil || len(got) != admitted {
			t.Errorf("%d records, %d were answered: %v", len(got), admitted, err)
		}
	})
}

// Who names another file is told what it is, and not that a store is damaged.
func TestOtherFilesAreNoDamagedStores(t *testing.T) {
	o := options(filepath.Join(t.TempDir(), "store"))
	for content, want := range map[string]string{
		`{"metadata":{"interchange_format_version":"5"},"data":[]}`: "is JSON",
		"\xef\xbb\xbf \r\n{\n  \"metadata\"":                        "is JSON",
		"{}":                                                        "is JSON",
		"SQLite format 3\x00" + strings.Repeat("\x00", 4096): "is an SQLite database",
	} {
		if err := os.WriteFile(o.Path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := bolt.Open(o)
		if fault.KindOf(err) != fault.Refused || errors.Is(err, slashingdb.ErrDamaged) || !strings.Contains(err.Error(), want) || fault.HintOf(err) == "" {
			t.Errorf("%q: %v", content[:min(20, len(content))], err)
		}
	}
	for _, content := range []string{"", "{", "{\x00\x00\x00\x00\x00\x00\x00", "text", "SQLite"} {
		if err := os.WriteFile(o.Path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := bolt.Open(o); !errors.Is(err, slashingdb.ErrDamaged) {
			t.Errorf("%q: %v", content, err)
		}
	}
}

// blind is a folder in which the store is not seen yet: another run makes it
// right then.
type blind struct{ atomicfile.FS }

func (blind) Lstat(string) (fs.FileInfo, error) { return nil, fs.ErrNotExist }

// A store that appears while another one is made is not replaced.
func TestCreateLosesTheRaceForAName(t *testing.T) {
	o := options(filepath.Join(t.TempDir(), "store"))
	create(t, o)
	before := contents(t, o.Path)
	open := o.OpenFolder
	o.OpenFolder = func(name string) (atomicfile.FS, error) {
		fsys, err := open(name)
		return blind{fsys}, err
	}
	if err := bolt.Create(context.Background(), o, chain); fault.KindOf(err) != fault.Refused {
		t.Errorf("%v", err)
	}
	if !bytes.Equal(before, contents(t, o.Path)) {
		t.Error("the store was replaced")
	}
}
