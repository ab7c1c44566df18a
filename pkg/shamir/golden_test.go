package shamir

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/pkg/mnemonic"
)

// golden is a set of version 1 as it was once printed. These never change:
// sheets that exist must restore for ever.
type golden struct {
	Name       string
	Kind       string
	Language   mnemonic.Language
	Passphrase bool `json:"bip39_passphrase"`
	Secret     string
	Set        string
	Flags      string
	Scheme     string
	Sheets     []goldenSheet
}

type goldenSheet struct {
	Text        string
	X           byte
	Fingerprint string
	Protected   string
	Passphrase  string
}

// frozenSum is the SHA-256 of testdata/v1.json.
const frozenSum = "f28f4994fe454be6029807b08e3f77d1e3c1caa274cef2518139578144f60bd4"

func goldens(t testing.TB) []golden {
	t.Helper()
	text, err := os.ReadFile("testdata/v1.json")
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != frozenSum {
		t.Fatal("testdata/v1.json was changed: what is printed on paper cannot be")
	}
	var all []golden
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func (g golden) sheets(t testing.TB) []*Sheet {
	t.Helper()
	var all []*Sheet
	for _, s := range g.Sheets {
		all = append(all, parse(t, s.Text))
	}
	return all
}

func TestSheetsOfVersion1Restore(t *testing.T) {
	kinds, lengthsSeen := map[string]bool{}, map[int]bool{}
	for _, g := range goldens(t) {
		t.Run(g.Name, func(t *testing.T) {
			sheets := g.sheets(t)
			combinesTo(t, g, sheets)
			if sheets[0].Threshold() < len(sheets) {
				combinesTo(t, g, sheets[1:])
			}
			slices.Reverse(sheets)
			combinesTo(t, g, sheets)
			kinds[g.Kind] = true
			for i, s := range g.Sheets {
				lengthsSeen[len(s.Text)-len(Prefix)] = true
				checkFrozen(t, s, sheets[len(sheets)-1-i])
				if s.Protected != "" {
					lengthsSeen[len(s.Protected)-len(Prefix)] = true
					checkUnprotect(t, s)
				}
			}
		})
	}
	if len(kinds) != 5 || len(lengthsSeen) != len(lengths()) {
		t.Errorf("%d kinds and %d lengths are frozen, expected 5 and %d", len(kinds), len(lengthsSeen), len(lengths()))
	}
}

func combinesTo(t *testing.T, g golden, sheets []*Sheet) {
	t.Helper()
	p := pileOf(t, sheets...)
	id, err := ParseSetID(strings.ToLower(g.Set))
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.Combine(id)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if s.Kind.String() != g.Kind || s.Language != g.Language || s.Passphrase != g.Passphrase || hex.EncodeToString(s.Data.Bytes()) != g.Secret {
		t.Errorf("%s: another secret came out", g.Name)
	}
	if kind := sheets[0].Flags().kind(); kind != g.Flags {
		t.Errorf("%s: a %s set, expected %s", g.Name, kind, g.Flags)
	}
}

// checkFrozen compares what is written and said of a sheet.
func checkFrozen(t *testing.T, g goldenSheet, s *Sheet) {
	t.Helper()
	fingerprint, err := s.Fingerprint()
	if err != nil {
		t.Fatal(err)
	}
	if textOf(t, s) != g.Text || s.X() != g.X || hex.EncodeToString(fingerprint[:]) != g.Fingerprint {
		t.Errorf("%v is written otherwise than it was", s)
	}
}

// checkUnprotect undoes a passphrase, and, of the first sheet of a group, does
// it again.
func checkUnprotect(t *testing.T, g goldenSheet) {
	t.Helper()
	phrase := buffer(t, []byte(g.Passphrase))
	plain, err := Unprotect(t.Context(), parse(t, g.Protected), phrase)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	if textOf(t, plain) != g.Text {
		t.Errorf("%v: another sheet comes out of the passphrase", plain)
	}
	if plain.Number() > 1 {
		return
	}
	again, err := Protect(t.Context(), plain, phrase)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if textOf(t, again) != g.Protected {
		t.Errorf("%v is protected otherwise than it was", plain)
	}
}

// The frozen sheets in the hands of Python, which shares no code with ours.
func TestPythonRestoresVersion1(t *testing.T) {
	p := newPython(t)
	for _, g := range goldens(t) {
		raw, err := hex.DecodeString(g.Secret)
		if err != nil {
			t.Fatal(err)
		}
		s := Secret{Data: buffer(t, raw)}
		if g.Kind == KindPassword.String() {
			s.Kind = KindPassword
		} else if g.Kind == KindText.String() {
			s.Kind = KindText
		}
		if got := p.run("recover_more.py", "", g.sheets(t)...); !strings.Contains(got, expectedSecret(s)) {
			t.Errorf("%s: %s", g.Name, got)
		}
	}
}

// What is in secret memory stays there: nothing of Parse prints a share.
func TestSheetsPrintNothingOfTheirShare(t *testing.T) {
	for _, g := range goldens(t)[:2] {
		s := parse(t, g.Sheets[0].Text)
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q", "%d"} {
			if got := fmt.Sprintf(verb, s); !strings.Contains(got, "sheet 1") || strings.Contains(got, g.Sheets[0].Text[20:30]) {
				t.Errorf("%s prints %q", verb, got)
			}
		}
	}
}
