package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ethkey/ethkey/internal/fault"
)

// Scripts and ceremonies read what --json prints: each result that is made here
// keeps its shape. `make generate` writes the files.
func TestResultsGolden(t *testing.T) {
	known, err := filepath.Glob("testdata/golden/*.json")
	if err != nil {
		t.Fatal(err)
	}
	stale := map[string]bool{}
	for _, path := range known {
		stale[path] = true
	}
	testscript.Run(t, testscript.Params{
		Files:               []string{"testdata/golden/results.txtar"},
		RequireExplicitExec: true,
		Setup:               quiet,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits,
			"golden": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) != 1 {
					ts.Fatalf("usage: golden NAME")
				}
				path := filepath.Join("testdata/golden", args[0]+".json")
				delete(stale, path)
				ts.Check(golden(path, ts.ReadFile("stdout"), ts.MkAbs(".")))
			},
		},
	})
	t.Cleanup(func() { // when the script is over
		if t.Failed() {
			return // at the first difference
		}
		for path := range stale {
			t.Errorf("%s is of no result", path)
		}
	})
}

// golden compares one line of JSON with a file, in which it is laid out for
// people, and the folder of the run is called FOLDER.
func golden(path, line, folder string) error {
	var out bytes.Buffer
	if err := json.Indent(&out, []byte(strings.ReplaceAll(line, folder, "FOLDER")), "", "  "); err != nil {
		return err
	}
	if *update {
		return os.WriteFile(path, out.Bytes(), 0o644)
	}
	want, err := os.ReadFile(path)
	if err == nil && !bytes.Equal(out.Bytes(), want) {
		err = fault.New(fault.Integrity, "%s holds another result; found %s", path, out.Bytes())
	}
	return err
}
