package postgres

import (
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// benchStore has a thousand fresh keys.
func benchStore(b *testing.B) (*Store, []slashingdb.PublicKey) {
	b.Helper()
	url := testkit.StartPostgres(b, "max_wal_size = 4GB").Database("signer")
	keys := testKeys(b, 1000)
	return initStore(b, url, keys...), keys
}

// syncCost reports what one fdatasync costs where the server keeps its data.
func syncCost(b *testing.B) {
	f, err := os.Create(filepath.Join(testkit.TempDir(b), "sync"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	const n = 50
	start := time.Now()
	for range n {
		if _, err := f.WriteAt(make([]byte, 4096), 0); err != nil {
			b.Fatal(err)
		}
		if err := syscall.Fdatasync(int(f.Fd())); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(time.Since(start).Microseconds())/n, "µs/fdatasync")
}

// BenchmarkDecide64Callers: 64 callers on 1,000 keys, one duty a call.
func BenchmarkDecide64Callers(b *testing.B) {
	s, keys := benchStore(b)
	var next atomic.Uint64
	var wg sync.WaitGroup
	b.ResetTimer()
	for range 64 {
		wg.Go(func() {
			for {
				n := next.Add(1)
				if n > uint64(b.N) {
					return
				}
				key, epoch := keys[n%1000], n/1000
				if v, err := s.Decide(b.Context(), []slashingdb.Duty{attestation(key, epoch, epoch+1, 1)}); err != nil || !v[0].Allowed() {
					b.Error(v, err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "duties/s")
	syncCost(b)
}

// BenchmarkDecideBatches: one caller, 64 duties a call.
func BenchmarkDecideBatches(b *testing.B) {
	s, keys := benchStore(b)
	n := 0
	for b.Loop() {
		duties := make([]slashingdb.Duty, 64)
		for i := range duties {
			key, epoch := keys[n%1000], uint64(n/1000)
			duties[i] = attestation(key, epoch, epoch+1, 1)
			n++
		}
		verdicts, err := s.Decide(b.Context(), duties)
		if err != nil {
			b.Fatal(err)
		}
		for _, v := range verdicts {
			if v != slashingdb.Sign {
				b.Fatal(v)
			}
		}
	}
	b.ReportMetric(64*float64(b.N)/b.Elapsed().Seconds(), "duties/s")
	syncCost(b)
}

// BenchmarkDecideOneCaller: what one duty costs beside one fdatasync.
func BenchmarkDecideOneCaller(b *testing.B) {
	s, keys := benchStore(b)
	n := uint64(0)
	for b.Loop() {
		if v, err := s.Decide(b.Context(), []slashingdb.Duty{block(keys[n%1000], n/1000+1, 1)}); err != nil || v[0] != slashingdb.Sign {
			b.Fatal(v, err)
		}
		n++
	}
	syncCost(b)
}
