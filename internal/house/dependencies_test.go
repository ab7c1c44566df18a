package house

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
)

// The sections of DEPENDENCIES.md, one table each.
const (
	inBinary     = "In the binary"
	inTests      = "In tests"
	inTools      = "Tools"
	inCrosscheck = "Crosscheck, Go"
	inNpm        = "Crosscheck, npm"
)

// columns of each table.
var columns = []string{"module", "version", "why", "weight", "licence", "kept by"}

// TestDependencies compares the tables with what is required and linked.
func TestDependencies(t *testing.T) {
	root := testkit.ModuleRoot(t)
	text, err := os.ReadFile(filepath.Join(root, "DEPENDENCIES.md"))
	if err != nil {
		t.Fatal(err)
	}
	tables := parseTables(t, string(text))

	ours := maps.Clone(tables[inBinary])
	maps.Copy(ours, tables[inTests])
	same(t, "go.mod", ours, required(t, root, false))
	same(t, "tools/go.mod", tables[inTools], required(t, filepath.Join(root, "tools"), false))
	same(t, "crosscheck/go.mod", tables[inCrosscheck], required(t, filepath.Join(root, "crosscheck"), true))
	same(t, "crosscheck/npm/package.json", tables[inNpm], packageJSON(t, filepath.Join(root, "crosscheck", "npm", "package.json")))

	for _, p := range list(t, "-deps", "./cmd/ethkey") {
		if p.Module == nil || p.Module.Version == "" {
			continue
		}
		if _, ok := tables[inBinary][p.Module.Path]; !ok {
			t.Errorf("%s is linked and not in the table %q", p.Module.Path, inBinary)
		}
	}
}

// parseTables returns module -> version for each section of the page.
func parseTables(t *testing.T, text string) map[string]map[string]string {
	t.Helper()
	tables := map[string]map[string]string{}
	section := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if title, ok := strings.CutPrefix(line, "## "); ok {
			section = title
			tables[section] = map[string]string{}
		}
		cells, ok := row(line)
		if !ok || section == "" || cells[0] == columns[0] || strings.HasPrefix(cells[0], "---") {
			continue
		}
		if len(cells) != len(columns) || slices.Contains(cells, "") {
			t.Errorf("DEPENDENCIES.md: %q: expected %d filled cells: %s", cells[0], len(columns), strings.Join(columns, ", "))
			continue
		}
		tables[section][strings.Trim(cells[0], "`")] = cells[1]
	}
	return tables
}

// row splits a line of a Markdown table.
func row(line string) ([]string, bool) {
	if !strings.HasPrefix(line, "|") || !strings.HasSuffix(line, "|") {
		return nil, false
	}
	cells := strings.Split(strings.Trim(line, "|"), "|")
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells, true
}

// required returns module -> version as a go.mod requires it.
func required(t *testing.T, folder string, directOnly bool) map[string]string {
	t.Helper()
	cmd := exec.Command("go", "mod", "edit", "-json")
	cmd.Dir = folder
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", folder, err)
	}
	var mod struct {
		Require []struct {
			Path, Version string
			Indirect      bool
		}
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, r := range mod.Require {
		ours := strings.HasPrefix(r.Path+"/", modulePath)
		if !ours && !(directOnly && r.Indirect) {
			found[r.Path] = r.Version
		}
	}
	return found
}

// packageJSON returns package -> version as npm's file asks for it.
func packageJSON(t *testing.T, name string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Dependencies    map[string]string
		DevDependencies map[string]string
	}
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&file); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	found := maps.Clone(file.Dependencies)
	maps.Copy(found, file.DevDependencies)
	return found
}

// same compares a table with a list of requirements, both ways.
func same(t *testing.T, name string, table, want map[string]string) {
	t.Helper()
	for _, finding := range differences(table, want) {
		t.Errorf("%s: %s", name, finding)
	}
}

func differences(table, want map[string]string) (found []string) {
	for path, version := range want {
		switch stated, ok := table[path]; {
		case !ok:
			found = append(found, path+" "+version+" is not in DEPENDENCIES.md")
		case stated != version:
			found = append(found, path+": DEPENDENCIES.md says "+stated+", required is "+version)
		}
	}
	for path := range table {
		if _, ok := want[path]; !ok {
			found = append(found, path+" is in DEPENDENCIES.md and not required")
		}
	}
	return found
}

// TestDependenciesFire shows that each difference is found.
func TestDependenciesFire(t *testing.T) {
	text := "## A\n| module | version | why | weight | licence | kept by |\n| --- | --- | --- | --- | --- | --- |\n" +
		"| `x/one` | v1 | w | 1 | MIT | us |\n| x/two | v2 | w | 1 | MIT | us |\n"
	table := parseTables(t, text)["A"]
	if found := differences(table, map[string]string{"x/one": "v1", "x/two": "v2"}); len(found) != 0 {
		t.Errorf("found %q", found)
	}
	for _, want := range []map[string]string{
		{"x/one": "v1"},
		{"x/one": "v1", "x/two": "v3"},
		{"x/one": "v1", "x/two": "v2", "x/three": "v1"},
	} {
		if found := differences(table, want); len(found) != 1 {
			t.Errorf("%v: found %q, expected one line", want, found)
		}
	}
}
