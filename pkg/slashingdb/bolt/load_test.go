package bolt

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"hash/fnv"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// seed is a store of n keys.
func seed(f *testing.F, n int) []byte {
	f.Helper()
	ctx := context.Background()
	o := Options{
		Path: filepath.Join(f.TempDir(), "seed"), Machine: "m", Now: func() time.Time { return time.Unix(1_700_000_000, 0) },
		Rand: rand.Reader, OpenFile: os.OpenFile,
		OpenFolder: func(name string) (atomicfile.FS, error) { return atomicfile.OpenRoot(name) },
	}
	if err := Create(ctx, o, slashingdb.Chain{GenesisTime: 1_600_000_000, SecondsPerSlot: 12, SlotsPerEpoch: 32}); err != nil {
		f.Fatal(err)
	}
	s, err := Open(o)
	if err != nil {
		f.Fatal(err)
	}
	keys := make([]slashingdb.PublicKey, n)
	for i := range keys {
		keys[i] = slashingdb.PublicKey{0: byte(i), 1: byte(i >> 8)}
	}
	if _, err := s.Admit(ctx, keys, slashingdb.Fresh); err != nil {
		f.Fatal(err)
	}
	if err := s.Close(); err != nil {
		f.Fatal(err)
	}
	data, err := os.ReadFile(o.Path)
	if err != nil {
		f.Fatal(err)
	}
	return data
}

// Any bytes at all are read or refused, without a panic and without an end to
// the walk missing. The meta pages get checksums that fit, so that what lies
// behind them is reached.
func FuzzLoad(f *testing.F) {
	f.Add(seed(f, 3))
	f.Add(seed(f, 40)) // a branch page
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		data = bytes.Clone(data)
		for i := range 2 {
			if at := i*pageSize + headerSize; len(data) >= at+metaSize {
				sum := fnv.New64a()
				_, _ = sum.Write(data[at : at+metaSize-8])
				word.PutUint64(data[at+metaSize-8:], sum.Sum64())
			}
		}
		records, state, err := load(bytes.NewReader(data), int64(len(data)))
		var found problem
		if err != nil && !errors.As(err, &found) {
			t.Fatalf("%v", err)
		}
		if err == nil && state.Version == stateVersion && len(records) != state.Keys {
			t.Error("records and their number differ")
		}
	})
}

// A file is another by its number or by its birth, since numbers are used
// again; what a system does not tell does not count.
func TestCopyOf(t *testing.T) {
	written := fileID{Inode: 1, Born: 10}
	for found, want := range map[fileID]bool{
		{1, 10}: false, {1, 11}: true, {2, 10}: true, {1, 0}: false, {0, 0}: false, {0, 11}: false,
	} {
		if got := found.copyOf(written); got != want {
			t.Errorf("%+v: %t", found, got)
		}
	}
}

// Two stores do not show that they are of one machine.
func TestMachineIsTheStoresOwn(t *testing.T) {
	if machineOf(identity{1}, "m") == machineOf(identity{2}, "m") || machineOf(identity{1}, "m") == machineOf(identity{1}, "n") {
		t.Error("the same name")
	}
}
