package validator_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/pkg/validator"
)

var update = flag.Bool("update", false, "write the golden files anew")

// What --json prints, and what a ceremony will record, keeps its shape.
func TestGoldenSummaryAndResult(t *testing.T) {
	dir := t.TempDir()
	m := machine()
	m.WallsMissing = []string{"seccomp"}
	plan, warnings, err := validator.PlanCreate(m, request(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	defer plan.Close()
	result, err := plan.Run(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]any{"summary.json": plan.Summary, "result.json": result, "warnings.json": warnings} {
		got, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		got = append([]byte(strings.ReplaceAll(string(got), dir, "FOLDER")), '\n')
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs\n got %s\nwant %s", name, got, want)
		}
	}
}
