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
