package backup

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
	"github.com/ethkey/ethkey/pkg/validator"
)

func TestCheckOneSheet(t *testing.T) {
	r := newRoom(t)
	made := r.split(r.request())
	sheets := r.texts()
	check := func(record string, texts ...string) (*CheckResult, error) {
		r.hand = texts
		return Check(context.Background(), r.m, CheckRequest{Record: record}, r)
	}
	result, err := check(made.Record, sheets[1])
	if err != nil || result.Err() != nil {
		t.Fatal(err, result.Err())
	}
	if result.Set != made.Set || result.Name != "sheet 2" || result.Threshold != 2 || result.Sheets != 3 || !*result.Original || result.Retired != "" {
		t.Errorf("%+v", result)
	}
	if result, err := check("", sheets[1]); err != nil || result.Original != nil || len(result.Unknown) != 2 || result.Sheets != 0 {
		t.Errorf("without a record: %+v, %v", result, err)
	}
	r.batch = true
	if _, err := check(made.Record, sheets[0], sheets[0]); err != nil {
		t.Error("the same code twice is one sheet:", err)
	}
	if _, err := check(made.Record, sheets[0], sheets[1]); err == nil || !strings.Contains(err.Error(), "one sheet at a time") {
		t.Error(err)
	}
	r.batch = false
	if _, err := check(made.Record); err == nil {
		t.Error("no sheet is a good sheet")
	}
	other := newRoom(t)
	other.m.Rand = strings.NewReader(strings.Repeat("another seed", 1000))
	other.split(other.request())
	if _, err := check(made.Record, other.texts()[0]); err == nil || !strings.Contains(err.Error(), "the record is of set") {
		t.Error(err)
	}
	if result, err := check(made.Record, remade(t, sheets[0])); err != nil || fault.KindOf(result.Err()) != fault.Integrity || *result.Original {
		t.Errorf("a forged sheet: %+v, %v", result, err)
	}
}

// remade is a forged sheet: it says of itself what another says, and its
// checksum holds, but it is of another secret.
func remade(t testing.TB, text string) string {
	t.Helper()
	sheet, err := shamir.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	defer sheet.Close()
	s := &shamir.Secret{Kind: shamir.KindEntropy, Language: mnemonic.English, Data: zeros(t)}
	defer s.Close()
	id := uint32(sheet.ID()) << 7
	source := &fixedID{id: id}
	sheets, err := shamir.Split(source, *s, shamir.Single(2, 3), sheet.Flags())
	if err != nil {
		t.Fatal(err)
	}
	b, err := sheets[0].Text()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	return string(b.Bytes())
}

func otherChar(c byte) byte {
	if c == 'Q' {
		return 'P'
	}
	return 'Q'
}

func zeros(t testing.TB) *secret.Buffer {
	b, err := secret.New(32)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// fixedID is randomness that begins with a set's name.
type fixedID struct {
	id    uint32
	after bool
}

func (f *fixedID) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 0x5a
	}
	if !f.after && len(p) == 4 {
		p[0], p[1], p[2], p[3] = byte(f.id>>24), byte(f.id>>16), byte(f.id>>8), byte(f.id)
	}
	f.after = true
	return len(p), nil
}

// TestRestoreSortsAPile gives sheets of two sets, one twice, one forged, one
// mistyped.
func TestRestoreSortsAPile(t *testing.T) {
	r := newRoom(t)
	made := r.split(r.request())
	sheets := r.texts()
	other := newRoom(t)
	other.m.Rand = strings.NewReader(strings.Repeat("another seed", 1000))
	other.split(other.request())
	typo := []byte(sheets[2])
	typo[30], typo[60] = otherChar(typo[30]), '?'
	fake := remade(t, sheets[0])
	restored, err := r.restore(made.Record, other.texts()[0], fake, sheets[0], sheets[0], "nothing", other.texts()[1], string(typo))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(restored.Result.Used, []string{"sheet 1", "sheet 3"}) || r.offered != 1 {
		t.Errorf("%+v", restored.Result)
	}
	for _, want := range []string{"the record is of set", "not the original sheet 1", "it is here already", "not the text of a sheet"} {
		if !r.heard(want) {
			t.Errorf("%q was not said: %+v", want, r.said)
		}
	}
	// Without the record the forged sheet is found by one more than needed.
	r.said = nil
	restored, err = r.restore("", fake, sheets[1], sheets[2], sheets[0])
	if err != nil || !slices.Equal(restored.Result.Aside, []string{"sheet 1"}) || restored.Result.Compared != nil {
		t.Fatalf("%v %+v", err, r.said)
	}
	r.answers[AskDropOdd] = false
	if _, err = r.restore("", fake, sheets[1], sheets[2], sheets[0]); err == nil || !strings.Contains(err.Error(), "does not belong") {
		t.Error(err)
	}
}

// TestTwoCompleteSets: the person says which one.
func TestTwoCompleteSets(t *testing.T) {
	r := newRoom(t)
	first := r.split(r.request())
	sheets := r.texts()[:2]
	r.paper = map[string]string{}
	second := r.split(r.request())
	both := append(slices.Clone(sheets), r.texts()[:2]...)
	r.batch = true
	restored, err := r.restore("", both...)
	if err != nil || restored.Result.Set != first.Set || len(restored.Result.Notes) != 1 || !slices.Contains(r.asked, AskWhichSet) {
		t.Errorf("%+v, %v", restored, err)
	}
	r.answers[AskWhichSet] = false
	if _, err := r.restore("", both...); err == nil || !strings.Contains(err.Error(), "expected one set") {
		t.Error(err)
	}
	if restored, err := r.restore(second.Record, both...); err != nil || restored.Result.Set != second.Set {
		t.Error(err)
	}
}

func TestTooFewSheets(t *testing.T) {
	r := newRoom(t)
	made := r.split(r.request())
	_, err := r.restore(made.Record, r.texts()[0])
	if fault.KindOf(err) != fault.Refused || !strings.Contains(err.Error(), "1 of 2") {
		t.Error(err)
	}
	if _, err := r.restore(made.Record); err == nil || !strings.Contains(err.Error(), "no sheet was read") {
		t.Error(err)
	}
	r.accepts = false
	typo := []byte(r.texts()[0])
	typo[30] = otherChar(typo[30])
	if _, err := r.restore(made.Record, string(typo), r.texts()[1]); err == nil {
		t.Error("a correction was applied that nobody agreed to")
	}
}

// TestAnotherRecord: what is restored and is not the record's is refused before
// anybody gets it.
func TestAnotherRecord(t *testing.T) {
	r := newRoom(t)
	made := r.split(r.request())
	record, err := ParseRecord(read(t, made.Record))
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Record){
		"keys of other paths": func(r *Record) {
			v := r.Restores.Validators
			v[0].PublicKey, v[1].PublicKey = v[1].PublicKey, v[0].PublicKey
		},
		"another kind":     func(r *Record) { r.Kind, r.Phrase, r.Restores = KindPassword, nil, Restores{} },
		"another language": func(r *Record) { r.Phrase.Language = "french" },
		"a passphrase":     func(r *Record) { r.Phrase.Passphrase = true },
	} {
		changed := *record
		changed.Restores.Validators = slices.Clone(record.Restores.Validators)
		p := *record.Phrase
		changed.Phrase = &p
		change(&changed)
		file, err := changed.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "backup-"+made.Set+".json")
		overwrite(t, path, file)
		restored, err := r.restore(path, r.texts()[:2]...)
		if fault.KindOf(err) != fault.Integrity || restored != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBIP39Passphrase(t *testing.T) {
	r := newRoom(t)
	req := r.request()
	req.Secret.Passphrase = true
	words, err := secret.From([]byte("TREZOR"))
	if err != nil {
		t.Fatal(err)
	}
	defer words.Close()
	req.Passphrase = words
	made := r.split(req)
	r.secrets[AskBIP39Passphrase] = []string{"trezor", "TREZOR"}
	restored, err := r.restore(made.Record, r.texts()[:2]...)
	if err != nil || string(restored.Passphrase().Bytes()) != "TREZOR" || !r.heard("another BIP-39 passphrase") {
		t.Fatal(err)
	}
	r.secrets[AskBIP39Passphrase] = []string{"trezor", "trezor", "TREZOR"} // from a file, it would be so for ever
	if _, err := r.restore(made.Record, r.texts()[:2]...); fault.KindOf(err) != fault.Integrity {
		t.Error("the same wrong passphrase was asked for again:", err)
	}
	r.secrets[AskBIP39Passphrase] = []string{"trezor"}
	if _, err := r.restore(made.Record, r.texts()[:2]...); err == nil {
		t.Error("restored without the passphrase")
	}
	if strings.Contains(string(read(t, made.Record)), "TREZOR") {
		t.Error("the record has the passphrase")
	}
	t.Run("lost", func(t *testing.T) { lostPassphrase(t, r, made.Record) })
}

// lostPassphrase: the words come back alone, when they are asked for as such
// and somebody agrees, and then serve a person's eyes and nothing else.
func lostPassphrase(t *testing.T, r *room, record string) {
	run := func(offered, yes bool, passphrases ...string) (*Restored, error) {
		plan, _, err := PlanRestore(r.m, RestoreRequest{Record: record, WordsAlone: offered})
		if err != nil {
			t.Fatal(err)
		}
		r.hand, r.answers[AskWordsAlone], r.secrets[AskBIP39Passphrase], r.asked = r.texts()[:2], yes, passphrases, nil
		restored, err := plan.Run(context.Background(), r)
		if offered != slices.Contains(r.asked, AskWordsAlone) {
			t.Errorf("%q: asked %v", passphrases, r.asked)
		}
		return restored, err
	}
	for _, passphrases := range [][]string{{""}, {"trezor", ""}, {"trezor", "trezor"}} {
		for _, c := range [][2]bool{{false, true}, {true, false}} {
			restored, err := run(c[0], c[1], passphrases...)
			if restored != nil || err == nil || !strings.Contains(fault.HintOf(err), "offers the words alone") {
				t.Errorf("%q, offered and agreed %v: %v, hint %q", passphrases, c, err, fault.HintOf(err))
			}
		}
		restored, err := run(true, true, passphrases...)
		if err != nil {
			t.Fatal(passphrases, err)
		}
		defer restored.Close()
		if text, err := restored.Text(); err != nil || string(text.Bytes()) != phraseText {
			t.Error("other words", err)
		}
		if !restored.Result.WordsAlone || restored.Result.Compared != nil || restored.Result.Restores.Validators != nil || restored.Passphrase() != nil {
			t.Errorf("%q: %+v", passphrases, restored.Result)
		}
		if _, err := restored.PhraseFor(hoodi(t)); fault.KindOf(err) != fault.Refused {
			t.Error("keys of the words alone:", err)
		}
	}
}

// TestStraightIntoUse makes the keystores of the record from paper.
func TestStraightIntoUse(t *testing.T) {
	r := newRoom(t)
	made := r.split(r.request())
	restored, err := r.restore(made.Record, r.texts()[:2]...)
	if err != nil {
		t.Fatal(err)
	}
	phrase, err := restored.PhraseFor(hoodi(t))
	if err != nil {
		t.Fatal(err)
	}
	defer phrase.Close()
	password, err := secret.From([]byte("correct horse battery"))
	if err != nil {
		t.Fatal(err)
	}
	defer password.Close()
	plan, _, err := validator.PlanCreate(r.m.Machine, validator.CreateRequest{
		Mnemonic: phrase, Passphrase: restored.Passphrase(), Count: 2, Network: hoodi(t), Password: password, Folder: r.records,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer plan.Close()
	for i, v := range made.Restores.Validators[:2] {
		if got := plan.Summary.Keys[i].PublicKey; got != v.PublicKey {
			t.Error("another key:", got)
		}
	}
	path := filepath.Join(r.sheets, "phrase")
	if err := restored.WriteFile(context.Background(), r.m, path); err != nil || string(read(t, path)) != phraseText {
		t.Error(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o400 {
		t.Error(info.Mode(), err)
	}
	if err := restored.WriteFile(context.Background(), r.m, path); err == nil {
		t.Error("a file was overwritten")
	}
}

func TestRehearsalAndRealDoNotMix(t *testing.T) {
	r := newRoom(t)
	req := r.request()
	req.Network = lookup(t, "rehearsal")
	made := r.split(req)
	if made.Mode != ModeRehearsal || !strings.HasPrefix(filepath.Base(made.Record), "REHEARSAL-") {
		t.Errorf("%+v", made)
	}
	restored, err := r.restore(made.Record, r.texts()[:2]...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := restored.PhraseFor(hoodi(t)); fault.KindOf(err) != fault.Refused {
		t.Error("a rehearsal's keys on a real network:", err)
	}
	if _, err := restored.PhraseFor(lookup(t, "rehearsal")); err != nil {
		t.Error(err)
	}
	rehearsal := r.texts()[0]
	real := newRoom(t)
	realMade := real.split(real.request())
	if _, err := real.restore("", rehearsal, real.texts()[1]); err == nil || !real.heard("never combine") {
		t.Error(err, real.said)
	}
	if _, err := real.restore(realMade.Record, rehearsal, real.texts()[1]); err == nil {
		t.Error("a rehearsal sheet counted")
	}
}

func TestReissue(t *testing.T) {
	key, _ := signer(t, 1)
	for name, c := range map[string]struct {
		scheme  shamir.Scheme
		lost    SheetRef
		give    []string
		protect bool
	}{
		"one level":      {shamir.Single(3, 5), SheetRef{1, 2}, []string{"-1.", "-4.", "-5."}, false},
		"extra sheets":   {shamir.Single(2, 4), SheetRef{1, 4}, []string{"-4.", "-1.", "-2."}, false},
		"new passphrase": {shamir.Single(2, 3), SheetRef{1, 1}, []string{"-2.", "-3."}, true},
		"in a group": {
			shamir.Scheme{GroupThreshold: 2, Groups: []shamir.Group{{Threshold: 1, Sheets: 1}, {Threshold: 2, Sheets: 3}}},
			SheetRef{2, 3}, []string{"1-of-group-1", "1-of-group-2", "2-of-group-2"}, false,
		},
		"a group of one": {
			shamir.Scheme{GroupThreshold: 2, Groups: []shamir.Group{{Threshold: 1, Sheets: 1}, {Threshold: 2, Sheets: 3}, {Threshold: 1, Sheets: 1}}},
			SheetRef{1, 1}, []string{"1-of-group-3", "1-of-group-2", "2-of-group-2"}, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t)
			req := r.request()
			req.Scheme = c.scheme
			made := r.split(req)
			old := r.paper
			r.paper = map[string]string{}
			plan, _, err := PlanReissue(r.m, ReissueRequest{
				Record: made.Record, Lost: c.lost, Protect: c.protect, Sheets: r.sheets, Sign: KeySigner(key),
			})
			if err != nil {
				t.Fatal(err)
			}
			r.hand = nil
			for _, part := range c.give {
				for name, text := range old {
					if strings.Contains(name, part) {
						r.hand = append(r.hand, text)
					}
				}
			}
			result, err := plan.Run(context.Background(), r)
			if err != nil {
				t.Fatal(err, r.said)
			}
			if len(r.paper) != 1 || len(names(t, r.sheets)) != 0 || result.Same == c.protect || result.ReadBack != "typed" {
				t.Fatalf("%+v", result)
			}
			for name, text := range r.paper {
				if same := old[name] == text; same == c.protect {
					t.Error(name, "same as before:", same)
				}
				// It counts from now on, and restores.
				r.hand = []string{text}
				check, err := Check(context.Background(), r.m, CheckRequest{Record: made.Record}, r)
				if err != nil || check.Err() != nil {
					t.Fatal(err, check.Err())
				}
				// But by the record it is known only when it is the same.
				if known := check.Original != nil; known == c.protect || known && !*check.Original {
					t.Errorf("%+v", check)
				}
			}
			if !strings.Contains(string(read(t, made.History)), `"event":"reissued"`) || result.SignedBy == "" || result.Number != 2 {
				t.Errorf("%+v", result)
			}
		})
	}
}

func TestReissueRefuses(t *testing.T) {
	r := newRoom(t)
	made := r.split(r.request())
	base := ReissueRequest{Record: made.Record, Lost: SheetRef{1, 1}, Sheets: r.sheets}
	for name, change := range map[string]func(*ReissueRequest){
		"no such sheet": func(q *ReissueRequest) { q.Lost.Number = 4 },
		"a disk":        func(q *ReissueRequest) { q.Sheets = r.records },
		"no record":     func(q *ReissueRequest) { q.Record = "" },
	} {
		req := base
		change(&req)
		if _, _, err := PlanReissue(r.m, req); err == nil {
			t.Error(name)
		}
	}
	plan, _, err := PlanReissue(r.m, base)
	if err != nil {
		t.Fatal(err)
	}
	before := read(t, made.History)
	r.hand = []string{r.texts()[0], r.texts()[1]} // the lost one itself is none of the others
	if _, err := plan.Run(context.Background(), r); err == nil {
		t.Error("made from too few sheets")
	}
	r.hand = []string{r.texts()[1], r.texts()[2]}
	r.answers[AskPrinted] = false
	if _, err := plan.Run(context.Background(), r); err == nil || len(names(t, r.sheets)) != 0 {
		t.Error("not printed, and made:", err)
	}
	if string(read(t, made.History)) != string(before) {
		t.Error("the history says that a sheet was made")
	}
}

func TestRetire(t *testing.T) {
	r := newRoom(t)
	old := r.split(r.request())
	sheets := r.texts()
	req := r.request()
	req.Replaces = old.Set
	if record, err := OpenReplaced(r.m, old.Record); err != nil || record.Set != old.Set {
		t.Error(err)
	}
	made := r.split(req)
	if made.Replaces != old.Set || made.Set == old.Set {
		t.Fatalf("%+v", made)
	}
	for i, by := range []string{"nobody", old.Set, made.Set, made.Set} {
		if _, err := Retire(context.Background(), r.m, old.Record, by, nil); (err == nil) != (i == 2) {
			t.Error(by, err)
		}
	}
	if _, err := OpenReplaced(r.m, old.Record); fault.KindOf(err) != fault.Refused || !strings.Contains(err.Error(), "replaced already, by set "+made.Set) {
		t.Error("a set is replaced twice:", err)
	}
	if err := os.Remove(made.History); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenReplaced(r.m, made.Record); fault.KindOf(err) != fault.Integrity {
		t.Error("a set without its history is replaced:", err)
	}
	_, warnings, err := PlanRestore(r.m, RestoreRequest{Record: old.Record})
	if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0].What, made.Set) {
		t.Error(warnings, err)
	}
	r.hand = sheets[:1]
	if check, err := Check(context.Background(), r.m, CheckRequest{Record: old.Record}, r); err != nil || check.Retired != made.Set {
		t.Errorf("%+v, %v", check, err)
	}
}
