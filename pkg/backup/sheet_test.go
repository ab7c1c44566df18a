package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/paper"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
)

var sheetDay = time.Date(2026, 11, 20, 15, 4, 5, 0, time.UTC)

// entropy is 32 public bytes as a secret.
func entropy(t testing.TB) shamir.Secret {
	t.Helper()
	b, err := secret.From(bytes.Repeat([]byte{0xa5}, 32))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return shamir.Secret{Kind: shamir.KindEntropy, Language: mnemonic.English, Data: b}
}

// longSecret takes the larger of the two package sizes.
func longSecret(t testing.TB) shamir.Secret {
	t.Helper()
	b, err := secret.From(bytes.Repeat([]byte("word"), 12))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return shamir.Secret{Kind: shamir.KindPassword, Data: b}
}

// readableSheets splits until every code is read at the first attempt, as
// whoever prints sheets does.
func readableSheets(t testing.TB, s shamir.Secret, sc shamir.Scheme, f shamir.Flags) []*shamir.Sheet {
	t.Helper()
	for range 50 {
		sheets, err := shamir.Split(rand.NewChaCha8([32]byte{1}), s, sc, f)
		if err != nil {
			t.Fatal(err)
		}
		bad := false
		for _, sheet := range sheets {
			t.Cleanup(sheet.Close)
			if err := Readable(sheet); errors.Is(err, paper.ErrUnreadable) {
				bad = true
			} else if err != nil {
				t.Fatal(err)
			}
		}
		if !bad {
			return sheets
		}
	}
	t.Fatal("no readable set in fifty")
	return nil
}

// protected returns the sheet with a passphrase and a code that can be read.
func protected(t testing.TB, s *shamir.Sheet) *shamir.Sheet {
	t.Helper()
	for i := range byte(20) {
		passphrase, err := shamir.NewPassphrase(rand.NewChaCha8([32]byte{i}))
		if err != nil {
			t.Fatal(err)
		}
		p, err := shamir.Protect(context.Background(), s, passphrase)
		passphrase.Close()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(p.Close)
		if Readable(p) == nil {
			return p
		}
	}
	t.Fatal("no readable protected sheet")
	return nil
}

func sheetData(s *shamir.Sheet, sc shamir.Scheme, size paper.Size) SheetData {
	d := SheetData{Sheet: s, Scheme: sc, Label: "validators of the first node", Made: sheetDay, BIP39: PassphraseNo, Paper: size}
	for i := range d.RecordHash {
		d.RecordHash[i] = byte(i * 7)
	}
	return d
}

// variants are sheets of every length and with every mark.
func variants(t testing.TB) map[string]SheetData {
	t.Helper()
	all := map[string]SheetData{}
	two := shamir.Scheme{GroupThreshold: 2, Groups: []shamir.Group{{Threshold: 2, Sheets: 3}, {Threshold: 1, Sheets: 1}, {Threshold: 3, Sheets: 5}}}
	var many shamir.Scheme
	for i := range shamir.MaxGroups {
		many.Groups = append(many.Groups, shamir.Group{Threshold: 2 + i%3, Sheets: 4 + i%2})
	}
	many.GroupThreshold = shamir.MaxGroups - 1
	for name, v := range map[string]struct {
		secret shamir.Secret
		scheme shamir.Scheme
		flags  shamir.Flags
	}{
		"plain":     {entropy(t), shamir.Single(3, 5), 0},
		"practice":  {entropy(t), shamir.Single(2, 2), shamir.Practice},
		"rehearsal": {longSecret(t), shamir.Single(15, 15), shamir.Rehearsal},
		"two":       {entropy(t), two, 0},
		"many":      {longSecret(t), many, shamir.Practice},
		"two, long": {longSecret(t), two, shamir.Practice | shamir.Rehearsal},
	} {
		for i, sheet := range readableSheets(t, v.secret, v.scheme, v.flags) {
			if i > 0 && i != v.scheme.Sheets()-1 && i != 3 {
				continue
			}
			var locked *shamir.Sheet
			if i == 0 {
				locked = protected(t, sheet)
			}
			for _, size := range []paper.Size{paper.A4, paper.Letter} {
				all[fmt.Sprintf("%s, sheet %d, %s", name, i+1, size.Name)] = sheetData(sheet, v.scheme, size)
				if i == 0 {
					all[fmt.Sprintf("%s, sheet %d, protected, %s", name, i+1, size.Name)] = sheetData(locked, v.scheme, size)
				}
			}
		}
	}
	return all
}
