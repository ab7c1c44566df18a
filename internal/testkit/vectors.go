package testkit

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// Vectors returns the published vector file at path, which is relative to the
// folder ../shared/vectors beside the checkout. Where that folder is absent
// the test is skipped, except in CI, where it fails: CI must have them.
func Vectors(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(ModuleRoot(t), "..", "shared", "vectors", filepath.FromSlash(path)))
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("CI") == "" {
		t.Skipf("published vectors are not beside this checkout: %s", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Decode reads the published vector file at path, which is JSON, into v.
func Decode(t testing.TB, path string, v any) {
	t.Helper()
	if err := json.Unmarshal(Vectors(t, path), v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// ModuleRoot returns the top folder of the checkout: the outermost folder with
// a go.mod, so that nested modules find it too.
func ModuleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	root := ""
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			root = dir
		}
	}
	if root == "" {
		t.Fatal("no go.mod above the test's folder")
	}
	return root
}
