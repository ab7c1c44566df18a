package bolt_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/slashingdb"
	"github.com/ethkey/ethkey/pkg/slashingdb/bolt"
)

// edited opens a new store's file as bbolt does, changes it and closes it.
func edited(t *testing.T, settings bbolt.Options, change func(tx *bbolt.Tx) error) bolt.Options {
	t.Helper()
	o := options(filepath.Join(t.TempDir(), "store"))
	create(t, o)
	settings.PageSize = 4096
	db, err := bbolt.Open(o.Path, 0o600, &settings)
	if err == nil {
		err = errors.Join(db.Update(change), db.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// A store of a later version is not taken for an empty one.
func TestStoreOfAnotherVersionIsRefused(t *testing.T) {
	o := edited(t, bbolt.Options{NoFreelistSync: true}, func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte("store"))
		value := b.Get([]byte("state"))
		text := bytes.Replace(value[:len(value)-sha256.Size], []byte(`"Version":1`), []byte(`"Version":2`), 1)
		sum := sha256.Sum256(append([]byte("ethkey slashing store\x00"), text...))
		return b.Put([]byte("state"), append(bytes.Clone(text), sum[:]...))
	})
	if _, err := bolt.Open(o); fault.KindOf(err) != fault.Refused || fault.HintOf(err) == "" {
		t.Errorf("%v", err)
	}
}

// What the store never writes is not trusted, though bbolt would.
func TestWhatNoStoreHasIsRefused(t *testing.T) {
	for name, o := range map[string]bolt.Options{
		"a list of free pages": edited(t, bbolt.Options{}, func(*bbolt.Tx) error { return nil }),
		"a third bucket": edited(t, bbolt.Options{NoFreelistSync: true}, func(tx *bbolt.Tx) error {
			b, err := tx.CreateBucket([]byte("more"))
			return errors.Join(err, b.Put([]byte("a"), []byte("b")))
		}),
		"a bucket in a bucket": edited(t, bbolt.Options{NoFreelistSync: true}, func(tx *bbolt.Tx) error {
			_, err := tx.Bucket([]byte("keys")).CreateBucket([]byte("more"))
			return err
		}),
		"another entry": edited(t, bbolt.Options{NoFreelistSync: true}, func(tx *bbolt.Tx) error {
			return tx.Bucket([]byte("store")).Put([]byte("more"), []byte("b"))
		}),
		"no state": edited(t, bbolt.Options{NoFreelistSync: true}, func(tx *bbolt.Tx) error {
			return tx.Bucket([]byte("store")).Delete([]byte("state"))
		}),
	} {
		if _, err := bolt.Open(o); !errors.Is(err, slashingdb.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A meta page that is whole but of an earlier commit: the two are not of
// commits in a row.
func TestOldMetaPageIsFound(t *testing.T) {
	o, snapshots := full(t)
	last := snapshots[len(snapshots)-1]
	for id := range 2 {
		for _, old := range snapshots[:len(snapshots)-4] {
			data := bytes.Clone(last)
			copy(data[id*4096:][:4096], old[id*4096:])
			if _, err := spoiled(t, o, data); !errors.Is(err, slashingdb.ErrDamaged) {
				t.Errorf("meta page %d: %v", id, err)
			}
		}
	}
}

// Each byte of a meta page counts: bbolt would fall back on the other one.
func TestEveryByteOfAMetaPageCounts(t *testing.T) {
	o, snapshots := full(t)
	o.ReadOnly = true
	last := snapshots[len(snapshots)-1]
	for id := range 2 {
		for at := range 64 {
			data := bytes.Clone(last)
			data[id*4096+16+at] ^= 0x10
			if _, err := spoiled(t, o, data); !errors.Is(err, slashingdb.ErrDamaged) {
				t.Errorf("byte %d of meta page %d: %v", at, id, err)
			}
		}
	}
}

// A branch that leads back to itself, or two ways to one page.
func TestPagesReachedTwiceAreFound(t *testing.T) {
	o, snapshots := full(t)
	o.ReadOnly = true
	last := snapshots[len(snapshots)-1]
	found := 0
	for page := 2; page < len(last)/4096; page++ {
		b := last[page*4096:]
		if binary.LittleEndian.Uint64(b) != uint64(page) || binary.LittleEndian.Uint16(b[8:]) != 1 || binary.LittleEndian.Uint16(b[10:]) < 2 {
			continue
		}
		for _, child := range []uint64{uint64(page), binary.LittleEndian.Uint64(b[16+16+8:])} {
			data := bytes.Clone(last)
			binary.LittleEndian.PutUint64(data[page*4096+16+8:], child)
			if _, err := spoiled(t, o, data); err != nil {
				found++
				if !errors.Is(err, slashingdb.ErrDamaged) {
					t.Errorf("page %d: %v", page, err)
				}
			}
		}
	}
	if found < 2 {
		t.Errorf("%d branches were bent: the tree has none", found)
	}
}
