package main

import (
	"bytes"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ethkey/ethkey/internal/testkit"
)

const (
	mostMemory  = 400 // MiB, of a run whose keystores share a salt
	mostStartUp = 20 * time.Millisecond
)

// measured runs its arguments and prints the most memory that they took, in
// KiB. A process between is needed: the kernel counts what a child was before
// it became another program, and a child of ours is first as large as we are.
const measured = `import resource, subprocess, sys
run = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(run.returncode)`

// peakOf makes n validators with the binary and returns the most memory that
// it took, in MiB.
func peakOf(t testing.TB, n int) float64 {
	t.Helper()
	dir := withSecrets(t)
	cmd := exec.Command(testkit.Program(t, "python3"), "-c", measured, testkit.Binary(t), "existing-mnemonic", "--non_interactive", "--chain", "rehearsal",
		"--mnemonic-file", "phrase", "--keystore-password-file", "password", "--validator_start_index", "0",
		"--num_validators", fmt.Sprint(n), "--withdrawal_address", "")
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.Bytes())
	}
	peak, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	if err != nil {
		t.Fatalf("%q is no number", out)
	}
	return peak / 1024
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
