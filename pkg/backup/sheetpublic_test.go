package backup

import (
	"encoding/hex"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/paper"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// TestInstructionsHoldTheListings types the listings off the page.
func TestInstructionsHoldTheListings(t *testing.T) {
	for _, size := range []paper.Size{paper.A4, paper.Letter} {
		pdf, err := ComposeInstructions(sheetDay, size)
		if err != nil {
			t.Fatal(err)
		}
		pages, err := paper.Texts(pdf)
		if err != nil {
			t.Fatal(err)
		}
		var mono strings.Builder
		for _, page := range pages {
			apart(t, "instructions, "+size.Name, size, page)
			for _, text := range page {
				if text.Font == hexFont {
					mono.WriteString(text.Text + "\n")
				}
			}
		}
		for _, script := range []string{shamir.RecoverScript(), shamir.RecoverMoreScript()} {
			if !strings.Contains(mono.String(), script) {
				t.Errorf("%s: a listing is not on the page as it is", size.Name)
			}
		}
		joined := strings.ReplaceAll(strings.ReplaceAll(mono.String(), "\n", ""), " ", "")
		for _, sheet := range exampleSheets {
			if !strings.Contains(joined, sheet) {
				t.Errorf("%s: a sheet of the example is not on the page", size.Name)
			}
		}
	}
}

// TestExample restores the example from every two of its sheets, and compares
// it with the page in the docs.
func TestExample(t *testing.T) {
	page, err := os.ReadFile("../../docs/recover-without-ethkey.md")
	if err != nil {
		t.Fatal(err)
	}
	joined := strings.ReplaceAll(string(page), " ", "")
	for i, text := range exampleSheets {
		if !strings.Contains(joined, text) {
			t.Errorf("sheet %d of the example is not that of docs/recover-without-ethkey.md", i+1)
		}
		pile := &shamir.Pile{}
		defer pile.Close()
		for _, text := range []string{text, exampleSheets[(i+1)%len(exampleSheets)]} {
			sheet, err := shamir.Parse([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if !sheet.Flags().Has(shamir.Practice) {
				t.Error("the example is not marked as practice")
			}
			if _, err := pile.Add(sheet); err != nil {
				t.Fatal(err)
			}
		}
		secret, err := pile.Combine(pile.Sets()[0].Set)
		if err != nil {
			t.Fatal(err)
		}
		defer secret.Close()
		if got := hex.EncodeToString(secret.Data.Bytes()); got != exampleSecret {
			t.Errorf("the example restores %s", got)
		}
	}
}

// publicRecord is a record with everything that a page of it may show.
func publicRecord(keys int) *Record {
	r := &Record{
		Version: 1, Set: "7QK42", Mode: ModeRehearsal, Made: "2026-11-20", Label: "first node", Kind: KindMnemonic,
		Phrase: &Phrase{"english", 24, true}, Scheme: Scheme{2, []Group{{2, 31}, {1, 1}}}, Replaces: "M2C4X",
	}
	for i := range 32 {
		r.Sheets = append(r.Sheets, Sheet{Group: i/31 + 1, Number: i%31 + 1, X: i, Fingerprint: strings.Repeat("ab", 16), Passphrase: i == 3})
	}
	for range keys {
		r.Restores.Validators = append(r.Restores.Validators, ValidatorKey{Path: "m/12381/3600/12345/0/0", PublicKey: "0x" + strings.Repeat("cd", 48)})
	}
	r.Restores.Network = "mainnet"
	r.Restores.PublicKey = "0x" + strings.Repeat("ef", 48)
	r.Restores.Recipient = "age1" + strings.Repeat("q", 58)
	r.Restores.File = &SealedFile{"Schlüssel \u4e2d\u6587 " + strings.Repeat("long", 50) + ".age", 1 << 20, strings.Repeat("12", 32)}
	return r
}

func TestRecordPage(t *testing.T) {
	for _, size := range []paper.Size{paper.A4, paper.Letter} {
		for _, keys := range []int{0, 1, maxPrintedKeys, maxPrintedKeys + 1, 10_000} {
			pdf, err := ComposeRecord(publicRecord(keys), []byte(`{"a":"file"}`), size)
			if err != nil {
				t.Fatalf("%s, %d keys: %v", size.Name, keys, err)
			}
			pages, err := paper.Texts(pdf)
			if err != nil {
				t.Fatal(err)
			}
			lines, all := 0, ""
			for _, page := range pages {
				apart(t, "record", size, page)
				for _, text := range page {
					all += text.Text + "\n"
					if strings.HasPrefix(text.Text, "0xcdcd") {
						lines++
					}
				}
			}
			if lines != min(keys, maxPrintedKeys) || strings.Contains(all, " more, which the file lists") != (keys > maxPrintedKeys) {
				t.Errorf("%s: %d of %d keys are printed", size.Name, lines, keys)
			}
			if n := strings.Count(all, "REHEARSAL"); n < len(pages) {
				t.Errorf("%s: %d pages, and %d of them are marked", size.Name, len(pages), n)
			}
			// printf '{"a":"file"}' | sha256sum
			for _, expected := range []string{"f3b2 6139", "7QK42", "M2C4X", "BIP-39 PASSPHRASE IS NEEDED", "Schlüssel ??", "(passphrase)", "abab abab"} {
				if !strings.Contains(all, expected) {
					t.Errorf("%s: the record does not say %q", size.Name, expected)
				}
			}
		}
	}
	r := publicRecord(0)
	r.Made = "yesterday"
	if _, err := ComposeRecord(r, nil, paper.A4); fault.KindOf(err) != fault.Refused {
		t.Errorf("a record made yesterday: %v", err)
	}
}

func TestSheetsThatAreRefused(t *testing.T) {
	for name, test := range map[string]struct {
		change   func(*SheetData)
		expected string
	}{
		"another scheme":     {func(d *SheetData) { d.Scheme = shamir.Single(3, 3) }, "not one of its scheme"},
		"fewer sheets":       {func(d *SheetData) { d.Scheme = shamir.Single(2, 2); d.Sheet = thirdSheet(t) }, "not one of its scheme"},
		"two levels":         {func(d *SheetData) { d.Scheme.Groups = append(d.Scheme.Groups, shamir.Group{Threshold: 2, Sheets: 2}) }, "not one of its scheme"},
		"no groups":          {func(d *SheetData) { d.Scheme = shamir.Scheme{} }, "not one of its scheme"},
		"no sheet":           {func(d *SheetData) { d.Sheet = nil }, "not one of its scheme"},
		"no date":            {func(d *SheetData) { d.Made = time.Time{} }, "without a date"},
		"no paper":           {func(d *SheetData) { d.Paper = paper.Size{} }, "expected A4 or Letter"},
		"a long label":       {func(d *SheetData) { d.Label = strings.Repeat("x", maxLabel+1) }, "label: it does not fit a line"},
		"a wide label":       {func(d *SheetData) { d.Label = strings.Repeat("W", maxLabel) }, "label: it does not fit a line"},
		"a label in Greek":   {func(d *SheetData) { d.Label = "Ωmega" }, "label: 'Ω' cannot be printed"},
		"a label of 2 lines": {func(d *SheetData) { d.Label = "one\ntwo" }, `label: '\n' cannot be printed`},
	} {
		d := exampleSheet(t, paper.A4)
		test.change(&d)
		if pdf, err := ComposeSheet(d); err == nil || pdf != nil || !strings.Contains(err.Error(), test.expected) {
			t.Errorf("%s: %v, expected %q", name, err, test.expected)
		}
		if name == "no paper" {
			continue
		}
		if text, err := ComposeText(d); err == nil || text != nil || !strings.Contains(err.Error(), test.expected) {
			t.Errorf("%s, as text: %v, expected %q", name, err, test.expected)
		}
	}
	for _, label := range []string{"", strings.Repeat("n", maxLabel), "Schlüssel von Zoë"} {
		d := exampleSheet(t, paper.Letter)
		d.Label = label
		if _, err := ComposeSheet(d); err != nil {
			t.Errorf("label %q: %v", label, err)
		}
		if text, err := ComposeText(d); err != nil {
			t.Errorf("label %q, as text: %v", label, err)
		} else {
			text.Close()
		}
	}
}

func thirdSheet(t *testing.T) *shamir.Sheet {
	t.Helper()
	sheet, err := shamir.Parse([]byte(exampleSheets[2]))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sheet.Close)
	return sheet
}
