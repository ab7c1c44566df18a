package bolt_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/slashingdb"
	"github.com/ethkey/ethkey/pkg/slashingdb/bolt"
)

// manyKeys are names of keys: only files must have valid ones.
func manyKeys(n int) []slashingdb.PublicKey {
	keys := make([]slashingdb.PublicKey, n)
	for i := range keys {
		keys[i] = slashingdb.PublicKey{0x80 | byte(i*37), byte(i), byte(i >> 8)}
	}
	return keys
}

// stocked is a store of n keys on the disk, not on a tmpfs.
func stocked(b *testing.B, n int) (*bolt.Store, []slashingdb.PublicKey, string) {
	b.Helper()
	dir := b.TempDir()
	o := options(filepath.Join(dir, "store"))
	create(b, o)
	s := open(b, o)
	keys := manyKeys(n)
	if _, err := s.Admit(context.Background(), keys, slashingdb.Fresh); err != nil {
		b.Fatal(err)
	}
	return s, keys, dir
}

// disk syncs pages that were just written, in a file of the store's size.
type disk struct {
	f    *os.File
	page []byte
	took []time.Duration
}

func newDisk(b *testing.B, dir string) *disk {
	b.Helper()
	f, err := os.Create(filepath.Join(dir, "sync"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = f.Close() })
	if _, err := f.Write(make([]byte, 512<<10)); err != nil {
		b.Fatal(err)
	}
	return &disk{f: f, page: make([]byte, 4096)}
}

func (d *disk) sync(b *testing.B) {
	b.Helper()
	d.page[0]++
	if _, err := d.f.WriteAt(d.page, int64(len(d.took)*37%128)*4096); err != nil {
		b.Fatal(err)
	}
	start := time.Now()
	if err := syscall.Fdatasync(int(d.f.Fd())); err != nil {
		b.Fatal(err)
	}
	d.took = append(d.took, time.Since(start))
}

// cost is what fdatasync costs: the median.
func (d *disk) cost() time.Duration { return median(d.took) }

func median(took []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(took))
	return sorted[len(sorted)/2]
}

// syncCost is the cost when the disk has nothing else to do.
func syncCost(b *testing.B, dir string) time.Duration {
	b.Helper()
	d := newDisk(b, dir)
	for range 200 {
		d.sync(b)
	}
	return d.cost()
}

// One caller: a decision against what two syncs of this disk cost.
func BenchmarkDecideAlone(b *testing.B) {
	s, keys, dir := stocked(b, 1000)
	d, epoch := newDisk(b, dir), 0
	var took []time.Duration
	for b.Loop() { // in turns, so that both see the same machine
		epoch++
		start := time.Now()
		decide(b, s, keys[epoch%len(keys)], beacon.Epoch(epoch))
		took = append(took, time.Since(start))
		d.sync(b)
	}
	b.ReportMetric(float64(d.cost().Nanoseconds())/1e3, "us/fdatasync")
	b.ReportMetric(float64(median(took).Nanoseconds())/1e3, "us/decision")
	b.ReportMetric(float64(median(took))/float64(d.cost()), "syncs/decision")
}

func decide(b *testing.B, s slashingdb.Store, key slashingdb.PublicKey, target beacon.Epoch) {
	v, err := s.Decide(context.Background(), []slashingdb.Duty{{Key: key, Attestation: &slashingdb.Attestation{
		Source: target - 1, Target: target, Root: beacon.Root{byte(target)}, HasRoot: true,
	}}})
	if err != nil || v[0] != slashingdb.Sign {
		b.Error(v, err)
	}
}

// 64 callers on 1,000 keys, each durable before it is answered.
func BenchmarkDecide64(b *testing.B) {
	s, keys, dir := stocked(b, 1000)
	sync1 := syncCost(b, dir)
	next := make([]atomic.Uint64, len(keys))
	best := 0.0 // other work on the machine then has to last all the time to count
	for b.Loop() {
		var all sync.WaitGroup
		start := time.Now()
		for caller := range 64 {
			all.Go(func() {
				for i := range 200 {
					k := (caller + 64*i) % len(keys)
					if k%64 != caller%64 { // each key has one caller, as in life
						k = caller
					}
					decide(b, s, keys[k], beacon.Epoch(next[k].Add(1)))
				}
			})
		}
		all.Wait()
		best = max(best, 64*200/time.Since(start).Seconds())
	}
	b.ReportMetric(best, "decisions/s")
	b.ReportMetric(float64(sync1.Microseconds()), "us/fdatasync")
}

// Import of the generator's default file, 140 MB, with its syncs, against
// encoding/json's Unmarshal of it.
func BenchmarkImport(b *testing.B) {
	script := filepath.Join(filepath.Dir(testkit.ModuleRoot(b)), "shared/tools/gen_interchange.py")
	if _, err := os.Stat(script); err != nil {
		b.Skip("the generator of interchange files is not there: ", err)
	}
	file, err := exec.Command("python3", script).Output()
	if err != nil {
		b.Fatal(err)
	}
	var head struct {
		Metadata struct {
			Root string `json:"genesis_validators_root"`
		}
	}
	if err := json.Unmarshal(file, &head); err != nil {
		b.Fatal(err)
	}
	c := chain
	if c.GenesisValidatorsRoot, err = beacon.ParseRoot(head.Metadata.Root); err != nil {
		b.Fatal(err)
	}
	dir, n := b.TempDir(), 0
	b.Logf("%d bytes, fdatasync %v", len(file), syncCost(b, dir))
	testkit.Compare(b, func() {
		n++
		o := options(filepath.Join(dir, string(rune('a'+n))))
		if err := bolt.Create(context.Background(), o, c); err != nil {
			b.Fatal(err)
		}
		s := open(b, o)
		report, err := s.Import(context.Background(), bytes.NewReader(file), slashingdb.ImportOptions{AllowFuture: true})
		if err != nil || report.New != 1000 {
			b.Fatal(report, err)
		}
	}, func() {
		var whole struct {
			Data []struct {
				Pubkey       string `json:"pubkey"`
				SignedBlocks []struct {
					Slot        string `json:"slot"`
					SigningRoot string `json:"signing_root"`
				} `json:"signed_blocks"`
				SignedAttestations []struct {
					SourceEpoch string `json:"source_epoch"`
					TargetEpoch string `json:"target_epoch"`
					SigningRoot string `json:"signing_root"`
				} `json:"signed_attestations"`
			} `json:"data"`
		}
		if err := json.Unmarshal(file, &whole); err != nil {
			b.Fatal(err)
		}
	})
}
