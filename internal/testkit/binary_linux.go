package testkit

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// binary is built once a test process.
var binary struct {
	once sync.Once
	path string
	err  error
	out  []byte
}

// Binary returns the ethkey binary to drive: the one that ETHKEY_BIN names,
// else one built from ./cmd/ethkey with the flags of the Makefile. It lies
// where an ordinary user can run it.
func Binary(t testing.TB) string {
	t.Helper()
	root := ModuleRoot(t)
	binary.once.Do(func() {
		var dir string
		if dir, binary.err = binaries(root); binary.err != nil {
			return
		}
		binary.path = filepath.Join(dir, "ethkey")
		named := os.Getenv("ETHKEY_BIN")
		if named == "" {
			binary.out, binary.err = build(root, binary.path)
			return
		}
		if !filepath.IsAbs(named) {
			named = filepath.Join(root, named)
		}
		if os.Getuid() != 0 {
			binary.path = named
			return
		}
		binary.err = install(named, binary.path)
	})
	if binary.err != nil {
		t.Fatalf("the binary to test: %v\n%s", binary.err, binary.out)
	}
	return binary.path
}

// binaries is where programs under test lie: for this user and this checkout,
// since others may be tested at the same time.
func binaries(checkout string) (string, error) {
	name := fmt.Sprintf("ethkey-testkit-%d-%08x", os.Getuid(), crc32.ChecksumIEEE([]byte(checkout)))
	dir := filepath.Join(reachable(), name)
	return dir, os.MkdirAll(dir, 0o755)
}

// build makes the binary under a name of its own and renames it, because
// other test processes do the same and run what they made.
func build(root, path string) ([]byte, error) {
	fresh := path + "." + strconv.Itoa(os.Getpid())
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=true", "-tags", "netgo,osusergo",
		"-ldflags", "-s -w -buildid= -linkmode external -extldflags -static", "-o", fresh, "./cmd/ethkey")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1", "CGO_CFLAGS=-O2 -D__BLST_PORTABLE__", "CGO_LDFLAGS=",
		"GOFLAGS=", "GOTOOLCHAIN=local", "GOAMD64=v1")
	if out, err := cmd.CombinedOutput(); err != nil {
		return out, err
	}
	return nil, os.Rename(fresh, path)
}

// install copies a program to where an ordinary user reaches it.
func install(from, path string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if have, err := os.ReadFile(path); err == nil && bytes.Equal(have, data) {
		return nil
	}
	fresh := path + "." + strconv.Itoa(os.Getpid())
	if err := os.WriteFile(fresh, data, 0o755); err != nil {
		return err
	}
	return os.Rename(fresh, path)
}

// Command is a command of the tree, with the annotation that says what walls
// it runs behind.
type Command struct {
	Path       []string // without the program's own name
	Annotation string
}

// Commands asks the binary for its whole command tree.
func Commands(t testing.TB, bin string) []Command {
	t.Helper()
	out, err := exec.Command(bin, "commands").Output()
	if err != nil {
		t.Fatalf("%s commands: %v", bin, err)
	}
	return ParseCommands(t, out)
}

// ParseCommands reads what the hidden command "commands" prints.
func ParseCommands(t testing.TB, out []byte) []Command {
	t.Helper()
	var all []Command
	for line := range strings.Lines(string(out)) {
		path, annotation, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if fields := strings.Fields(path); len(fields) > 0 {
			if fields[0] == "ethkey" {
				fields = fields[1:]
			}
			all = append(all, Command{Path: fields, Annotation: annotation})
		}
	}
	if len(all) == 0 {
		t.Fatal("no command was printed")
	}
	return all
}
