package house

import (
	"strings"
	"testing"
)

// wrong is a file that breaks one rule once.
type wrong struct {
	rule    string
	path    string
	text    string
	finding string
}

func lines(n int, line string) string { return strings.Repeat(line+"\n", n) }

var wrongs = []wrong{
	{"function length", "pkg/a/a.go", "package a\nfunc f() {\n" + lines(79, "_ = 1") + "}\n", "f has 81 lines"},
	{"function length", "cmd/a/a.go", "package a\nfunc f() *cobra.Command {\n" + lines(99, "_ = 1") + "}\n", "f has 101 lines"},
	{"file length", "cmd/a/a.go", "package a\n" + lines(600, "// x"), "601 lines"},
	{"cyclomatic complexity", "cmd/a/a.go", "package a\nfunc f() {\n" + lines(20, "if x {}") + "}\n", "complexity 21"},
	{"cyclomatic complexity", "cmd/a/a.go", "package a\nfunc f() {\n" + lines(10, "for a && b {}") + "}\n", "complexity 21"},
	{"cyclomatic complexity", "cmd/a/a.go", "package a\nfunc f() { _ = func() {\nswitch {\n" + lines(20, "case x:") + "default:\n}}}\n", "complexity 21"},
	{"cyclomatic complexity", "cmd/a/a.go", "package a\nfunc f() {\nselect {\n" + lines(20, "case <-x:") + "default:\n}}\n", "complexity 21"},
	{"exported documentation", "internal/a/a.go", "package a\nfunc F() {}\n", "F is exported"},
	{"exported documentation", "internal/a/a.go", "package a\nfunc (t *T) M() {}\n", "M is exported"},
	{"exported documentation", "internal/a/a.go", "package a\nfunc (t T[K]) M() {}\n", "M is exported"},
	{"exported documentation", "internal/a/a.go", "package a\ntype T int\n", "T is exported"},
	{"exported documentation", "internal/a/a.go", "package a\n// Group.\ntype (\nT int\n)\n", "T is exported"},
	{"exported documentation", "internal/a/a.go", "package a\nconst C = 1\n", "C is exported"},
	{"exported documentation", "internal/a/a.go", "package a\nvar (\n// A is.\nA = 1\nB = 2\n)\n", "B is exported"},
	{"no panic, no init", "cmd/a/a.go", "package a\nfunc init() {}\n", "func init"},
	{"no panic, no init", "cmd/a/a.go", "package a\nvar _ = func() { panic(1) }\n", "panic"},
	{"no clock, randomness, files or printing in pkg", "pkg/a/a.go", "package a\nimport \"time\"\nvar now = time.Now\n", "time.Now"},
	{"no clock, randomness, files or printing in pkg", "pkg/a/a.go", "package a\nimport r \"crypto/rand\"\nvar x = r.Reader\n", "r.Reader"},
	{"no clock, randomness, files or printing in pkg", "pkg/a/a.go", "package a\nimport \"os\"\nvar x = os.OpenFile\n", "os.OpenFile"},
	{"no clock, randomness, files or printing in pkg", "pkg/a/a.go", "package a\nimport \"os\"\nvar x = os.ReadFile\n", "os.ReadFile"},
	{"no clock, randomness, files or printing in pkg", "pkg/a/a.go", "package a\nimport \"os\"\nvar x = os.CreateTemp\n", "os.CreateTemp"},
	{"no clock, randomness, files or printing in pkg", "pkg/a/a.go", "package a\nimport \"fmt\"\nfunc f() { fmt.Printf(\"\") }\n", "fmt.Printf"},
	{"no clock, randomness, files or printing in pkg", "pkg/a/a.go", "package a\nfunc f() { println() }\n", "println"},
	{"no clock, randomness, files or printing in pkg", "pkg/a/a.go", "package a\nimport . \"os\"\n", "dot import"},
	{"pure packages", "pkg/keystore/a.go", "package keystore\nimport \"os\"\n", "imports os"},
	{"pure packages", "pkg/bls/a.go", "package bls\nimport \"golang.org/x/sys/unix\"\n", "imports golang.org/x/sys/unix"},
}

// TestRulesFire shows that each rule finds what it is for, so that none of
// them passes by looking at nothing.
func TestRulesFire(t *testing.T) {
	fired := map[string]bool{}
	for _, w := range wrongs {
		s, err := parse(w.path, []byte(w.text))
		if err != nil {
			t.Fatalf("%s: %v", w.finding, err)
		}
		for _, r := range rules {
			if r.name != w.rule {
				continue
			}
			if !r.applies(s) {
				t.Errorf("%s does not look at %s", r.name, w.path)
			}
			found := r.check(s)
			if len(found) != 1 || !strings.Contains(found[0], w.finding) {
				t.Errorf("%s: found %q, expected one line with %q", r.name, found, w.finding)
			}
			fired[r.name] = true
		}
	}
	for _, r := range rules {
		if !fired[r.name] {
			t.Errorf("no wrong example for the rule %q", r.name)
		}
	}
}

const right = `// Package a is right.
package a

import "fmt"

// T is a type.
type T struct{ Field int }

// Names share this comment.
const (
	A = iota
	B
)

// F formats.
func (t *T) F() string { return fmt.Sprint(t.Field) }

type hidden int

func (hidden) M() {}

// Init is no init.
func (t *T) init() {}
`

// TestRulesRest shows that no rule fires on a file that is right, at its limits.
func TestRulesRest(t *testing.T) {
	texts := []string{
		right,
		"package a\nfunc f() {\n" + lines(78, "_ = 1") + "}\n",
		"package a\nfunc f() *cobra.Command {\n" + lines(98, "_ = 1") + "}\n",
		"package a\n" + lines(599, "// x"),
		"package a\nfunc f() {\n" + lines(19, "if x {}") + "}\n",
	}
	for _, text := range texts {
		s, err := parse("pkg/bls/a.go", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rules {
			if found := r.check(s); len(found) != 0 {
				t.Errorf("%s: %q", r.name, found)
			}
		}
	}
}

// TestPackageCommentsFire shows that an absent and a doubled comment are found.
func TestPackageCommentsFire(t *testing.T) {
	one, err := parse("pkg/a/a.go", []byte(right))
	if err != nil {
		t.Fatal(err)
	}
	none, err := parse("pkg/b/b.go", []byte("package b\n"))
	if err != nil {
		t.Fatal(err)
	}
	if found := packageComments([]*source{one}); len(found) != 0 {
		t.Errorf("found %v", found)
	}
	if found := packageComments([]*source{one, one, none}); len(found) != 2 {
		t.Errorf("found %v, expected pkg/a/ and pkg/b/", found)
	}
}
