package backup

import (
	"bytes"
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// life is every operation of a set, once. It returns what each reported.
func life(t *testing.T, r *room, req SplitRequest) map[string]any {
	ctx := context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	key, allowed := signer(t, 1)
	req.Sign = KeySigner(key)
	plan, _, err := PlanSplit(r.m, req)
	must(err)
	made, err := plan.Run(ctx, r, nil)
	must(err)
	sheets := r.texts()
	r.hand = sheets[1:2]
	checked, err := Check(ctx, r.m, CheckRequest{Record: made.Record}, r)
	must(err)
	restored, err := r.restore(made.Record, sheets[:2]...)
	must(err)
	r.year()
	drilled := r.drill(made.Record, KeySigner(key))
	again, _, err := PlanReissue(r.m, ReissueRequest{Record: made.Record, Lost: SheetRef{1, 1}, Sheets: r.sheets})
	must(err)
	r.hand = sheets[1:]
	reissued, err := again.Run(ctx, r)
	must(err)
	verified, err := Verify(r.m, VerifyRequest{Record: made.Record, Reports: []ReportFile{report(t, drilled)}, Allowed: allowed})
	must(err)
	r.year()
	r.year()
	due, err := Due(r.m, r.records, 0)
	must(err)
	practice, _, err := PlanPractise(r.m, PractiseRequest{Scheme: shamir.Single(2, 2), Folder: r.records, Damage: []Damage{DamageStain, DamageTypo}})
	must(err)
	practised, err := practice.Run(ctx, nil)
	must(err)
	return map[string]any{
		"split-summary": plan.Summary, "split": made, "check": checked, "restore": restored.Result, "drill": drilled, "reissue": reissued,
		"verify": verified, "due": due, "practise": practised,
	}
}

// TestReportsGolden freezes the names of what --json prints. What is drawn
// anew in every run is blanked.
func TestReportsGolden(t *testing.T) {
	r := newRoom(t)
	for name, result := range life(t, r, r.request()) {
		out, err := json.MarshalIndent(result, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		goldenFile(t, "reports/"+name+".golden.json", blank(r, out))
	}
}

var (
	drawnHex = regexp.MustCompile(`\b[0-9a-f]{32}([0-9a-f]{32})?\b`)
	drawnSet = regexp.MustCompile(`(practice-|backup-|sheet-|drill-|"set": "|set )[02-9AC-HJ-NP-Z]{5}`)
)

func blank(r *room, out []byte) []byte {
	out = bytes.ReplaceAll(out, []byte(r.records), []byte("RECORDS"))
	out = bytes.ReplaceAll(out, []byte(r.sheets), []byte("TMPFS"))
	out = drawnHex.ReplaceAll(out, []byte("DRAWN"))
	return append(drawnSet.ReplaceAll(out, []byte("${1}SET")), '\n')
}

// TestNoSecretIsReported runs the life of a set with secrets that are known,
// and looks for them in every report, in all that is said, and in every file
// that stays.
func TestNoSecretIsReported(t *testing.T) {
	entropy, err := secret.From([]byte("\x1f\x8e\x03\x77\xc1\x9a\x5b\x2d\xe8\x41\x66\x0c\xf3\xaa\x29\xd4\x88\x13\x5e\x70\xbd\x04\xc7\x92\x6b\xfe\x37\xa5\x1c\xd9\x48\x2f"))
	if err != nil {
		t.Fatal(err)
	}
	defer entropy.Close()
	phrase, err := mnemonic.FromEntropy(entropy, mnemonic.English)
	if err != nil {
		t.Fatal(err)
	}
	defer phrase.Close()
	sentence, err := phrase.Sentence()
	if err != nil {
		t.Fatal(err)
	}
	defer sentence.Close()
	s, err := MnemonicSecret(phrase, true)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	words, err := secret.From([]byte("my BIP-39 passphrase"))
	if err != nil {
		t.Fatal(err)
	}
	defer words.Close()
	r := newRoom(t)
	req := r.request()
	req.Secret, req.Passphrase, req.Protect = s, words, []SheetRef{{1, 3}}
	canary := testkit.NewCanary()
	canary.Add("entropy", entropy.Bytes())
	canary.AddText("phrase", string(sentence.Bytes()))
	canary.Add("BIP-39 passphrase", words.Bytes())
	for range 3 {
		r.secrets[AskBIP39Passphrase] = append(r.secrets[AskBIP39Passphrase], "my BIP-39 passphrase")
	}
	r.ask = func(Ask) error { // whoever needs the passphrase of the sheet has it
		r.secrets[AskSheetPassphrase] = append([]string(nil), r.shown...)
		return nil
	}
	reports := life(t, r, req)
	for name, text := range r.paper {
		canary.Add("the text of "+name, []byte(text))
	}
	for _, shown := range r.shown {
		canary.Add("the passphrase of a sheet", []byte(shown))
	}
	for name, result := range reports {
		out, err := json.Marshal(result)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range canary.Scan(name, out) {
			t.Error(f)
		}
	}
	for _, n := range r.said {
		for _, f := range canary.Scan("said", []byte(n.What+n.Hint)) {
			t.Error(f)
		}
	}
	found, err := canary.ScanTree(r.records, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Error(f)
	}
	if !strings.Contains(string(sentence.Bytes()), " ") || len(r.shown) != 1 {
		t.Error("the test knows no secret")
	}
	for _, f := range canary.Scan("the test itself", sentence.Bytes()) {
		_ = f
		return
	}
	t.Error("the canary does not see the phrase")
}

// TestErrorsQuoteNoSheet gives wrong sheets and looks at what is said.
func TestErrorsQuoteNoSheet(t *testing.T) {
	r := newRoom(t)
	made := r.split(r.request())
	sheets := r.texts()
	canary := testkit.NewCanary()
	var hand []string
	for i, text := range sheets {
		for at := 20; at+12 < len(text); at += 12 {
			canary.Add("a part of sheet", []byte(text[at:at+12]))
		}
		hand = append(hand, text[:90], text[:30]+"????????????"+text[42:], strings.ReplaceAll(text, text[50:54], "QQQQ")+"x", "EK2"+text[3:])
		if i == 0 {
			hand = append(hand, text, text)
		}
	}
	r.accepts = false
	_, err := r.restore(made.Record, hand...)
	if err == nil {
		t.Fatal("restored from wrong sheets")
	}
	for _, n := range append(r.said, Notice{What: err.Error()}) {
		for _, f := range canary.Scan("said", []byte(n.What+" "+n.Hint)) {
			t.Error(f, n)
		}
	}
}
