package backup

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/chain"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// An entry that somebody added to a history, who may write the file and sign
// nothing, makes no original of another sheet.
func TestAnAddedEntryMakesNoOriginal(t *testing.T) {
	r := newRoom(t)
	made := r.split(r.request())
	h, err := openHistory(r.m, made.Record)
	if err != nil {
		t.Fatal(err)
	}
	forged := another(t, r, h)
	text := textOf(t, forged)
	sum, err := forged.Fingerprint()
	if err != nil {
		t.Fatal(err)
	}
	for _, passphrase := range []bool{false, true} {
		fact := Reissued{
			Set: made.Set, RecordHash: made.RecordHash, Group: forged.Group(), Number: forged.Number(), Fingerprint: fmt.Sprintf("%x", sum), Passphrase: passphrase,
		}
		appended(t, h, made.History, fact)
		r.hand = []string{text}
		check, err := Check(context.Background(), r.m, CheckRequest{Record: made.Record}, r)
		if err != nil {
			t.Fatal(err)
		}
		if check.Original != nil && *check.Original {
			t.Errorf("with a passphrase %t: it counts as the original", passphrase)
		}
		if passphrase != (check.Original == nil) || passphrase != (check.Err() == nil) || passphrase && !strings.Contains(strings.Join(check.Unknown, ""), "only the history says") {
			t.Errorf("with a passphrase %t: %+v, %v", passphrase, check, check.Err())
		}
	}
}

// A history that speaks of another set is of no use to a check or a restore.
func TestAForeignEntryIsOfNoUse(t *testing.T) {
	r := newRoom(t)
	made := r.split(r.request())
	h, err := openHistory(r.m, made.Record)
	if err != nil {
		t.Fatal(err)
	}
	appended(t, h, made.History, Retired{Set: "M2C4X", RecordHash: made.RecordHash, By: "7QK42"})
	_, warnings, err := PlanRestore(r.m, RestoreRequest{Record: made.Record})
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0].What, "speaks of another set") {
		t.Errorf("%v, %v", warnings, err)
	}
}

// another is a third sheet of the set that is not the one that was made.
func another(t *testing.T, r *room, h *history) *shamir.Sheet {
	t.Helper()
	var two []*shamir.Sheet
	for _, text := range r.paper {
		s, err := shamir.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		if s.Number() != 3 {
			two = append(two, s)
		}
	}
	x := 1
	for slices.ContainsFunc(h.record.Sheets, func(s Sheet) bool { return s.X == x }) {
		x++
	}
	forged, err := shamir.Reissue(two, 1, 3, byte(x))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(forged.Close)
	return forged
}

func textOf(t *testing.T, s *shamir.Sheet) string {
	t.Helper()
	text, err := s.Text()
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	return string(text.Bytes())
}

// appended writes the history that begins as h does, and has one entry more.
func appended(t *testing.T, h *history, file string, fact chain.Public) {
	t.Helper()
	event := EventReissued
	if _, retired := fact.(Retired); retired {
		event = EventRetired
	}
	entry, err := h.chain.Next(noon, event, fact)
	if err != nil {
		t.Fatal(err)
	}
	longer, err := h.chain.With(entry, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, longer.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// The last signature, of which no later entry says anything, has one form; the
// one that a holder keeps may have been through the mail.
func TestASignatureIsWrappedInOneWay(t *testing.T) {
	r := newRoom(t)
	made := r.split(r.request())
	key, allowed := signer(t, 1)
	r.year()
	newest := report(t, r.drill(made.Record, KeySigner(key)))
	history := read(t, made.History)
	verify := func(history []byte, reports ...ReportFile) error {
		overwrite(t, made.History, history)
		v, err := Verify(r.m, VerifyRequest{Record: made.Record, Reports: reports, Allowed: allowed})
		if err != nil {
			return err
		}
		return v.Err()
	}
	for name, wrap := range map[string]func(string) string{
		"other line ends": func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
		"blanks":          func(s string) string { return "  " + s + "\n\n" },
		"other lines":     func(s string) string { return s[:50] + "\n" + s[50:] },
	} {
		changed := rehash(t, history, made.RecordHash, func(l jsonLines) jsonLines {
			var plain string
			if err := json.Unmarshal(l[1]["signature"], &plain); err != nil {
				t.Fatal(err)
			}
			var err error
			if l[1]["signature"], err = json.Marshal(wrap(plain)); err != nil {
				t.Fatal(err)
			}
			return l
		})
		if err := verify(changed); fault.KindOf(err) != fault.Integrity || !strings.Contains(fmt.Sprint(err), "not wrapped as") {
			t.Errorf("%s: %v", name, err)
		}
		mailed := newest
		mailed.Signature = []byte(wrap(string(newest.Signature)))
		if err := verify(history, mailed); err != nil {
			t.Errorf("%s, of the holder's copy: %v", name, err)
		}
	}
}

// A sheet whose mark is not the record's is refused for that, whatever its
// fingerprint.
func TestAMarkIsTheRecords(t *testing.T) {
	r := newRoom(t)
	for mark, mode := range map[shamir.Flags]Mode{shamir.Rehearsal: ModeReal, shamir.Practice: ModeRehearsal, 0: ModePractice} {
		sheets, err := shamir.Split(r.m.Rand, *phrase(t), shamir.Single(2, 2), mark)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range sheets {
			t.Cleanup(s.Close)
		}
		h := &history{record: &Record{Set: sheets[0].ID().String(), Mode: mode, Scheme: schemeOf(shamir.Single(2, 2))}}
		sum, err := sheets[0].Fingerprint()
		if err != nil {
			t.Fatal(err)
		}
		h.record.Sheets = []Sheet{{Group: 1, Number: 1, Fingerprint: fmt.Sprintf("%x", sum)}}
		if _, err := h.isOriginal(sheets[0]); fault.KindOf(err) != fault.Integrity || !strings.Contains(fmt.Sprint(err), "is not marked as the record is") {
			t.Errorf("%s: %v", mode, err)
		}
	}
}

// What lies on the medium under another name, or is still open elsewhere, is
// overwritten too; the page in memory is wiped once it is written; and a link
// that waits under the sheet's name is not followed.
func TestASheetIsOverwrittenBeforeItIsRemoved(t *testing.T) {
	dir := t.TempDir()
	fsys, err := atomicfile.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer fsys.Close()
	page := []byte("a page that says what the sheet says")
	file, other := filepath.Join(dir, "sheet-7QK42-1.pdf"), filepath.Join(dir, "other")
	made, err := writeSheetFile(fsys, filepath.Base(file), page)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(page, make([]byte, len(page))) {
		t.Error("the page is not wiped")
	}
	if info, err := os.Stat(file); err != nil || info.Mode() != 0o400 {
		t.Errorf("%v, %v", info, err)
	}
	if err := os.Link(file, other); err != nil {
		t.Fatal(err)
	}
	if err := made.remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(file); !os.IsNotExist(err) {
		t.Error("it is there:", err)
	}
	if left := read(t, other); !bytes.Equal(left, make([]byte, len(page))) {
		t.Errorf("%q is left", left)
	}
	trap := filepath.Join(t.TempDir(), "trap")
	for _, to := range []string{trap, other} {
		if err := os.Symlink(to, file); err != nil {
			t.Fatal(err)
		}
		if _, err := writeSheetFile(fsys, filepath.Base(file), []byte("page")); fault.KindOf(err) != fault.Refused {
			t.Error("a link is followed:", err)
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Lstat(trap); !os.IsNotExist(err) {
		t.Error("written through a link:", err)
	}
}
