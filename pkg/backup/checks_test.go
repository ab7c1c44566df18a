package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/chain"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
)

func filled(t testing.TB, b byte) *secret.Buffer {
	t.Helper()
	out, err := secret.From(bytes.Repeat([]byte{b}, 32))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(out.Close)
	return out
}

// No sheet is written before the sheets have restored the secret: a memory that
// changes meanwhile, which the progress stands for here, is noticed.
func TestSheetsThatRestoreSomethingElseAreNotWritten(t *testing.T) {
	r := newRoom(t)
	plan, _, err := PlanSplit(r.m, r.request())
	if err != nil {
		t.Fatal(err)
	}
	_, err = plan.Run(context.Background(), r, func(done, total int) {
		if done == total {
			plan.req.Secret.Data.Bytes()[31] ^= 1
		}
	})
	if fault.KindOf(err) != fault.Integrity || !strings.Contains(fmt.Sprint(err), "restore something else") || len(r.paper) != 0 {
		t.Errorf("%v, %d sheets printed", err, len(r.paper))
	}
	if left := append(names(t, r.sheets), names(t, r.records)...); len(left) != 0 {
		t.Error("left behind:", left)
	}
}

// A secret is more than its bytes.
func TestSecretsAreEqualInEverything(t *testing.T) {
	base := shamir.Secret{Kind: shamir.KindEntropy, Language: mnemonic.English, Data: filled(t, 7)}
	if same := base; !equal(&base, &same) {
		t.Error("not equal to itself")
	}
	for name, change := range map[string]func(*shamir.Secret){
		"kind":       func(s *shamir.Secret) { s.Kind = shamir.KindSecretKey },
		"language":   func(s *shamir.Secret) { s.Language = mnemonic.Korean },
		"passphrase": func(s *shamir.Secret) { s.Passphrase = true },
		"data":       func(s *shamir.Secret) { s.Data = filled(t, 8) },
	} {
		other := base
		change(&other)
		if equal(&base, &other) || equal(&other, &base) {
			t.Errorf("another %s is equal", name)
		}
	}
}

// A set takes no name that a record or a history in the folder has, even when
// the randomness is the same again.
func TestASetTakesNoNameTwice(t *testing.T) {
	again := func(r *room) *SplitResult {
		r.m.Rand = rand.NewChaCha8([32]byte{9})
		return r.split(r.quick(phrase(t)))
	}
	r := newRoom(t)
	first := again(r)
	second := again(r)
	if first.Set == second.Set || len(names(t, r.records)) != 8 {
		t.Errorf("sets %s and %s, %v", first.Set, second.Set, names(t, r.records))
	}
	r = newRoom(t)
	overwrite(t, filepath.Join(r.records, filepath.Base(first.History)), []byte("of another"))
	if third := again(r); third.Set == first.Set {
		t.Error("the name of a history that has lost its record is taken")
	}
}

// Who has not printed is not asked whether the sheets count as they are.
func TestSheetsThatWereNotPrintedDoNotCount(t *testing.T) {
	r := newRoom(t)
	r.answers[AskPrinted] = false
	_, err := r.trySplit(r.quick(phrase(t)))
	if fault.KindOf(err) != fault.Refused || !strings.Contains(fmt.Sprint(err), "were not printed") {
		t.Error(err)
	}
	if left := append(names(t, r.sheets), names(t, r.records)...); len(left) != 0 {
		t.Error("left behind:", left)
	}
}

// A sheet with a passphrase is read back when the passphrase on it opens it.
func TestAPassphraseIsReadBackToo(t *testing.T) {
	r := newRoom(t)
	req := r.request()
	req.Protect, req.Text = []SheetRef{{1, 1}}, true
	var missing []int
	r.ask = func(a Ask) error {
		if missing = append(missing, len(a.Missing)); len(missing) == 1 {
			r.secrets[AskSheetPassphrase] = append([]string{"QQQQ-QQQQ-QQQQ-QQQQ-QQQQ", ""}, r.shown...)
			r.hand = append([]string{r.hand[0]}, r.hand...)
		}
		return nil
	}
	if made := r.split(req); !made.Checked || fmt.Sprint(missing) != "[3 3 2 1]" {
		t.Errorf("missing %v", missing)
	}
}

// A restored key or identity that is not the record's is refused.
func TestAnotherRecordOfAKey(t *testing.T) {
	other, err := restoresOf(&shamir.Secret{Kind: shamir.KindAge, Data: filled(t, 8)}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	scalar := &shamir.Secret{Kind: shamir.KindSecretKey, Data: filled(t, 5)}
	otherKey, err := restoresOf(&shamir.Secret{Kind: shamir.KindSecretKey, Data: filled(t, 6)}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for s, change := range map[*shamir.Secret]func(*Restores){
		{Kind: shamir.KindAge, Data: filled(t, 7)}: func(w *Restores) { w.Recipient = other.Recipient },
		scalar: func(w *Restores) { w.PublicKey = otherKey.PublicKey },
	} {
		r := newRoom(t)
		req := r.quick(s)
		req.Network = hoodi(t)
		made := r.split(req)
		record, err := ParseRecord(read(t, made.Record))
		if err != nil {
			t.Fatal(err)
		}
		change(&record.Restores)
		file, err := record.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), filepath.Base(made.Record))
		overwrite(t, path, file)
		if _, err := r.restore(made.Record, r.texts()[:2]...); err != nil {
			t.Error(made.Kind, err)
		}
		if _, err := r.restore(path, r.texts()[:2]...); fault.KindOf(err) != fault.Integrity || !strings.Contains(fmt.Sprint(err), "is not that of") {
			t.Errorf("%s: %v", made.Kind, err)
		}
	}
}

// A history begins with the making of the set, which is nowhere else in it; and
// it is of this record.
func TestAHistoryBeginsWithTheMaking(t *testing.T) {
	r := newRoom(t)
	made := r.split(r.quick(phrase(t)))
	h, err := openHistory(r.m, made.Record)
	if err != nil {
		t.Fatal(err)
	}
	making := Made{Set: made.Set, RecordHash: made.RecordHash}
	retired := Retired{Set: made.Set, RecordHash: made.RecordHash, By: "M2C4X"}
	for name, c := range map[string]struct {
		events []string
		facts  []chain.Public
		want   string
	}{
		"":                     {[]string{EventMade, EventRetired}, []chain.Public{making, retired}, ""},
		"another first":        {[]string{EventRetired}, []chain.Public{retired}, "entry 1 of the history is a retired"},
		"made twice":           {[]string{EventMade, EventMade}, []chain.Public{making, making}, "entry 2 of the history is a made"},
		"none":                 {nil, nil, "empty"},
		"of another record":    {[]string{EventMade}, []chain.Public{Made{Set: made.Set, RecordHash: strings.Repeat("0", 64)}}, "another record"},
		"retired by something": {[]string{EventMade, EventRetired}, []chain.Public{making, Retired{Set: "7QK42", RecordHash: made.RecordHash, By: made.Set}}, "another set"},
	} {
		history := chain.New(chain.Hash(h.hash))
		for i, event := range c.events {
			entry, err := history.Next(noon, event, c.facts[i])
			if err != nil {
				t.Fatal(err)
			}
			if history, err = history.With(entry, nil); err != nil {
				t.Fatal(err)
			}
		}
		overwrite(t, made.History, history.Bytes())
		_, err := Verify(r.m, VerifyRequest{Record: made.Record})
		if c.want == "" && err != nil || c.want != "" && (fault.KindOf(err) != fault.Integrity || !strings.Contains(fmt.Sprint(err), c.want)) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// What is made again is the lost sheet by its fingerprint, or nothing.
func TestReissueMakesTheLostSheetOrNone(t *testing.T) {
	r := newRoom(t)
	made := r.split(r.quick(phrase(t)))
	sheets := r.texts()
	for name, change := range map[string]func(*Sheet, []Sheet){
		"another fingerprint": func(s *Sheet, _ []Sheet) { s.Fingerprint = fmt.Sprintf("%x", sha256.Sum256(nil))[:32] },
		"another place": func(s *Sheet, all []Sheet) {
			for s.X = 1; s.X == all[1].X || s.X == all[2].X; s.X++ {
			}
		},
	} {
		plan, _, err := PlanReissue(r.m, ReissueRequest{Record: made.Record, Lost: SheetRef{1, 1}, Text: true, Sheets: r.sheets})
		if err != nil {
			t.Fatal(err)
		}
		change(&plan.Record.Sheets[0], plan.Record.Sheets)
		r.hand, r.paper = append([]string(nil), sheets[1:]...), map[string]string{}
		if _, err := plan.Run(context.Background(), r); fault.KindOf(err) != fault.Integrity || !strings.Contains(fmt.Sprint(err), "is not the lost one") {
			t.Errorf("%s: %v", name, err)
		}
		if left := names(t, r.sheets); len(left) != 0 || len(r.paper) != 0 {
			t.Errorf("%s: left %v, printed %d", name, left, len(r.paper))
		}
	}
}

// No use of a rehearsal's keys is for a real network, and none of real keys for
// the rehearsal's.
func TestNoUseMixesRehearsalAndReal(t *testing.T) {
	for _, c := range [][2]string{{"rehearsal", "hoodi"}, {"hoodi", "rehearsal"}} {
		r := newRoom(t)
		req := r.quick(phrase(t))
		req.Network = lookup(t, c[0])
		made := r.split(req)
		restored, err := r.restore(made.Record, r.texts()[:2]...)
		if err != nil {
			t.Fatal(err)
		}
		to := lookup(t, c[1])
		if _, err := restored.PhraseFor(to); fault.KindOf(err) != fault.Refused || !strings.Contains(fmt.Sprint(err), "and the network is "+c[1]) {
			t.Errorf("%s on %s: %v", c[0], c[1], err)
		}
	}
}

// changing is a file system from which something else is read than was written.
type changing struct{ atomicfile.FS }

type changed struct{ atomicfile.File }

// Create implements atomicfile.FS.
func (c changing) Create(name string, perm fs.FileMode) (atomicfile.File, error) {
	f, err := c.FS.Create(name, perm)
	return changed{f}, err
}

// Read implements atomicfile.File.
func (c changed) Read(p []byte) (int, error) {
	n, err := c.File.Read(p)
	if n > 0 {
		p[n-1] ^= 1
	}
	return n, err
}

// A sheet that the medium keeps as something else is not printed.
func TestASheetIsReadBackFromTheMedium(t *testing.T) {
	dir := t.TempDir()
	fsys, err := atomicfile.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer fsys.Close()
	if _, err := writeSheetFile(changing{fsys}, "sheet-7QK42-1.pdf", []byte("a page")); fault.KindOf(err) != fault.Environment ||
		!strings.Contains(fmt.Sprint(err), "is not what is read") {
		t.Error(err)
	}
	if left := names(t, dir); len(left) != 0 {
		t.Error("left behind:", left)
	}
}
