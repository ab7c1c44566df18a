package backup

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/chain"
	"github.com/ethkey/ethkey/internal/sshsig"
)

// What is on paper and was read back is not lost because the signature on the
// entry does not come: the entry is unsigned and says so, and so does the result.
func TestASignatureThatDoesNotComeLosesNothing(t *testing.T) {
	key, allowed := signer(t, 1)
	for name, sign := range map[string]func(cancel func()) Signer{
		"stopped": func(func()) Signer {
			return func(context.Context, string, []byte) ([]byte, error) { return nil, errors.New("the person left") }
		},
		"a signature of something else": func(func()) Signer {
			return func(context.Context, string, []byte) ([]byte, error) {
				return sshsig.Sign(key, Namespace, []byte("something else"))
			}
		},
		"interrupted": func(cancel func()) Signer {
			return func(ctx context.Context, _ string, _ []byte) ([]byte, error) {
				cancel()
				return nil, ctx.Err()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t)
			made := unsignedSplit(t, r, sign)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			plan, _, err := PlanReissue(r.m, ReissueRequest{Record: made.Record, Lost: SheetRef{1, 1}, Protect: true, Sheets: r.sheets, Sign: sign(cancel)})
			if err != nil {
				t.Fatal(err)
			}
			old := maps.Clone(r.paper)
			r.hand = r.texts()[1:]
			again, err := plan.Run(ctx, r)
			if err != nil || again.Unsigned == "" || again.SignedBy != "" || len(names(t, r.sheets)) != 0 {
				t.Fatalf("%+v, %v", again, err)
			}
			r.paper = old
			if d := r.drill(made.Record, KeySigner(key)); d.Number != 3 {
				t.Errorf("%+v", d)
			}
			v, err := Verify(r.m, VerifyRequest{Record: made.Record, Allowed: allowed})
			if err != nil || v.Authentic != 3 {
				t.Errorf("a signed drill does not vouch for the entries before it: %+v, %v", v, err)
			}
			ctx, cancel = context.WithCancel(context.Background())
			defer cancel()
			if unsigned, err := Retire(ctx, r.m, made.Record, "7QK42", sign(cancel)); unsigned == "" || err != nil {
				t.Error(unsigned, err)
			}
			wantUnsigned(t, r, made.Record, 0, 1, 3)
		})
	}
}

func unsignedSplit(t *testing.T, r *room, sign func(func()) Signer) *SplitResult {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	req := r.request()
	req.Sign = sign(cancel)
	plan, _, err := PlanSplit(r.m, req)
	if err != nil {
		t.Fatal(err)
	}
	made, err := plan.Run(ctx, r, nil)
	if err != nil {
		t.Fatal("the set is lost:", err)
	}
	if made.Unsigned == "" || made.SignedBy != "" || !made.Checked || len(names(t, r.sheets)) != 0 {
		t.Errorf("%+v", made)
	}
	return made
}

// wantUnsigned holds the entries that say that they are unsigned against those
// that should.
func wantUnsigned(t *testing.T, r *room, record string, want ...int) {
	t.Helper()
	h, err := openHistory(r.m, record)
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	for i, l := range h.chain.Lines() {
		var says struct{ Unsigned bool }
		if err := json.Unmarshal(l.Data, &says); err != nil || says.Unsigned != (l.Signature == nil) {
			t.Errorf("entry %d: says %t, signature %q, %v", i+1, says.Unsigned, l.Signature, err)
		}
		if says.Unsigned {
			got = append(got, i)
		}
	}
	if len(got) != len(want) {
		t.Errorf("unsigned are %v, expected %v", got, want)
	}
}

// The making of the set is the first entry, and no other.
func TestAHistoryBeginsWithTheMakingOnce(t *testing.T) {
	r := newRoom(t)
	made := r.split(r.request())
	h, err := openHistory(r.m, made.Record)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.checkFacts(); err != nil {
		t.Error(err)
	}
	first := Made{Set: made.Set, Mode: ModeReal, RecordHash: made.RecordHash}
	drill := Report{Set: made.Set, RecordHash: made.RecordHash}
	for name, events := range map[string][]string{
		"none":             {},
		"a drill first":    {EventDrill},
		"made second":      {EventDrill, EventMade},
		"made twice":       {EventMade, EventMade},
		"made once more":   {EventMade, EventDrill, EventMade},
		"made, then drill": {EventMade, EventDrill},
	} {
		c := chain.New(chain.Hash(h.hash))
		for _, event := range events {
			var fact chain.Public = drill
			if event == EventMade {
				fact = first
			}
			entry, err := c.Next(noon, event, fact)
			if err == nil {
				c, err = c.With(entry, nil)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		h.chain = c
		if err := h.checkFacts(); (err == nil) != (name == "made, then drill") {
			t.Errorf("%s: %v", name, err)
		}
		overwrite(t, filepath.Join(r.records, h.name), c.Bytes())
		if _, _, err := PlanDrill(r.m, DrillRequest{Record: made.Record}); len(events) > 0 && (err == nil) != (name == "made, then drill") {
			t.Errorf("%s: a drill is planned: %v", name, err)
		} else if err != nil && strings.Contains(err.Error(), "another set") {
			t.Errorf("%s: refused for another reason: %v", name, err)
		}
	}
}
