package bolt_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
)

// powerCuts follows calls, and has what several cuts at each of them leave
// judged. It returns how many were.
func powerCuts(t *testing.T, d *testkit.Disk, calls []testkit.Syscall, random *rand.Rand, judge func(files map[string][]byte) error) (judged int) {
	t.Helper()
	for n, c := range calls {
		if !d.Follow(c) {
			continue
		}
		for range 6 {
			judged++
			if err := judge(d.Cut(random)); err != nil {
				t.Fatalf("power cut after call %d, %s: %v", n, c.Name, err)
			}
		}
	}
	return judged
}

// seeded returns randomness of a seed that is printed.
func seeded(t *testing.T) (*rand.Rand, uint64) {
	seed := rand.Uint64() >> 1
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, seed)), seed
}

// onDisk is the disk that holds a store as it is, and the judge who puts what a
// cut left into the same file: another file would be a copy.
func onDisk(t *testing.T, path string, judge func(said []byte) error) (*testkit.Disk, func(map[string][]byte) error) {
	t.Helper()
	d := testkit.NewDisk(filepath.Dir(path), map[string][]byte{"store": contents(t, path)})
	return d, func(files map[string][]byte) error {
		if len(files) != 1 {
			return fmt.Errorf("%d files", len(files))
		}
		if err := os.WriteFile(path, files["store"], 0o600); err != nil {
			return err
		}
		return judge(d.Said)
	}
}

// A power cut at any moment, with any part of what was not synced lost: the
// store opens, and every answer that was given stands.
func TestPowerCut(t *testing.T) {
	for what, judge := range map[string]func(dir string, said []byte) error{
		"sign-alone": judgeRecords,
		"sign":       judgeRecords,
		"import":     judgeSteps,
		"raise":      judgeSteps,
	} {
		t.Run(what, func(t *testing.T) {
			random, seed := seeded(t)
			path := prepared(t, testkit.MemoryDir(t))
			d, left := onDisk(t, path, func(said []byte) error { return judge(filepath.Dir(path), said) })
			calls, err := testkit.TraceDisk(t, childCommand(what, seed, path))
			if err != nil {
				t.Fatal(err)
			}
			if n := powerCuts(t, d, calls, random, left); n < 100 || len(d.Said) == 0 {
				t.Errorf("only %d cuts, %d bytes said", n, len(d.Said))
			}
		})
	}
}

// A process that is killed before its last sync leaves a record that is in the
// page cache alone. The next one may answer by it only when it is on the disk.
func TestPowerCutAfterAKill(t *testing.T) {
	for when := 2; when <= 8; when += 2 {
		random, seed := seeded(t)
		path := prepared(t, testkit.MemoryDir(t))
		d, left := onDisk(t, path, func(said []byte) error { return judgeRecords(filepath.Dir(path), said) })
		first, err := testkit.TraceDisk(t, childCommand("sign-alone", seed, path), "-e", fmt.Sprintf("inject=fdatasync:signal=SIGKILL:when=%d", when))
		if err == nil {
			t.Fatal("the first process was not killed")
		}
		second, err := testkit.TraceDisk(t, childCommand("sign-alone", seed, path))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range first {
			d.Follow(c)
		}
		powerCuts(t, d, second, random, left)
	}
}

// A creation that is cut leaves no store, or a whole one; one that was told to
// be made is there.
func TestPowerCutWhileCreating(t *testing.T) {
	random, _ := seeded(t)
	dir := testkit.MemoryDir(t)
	calls, err := testkit.TraceDisk(t, childCommand("create", 0, filepath.Join(dir, "store")))
	if err != nil {
		t.Fatal(err)
	}
	d, absent := testkit.NewDisk(dir, nil), 0
	powerCuts(t, d, calls, random, func(files map[string][]byte) error {
		if files["store"] == nil {
			absent++
		}
		return created(t, files, false)
	})
	for range 20 {
		if err := created(t, d.Cut(random), true); err != nil {
			t.Fatalf("power cut afterwards: %v", err)
		}
	}
	if absent == 0 {
		t.Error("no cut came before the store was there")
	}
}

func created(t *testing.T, files map[string][]byte, finished bool) error {
	dir := testkit.MemoryDir(t)
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return err
		}
	}
	return wholeOrAbsent(dir, finished)
}

// What is trusted is what the medium gives back: what an earlier process left
// is synced first, then the cached pages are dropped, and then the file is
// read.
func TestOpeningReadsTheMedium(t *testing.T) {
	path := prepared(t, testkit.MemoryDir(t))
	for what, want := range map[string][]string{
		"sign-alone": {"flock", "fsync", "fadvise64", "pread64"},
		"look":       {"flock", "fadvise64", "pread64"},
	} {
		calls, err := testkit.Trace(t, childCommand(what, 1, path))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		descriptor := ""
		for _, c := range calls {
			switch {
			case c.Name == "openat" && strings.Contains(c.Args, path):
				descriptor = c.Result
			case descriptor == "" || !strings.HasPrefix(c.Args, descriptor):
			case slices.Contains([]string{"read", "pread64", "readv", "mmap", "fsync", "flock", "fadvise64"}, c.Name):
				if c.Name == "fadvise64" && c.Args != descriptor+", 0, 0, POSIX_FADV_DONTNEED" {
					t.Errorf("%s: %s(%s)", what, c.Name, c.Args)
				}
				got = append(got, c.Name)
			}
		}
		if len(got) < len(want) || !slices.Equal(got[:len(want)], want) {
			t.Errorf("%s: %v, expected %v", what, got, want)
		}
	}
}
