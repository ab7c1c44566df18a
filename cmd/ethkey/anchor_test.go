package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
)

// ours are the published cases in which we decide otherwise than
// ethstaker-deposit-cli, and what we decide.
var ours = map[string]struct {
	accept bool
	why    string
}{
	"mnemonic-double-space":   {true, "white space never matters"},
	"mnemonic-trailing-space": {true, "white space never matters"},
	"num-underscore":          {false, "0_1 is Python's way to write a number, and nobody else's"},
}

// What ethstaker-deposit-cli refuses is refused, with an error, a hint or a
// range, exit code 1, and nothing left behind.
func TestPublishedRejections(t *testing.T) {
	var file struct {
		Cases []struct {
			ID       string
			Args     []string
			Global   []string `json:"global_args"`
			Accepted bool
			First    *struct {
				PubKey   string
				DataRoot string `json:"deposit_data_root"`
			} `json:"first_deposit"`
		}
	}
	testkit.Decode(t, "deposit-cli/rejections.json", &file)
	if len(file.Cases) == 0 {
		t.Fatal("no cases")
	}
	for _, c := range file.Cases {
		t.Run(c.ID, func(t *testing.T) {
			accept := c.Accepted
			if o, ok := ours[c.ID]; ok {
				accept = o.accept
			}
			dir := testkit.TempDir(t)
			args := append(append([]string{}, c.Global...), "--non_interactive")
			args = append(append(args, c.Args...), "--pbkdf2")
			out, err := ethkey(t, dir, args...).CombinedOutput()
			made, _ := filepath.Glob(filepath.Join(dir, "*", "*.json"))
			if accept {
				if err != nil || len(made) == 0 {
					t.Fatalf("refused: %v\n%s", err, out)
				}
				return
			}
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != 1 {
				t.Errorf("got %v, want exit code 1\n%s", err, out)
			}
			if !strings.Contains(string(out), "ethkey: error: ") {
				t.Errorf("no error is told:\n%s", out)
			}
			if left, _ := os.ReadDir(dir); len(left) != 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}
