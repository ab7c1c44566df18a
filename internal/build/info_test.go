package build

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
)

func TestReadNamesTheToolchainAndTheMachine(t *testing.T) {
	info := Read()
	if info.GoVersion != runtime.Version() || info.OS != runtime.GOOS || info.Arch != runtime.GOARCH {
		t.Errorf("got %+v", info)
	}
}

// TestFlavourFollowsTheFlags holds the preamble to the flags of the build.
func TestFlavourFollowsTheFlags(t *testing.T) {
	want := HostSpecific
	if strings.Contains(os.Getenv("CGO_CFLAGS"), "-D__BLST_PORTABLE__") {
		want = Portable
	}
	if got := Read().Flavour; compiler() != "" && got != want {
		t.Errorf("CGO_CFLAGS=%q gives %q, want %q", os.Getenv("CGO_CFLAGS"), got, want)
	}
}

func TestRecordTakesWhatTheGoToolWrote(t *testing.T) {
	var info Info
	info.record(&debug.BuildInfo{
		Main:     debug.Module{Path: "github.com/ethkey/ethkey", Version: "v1.2.3"},
		Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "true"}, {Key: "GOOS", Value: "x"}},
		Deps: []*debug.Module{
			{Path: "a", Version: "v1", Sum: "h1:a"},
			{Path: "b", Version: "v2", Replace: &debug.Module{Path: "c", Version: "v3", Sum: "h1:c"}},
		},
	})
	if info.Version != "v1.2.3" || info.Commit != "abc" || !info.Modified {
		t.Errorf("got %+v", info)
	}
	if want := []Module{{"a", "v1", "h1:a"}, {"c", "v3", "h1:c"}}; !slices.Equal(info.Modules, want) {
		t.Errorf("got %+v", info.Modules)
	}
}

func TestSelfHashesTheRunningImage(t *testing.T) {
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	image, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Self()
	if err != nil || got != sha256.Sum256(image) {
		t.Errorf("got %x, %v", got, err)
	}
	// Without a proc tree.
	got, err = hashFirst("/proc/none/exe", startedAs())
	if err != nil || got != sha256.Sum256(image) {
		t.Errorf("by the path it was started as (%s): %x, %v", startedAs(), got, err)
	}
}

func TestSelfSaysWhenNothingCanBeRead(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	for _, paths := range [][]string{{missing, "", missing}, {""}, {t.TempDir()}} {
		_, err := hashFirst(paths...)
		if err == nil || fault.KindOf(err) != fault.Environment || !strings.Contains(err.Error(), "the running program's own file") {
			t.Errorf("got %v", err)
		}
	}
}
