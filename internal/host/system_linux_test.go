package host

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ethkey/ethkey/internal/build"
)

// The machine that this runs on answers every question, and its folder is
// found where it is.
func TestThisMachine(t *testing.T) {
	dir := t.TempDir()
	m := &Machine{Root: os.DirFS("/"), System: Kernel(), Now: time.Now(), Build: build.Read(), Commit: build.CommitTime(), Folder: dir}
	r := Examine(m)
	if len(r.Checks) != len(checks) || r.Pass+r.Warn+r.Fail != len(r.Checks) {
		t.Errorf("%d checks, %+v", len(r.Checks), r)
	}
	for _, c := range r.Checks {
		if c.Value == "" {
			t.Errorf("%s has no value", c.Name)
		}
	}
	medium, err := Kernel().Medium(dir)
	if err != nil || medium.Type == 0 || medium.Free == 0 {
		t.Errorf("%+v, %v", medium, err)
	}
	if _, err := Kernel().Medium(filepath.Join(dir, "missing")); err == nil {
		t.Error("a folder that is not there has a medium")
	}
	if err := Kernel().Random(); err != nil {
		t.Errorf("a machine that has run for minutes has no randomness: %v", err)
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
}
