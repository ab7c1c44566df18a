package main

import (
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

// othersRead has another reader read every scan, and restores from pictures that
// were rendered smaller, of three of the five sheets.
func othersRead(t *testing.T, dir, record, key string) {
	t.Helper()
	zbarimg := testkit.Program(t, "zbarimg")
	scans, _ := filepath.Glob(filepath.Join(dir, "scans", "*.png"))
	if len(scans) != 5 {
		t.Fatalf("scans %v", scans)
	}
	for _, scan := range scans {
		codes, err := exec.Command(zbarimg, "-q", "--raw", scan).Output()
		if err != nil || !strings.HasPrefix(string(codes), "EK1") {
			t.Errorf("zbar does not read %s: %v", filepath.Base(scan), err)
		}
	}
	for _, n := range []string{"2", "4"} {
		if err := os.Remove(filepath.Join(dir, "small", n+"-1.png")); err != nil {
			t.Fatal(err)
		}
	}
	restored, err := ethkey(t, dir, "backup", "restore", "--pictures", "small", "--record", record, "--non_interactive", "--json").Output()
	if err != nil || publicKey.FindString(string(restored)) != "0x"+key {
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
