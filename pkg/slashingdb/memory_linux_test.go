package slashingdb_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// writeBig makes a file of about that many MiB of attestations with roots.
func writeBig(tb testing.TB, path string, keys, mib int) {
	tb.Helper()
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	w := slashingdb.NewWriter(f, mainnetRoot)
	const size = 133 // bytes of an attestation
	for i := range keys {
		if err := w.Entry(testKey(tb, i)); err != nil {
			tb.Fatal(err)
		}
		for n := range (mib << 20) / size / keys {
			epoch := beacon.Epoch(300000 + n)
			if err := w.Attestation(slashingdb.Attestation{Source: epoch - 1, Target: epoch, Root: beacon.Root{byte(n), 1}, HasRoot: true}); err != nil {
				tb.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
}

// fileOperations are run on a big file, in a process of their own.
var fileOperations = map[string]func(f *os.File) error{
	"inspect": func(f *os.File) error {
		_, err := slashingdb.Inspect(ctx, f, slashingdb.InspectOptions{})
		return err
	},
	"check": func(f *os.File) error {
		_, err := slashingdb.Check(ctx, f, slashingdb.ReadOptions{})
		return err
	},
	"minify": func(f *os.File) error {
		return minifyTo(f, io.Discard)
	},
	"merge": func(f *os.File) error {
		_, err := slashingdb.Merge(ctx, []slashingdb.Input{{Name: "one", Reader: f}}, io.Discard, slashingdb.MergeOptions{})
		return err
	},
	"audit": func(f *os.File) error {
		_, err := slashingdb.Audit(ctx, f, slashingdb.ReadOptions{})
		return err
	},
	"repair": func(f *os.File) error {
		_, err := slashingdb.Repair(ctx, f, io.Discard, slashingdb.RepairOptions{})
		return err
	},
}

const (
	peakOperation = "ETHKEY_TEST_PEAK_OPERATION"
	peakFile      = "ETHKEY_TEST_PEAK_FILE"
	bigMiB        = "ETHKEY_BIG_MIB" // the size of the big file; make soak takes 1024
)

// TestPeakOfOneOperation is the other process.
func TestPeakOfOneOperation(t *testing.T) {
	run := fileOperations[os.Getenv(peakOperation)]
	if run == nil {
		return
	}
	f, err := os.Open(os.Getenv(peakFile))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := run(f); err != nil {
		t.Fatal(err)
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if strings.HasPrefix(line, "VmHWM:") {
			fmt.Print(line)
		}
	}
}

// peak returns the most memory, in MiB, that an operation took at once.
func peak(t *testing.T, operation, file string) float64 {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestPeakOfOneOperation$", "-test.v")
	cmd.Env = append(os.Environ(), peakOperation+"="+operation, peakFile+"="+file)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", operation, err, out)
	}
	lines := bufio.NewScanner(strings.NewReader(string(out)))
	for lines.Scan() {
		if fields := strings.Fields(lines.Text()); len(fields) == 3 && strings.HasSuffix(fields[0], "VmHWM:") {
			kib, err := strconv.Atoi(fields[1])
			if err != nil {
				t.Fatal(err)
			}
			return float64(kib) / 1024
		}
	}
	t.Fatalf("%s: no peak in\n%s", operation, out)
	return 0
}

// Memory is flat: 32 MiB whatever the size of the file, and what a file of ten
// times the messages takes more is within what the collector leaves lying. The
// audit alone grows, with the messages of one key.
func TestMemoryIsFlat(t *testing.T) {
	if testkit.Race {
		return // the race detector has memory of its own
	}
	most := 60
	if text := os.Getenv(bigMiB); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		most = n
	}
	dir := t.TempDir()
	small, big, one := filepath.Join(dir, "small.json"), filepath.Join(dir, "big.json"), filepath.Join(dir, "one.json")
	writeBig(t, small, 200, most/10)
	writeBig(t, big, 200, most)
	writeBig(t, one, 1, most)
	for operation := range fileOperations {
		a, b := peak(t, operation, small), peak(t, operation, big)
		t.Logf("%s: %.1f MiB of a file of %d MiB, %.1f MiB of one of %d MiB", operation, a, most/10, b, most)
		if b > 32 {
			t.Errorf("%s: %.1f MiB", operation, b)
		}
		if operation == "audit" {
			continue // it holds the messages of one key
		}
		if b-a > 6 {
			t.Errorf("%s: %.1f MiB, then %.1f MiB", operation, a, b)
		}
		if c := peak(t, operation, one); c > 32 {
			t.Errorf("%s of one key: %.1f MiB", operation, c)
		}
	}
}
