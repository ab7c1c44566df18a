package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/sshsig"
	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/validator"
)

func (r *room) drill(record string, sign Signer) *DrillResult {
	r.t.Helper()
	plan, _, err := PlanDrill(r.m, DrillRequest{Record: record, Sign: sign, Present: []string{"Ann", "Bob"}, Tool: "ethkey test"})
	if err != nil {
		r.t.Fatal(err)
	}
	r.hand = r.texts()[:2]
	result, err := plan.Run(context.Background(), r)
	if err != nil {
		r.t.Fatal(err)
	}
	return result
}

// year passes.
func (r *room) year() { r.now = r.now.AddDate(1, 0, 0) }

func report(t testing.TB, d *DrillResult) ReportFile {
	t.Helper()
	f := ReportFile{Name: d.Files[0], Data: read(t, d.Files[0])}
	if len(d.Files) > 1 {
		f.Signature = read(t, d.Files[1])
	}
	return f
}

func TestDrill(t *testing.T) {
	r := newRoom(t)
	made := r.split(r.request())
	key, allowed := signer(t, 1)
	r.year()
	d := r.drill(made.Record, KeySigner(key))
	if d.Number != 2 || !d.Signed || len(d.Files) != 2 || !slices.Equal(d.Report.Sheets, []string{"sheet 1", "sheet 2"}) {
		t.Errorf("%+v", d)
	}
	for _, f := range append(names(t, r.records), d.Files...) {
		if filepath.IsAbs(f) {
			f = filepath.Base(f)
		}
		if data := read(t, filepath.Join(r.records, f)); bytes.Contains(data, []byte("abandon")) {
			t.Error(f, "has the phrase")
		}
	}
	v, err := Verify(r.m, VerifyRequest{Record: made.Record, Reports: []ReportFile{report(t, d)}, Allowed: allowed})
	if err != nil || v.Err() != nil {
		t.Fatal(err, v.Err())
	}
	if v.Authentic != 2 || v.Anchored != 2 || v.Entries[1].SignedBy != "person1@example.org" {
		t.Errorf("%+v", v)
	}
}

// TestUnsignedSaysUnsigned: it is self-consistent, and no more.
func TestUnsignedSaysUnsigned(t *testing.T) {
	r := newRoom(t)
	made := r.split(r.request())
	_, allowed := signer(t, 1)
	plan, warnings, err := PlanDrill(r.m, DrillRequest{Record: made.Record})
	if err != nil || plan.Signed || !strings.Contains(fmt.Sprint(warnings), "unsigned") {
		t.Error(warnings, err)
	}
	d := r.drill(made.Record, nil)
	if d.Signed || len(d.Files) != 1 {
		t.Errorf("%+v", d)
	}
	v, err := Verify(r.m, VerifyRequest{Record: made.Record, Reports: []ReportFile{report(t, d)}, Allowed: allowed})
	if hint := fault.HintOf(v.Err()); strings.Contains(hint, "file of allowed signers") || !strings.Contains(hint, "that an allowed signer signs") {
		t.Errorf("allowed signers were given, and the hint is: %s", hint)
	}
	if err != nil || fault.KindOf(v.Err()) != fault.Refused || v.Authentic != 0 || !strings.Contains(strings.Join(v.Says, " "), "not authenticated") {
		t.Errorf("%+v, %v, %v", v, err, v.Err())
	}
	signed, _ := signer(t, 1)
	d = r.drill(made.Record, KeySigner(signed))
	v, err = Verify(r.m, VerifyRequest{Record: made.Record, Reports: []ReportFile{report(t, d)}})
	if err != nil || v.Err() == nil || v.Entries[2].Key == "" || v.Entries[2].SignedBy != "" {
		t.Errorf("without allowed signers: %+v, %v", v, err)
	}
	_, others := signer(t, 2)
	v, err = Verify(r.m, VerifyRequest{Record: made.Record, Allowed: others})
	if err != nil || v.Err() == nil || !strings.Contains(v.Entries[2].Problem, "does not have it") {
		t.Errorf("with others allowed: %+v, %v", v, err)
	}
	r.drill(made.Record, nil)
	v, err = Verify(r.m, VerifyRequest{Record: made.Record, Allowed: allowed})
	if err != nil || v.Err() == nil || v.Authentic != 3 || !strings.Contains(strings.Join(v.Says, " "), "entry 4 is after") {
		t.Errorf("an unsigned one after a signed one: %+v, %v", v, err)
	}
}

// rehash writes a history again with every hash and number that nobody signed
// computed anew, as an attacker would.
func rehash(t testing.TB, text []byte, root string, edit func(lines []map[string]json.RawMessage) []map[string]json.RawMessage) []byte {
	t.Helper()
	var lines []map[string]json.RawMessage
	for _, line := range bytes.Split(bytes.TrimSpace(text), []byte("\n")) {
		var l map[string]json.RawMessage
		if err := json.Unmarshal(line, &l); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, l)
	}
	prev := root
	var out []byte
	for i, l := range edit(lines) {
		var e struct {
			Seq   int             `json:"seq"`
			Time  string          `json:"time"`
			Event string          `json:"event"`
			Prev  string          `json:"prev"`
			Data  json.RawMessage `json:"data"`
		}
		if err := json.Unmarshal(l["entry"], &e); err != nil {
			t.Fatal(err)
		}
		e.Seq, e.Prev = i+1, prev
		entry, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		line := `{"entry":` + string(entry)
		if sig := l["signature"]; sig != nil {
			line += `,"signature":` + string(sig)
		}
		line += "}"
		prev = fmt.Sprintf("%x", sha256.Sum256([]byte(line)))
		out = append(out, line+"\n"...)
	}
	return out
}

type jsonLines = []map[string]json.RawMessage

func replaceIn(i int, old, to string) func(jsonLines) jsonLines {
	return func(lines jsonLines) jsonLines {
		lines[i]["entry"] = bytes.Replace(lines[i]["entry"], []byte(old), []byte(to), 1)
		return lines
	}
}

// TestTamperingWithEverythingRecomputed changes a history in which the drills 2
// and 4 of 5 entries are signed. Whatever is done to it, and whatever hashes
// are computed again, the verification with the newest report of a holder
// fails.
func TestTamperingWithEverythingRecomputed(t *testing.T) {
	r := newRoom(t)
	made := r.split(r.request())
	key, allowed := signer(t, 1)
	var reports []ReportFile
	for _, sign := range []Signer{KeySigner(key), nil, KeySigner(key)} {
		r.year()
		reports = append(reports, report(t, r.drill(made.Record, sign)))
	}
	history := read(t, made.History)
	verify := func(history []byte, reports ...ReportFile) error {
		overwrite(t, made.History, history)
		v, err := Verify(r.m, VerifyRequest{Record: made.Record, Reports: reports, Allowed: allowed})
		if err != nil {
			return err
		}
		return v.Err()
	}
	newest := reports[2]
	if err := verify(history, reports...); err != nil {
		t.Fatal(err)
	}
	if same := rehash(t, history, made.RecordHash, func(l jsonLines) jsonLines { return l }); !bytes.Equal(same, history) {
		t.Fatal("the attacker's own tool changes the file")
	}
	for name, c := range map[string]struct {
		edit func(jsonLines) jsonLines
		want string // of the error
	}{
		"a fact of the first entry":    {replaceIn(0, `"checked":true`, `"checked":false`), ""},
		"a fact of a signed entry":     {replaceIn(1, `"Ann"`, `"Eve"`), "does not hold"},
		"a fact of an unsigned entry":  {replaceIn(2, `"Ann"`, `"Eve"`), "does not hold"},
		"a fact of the last entry":     {replaceIn(3, `"Ann"`, `"Eve"`), "does not hold"},
		"the time of an entry":         {replaceIn(2, `"time":"2028`, `"time":"2027`), "does not hold"},
		"an entry left out":            {func(l jsonLines) jsonLines { return append(l[:2:2], l[3]) }, ""},
		"entries exchanged":            {func(l jsonLines) jsonLines { return jsonLines{l[0], l[2], l[1], l[3]} }, "does not hold"},
		"an entry put in":              {func(l jsonLines) jsonLines { return jsonLines{l[0], l[1], l[2], l[2], l[3]} }, "does not hold"},
		"the tail cut off":             {func(l jsonLines) jsonLines { return l[:3] }, "its end was cut off"},
		"cut off to a signed entry":    {func(l jsonLines) jsonLines { return l[:2] }, "its end was cut off"},
		"cut off to the first entry":   {func(l jsonLines) jsonLines { return l[:1] }, "its end was cut off"},
		"the last signature left out":  {func(l jsonLines) jsonLines { delete(l[3], "signature"); return l }, "not the one in entry"},
		"an early signature left out":  {func(l jsonLines) jsonLines { delete(l[1], "signature"); return l }, "does not hold"},
		"all signatures left out":      {func(l jsonLines) jsonLines { delete(l[1], "signature"); delete(l[3], "signature"); return l }, ""},
		"a signature of another entry": {func(l jsonLines) jsonLines { l[3]["signature"] = l[1]["signature"]; return l }, "does not hold"},
	} {
		changed := rehash(t, history, made.RecordHash, c.edit)
		if bytes.Equal(changed, history) {
			t.Fatal(name, "changes nothing")
		}
		if err := verify(changed, newest); fault.KindOf(err) != fault.Integrity || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// What the chain alone can show, and what it cannot.
	if err := verify(rehash(t, history, made.RecordHash, func(l jsonLines) jsonLines { return l[:2] })); err != nil {
		t.Error("a tail cut off to a signed entry was seen without a report, which documentation says it is not:", err)
	}
	if err := verify(rehash(t, history, made.RecordHash, func(l jsonLines) jsonLines { return l[:3] })); err == nil {
		t.Error("the last entry is unsigned, and the history passes without a report")
	}
	// Another person's signature over the changed entries.
	other, _ := signer(t, 2)
	forged := rehash(t, history, made.RecordHash, func(l jsonLines) jsonLines { return l[:1] })
	overwrite(t, made.History, forged)
	if _, _, err := PlanDrill(r.m, DrillRequest{Record: made.Record}); fault.KindOf(err) != fault.Integrity || !strings.Contains(err.Error(), "is there already") {
		t.Error("a drill follows a history that was cut:", err)
	}
	for _, f := range []string{reports[0].Name, reports[0].Name + ".sig"} {
		if err := os.Remove(f); err != nil {
			t.Fatal(err)
		}
	}
	r.drill(made.Record, KeySigner(other))
	if err := verify(read(t, made.History)); fault.KindOf(err) != fault.Refused {
		t.Error("a stranger's signature counts:", err)
	}
	if err := verify(read(t, made.History), newest); fault.KindOf(err) != fault.Integrity {
		t.Error(err)
	}
}

// TestTheRecordIsCovered edits the record, and computes the hashes of the
// history again from it.
func TestTheRecordIsCovered(t *testing.T) {
	r := newRoom(t)
	made := r.split(r.request())
	key, allowed := signer(t, 1)
	d := r.drill(made.Record, KeySigner(key))
	record := bytes.Replace(read(t, made.Record), []byte("fleet A"), []byte("fleet B"), 1)
	root := HashRecord(record).String()
	overwrite(t, made.Record, record)
	if _, err := Verify(r.m, VerifyRequest{Record: made.Record, Allowed: allowed}); fault.KindOf(err) != fault.Integrity || !strings.Contains(err.Error(), "belongs to something else") {
		t.Error(err)
	}
	overwrite(t, made.History, rehash(t, read(t, made.History), root, func(l jsonLines) jsonLines {
		for i := range l {
			l[i]["entry"] = bytes.ReplaceAll(l[i]["entry"], []byte(made.RecordHash), []byte(root))
		}
		return l
	}))
	if _, err := Verify(r.m, VerifyRequest{Record: made.Record, Allowed: allowed}); fault.KindOf(err) != fault.Integrity || !strings.Contains(err.Error(), "does not hold") {
		t.Error(err)
	}
	if _, err := Verify(r.m, VerifyRequest{Record: made.Record, Reports: []ReportFile{report(t, d)}, Allowed: allowed}); fault.KindOf(err) != fault.Integrity {
		t.Error(err)
	}
}

func TestReportsThatDoNotBelong(t *testing.T) {
	r := newRoom(t)
	made := r.split(r.request())
	other := r.split(r.request())
	key, allowed := signer(t, 1)
	r.paper = map[string]string{}
	third := r.split(r.request())
	d := report(t, r.drill(third.Record, KeySigner(key)))
	for name, f := range map[string]ReportFile{
		"of another set": d,
		"no report":      {Name: "x", Data: []byte("abandon abandon")},
		"of no number":   {Name: "x", Data: []byte(`{"seq":0}`)},
	} {
		for _, record := range []string{made.Record, other.Record} {
			if _, err := Verify(r.m, VerifyRequest{Record: record, Reports: []ReportFile{f}, Allowed: allowed}); err == nil || strings.Contains(err.Error(), "abandon") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	changed := d
	changed.Signature = append([]byte(nil), d.Signature...)
	changed.Signature[200] ^= 1
	if _, err := Verify(r.m, VerifyRequest{Record: third.Record, Reports: []ReportFile{changed}, Allowed: allowed}); fault.KindOf(err) != fault.Integrity {
		t.Error(err)
	}
	if err := os.Remove(made.History); err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(r.m, VerifyRequest{Record: made.Record}); fault.KindOf(err) != fault.Integrity {
		t.Error("without a history:", err)
	}
	if _, _, err := PlanDrill(r.m, DrillRequest{Record: made.Record}); fault.KindOf(err) != fault.Integrity {
		t.Error("without a history:", err)
	}
}

// TestADrillThatFailsAddsNothing: wrong keys, and a person who leaves.
func TestADrillThatFailsAddsNothing(t *testing.T) {
	r := newRoom(t)
	made := r.split(r.request())
	before := read(t, made.History)
	key, _ := signer(t, 1)
	for name, c := range map[string]struct {
		hand []string
		sign Signer
	}{
		"too few sheets": {r.texts()[:1], KeySigner(key)},
		"no signature":   {r.texts()[:2], func(context.Context, string, []byte) ([]byte, error) { return nil, context.Canceled }},
		"a signature of something else": {r.texts()[:2], func(context.Context, string, []byte) ([]byte, error) {
			return sshsig.Sign(key, Namespace, []byte("something else"))
		}},
	} {
		plan, _, err := PlanDrill(r.m, DrillRequest{Record: made.Record, Sign: c.sign})
		if err != nil {
			t.Fatal(err)
		}
		r.hand = c.hand
		if _, err := plan.Run(context.Background(), r); err == nil {
			t.Error(name, "passed")
		}
		if !bytes.Equal(read(t, made.History), before) || len(names(t, r.records)) != 4 {
			t.Error(name, "left something:", names(t, r.records))
		}
	}
}

func TestDrillOpensKeystores(t *testing.T) {
	r := newRoom(t)
	r.m.KDF = func(_ bool, salt []byte) keystore.Params {
		return keystore.Params{Function: keystore.PBKDF2, C: 2, Salt: salt}
	}
	made := r.split(r.request())
	restored, err := r.restore(made.Record, r.texts()[:2]...)
	if err != nil {
		t.Fatal(err)
	}
	password, err := secret.From([]byte("correct horse battery"))
	if err != nil {
		t.Fatal(err)
	}
	defer password.Close()
	phrase, err := restored.PhraseFor(hoodi(t))
	if err != nil {
		t.Fatal(err)
	}
	defer phrase.Close()
	keystores := func(start uint64) validator.KeystoreFile {
		folder := t.TempDir()
		plan, _, err := validator.PlanCreate(r.m.Machine, validator.CreateRequest{
			Mnemonic: phrase, Passphrase: restored.Passphrase(), StartIndex: start, Count: 1, Network: hoodi(t), Password: password, PBKDF2: true, Folder: folder,
		})
		if err != nil {
			t.Fatal(err)
		}
		defer plan.Close()
		result, err := plan.Run(context.Background(), nil)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(result.Folder, result.Keystores[0])
		return validator.KeystoreFile{Name: name, Data: read(t, name)}
	}
	known, unknown := keystores(1), keystores(5)
	drill := func(file validator.KeystoreFile, password *secret.Buffer) (*DrillResult, error) {
		plan, _, err := PlanDrill(r.m, DrillRequest{Record: made.Record, Keystores: []validator.KeystoreFile{file}, KeystorePassword: password})
		if err != nil {
			return nil, err
		}
		r.hand = r.texts()[:2]
		return plan.Run(context.Background(), r)
	}
	if d, err := drill(known, password); err != nil || len(d.Report.Keystores) != 1 {
		t.Error(err)
	}
	if _, err := drill(unknown, password); fault.KindOf(err) != fault.Integrity {
		t.Error("a key that the record does not name:", err)
	}
	if _, err := drill(known, nil); fault.KindOf(err) != fault.Usage {
		t.Error("without a password:", err)
	}
	mistyped, err := secret.From([]byte("a mistyped password"))
	if err != nil {
		t.Fatal(err)
	}
	defer mistyped.Close()
	if _, _, err := PlanDrill(r.m, DrillRequest{
		Record: made.Record, Keystores: []validator.KeystoreFile{known}, KeystorePassword: mistyped,
	}); !errors.Is(err, keystore.ErrWrongPassword) {
		t.Error("a mistyped password is found before a sheet is read:", err)
	}
	// A set of the password opens the keystore with it.
	p, err := PasswordSecret(password)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	req := r.request()
	req.Secret, req.Text = p, true
	r.paper = map[string]string{}
	made = r.split(req)
	if d, err := drill(known, nil); err != nil || !strings.Contains(d.Report.Keystores[0], made.Restores.PublicKey) {
		t.Error(err)
	}
}

// TestDetachedSignatureByKeygen has ssh-keygen sign a drill.
func TestDetachedSignatureByKeygen(t *testing.T) {
	keygen := testkit.Program(t, "ssh-keygen")
	r := newRoom(t)
	made := r.split(r.request())
	key := filepath.Join(t.TempDir(), "key")
	if out, err := exec.Command(keygen, "-q", "-t", "ed25519", "-N", "", "-f", key).CombinedOutput(); err != nil {
		t.Fatal(err, string(out))
	}
	sign := DetachedSigner(r.m, r.sheets, func(_ context.Context, path string) ([]byte, error) {
		if out, err := exec.Command(keygen, "-Y", "sign", "-n", Namespace, "-f", key, path).CombinedOutput(); err != nil {
			t.Fatal(err, string(out))
		}
		return os.ReadFile(path + ".sig")
	})
	d := r.drill(made.Record, sign)
	public, _, _, _, err := ssh.ParseAuthorizedKey(read(t, key+".pub"))
	if err != nil || d.SignedBy != ssh.FingerprintSHA256(public) {
		t.Errorf("%s, %v", d.SignedBy, err)
	}
	allowed := filepath.Join(t.TempDir(), "allowed")
	overwrite(t, allowed, append([]byte("ann "), read(t, key+".pub")...))
	cmd := exec.Command(keygen, "-Y", "verify", "-n", Namespace, "-I", "ann", "-f", allowed, "-s", d.Files[1])
	cmd.Stdin = bytes.NewReader(read(t, d.Files[0]))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Error("ssh-keygen refuses the report:", string(out))
	}
}

func TestDue(t *testing.T) {
	r := newRoom(t)
	year := 365 * 24 * time.Hour
	if _, err := Due(r.m, r.records, year); fault.KindOf(err) != fault.Refused {
		t.Error("no records:", err)
	}
	old := r.split(r.request())
	r.paper = map[string]string{}
	r.now = r.now.AddDate(0, 6, 0)
	drilled := r.split(r.request())
	due := func() (sets []string) {
		all, err := Due(r.m, r.records, year)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range all {
			sets = append(sets, d.Set)
		}
		return sets
	}
	if got := due(); got != nil {
		t.Error(got)
	}
	r.now = r.now.AddDate(0, 7, 0)
	if got := due(); !slices.Equal(got, []string{old.Set}) {
		t.Error(got)
	}
	r.drill(drilled.Record, nil)
	r.now = r.now.AddDate(0, 11, 0)
	if got := due(); !slices.Equal(got, []string{old.Set}) {
		t.Error(got)
	}
	if _, err := Retire(context.Background(), r.m, drilled.Record, old.Set, nil); err != nil {
		t.Fatal(err)
	}
	if got := due(); !slices.Equal(got, []string{old.Set, drilled.Set}) {
		t.Error(got)
	}
	overwrite(t, old.History, read(t, old.History)[:50])
	all, err := Due(r.m, r.records, year)
	if err != nil || len(all) != 2 || !strings.Contains(all[0].Problem+all[1].Problem, "torn off") {
		t.Errorf("%+v, %v", all, err)
	}
}
