package bolt_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/slashingdb"
	"github.com/ethkey/ethkey/pkg/slashingdb/bolt"
	"github.com/ethkey/ethkey/pkg/slashingdb/storetest"
)

func signBlock(t testing.TB, s slashingdb.Store, key slashingdb.PublicKey, slot beacon.Slot) {
	t.Helper()
	v, err := s.Decide(context.Background(), []slashingdb.Duty{{Key: key, Block: &slashingdb.Block{Slot: slot}}})
	if err != nil || v[0] != slashingdb.Sign {
		t.Fatal(v, err)
	}
}

// full makes a store of 400 keys, which is a tree of two levels, and returns
// its bytes after each of some commits.
func full(t *testing.T) (o bolt.Options, snapshots [][]byte) {
	t.Helper()
	o = options(filepath.Join(t.TempDir(), "store"))
	create(t, o)
	keys := storetest.Keys(t, 400)
	s := open(t, o)
	if _, err := s.Admit(context.Background(), keys, slashingdb.Fresh); err != nil {
		t.Fatal(err)
	}
	for i := range 12 {
		for j := i; j < len(keys); j += 37 {
			signBlock(t, s, keys[j], beacon.Slot(100*(i+1)))
		}
		snapshots = append(snapshots, contents(t, o.Path))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return o, append(snapshots, contents(t, o.Path))
}

func contents(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// records opens the file at o and returns what it holds.
func records(t *testing.T, o bolt.Options) ([]slashingdb.Record, error) {
	t.Helper()
	s, err := bolt.Open(o)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	return s.Records(context.Background(), nil)
}

// spoiled puts other bytes into the same file.
func spoiled(t *testing.T, o bolt.Options, data []byte) ([]slashingdb.Record, error) {
	t.Helper()
	if err := os.WriteFile(o.Path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return records(t, o)
}

// judge wants what was spoiled to be refused, or to hold what it held.
func judge(t *testing.T, what string, want, got []slashingdb.Record, err error) (refused bool) {
	t.Helper()
	if err == nil {
		if !slices.Equal(want, got) {
			t.Errorf("%s: opened with other records", what)
		}
		return false
	}
	if !errors.Is(err, slashingdb.ErrDamaged) || fault.KindOf(err) != fault.Integrity || fault.HintOf(err) == "" {
		t.Errorf("%s: %v", what, err)
	}
	return true
}

// A byte that was flipped, anywhere, is found, or does not matter.
func TestFlippedBytesAreFound(t *testing.T) {
	o, snapshots := full(t)
	whole := snapshots[len(snapshots)-1]
	want, err := records(t, o)
	if err != nil {
		t.Fatal(err)
	}
	seed := rand.Uint64()
	t.Logf("seed %d, %d bytes", seed, len(whole))
	random, refused := rand.New(rand.NewPCG(seed, 0)), 0
	for i := range 2000 {
		// To look at a store is the same proof, without the syncs.
		o.ReadOnly = i%20 != 0
		data := bytes.Clone(whole)
		at := random.IntN(len(data))
		if i%10 == 0 {
			at = random.IntN(2 * 4096) // the meta pages more often
		}
		data[at] ^= byte(1 + random.IntN(255))
		got, err := spoiled(t, o, data)
		if judge(t, fmt.Sprintf("byte %d", at), want, got, err) {
			refused++
		}
	}
	t.Logf("%d of 2000 refused; the others were in pages without use", refused)
	if refused < 300 {
		t.Error("too few were refused: the test proves nothing")
	}
}

// A page that is whole but older than the commit, lost, or that of another
// place, is found.
func TestTornPagesAreFound(t *testing.T) {
	o, snapshots := full(t)
	whole := snapshots[len(snapshots)-1]
	want, err := records(t, o)
	if err != nil {
		t.Fatal(err)
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random, refused, rounds := rand.New(rand.NewPCG(seed, 0)), 0, 0
	for i := range 600 {
		o.ReadOnly = i%20 != 0
		data := bytes.Clone(whole)
		for range 1 + random.IntN(4) {
			spoilPage(random, data, snapshots)
		}
		if bytes.Equal(data, whole) {
			continue
		}
		rounds++
		got, err := spoiled(t, o, data)
		if judge(t, "pages", want, got, err) {
			refused++
		}
	}
	t.Logf("%d of %d refused", refused, rounds)
	if refused < rounds/10 {
		t.Error("too few were refused: the test proves nothing")
	}
}

// spoilPage leaves the meta pages alone: to lose the last of them whole is to
// have the file as it was one commit before.
func spoilPage(random *rand.Rand, data []byte, snapshots [][]byte) {
	const page = 4096
	at := (2 + random.IntN(len(data)/page-2)) * page
	old := snapshots[random.IntN(len(snapshots))]
	switch random.IntN(4) {
	case 0:
		clear(data[at : at+page])
	case 1: // torn: the rest is what stood there before
		if at+page <= len(old) {
			cut := at + 512*random.IntN(8)
			copy(data[cut:at+page], old[cut:at+page])
		}
	case 2:
		from := (2 + random.IntN(len(data)/page-2)) * page
		copy(data[at:at+page], data[from:from+page])
	default:
		if at+page <= len(old) {
			copy(data[at:at+page], old[at:at+page])
		}
	}
}

// A file that was cut short.
func TestShortFileIsRefused(t *testing.T) {
	o, snapshots := full(t)
	whole := snapshots[len(snapshots)-1]
	want, err := records(t, o)
	if err != nil {
		t.Fatal(err)
	}
	for size := 0; size < len(whole); size += 1500 {
		got, err := spoiled(t, o, whole[:size])
		judge(t, fmt.Sprintf("%d bytes", size), want, got, err)
		if err == nil && size < 16*4096 {
			t.Errorf("%d bytes of %d were opened", size, len(whole))
		}
	}
	got, err := spoiled(t, o, append(bytes.Clone(whole), 1, 2, 3))
	judge(t, "longer", want, got, err)
}

// What another program may do through bbolt itself, so that every page is
// sound: take a record away, put one in another's place, bring an old one back.
func TestRecordsOfAnotherTimeOrPlaceAreFound(t *testing.T) {
	o, snapshots := full(t)
	whole := snapshots[len(snapshots)-1]
	old := filepath.Join(t.TempDir(), "old")
	if err := os.WriteFile(old, snapshots[0], 0o600); err != nil {
		t.Fatal(err)
	}
	before := map[string][]byte{}
	change(t, old, func(_, keys *bbolt.Bucket) error {
		return keys.ForEach(func(k, v []byte) error {
			before[string(k)] = bytes.Clone(v)
			return nil
		})
	})
	for name, spoil := range map[string]func(store, keys *bbolt.Bucket) error{
		"taken away": func(_, keys *bbolt.Bucket) error { k, _ := keys.Cursor().First(); return keys.Delete(k) },
		"in another's place": func(_, keys *bbolt.Bucket) error {
			c := keys.Cursor()
			k, _ := c.First()
			_, v := c.Next()
			return keys.Put(bytes.Clone(k), bytes.Clone(v))
		},
		"brought back": func(_, keys *bbolt.Bucket) error {
			for _, k := range slices.Sorted(maps.Keys(before)) {
				if now := keys.Get([]byte(k)); !bytes.Equal(now, before[k]) {
					return keys.Put([]byte(k), before[k])
				}
			}
			return errors.New("no record has changed")
		},
		"a state edited": func(store, _ *bbolt.Bucket) error {
			v := bytes.Replace(store.Get([]byte("state")), []byte(`"Keys":400`), []byte(`"Keys":399`), 1)
			return store.Put([]byte("state"), v)
		},
		"a bucket more": func(store, _ *bbolt.Bucket) error { return store.Put([]byte("other"), []byte("x")) },
	} {
		if err := os.WriteFile(o.Path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		change(t, o.Path, spoil)
		if _, err := records(t, o); !errors.Is(err, slashingdb.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// change edits a store by bbolt alone.
func change(t *testing.T, path string, edit func(store, keys *bbolt.Bucket) error) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{NoFreelistSync: true})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error { return edit(tx.Bucket([]byte("store")), tx.Bucket([]byte("keys"))) })
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// The file is bbolt's own format: its own check finds nothing in it.
func TestFileIsSoundToBbolt(t *testing.T) {
	o, _ := full(t)
	db, err := bbolt.Open(o.Path, 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.View(func(tx *bbolt.Tx) error {
		for err := range tx.Check() {
			t.Error(err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
