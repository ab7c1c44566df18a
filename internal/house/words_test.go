package house

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"strings"
	"testing"
)

// The words are put together here, so that this file does not hold them.
var (
	unfinished = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|X` + `XX|HA` + `CK)\b|(?i:not ` + `implemented|for ` + `now[,.]|place` + `holder)`)
	workshop   = regexp.MustCompile(`/wo` + `rk/|\.libr` + `ary/|/tmp/br` + `ief|shared/(anch` + `ors|DES` + `IGN|STY` + `LE)`)
)

// written tells whether people write the file. Word lists and the figures of
// others hold whatever words they hold.
func written(name string) bool {
	switch path.Ext(name) {
	case ".go", ".md", ".sh", ".yml", ".txtar", ".mod", ".js", ".mjs", ".ts":
		return true
	}
	return path.Base(name) == "Makefile" || strings.HasPrefix(name, "scripts/") || strings.HasPrefix(name, ".ci/")
}

// TestWords finds what was left for later, and paths of one machine.
func TestWords(t *testing.T) {
	for name, text := range texts(t, written) {
		for _, finding := range words(text) {
			t.Errorf("%s:%s", name, finding)
		}
	}
}

func words(text []byte) (found []string) {
	for i, line := range bytes.Split(text, []byte("\n")) {
		for _, pattern := range []*regexp.Regexp{unfinished, workshop} {
			if word := pattern.Find(line); word != nil {
				found = append(found, fmt.Sprintf("%d: %q", i+1, word))
			}
		}
	}
	return found
}

// TestWordsFire shows that each word is found, and that part of another is not.
func TestWordsFire(t *testing.T) {
	for _, line := range []string{
		"// TO" + "DO: later", "FIX" + "ME", "x // X" + "XX y", "a HA" + "CK", "not " + "implemented", "for " + "now, this", "see /wo" + "rk/main", "shared/anch" + "ors/x.md",
	} {
		if len(words([]byte("fine\n"+line+"\n"))) != 1 {
			t.Errorf("%q is not found", line)
		}
	}
	for _, line := range []string{"hackers", "mktemp -d /tmp/x.XXXX", "../shared/vectors", "homework/main"} {
		if found := words([]byte(line)); len(found) != 0 {
			t.Errorf("%q: %q", line, found)
		}
	}
}
