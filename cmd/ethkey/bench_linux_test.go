package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/ethkey/ethkey/internal/testkit"
)

const (
	mostMemory  = 400 // MiB, of a run whose keystores share a salt
	mostStartUp = 20 * time.Millisecond
)

// peakOf makes n validators with the binary and returns the most memory that
// it took, in MiB.
func peakOf(t testing.TB, n int) float64 {
	t.Helper()
	dir := withSecrets(t)
	cmd := exec.Command(testkit.Binary(t), "existing-mnemonic", "--non_interactive", "--chain", "rehearsal",
		"--mnemonic-file", "phrase", "--keystore-password-file", "password", "--validator_start_index", "0",
		"--num_validators", fmt.Sprint(n), "--withdrawal_address", "")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	used, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		t.Fatal("the system does not say how much memory a process took")
	}
	return float64(used.Maxrss) / 1024
}

// BenchmarkPeakMemory reports how much of the memory that a run may take it
// does take.
func BenchmarkPeakMemory(b *testing.B) {
	for _, n := range []int{1000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			peak := 0.0
			for b.Loop() {
				peak = max(peak, peakOf(b, n))
			}
			b.ReportMetric(peak, "MiB")
			b.ReportMetric(peak/mostMemory, "ratio")
		})
	}
}

// The memory of a run is that of one scrypt, and little beside.
func TestPeakMemory(t *testing.T) {
	if peak := peakOf(t, 20); peak > mostMemory {
		t.Errorf("%.0f MiB, at most %d are allowed", peak, mostMemory)
	}
}

// BenchmarkVersion reports how long the binary takes from its start to its end.
func BenchmarkVersion(b *testing.B) {
	binary := testkit.Binary(b)
	best := time.Hour
	for b.Loop() {
		start := time.Now()
		out, err := exec.Command(binary, "version").Output()
		best = min(best, time.Since(start))
		if err != nil || !bytes.Contains(out, []byte("sha256")) {
			b.Fatalf("%v\n%s", err, out)
		}
	}
	b.ReportMetric(best.Seconds()*1e3, "best-ms")
	b.ReportMetric(best.Seconds()/mostStartUp.Seconds(), "ratio")
}
