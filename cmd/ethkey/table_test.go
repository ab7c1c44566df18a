package main

import (
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/internal/testkit"
)

const (
	onlyKey      = "0xb3e445d43871965d890a398f719348a1405ac72e35b92727cc570026f54471af7ea7b2040622a8fd0b5bfb2a209b5911"
	absentKey    = "0xaeb399bf5648b0e9980c1731824c269631a41320c3d7f730c40587e1a37a5e1c8b5755fd90080a7b3fb90d3fd419c0a7"
	historyOfOne = `{"metadata":{"interchange_format_version":"5","genesis_validators_root":` +
		`"0x4b363db94e286120d76eb905340fdd4e54bfe9f06bf33ff6cf5ad27f511bfe95"},"data":[{"pubkey":"` + onlyKey + `",` +
		`"signed_blocks":[{"slot":"9000000"}],"signed_attestations":[{"source_epoch":"280000","target_epoch":"280001"}]}]}`
)

// A table of public keys is read on a terminal of 80 columns, and by programs
// in a pipe.
func TestTablesFitTheTerminal(t *testing.T) {
	key := "0x" + strings.Repeat("ab", 48)
	rows := func() [][]string {
		return [][]string{
			cells("PUBLIC KEY\tSLOT\tNOTES"),
			cells("%s\t9000000\t%s", key, strings.Repeat("word ", 20)+"\x1b[2J"),
			cells("\t-\t-"),
		}
	}
	for _, width := range []int{0, 40, 80, 300} {
		p := &page{width: width}
		p.table(rows())
		text := p.String()
		if whole := strings.Contains(text, key); whole != (width == 0 || width == 300) {
			t.Errorf("%d columns: the key whole %t\n%s", width, whole, text)
		}
		if strings.Contains(text, "0xabababab..abab") != strings.Contains(text, "shortened to fit") {
			t.Errorf("%d columns: keys are shortened without a word\n%s", width, text)
		}
		for _, line := range strings.Split(text, "\n") {
			if width > 0 && term.Columns(line) > width || strings.HasSuffix(line, " ") || strings.Contains(line, "\x1b") {
				t.Errorf("%d columns: %q", width, line)
			}
		}
		column := strings.Index(text, "SLOT")
		if second := strings.Split(text, "\n")[1]; second[column:column+7] != "9000000" {
			t.Errorf("%d columns: SLOT stands elsewhere than its values\n%s", width, text)
		}
	}
}

// Whoever has 2,000 keys sees what is wrong last, above the sum.
func TestFaultsStandBesideTheSum(t *testing.T) {
	dir := testkit.TempDir(t)
	writeFile(t, dir, "history.json", historyOfOne)
	cmd := ethkey(t, dir, "slashing", "cover", "--public-keys", absentKey+","+onlyKey, "history.json")
	out, err := cmd.Output()
	if lines := strings.Split(string(out), "\n"); err == nil || len(lines) < 4 || !strings.HasPrefix(lines[1], "covered") || !strings.HasPrefix(lines[2], "MISSING") {
		t.Errorf("%v\n%s", err, out)
	}
}

// The reports on a terminal, of each command that prints a table.
func TestTablesOnATerminal(t *testing.T) {
	dir := testkit.TempDir(t)
	writeFile(t, dir, "history.json", historyOfOne)
	writeFile(t, dir, "lower.json", strings.ReplaceAll(historyOfOne, "280001", "280000"))
	writeFile(t, dir, "machine", machineID)
	store := func(args ...string) []string {
		return append(append([]string{"signer", "store"}, args...), "--store", "store", "--machine-id-file", "machine")
	}
	if out, err := ethkey(t, dir, store("init", "--chain", "mainnet")...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, line := range []struct {
		args []string
		code int
	}{
		{[]string{"slashing", "inspect", "history.json"}, 0},
		{[]string{"slashing", "cover", "--public-keys", onlyKey, "history.json"}, 0},
		{[]string{"slashing", "diff", "history.json", "lower.json"}, 1},
		{[]string{"slashing", "verify-import", "history.json", "lower.json"}, 1},
		{store("import", "history.json"), 0},
		{store("status"), 0},
	} {
		name := "ethkey " + strings.Join(line.args, " ")
		p := testkit.StartPTY(t, ethkey(t, dir, line.args...))
		p.ExpectExit(line.code)
		shown := p.Transcript()
		if strings.Contains(shown, onlyKey) || !strings.Contains(shown, "shortened to fit") {
			t.Errorf("%s:\n%s", name, shown)
		}
		for _, row := range strings.Split(shown, "\n") {
			if n := term.Columns(strings.TrimRight(row, "\r")); n > 100 {
				t.Errorf("%s: %d columns: %q", name, n, row)
			}
		}
	}
}
