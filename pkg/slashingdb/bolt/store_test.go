package bolt_test

import (
	"context"
	"crypto/rand"
	mrand "math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/slashingdb"
	"github.com/ethkey/ethkey/pkg/slashingdb/bolt"
	"github.com/ethkey/ethkey/pkg/slashingdb/storetest"
)

// chain is that of the tests.
var chain = slashingdb.Chain{
	Name: "test", GenesisValidatorsRoot: beacon.Root{1}, GenesisTime: 1_600_000_000, SecondsPerSlot: 12, SlotsPerEpoch: 32,
}

var start = time.Unix(1_600_000_000+10_000*32*12, 0)

func options(path string) bolt.Options {
	return bolt.Options{
		Path: path, Machine: "this machine", Now: func() time.Time { return start }, Rand: rand.Reader,
		OpenFile:   os.OpenFile,
		OpenFolder: func(name string) (atomicfile.FS, error) { return atomicfile.OpenRoot(name) },
	}
}

func create(t testing.TB, o bolt.Options) {
	t.Helper()
	if err := bolt.Create(context.Background(), o, chain); err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, o bolt.Options) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// What every store promises.
func TestConformance(t *testing.T) {
	all := map[slashingdb.Store]bolt.Options{}
	keep := func(t *testing.T, o bolt.Options) slashingdb.Store {
		s := open(t, o)
		all[s] = o
		return s
	}
	again := func(t *testing.T, s slashingdb.Store, machine string) slashingdb.Store {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		o := all[s]
		o.Machine = machine
		return keep(t, o)
	}
	storetest.Run(t, storetest.Harness{
		New: func(t *testing.T, c slashingdb.Chain, now func() time.Time) slashingdb.Store {
			o := options(filepath.Join(t.TempDir(), "store"))
			o.Now = now
			if err := bolt.Create(context.Background(), o, c); err != nil {
				t.Fatal(err)
			}
			return keep(t, o)
		},
		Reopen:    func(t *testing.T, s slashingdb.Store) slashingdb.Store { return again(t, s, "this machine") },
		Elsewhere: func(t *testing.T, s slashingdb.Store) slashingdb.Store { return again(t, s, "another machine") },
		Vectors:   testkit.Vectors,
		Seed:      mrand.Uint64(),
	})
}
