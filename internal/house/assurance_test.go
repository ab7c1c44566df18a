package house

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
)

// TestAssurance wants every function, test and file that docs/assurance.md
// names to exist, and every claim to have all three.
func TestAssurance(t *testing.T) {
	root := testkit.ModuleRoot(t)
	text, err := os.ReadFile(filepath.Join(root, "docs", "assurance.md"))
	if err != nil {
		t.Fatal(err)
	}
	known := declared(module(t))
	exists := func(name string) bool {
		_, err := os.Stat(filepath.Join(root, filepath.FromSlash(name)))
		return err == nil
	}
	claims, table := 0, ""
	for line := range strings.Lines(string(text)) {
		cells, ok := row(strings.TrimSpace(line))
		if !ok {
			table = ""
			continue
		}
		if table == "" {
			table = cells[0]
		}
		if table != "claim" || cells[0] == table || strings.HasPrefix(cells[0], "---") {
			continue
		}
		claims++
		for _, finding := range claim(cells, known, exists) {
			t.Errorf("docs/assurance.md: %q: %s", cells[0], finding)
		}
	}
	if claims == 0 {
		t.Error("docs/assurance.md: no claim")
	}
}

// declared returns "folder.Name" and "folder.Type.Method" of all that the
// module declares at the top of its files.
func declared(files []*source) map[string]bool {
	known := map[string]bool{}
	for _, s := range files {
		folder := s.path[:max(strings.LastIndex(s.path, "/"), 0)] + "."
		for _, decl := range s.file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				name := decl.Name.Name
				if decl.Recv != nil {
					name = receiver(decl) + "." + name
				}
				known[folder+name] = true
			case *ast.GenDecl:
				for _, spec := range decl.Specs {
					for _, name := range names(spec) {
						known[folder+name] = true
					}
				}
			}
		}
	}
	return known
}

func names(spec ast.Spec) []string {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		return []string{spec.Name.Name}
	case *ast.ValueSpec:
		var all []string
		for _, name := range spec.Names {
			all = append(all, name.Name)
		}
		return all
	}
	return nil
}

// quoted is `pkg/secret.Buffer.Close`, `crosscheck/x_test.go` or the like.
var quoted = regexp.MustCompile("`([^`]+)`")

var testName = regexp.MustCompile(`\.(Test|Fuzz)[A-Z0-9]\w*$`)

// claim checks one row: what is said, the functions that keep it, the tests
// that show it.
func claim(cells []string, known map[string]bool, exists func(string) bool) (found []string) {
	if len(cells) != 3 {
		return []string{"expected three cells: claim, function, test"}
	}
	for i, column := range []string{"function", "test"} {
		all := quoted.FindAllStringSubmatch(cells[i+1], -1)
		if len(all) == 0 {
			found = append(found, "no "+column+" is named")
		}
		for _, match := range all {
			switch name := match[1]; {
			case exists(name):
			case !known[name]:
				found = append(found, column+" "+name+" does not exist")
			case column == "test" && !testName.MatchString(name):
				found = append(found, name+" is no test")
			}
		}
	}
	return found
}

// TestAssuranceFires shows that a name that is gone is found.
func TestAssuranceFires(t *testing.T) {
	s, err := parse("pkg/a/a_test.go", []byte("package a\nfunc TestF() {}\nfunc (t *T) M() {}\ntype T int\nvar v, w int\n"))
	if err != nil {
		t.Fatal(err)
	}
	known := declared([]*source{s})
	exists := func(name string) bool { return name == "scripts/demo" }
	for _, c := range []struct {
		cells []string
		count int
	}{
		{[]string{"a", "`pkg/a.T.M`, `pkg/a.w`", "`pkg/a.TestF`"}, 0},
		{[]string{"a", "`pkg/a.T`", "`scripts/demo`"}, 0},
		{[]string{"a", "`pkg/a.T.N`", "`pkg/a.TestG`"}, 2},
		{[]string{"a", "`pkg/a.T`", ""}, 1},
		{[]string{"a", "`pkg/a.TestF`", "`pkg/a.T`"}, 1},
		{[]string{"a", "`pkg/a.T`"}, 1},
	} {
		if found := claim(c.cells, known, exists); len(found) != c.count {
			t.Errorf("%q: found %q, expected %d", c.cells, found, c.count)
		}
	}
}
