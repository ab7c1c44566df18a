package main

import (
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
	for _, page := range []string{"migrate.md", "slashing.md"} {
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
