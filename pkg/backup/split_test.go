package backup

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
)

func TestSplitAndRestore(t *testing.T) {
	for _, text := range []bool{false, true} {
		r := newRoom(t)
		req := r.request()
		req.Text = text
		result := r.split(req)
		if left := names(t, r.sheets); len(left) != 0 {
			t.Error("sheets were left behind:", left)
		}
		if !result.Checked || result.Mode != ModeReal || len(result.Sheets) != 3 {
			t.Errorf("%+v", result)
		}
		file := read(t, result.Record)
		if want := fmt.Sprintf("%x", sha256.Sum256(file)); want != result.RecordHash {
			t.Error("the hash is not that of the file")
		}
		record, err := ParseRecord(file)
		if err != nil {
			t.Fatal(err)
		}
		if len(record.Restores.Validators) != 2 || record.Restores.Network != "hoodi" || record.Label != "fleet A" {
			t.Errorf("%+v", record)
		}
		sheets := r.texts()
		for _, pair := range [][]int{{0, 1}, {0, 2}, {1, 2}, {2, 0, 1}} {
			var given []string
			for _, i := range pair {
				given = append(given, sheets[i])
			}
			restored, err := r.restore(result.Record, given...)
			if err != nil {
				t.Fatal(err)
			}
			text, err := restored.Text()
			if err != nil || string(text.Bytes()) != phraseText {
				t.Error("another phrase was restored", err)
			}
			text.Close()
			if len(restored.Result.Used) != 2 || len(restored.Result.Compared) != 2 {
				t.Errorf("%+v", restored.Result)
			}
		}
	}
}

// TestEverySheetIsAskedFor: the set does not exist before the last one.
func TestEverySheetIsAskedFor(t *testing.T) {
	r := newRoom(t)
	var missing []int
	r.ask = func(a Ask) error {
		if got := names(t, r.records); len(got) != 0 {
			t.Error("there is a record while sheets are missing:", got)
		}
		if got := names(t, r.sheets); len(got) != len(a.Missing) {
			t.Errorf("files %v, missing %v", got, a.Missing)
		}
		missing = append(missing, len(a.Missing))
		return nil
	}
	r.split(r.request())
	if !slices.Equal(missing, []int{3, 2, 1}) {
		t.Error(missing)
	}
}

func TestReadingBack(t *testing.T) {
	r := newRoom(t)
	other := newRoom(t)
	other.split(other.request())
	r.ask = func(a Ask) error {
		if len(a.Missing) == 3 && r.paper["given"] == "" {
			first := r.hand[0]
			typo := first[:20] + "??" + first[22:]
			ruined := strings.Repeat("EK1Q", 25)
			r.hand = append([]string{typo, first, ruined, "legal winner thank year wave sausage worth useful legal winner thank yellow", other.texts()[0]}, r.hand[1:]...)
			r.paper["given"] = first
		}
		return nil
	}
	result := r.split(r.request())
	if !result.Checked || r.offered != 1 {
		t.Error("proposals:", r.offered)
	}
	for _, want := range []string{"was read back already", "not one that was just made", "a BIP-39 phrase", "its file is removed", "still to be read: sheet 2"} {
		if !r.heard(want) {
			t.Errorf("%q was not said: %+v", want, r.said)
		}
	}
}

func TestASplitThatDoesNotEndLeavesNothing(t *testing.T) {
	stop := errors.New("the person left")
	for name, c := range map[string]struct {
		change func(r *room, cancel func())
		kind   fault.Kind
	}{
		"not printed":    {func(r *room, _ func()) { r.answers[AskPrinted] = false }, fault.Refused},
		"two of three":   {func(r *room, _ func()) { r.ask = func(Ask) error { r.hand = r.hand[:min(1, len(r.hand))]; return nil } }, fault.Refused},
		"the desk fails": {func(r *room, _ func()) { r.ask = func(Ask) error { return stop } }, fault.KindOf(stop)},
		"interrupted":    {func(r *room, cancel func()) { r.ask = func(Ask) error { cancel(); return context.Canceled } }, fault.Interrupted},
		"interrupted at one": {func(r *room, cancel func()) {
			r.ask = func(a Ask) error {
				if len(a.Missing) == 1 {
					cancel()
					return context.Canceled
				}
				return nil
			}
		}, fault.Interrupted},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			c.change(r, cancel)
			plan, _, err := PlanSplit(r.m, r.request())
			if err != nil {
				t.Fatal(err)
			}
			result, err := plan.Run(ctx, r, nil)
			if err == nil || result != nil || fault.KindOf(err) != c.kind {
				t.Errorf("%v, kind %v", err, fault.KindOf(err))
			}
			if left := append(names(t, r.sheets), names(t, r.records)...); len(left) != 0 {
				t.Error("left behind:", left)
			}
		})
	}
}

func TestWithoutCheckingItStandsInTheHistory(t *testing.T) {
	r := newRoom(t)
	req := r.request()
	req.NoCheck = true
	result := r.split(req)
	if result.Checked || result.Sheets[0].ReadBack != "no" || !slices.Contains(r.asked, AskUnchecked) {
		t.Errorf("%+v", result)
	}
	if left := names(t, r.sheets); len(left) != 0 {
		t.Error("sheets were left behind:", left)
	}
	if !strings.Contains(string(read(t, result.History)), `"checked":false`) {
		t.Error("the history does not say that the sheets were not read back")
	}
	r = newRoom(t)
	r.answers[AskUnchecked] = false
	req.Sheets, req.Records = r.sheets, r.records
	if result := r.split(req); !result.Checked {
		t.Error("no was taken for yes")
	}
}

func TestSheetsWithAPassphrase(t *testing.T) {
	r := newRoom(t)
	req := r.request()
	req.Protect = []SheetRef{{1, 2}}
	result := r.split(req)
	if len(r.shown) != 1 || !result.Sheets[1].Passphrase {
		t.Fatalf("%d passphrases were shown", len(r.shown))
	}
	sheets, words := r.texts(), r.shown[0]
	for name, c := range map[string]struct {
		given []string
		ok    bool
	}{
		"right":       {[]string{words}, true},
		"second time": {[]string{"QQQQ-QQQQ-QQQQ-QQQQ-QQQQ", strings.ToLower(words)}, true},
		"none":        {[]string{""}, false},
	} {
		r.secrets[AskSheetPassphrase] = c.given
		restored, err := r.restore(result.Record, sheets[0], sheets[1])
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil && len(restored.Result.Used) != 2 {
			t.Errorf("%s: %+v", name, restored.Result)
		}
	}
	for _, where := range []string{result.Record, result.History} {
		if strings.Contains(string(read(t, where)), words) {
			t.Error(where, "has the passphrase")
		}
	}
}

func TestTwoLevels(t *testing.T) {
	r := newRoom(t)
	req := r.request()
	req.Scheme = shamir.Scheme{GroupThreshold: 2, Groups: []shamir.Group{{Threshold: 1, Sheets: 1}, {Threshold: 2, Sheets: 3}, {Threshold: 2, Sheets: 2}}}
	result := r.split(req)
	sheets := r.texts() // 1-of-group-1, then the others
	if len(sheets) != 6 {
		t.Fatal(len(sheets))
	}
	byName := func(parts ...string) (out []string) {
		for _, p := range parts {
			for name, text := range r.paper {
				if strings.Contains(name, p) {
					out = append(out, text)
				}
			}
		}
		return out
	}
	if _, err := r.restore(result.Record, byName("1-of-group-1", "1-of-group-2", "3-of-group-2")...); err != nil {
		t.Error(err)
	}
	if _, err := r.restore(result.Record, byName("group-2")...); err == nil || !strings.Contains(err.Error(), "1 of 2 groups") {
		t.Error(err)
	}
}

func TestOtherSecrets(t *testing.T) {
	buffer := func(s string) *secret.Buffer {
		b, err := secret.From([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	must := func(s *shamir.Secret, err error) *shamir.Secret {
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	identity, err := shamir.FormatAge(buffer(strings.Repeat("7", 32)))
	if err != nil {
		t.Fatal(err)
	}
	key := &shamir.Secret{Kind: shamir.KindSecretKey, Data: buffer(string(append(make([]byte, 31), 7)))}
	for name, c := range map[string]struct {
		secret *shamir.Secret
		want   string
		kind   Kind
	}{
		"password": {must(PasswordSecret(buffer("correct horse battery staple"))), "correct horse battery staple", KindPassword},
		"text":     {must(TextSecret(buffer("the safe is behind the picture"))), "the safe is behind the picture", KindText},
		"key":      {key, "0x" + strings.Repeat("0", 63) + "7", KindSecretKey},
		"age":      {must(AgeSecret(identity)), string(identity.Bytes()), KindAge},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t)
			req := r.request()
			req.Secret, req.Text = c.secret, true
			result := r.split(req)
			restored, err := r.restore(result.Record, r.texts()[:2]...)
			if err != nil {
				t.Fatal(err)
			}
			text, err := restored.Text()
			if err != nil || result.Kind != c.kind || c.want != "" && string(text.Bytes()) != c.want {
				t.Errorf("%s, %v", result.Kind, err)
			}
			if strings.Contains(string(read(t, result.Record)), "horse") {
				t.Error("the record has the secret")
			}
		})
	}
}

func TestWhatDoesNotFitIsEncrypted(t *testing.T) {
	r := newRoom(t)
	req := r.request()
	data, err := secret.From([]byte(strings.Repeat("a long letter ", 100)))
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	req.Secret, req.Data, req.DataName = nil, data, "letter.age"
	result := r.split(req)
	file := read(t, result.File)
	restored, err := r.restore(result.Record, r.texts()[1:]...)
	if err != nil {
		t.Fatal(err)
	}
	letter, err := restored.Unseal(file)
	if err != nil || string(letter) != strings.Repeat("a long letter ", 100) {
		t.Error(err)
	}
	if _, err := restored.Unseal(append(file, '\n')); fault.KindOf(err) != fault.Integrity {
		t.Error("another file was opened:", err)
	}
}

func TestSplitRefuses(t *testing.T) {
	r := newRoom(t)
	for name, c := range map[string]struct {
		change func(*SplitRequest)
		want   string
	}{
		"a disk":             {func(q *SplitRequest) { q.Sheets = q.Records }, "does not lie in memory"},
		"no secret":          {func(q *SplitRequest) { q.Secret = nil }, "one secret"},
		"threshold of one":   {func(q *SplitRequest) { q.Scheme = shamir.Single(1, 3) }, ""},
		"a long label":       {func(q *SplitRequest) { q.Label = strings.Repeat("x", 61) }, "label"},
		"a sheet of nobody":  {func(q *SplitRequest) { q.Protect = []SheetRef{{1, 4}} }, "no such sheet"},
		"the same twice":     {func(q *SplitRequest) { q.Protect = []SheetRef{{1, 1}, {1, 1}} }, "twice"},
		"no passphrase":      {func(q *SplitRequest) { s := *q.Secret; s.Passphrase = true; q.Secret = &s }, "passphrase"},
		"a name for a set":   {func(q *SplitRequest) { q.Replaces = "nobody" }, ""},
		"no such folder":     {func(q *SplitRequest) { q.Records = filepath.Join(q.Records, "none") }, ""},
		"file with a folder": {func(q *SplitRequest) { q.Data, q.Secret, q.DataName = q.Secret.Data, nil, "a/b" }, "name"},
	} {
		req := r.request()
		c.change(&req)
		if _, _, err := PlanSplit(r.m, req); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if left := append(names(t, r.sheets), names(t, r.records)...); len(left) != 0 {
		t.Error("planning wrote", left)
	}
	req := r.request()
	req.Sheets, req.OnDisk = r.records, true
	plan, warnings, err := PlanSplit(r.m, req)
	if err != nil || plan.Summary.InMemory || !strings.Contains(fmt.Sprint(warnings), "is a disk") {
		t.Error(warnings, err)
	}
	if err := os.WriteFile(filepath.Join(r.sheets, "sheet-7QK42-2.pdf"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, warnings, err := PlanSplit(r.m, r.request()); err != nil || !strings.Contains(fmt.Sprint(warnings), "sheets of another run") {
		t.Error(warnings, err)
	}
}

// A scheme that bears no loss is said to, for it looks like any other.
func TestOneThatCannotBeLostIsTold(t *testing.T) {
	group := func(threshold, sheets int) shamir.Group { return shamir.Group{Threshold: threshold, Sheets: sheets} }
	for _, c := range []struct {
		needed int
		groups []shamir.Group
		told   bool
	}{
		{1, []shamir.Group{group(2, 3)}, false},
		{1, []shamir.Group{group(3, 3)}, true},
		{2, []shamir.Group{group(2, 3), group(3, 5)}, false},
		{2, []shamir.Group{group(2, 3), group(1, 1)}, true},
		{2, []shamir.Group{group(2, 3), group(1, 1), group(2, 2)}, false},
	} {
		r := newRoom(t)
		req := r.request()
		req.Scheme = shamir.Scheme{GroupThreshold: c.needed, Groups: c.groups}
		_, warnings, err := PlanSplit(r.m, req)
		if err != nil || strings.Contains(fmt.Sprint(warnings), "is to lose the secret") != c.told {
			t.Errorf("%s: %v, %v", req.Scheme, warnings, err)
		}
	}
}
