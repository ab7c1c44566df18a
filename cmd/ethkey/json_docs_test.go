package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
)

// What --json prints of histories and stores is documented, member by member.
func TestMembersAreDocumented(t *testing.T) {
	var docs strings.Builder
	for _, page := range []string{"slashing.md", "signer-store.md"} {
		text, err := os.ReadFile(filepath.Join(testkit.ModuleRoot(t), "docs", page))
		if err != nil {
			t.Fatal(err)
		}
		docs.Write(text)
	}
	for _, pattern := range []string{"slashing-*.json", "signer-store-*.json"} {
		files, err := filepath.Glob(filepath.Join("testdata", "golden", pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			var value any
			if err == nil {
				err = json.Unmarshal(data, &value)
			}
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			for name := range members(value) {
				if !strings.Contains(docs.String(), "`"+name+"`") {
					t.Errorf("%s: `%s` is in neither docs/slashing.md nor docs/signer-store.md", filepath.Base(file), name)
				}
			}
		}
	}
}

// members are the names of all members of a value and of what is in it.
func members(value any) map[string]bool {
	all := map[string]bool{}
	var walk func(value any)
	walk = func(value any) {
		switch v := value.(type) {
		case map[string]any:
			for name, inner := range v {
				all[name] = true
				walk(inner)
			}
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		}
	}
	walk(value)
	return all
}
