package house

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
)

const modulePath = "github.com/ethkey/ethkey/"

// order is the house from roof to ground. A package under pkg/ reaches only
// packages further down.
var order = []string{
	"ceremony", "selftest", "backup", "validator", "signer", "slashingdb", "keyfolder", "keystore", "shamir", "paper",
	"message", "network", "beacon", "derive", "mnemonic", "bls", "secret",
}

// listed is what `go list` says of one package.
type listed struct {
	ImportPath string
	Imports    []string
	Deps       []string
	Module     *struct{ Path, Version string }
}

// list asks the go command about packages.
func list(t *testing.T, args ...string) []listed {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports,Deps,Module"}, args...)...)
	cmd.Dir = testkit.ModuleRoot(t)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		t.Fatalf("go list %v: no package", args)
	}
	return all
}

// floor returns the place of a package in the order, and -1 for a package
// that is not under pkg/.
func floor(importPath string) (name string, place int) {
	rest, ok := strings.CutPrefix(importPath, modulePath+"pkg/")
	if !ok {
		return "", -1
	}
	name, _, _ = strings.Cut(rest, "/")
	return name, slices.Index(order, name)
}

// TestArrows walks every import of pkg/, through internal/ too.
func TestArrows(t *testing.T) {
	for _, p := range list(t, "./pkg/...") {
		for _, finding := range arrows(p) {
			t.Error(finding)
		}
	}
}

func arrows(p listed) (found []string) {
	name, place := floor(p.ImportPath)
	if place < 0 {
		return []string{p.ImportPath + " has no place in the order of the house"}
	}
	for _, dep := range p.Deps {
		rest, ours := strings.CutPrefix(dep, modulePath)
		if !ours {
			continue
		}
		other, below := floor(dep)
		upward := below >= 0 && below <= place && other != name
		if upward || strings.HasPrefix(rest, "cmd/") || rest == "internal/testkit" {
			found = append(found, p.ImportPath+" reaches "+dep+", which is not below it")
		}
	}
	return found
}

// TestArrowsFire shows that an arrow that points up is found.
func TestArrowsFire(t *testing.T) {
	for _, c := range []struct {
		from, to string
		wrong    bool
	}{
		{"pkg/validator", "pkg/secret", false},
		{"pkg/secret/source", "pkg/secret", false},
		{"pkg/derive", "pkg/bls", false},
		{"pkg/bls", "internal/fault", false},
		{"pkg/bls", "pkg/derive", true},
		{"pkg/secret", "pkg/secret/source", false},
		{"pkg/network", "pkg/message", true},
		{"pkg/backup", "cmd/ethkey", true},
		{"pkg/backup", "internal/testkit", true},
		{"pkg/unheard", "internal/fault", true},
	} {
		found := arrows(listed{ImportPath: modulePath + c.from, Deps: []string{"fmt", modulePath + c.to}})
		if (len(found) == 1) != c.wrong {
			t.Errorf("%s -> %s: found %q", c.from, c.to, found)
		}
	}
}

// netExempt may import net, and what they bring is linked but not used
// outside of the commands that stand without walls: pflag for flags of the type
// net.IP, which no command has; x/crypto/ssh, of which we use the formats of keys
// and signatures; the store that is a PostgreSQL server.
var netExempt = []string{
	"github.com/spf13/pflag",
	"golang.org/x/crypto/ssh",
	modulePath + "pkg/slashingdb/postgres",
}

// TestNoNetwork wants the binary free of net, but for the exempt importers.
func TestNoNetwork(t *testing.T) {
	packages := list(t, "-deps", "./cmd/ethkey")
	if chain := chainTo(packages, modulePath+"cmd/ethkey", "net", netExempt...); chain != nil {
		t.Errorf("net is linked: %s", strings.Join(chain, " -> "))
	}
	if chain := chainTo(packages, modulePath+"cmd/ethkey", modulePath+"internal/testkit"); chain != nil {
		t.Errorf("test code is linked: %s", strings.Join(chain, " -> "))
	}
}

// chainTo returns the imports that lead from one package to another, without
// passing through the exempt ones; nil when none do.
func chainTo(packages []listed, from, to string, exempt ...string) []string {
	imports := map[string][]string{}
	for _, p := range packages {
		imports[p.ImportPath] = p.Imports
	}
	seen := map[string]bool{}
	for _, e := range exempt {
		seen[e] = true
	}
	var walk func(at string) []string
	walk = func(at string) []string {
		if at == to {
			return []string{at}
		}
		seen[at] = true
		for _, next := range imports[at] {
			if seen[next] {
				continue
			}
			if rest := walk(next); rest != nil {
				return append([]string{at}, rest...)
			}
		}
		return nil
	}
	return walk(from)
}

// TestChainTo shows that a long way round is found, and the exempt one is not.
func TestChainTo(t *testing.T) {
	packages := []listed{
		{ImportPath: "main", Imports: []string{"flags", "codec"}},
		{ImportPath: "flags", Imports: []string{"net"}},
		{ImportPath: "codec", Imports: []string{"fmt", "http"}},
		{ImportPath: "http", Imports: []string{"net"}},
	}
	if chain := chainTo(packages, "main", "net", "flags"); !slices.Equal(chain, []string{"main", "codec", "http", "net"}) {
		t.Errorf("chain %q", chain)
	}
	if chain := chainTo(packages[:2], "main", "net", "flags"); chain != nil {
		t.Errorf("chain %q, expected none", chain)
	}
}
