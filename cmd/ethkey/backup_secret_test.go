package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// backupCanary knows the phrase of these tests, all that is derived from it, and
// the shares of sheets.
func backupCanary(t *testing.T, sheets []string) *testkit.Canary {
	t.Helper()
	c := canary(t)
	for _, text := range sheets {
		c.Add("share", []byte(text[len(shamir.Prefix)+12:len(text)-15]))
	}
	return c
}

// given are the files that a test puts where the commands read them.
func given(path string) bool {
	return named(path) || strings.Contains(path, "photos") || strings.HasSuffix(path, "texts")
}

// No command on a backup writes a secret to stdout, stderr or a file that was
// not named for it, whether it succeeds or refuses.
func TestBackupsWriteNoSecret(t *testing.T) {
	dir := withSecrets(t)
	sheets := sheetsOf(t, shamir.Single(2, 3), shamir.Rehearsal)
	writeFile(t, dir, "texts", strings.Join(sheets, "\n\n"))
	writeFile(t, dir, "damaged.texts", changed(sheets[0], 20, 31)+"\n\n"+changed(sheets[1], 13, 22, 34, 41, 57, 66, 72)+"\n\n"+sheets[2][:90])
	photos := filepath.Join(dir, "photos")
	if err := os.Mkdir(photos, 0o755); err != nil {
		t.Fatal(err)
	}
	picture(t, photos, "1.png", sheets[0])
	picture(t, photos, "2.png", sheets[2])
	writeFile(t, dir, "seedqr.texts", seedQRPhrase)
	c := backupCanary(t, sheets)
	for name, args := range map[string][]string{
		"restore":       {"restore", "--sheet-file", "texts"},
		"as JSON":       {"restore", "--pictures", "photos", "--json"},
		"damaged":       {"restore", "--sheet-file", "damaged.texts"},
		"check":         {"check", "--pictures", "photos/1.png"},
		"split":         {"split", "--mnemonic-file", "phrase", "--chain", "rehearsal", "--sheets", "3", "--threshold", "2", "--folder", ".", "--on-disk", "--yes"},
		"of a password": {"split", "--kind", "password", "--secret-file", "password", "--sheets", "3", "--threshold", "2", "--folder", ".", "--on-disk", "--yes"},
		"keystores": {"restore", "keystores", "--sheet-file", "texts", "--chain", "rehearsal", "--num_validators", "1", "--validator_start_index", "0",
			"--withdrawal_address", "", "--keystore-password-file", "password", "--yes"},
		"exit":     {"restore", "exit", "--sheet-file", "texts", "--chain", "rehearsal", "--validator-indices", "7", "--yes"},
		"import":   {"import", "--from", "seedqr", "--share-file", "seedqr.texts", "--yes"},
		"no drill": {"drill", "--record", "nowhere", "--sheet-file", "texts"},
	} {
		cmd := ethkey(t, dir, append([]string{"backup", "--non_interactive"}, args...)...)
		var stdout, stderr strings.Builder
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		err := cmd.Run()
		if _, ended := err.(*exec.ExitError); err != nil && !ended {
			t.Fatal(err)
		}
		for _, f := range append(c.Scan(name+": stdout", []byte(stdout.String())), c.Scan(name+": stderr", []byte(stderr.String()))...) {
			t.Error(f)
		}
	}
	found, err := c.ScanTree(dir, given)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Error(f)
	}
	if control, _ := c.ScanTree(dir, nil); len(control) == 0 {
		t.Error("the canary does not find the secrets where they are")
	}
}
