package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

var seconds = regexp.MustCompile(`-\d{10}\.json$`)

// files checks that a folder holds exactly the named files, a Unix time in a
// name being written T; a missing folder holds none.
//
//	files FOLDER [NAME ...]
func files(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: files FOLDER [NAME ...]")
	}
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	if err != nil && !os.IsNotExist(err) {
		ts.Check(err)
	}
	var have []string
	for _, e := range entries {
		if e.Name() == ".tmp" { // testscript's own
			continue
		}
		have = append(have, seconds.ReplaceAllString(e.Name(), "-T.json"))
	}
	want := append([]string(nil), args[1:]...)
	sort.Strings(have)
	sort.Strings(want)
	if strings.Join(have, "\n") != strings.Join(want, "\n") {
		ts.Fatalf("%s holds %q, want %q", args[0], have, want)
	}
}

// mode checks the permissions of every file that a pattern matches.
//
//	mode 400 PATTERN
func mode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: mode OCTAL PATTERN")
	}
	names, err := filepath.Glob(ts.MkAbs(args[1]))
	ts.Check(err)
	if len(names) == 0 {
		ts.Fatalf("%s matches nothing", args[1])
	}
	for _, name := range names {
		info, err := os.Lstat(name)
		ts.Check(err)
		if got := fmt.Sprintf("%o", info.Mode().Perm()); got != args[0] {
			ts.Fatalf("%s has mode %s, want %s", name, got, args[0])
		}
	}
}

// exits runs a program and checks its exit code.
//
//	exits 2 PROGRAM [ARG ...]
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM [ARG ...]")
	}
	code := 0
	err := ts.Exec(args[1], args[2:]...)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%s: %v", args[1], err)
	}
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}
