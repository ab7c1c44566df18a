package house

import (
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"strings"
	"testing"
)

// The outer bounds. The usual size is far below them.
const (
	maxFunction    = 80
	maxConstructor = 100 // functions that return a *cobra.Command
	maxFile        = 600
	maxCyclomatic  = 20
)

// rule is one thing that every file of the module keeps.
type rule struct {
	name    string
	applies func(*source) bool
	check   func(*source) []string
}

func shipped(s *source) bool { return !s.isTest() }

var rules = []rule{
	{"function length", shipped, functionLength},
	{"file length", shipped, fileLength},
	{"cyclomatic complexity", shipped, complexity},
	{"exported documentation", shipped, documentation},
	{"no panic, no init", shipped, panicAndInit},
	{"no clock, randomness, files or printing in pkg", (*source).inPkg, effects},
	{"pure packages", pure, impureImports},
}

// TestRules holds every file of the module to every rule.
func TestRules(t *testing.T) {
	files := module(t)
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			for _, s := range files {
				if !r.applies(s) {
					continue
				}
				for _, finding := range r.check(s) {
					t.Errorf("%s:%s", s.path, finding)
				}
			}
		})
	}
}

// functions calls visit for each declared function that has a body.
func functions(s *source, visit func(*ast.FuncDecl)) {
	for _, decl := range s.file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && f.Body != nil {
			visit(f)
		}
	}
}

func functionLength(s *source) (found []string) {
	functions(s, func(f *ast.FuncDecl) {
		lines, limit := s.line(f.End())-s.line(f.Pos())+1, maxFunction
		if returnsCommand(f) {
			limit = maxConstructor
		}
		if lines > limit {
			found = append(found, fmt.Sprintf("%d: %s has %d lines, at most %d are allowed", s.line(f.Pos()), f.Name.Name, lines, limit))
		}
	})
	return found
}

func returnsCommand(f *ast.FuncDecl) bool {
	if f.Type.Results == nil || len(f.Type.Results.List) != 1 {
		return false
	}
	star, ok := f.Type.Results.List[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	selector, ok := star.X.(*ast.SelectorExpr)
	return ok && selector.Sel.Name == "Command"
}

func fileLength(s *source) []string {
	if s.lines <= maxFile {
		return nil
	}
	return []string{fmt.Sprintf("1: %d lines, at most %d are allowed", s.lines, maxFile)}
}

// complexity is McCabe's number: one more than the decisions in the function
// and the literals inside it.
func complexity(s *source) (found []string) {
	functions(s, func(f *ast.FuncDecl) {
		n := 1
		ast.Inspect(f.Body, func(node ast.Node) bool {
			n += decisions(node)
			return true
		})
		if n > maxCyclomatic {
			found = append(found, fmt.Sprintf("%d: %s has complexity %d, at most %d is allowed", s.line(f.Pos()), f.Name.Name, n, maxCyclomatic))
		}
	})
	return found
}

func decisions(node ast.Node) int {
	switch node := node.(type) {
	case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt:
		return 1
	case *ast.CaseClause:
		return min(len(node.List), 1) // the default case decides nothing
	case *ast.CommClause:
		if node.Comm != nil {
			return 1
		}
	case *ast.BinaryExpr:
		if node.Op == token.LAND || node.Op == token.LOR {
			return 1
		}
	}
	return 0
}

func panicAndInit(s *source) (found []string) {
	functions(s, func(f *ast.FuncDecl) {
		if f.Recv == nil && f.Name.Name == "init" {
			found = append(found, fmt.Sprintf("%d: func init", s.line(f.Pos())))
		}
	})
	ast.Inspect(s.file, func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok {
			return true
		}
		if name, ok := call.Fun.(*ast.Ident); ok && name.Name == "panic" {
			found = append(found, fmt.Sprintf("%d: panic", s.line(call.Pos())))
		}
		return true
	})
	return found
}

// forbidden names what comes in as an argument instead, by import path.
var forbidden = map[string]*regexp.Regexp{
	"time":         regexp.MustCompile(`^(Now|Since|Until|Sleep|After|Tick|NewTimer|NewTicker)$`),
	"crypto/rand":  regexp.MustCompile(`.`),
	"math/rand":    regexp.MustCompile(`.`),
	"math/rand/v2": regexp.MustCompile(`.`),
	"os":           regexp.MustCompile(`^(Open.*|ReadFile|ReadDir|Create.*|WriteFile|Mkdir.*|Remove.*|Rename|Stdin|Stdout|Stderr|Getenv|LookupEnv)$`),
	"fmt":          regexp.MustCompile(`^(Print|Scan).*$`),
	"log":          regexp.MustCompile(`.`),
}

func effects(s *source) (found []string) {
	imports := s.imports()
	ast.Inspect(s.file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.SelectorExpr:
			name, ok := node.X.(*ast.Ident)
			if !ok {
				return true
			}
			if pattern := forbidden[imports[name.Name]]; pattern != nil && pattern.MatchString(node.Sel.Name) {
				found = append(found, fmt.Sprintf("%d: %s.%s", s.line(node.Pos()), name.Name, node.Sel.Name))
			}
		case *ast.CallExpr:
			if name, ok := node.Fun.(*ast.Ident); ok && (name.Name == "println" || name.Name == "print") {
				found = append(found, fmt.Sprintf("%d: %s", s.line(node.Pos()), name.Name))
			}
		case *ast.ImportSpec:
			if node.Name != nil && node.Name.Name == "." {
				found = append(found, fmt.Sprintf("%d: dot import", s.line(node.Pos())))
			}
		}
		return true
	})
	return found
}

// purePackages turn bytes into bytes: no files, no clock, no system calls.
var purePackages = regexp.MustCompile(`^pkg/(derive|keystore|shamir|message|bls|mnemonic|beacon|network)/`)

func pure(s *source) bool { return s.inPkg() && purePackages.MatchString(s.path) }

var impure = regexp.MustCompile(`^(os|os/.*|time|net|net/http|log|log/.*|syscall|golang\.org/x/(sys|term)/.*)$`)

func impureImports(s *source) (found []string) {
	for _, path := range s.imports() {
		if impure.MatchString(path) {
			found = append(found, "1: imports "+path)
		}
	}
	return found
}

// documentation wants a comment on every exported identifier. The constants
// and variables of one group may share the group's.
func documentation(s *source) (found []string) {
	missing := func(pos token.Pos, name string) {
		found = append(found, fmt.Sprintf("%d: %s is exported and has no comment", s.line(pos), name))
	}
	for _, decl := range s.file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if exportedFunction(decl) && decl.Doc.Text() == "" {
				missing(decl.Pos(), decl.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				if name := undocumented(decl, spec); name != "" {
					missing(spec.Pos(), name)
				}
			}
		}
	}
	return found
}

// exportedFunction tells whether f can be called from elsewhere: a method
// counts when its type is exported too.
func exportedFunction(f *ast.FuncDecl) bool {
	if f.Recv == nil {
		return f.Name.IsExported()
	}
	return f.Name.IsExported() && ast.IsExported(receiver(f))
}

// receiver returns the name of the type that a method belongs to.
func receiver(f *ast.FuncDecl) string {
	expr := f.Recv.List[0].Type
	for {
		switch e := expr.(type) {
		case *ast.StarExpr:
			expr = e.X
		case *ast.IndexExpr:
			expr = e.X
		case *ast.IndexListExpr:
			expr = e.X
		case *ast.Ident:
			return e.Name
		default:
			return ""
		}
	}
}

// undocumented returns the first exported name of spec that nothing explains.
func undocumented(group *ast.GenDecl, spec ast.Spec) string {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		alone := !group.Lparen.IsValid()
		if spec.Name.IsExported() && spec.Doc.Text() == "" && (!alone || group.Doc.Text() == "") {
			return spec.Name.Name
		}
	case *ast.ValueSpec:
		if group.Doc.Text() != "" || spec.Doc.Text() != "" || spec.Comment.Text() != "" {
			return ""
		}
		for _, name := range spec.Names {
			if name.IsExported() {
				return name.Name
			}
		}
	}
	return ""
}

// TestPackageComments wants every package to say what it is, in one place.
func TestPackageComments(t *testing.T) {
	for folder, finding := range packageComments(module(t)) {
		t.Errorf("%s: %s", folder, finding)
	}
}

func packageComments(files []*source) map[string]string {
	count := map[string]int{}
	for _, s := range files {
		folder := s.path[:strings.LastIndex(s.path, "/")+1]
		if s.isTest() {
			continue
		}
		count[folder] += 0
		doc := s.file.Doc.Text()
		if strings.HasPrefix(doc, "Package "+s.file.Name.Name+" ") || (s.file.Name.Name == "main" && doc != "") {
			count[folder]++
		}
	}
	found := map[string]string{}
	for folder, n := range count {
		if n != 1 {
			found[folder] = fmt.Sprintf("%d package comments, expected one that begins with \"Package\" and its name", n)
		}
	}
	return found
}
