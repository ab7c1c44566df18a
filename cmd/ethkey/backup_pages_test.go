package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
)

// phrase24 and its first public key.
const (
	phrase24 = "void come effort suffer camp survey warrior heavy shoot primary clutch crush open amazing screen patrol group space point ten exist slush involve unfold"
)

var publicKey = regexp.MustCompile(`0x[0-9a-f]{96}`)

// On a terminal: 24 words become three of five sheets as PDF; what another
// program renders of them is read back; and it restores the same keys from
// pictures that were rendered smaller. Another reader reads every code.
func TestSheetsThroughOtherPrograms(t *testing.T) {
	pdftoppm, zbarimg := testkit.Program(t, "pdftoppm"), testkit.Program(t, "zbarimg")
	dir := testkit.TempDir(t)
	writeFile(t, dir, "phrase", phrase24)
	for _, name := range []string{"sheets", "records", "scans", "small"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	out, err := ethkey(t, dir, "derive", "--mnemonic-file", "phrase", "--count", "1").Output()
	if err != nil {
		t.Fatal(err)
	}
	key := publicKey.FindString(string(out))
	p := atTerminal(t, ethkey(t, dir, "backup", "split", "--mnemonic-file", "phrase", "--chain", "hoodi", "--sheets", "5", "--threshold", "3",
		"--folder", "sheets", "--records", "records", "--on-disk", "--pictures", "scans", "--yes"))
	p.Expect("is every sheet printed?")
	sheets, err := filepath.Glob(filepath.Join(dir, "sheets", "*.pdf"))
	if err != nil || len(sheets) != 5 {
		t.Fatalf("%v, %v", sheets, err)
	}
	for i, name := range sheets {
		render(t, pdftoppm, "150", name, filepath.Join(dir, "scans", fmt.Sprint(i)))
		render(t, pdftoppm, "90", name, filepath.Join(dir, "small", fmt.Sprint(i)))
	}
	p.SendLine("yes")
	p.ExpectExit(0)
	p.Expect("each read back from paper")
	if left, _ := filepath.Glob(filepath.Join(dir, "sheets", "*")); len(left) != 0 {
		t.Errorf("left %v", left)
	}
	scans, _ := filepath.Glob(filepath.Join(dir, "scans", "*.png"))
	for _, scan := range scans {
		codes, err := exec.Command(zbarimg, "-q", "--raw", scan).Output()
		if err != nil || !strings.HasPrefix(string(codes), "EK1") {
			t.Errorf("zbar does not read %s: %v", filepath.Base(scan), err)
		}
	}
	for _, n := range []string{"1", "3"} { // three of five are left
		if err := os.Remove(filepath.Join(dir, "small", n+"-1.png")); err != nil {
			t.Fatal(err)
		}
	}
	restored, err := ethkey(t, dir, "backup", "restore", "--pictures", "small", "--record", theRecord(t, dir), "--non_interactive", "--json").Output()
	if err != nil || publicKey.FindString(string(restored)) != key {
		t.Errorf("%v: restored %s, expected the key %s", err, restored, key)
	}
}

// render makes a picture of each page of a PDF.
func render(t *testing.T, pdftoppm, dpi, pdf, to string) {
	t.Helper()
	if out, err := exec.Command(pdftoppm, "-r", dpi, "-png", pdf, to).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	names, _ := filepath.Glob(to + "*")
	for _, name := range names {
		if err := os.Chmod(name, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
