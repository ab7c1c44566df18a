package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
)

// inDocs is a command of ours in a page: a line of a block, or in backquotes.
var inDocs = regexp.MustCompile("(?m)(?:^|`)(ethkey (?:slashing|signer) [^`\n]+)")

// TestCommandsInThePagesOnHistoryExist parses every command that the pages on
// signing history tell people to type, at night and with a validator at stake.
func TestCommandsInThePagesOnHistoryExist(t *testing.T) {
	for _, page := range []string{"migrate.md", "slashing.md", "signer-store.md"} {
		text, err := os.ReadFile(filepath.Join(testkit.ModuleRoot(t), "docs", page))
		if err != nil {
			t.Fatal(err)
		}
		found := inDocs.FindAllStringSubmatch(strings.ReplaceAll(string(text), "\\\n", " "), -1)
		if len(found) == 0 {
			t.Errorf("%s: no command", page)
		}
		for _, m := range found {
			words := strings.Fields(m[1])[1:]
			if words[len(words)-1] == "..." {
				continue
			}
			root := newRoot(&env{stdout: os.Stdout, stderr: os.Stderr})
			cmd, rest, err := root.Find(words)
			if err != nil || cmd.HasSubCommands() && len(rest) > 0 {
				t.Errorf("%s: %s: no such command", page, m[1])
				continue
			}
			if err := cmd.ParseFlags(rest); err != nil {
				t.Errorf("%s: %s: %v", page, m[1], err)
			}
		}
	}
}

// inHints is a command of ours in a text for a person: 'ethkey ...'.
var inHints = regexp.MustCompile(`'ethkey ([a-z][^'\n%"]+)'`)

// TestCommandsInHintsExist parses every command that a message or a help text
// tells people to type.
func TestCommandsInHintsExist(t *testing.T) {
	found := 0
	for _, folder := range []string{"cmd", "pkg", "internal"} {
		err := filepath.WalkDir(filepath.Join(testkit.ModuleRoot(t), folder), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			for _, m := range inHints.FindAllStringSubmatch(string(text), -1) {
				found++
				root := newRoot(&env{stdout: os.Stdout, stderr: os.Stderr})
				cmd, rest, err := root.Find(strings.Fields(m[1]))
				switch {
				case err != nil || cmd == root || cmd.HasSubCommands() && len(rest) > 0 && !strings.HasPrefix(rest[0], "-"):
					t.Errorf("%s: '%s': no such command", path, m[1])
				case cmd.ParseFlags(rest) != nil && !strings.Contains(m[1], "--help"):
					t.Errorf("%s: '%s': %v", path, m[1], cmd.ParseFlags(rest))
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if found < 20 {
		t.Errorf("%d commands in texts; expected more", found)
	}
}
