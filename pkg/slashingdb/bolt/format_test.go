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

// A branch that leads back to itself, two ways to one page, children or keys in
// another's place: bbolt would look for a record where it is not.
func TestBentBranchesAreFound(t *testing.T) {
	o, snapshots := full(t)
	o.ReadOnly = true
	last := snapshots[len(snapshots)-1]
	bent := map[string]func(branch []byte, page uint64){
		"to itself": func(b []byte, page uint64) { binary.LittleEndian.PutUint64(b[16+8:], page) },
		"twice":     func(b []byte, _ uint64) { copy(b[16+8:16+16], b[32+8:32+16]) },
		"children":  func(b []byte, _ uint64) { swap(b[16+8:16+16], b[32+8:32+16]) },
		"keys": func(b []byte, _ uint64) {
			first, second := binary.LittleEndian.Uint32(b[16:]), binary.LittleEndian.Uint32(b[32:])
			binary.LittleEndian.PutUint32(b[16:], second+16) // positions count from their element
			binary.LittleEndian.PutUint32(b[32:], first-16)
		},
		"elements": func(b []byte, _ uint64) {
			swap(b[16+8:16+16], b[32+8:32+16])
			first, second := binary.LittleEndian.Uint32(b[16:]), binary.LittleEndian.Uint32(b[32:])
			binary.LittleEndian.PutUint32(b[16:], second+16)
			binary.LittleEndian.PutUint32(b[32:], first-16)
		},
	}
	for name, bend := range bent {
		found := 0
		for page := uint64(2); page < uint64(len(last))/4096; page++ {
			data := bytes.Clone(last)
			b := data[page*4096:]
			isBranch := binary.LittleEndian.Uint64(b) == page && binary.LittleEndian.Uint16(b[8:]) == 1
			if !isBranch || binary.LittleEndian.Uint16(b[10:]) < 2 {
				continue
			}
			bend(b, page)
			// A page that is free now, from an earlier commit, does not matter.
			if _, err := spoiled(t, o, data); err != nil {
				found++
				if !errors.Is(err, slashingdb.ErrDamaged) {
					t.Errorf("%s, page %d: %v", name, page, err)
				}
			}
		}
		if found != 1 {
			t.Errorf("%s: %d branches in use were found bent; there is one", name, found)
		}
	}
}

func swap(a, b []byte) {
	kept := bytes.Clone(a)
	copy(a, b)
	copy(b, kept)
}
