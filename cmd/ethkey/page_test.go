package main

import (
	"strings"
	"testing"

	"github.com/ethkey/ethkey/pkg/validator"
)

// What a file is called and what stands in it does nothing to the terminal on
// which a report is read.
func TestReportsAreSafe(t *testing.T) {
	const evil = "\x1b[2Jgood\r"
	r := &validator.VerifyReport{Network: evil, Items: []validator.VerifyItem{{File: evil, Problem: evil, Notes: []string{evil}}}, Notes: []string{evil}}
	rewritten := &validator.RewriteResult{Folder: evil, Keystores: []string{evil}, Notes: []string{evil}}
	for _, text := range []string{verifyText(r, 0), verifyText(r, 60), rewriteReport(rewritten, 60)} {
		if strings.ContainsAny(text, "\x1b\r") || !strings.Contains(text, `\x1b[2Jgood\x0d`) {
			t.Errorf("%q", text)
		}
	}
}

// A public key is whole on any screen: no line is longer than it, and the parts
// put together are the key.
func TestKeysFitTheScreen(t *testing.T) {
	key := "0x" + strings.Repeat("0123456789ab", 8)
	for width, lines := range map[int]int{0: 1, 120: 1, 80: 2, 60: 4, 20: 4} {
		p := &page{width: width}
		p.key("key", key)
		got := strings.Split(strings.TrimSuffix(p.String(), "\n"), "\n")
		for _, line := range got {
			if width > 40 && len(line) > width {
				t.Errorf("%d columns: %q", width, line)
			}
		}
		if joined := strings.ReplaceAll(strings.Join(got, ""), " ", ""); len(got) != lines || joined != "key"+key {
			t.Errorf("%d columns: %q", width, got)
		}
	}
}
