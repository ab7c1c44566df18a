package backup

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/paper"
	"github.com/ethkey/ethkey/pkg/shamir"
)

func TestPractise(t *testing.T) {
	r := newRoom(t)
	plan, _, err := PlanPractise(r.m, PractiseRequest{
		Scheme: shamir.Single(2, 4), Damage: []Damage{DamageStain, DamageTypo, DamageMissing, DamageMixed}, Folder: r.records,
	})
	if err != nil {
		t.Fatal(err)
	}
	result, err := plan.Run(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Damage) != 5 { // two sheets are missing
		t.Error(result.Damage)
	}
	for _, f := range result.Files {
		if !strings.HasPrefix(f, "PRACTICE-") {
			t.Error(f, "does not say that it is for practice")
		}
	}
	// The person restores: the stranger, the stained picture, the mistyped text.
	var given []string
	for _, f := range result.Files {
		path := filepath.Join(result.Folder, f)
		switch {
		case strings.HasSuffix(f, "others.txt"):
			given = append([]string{string(read(t, path))}, given...)
		case strings.HasSuffix(f, "-2.txt"):
			given = append(given, string(read(t, path)))
		case strings.HasSuffix(f, "-1.png"):
			found, err := paper.ReadPicture(context.Background(), read(t, path), f, paper.ReadOptions{})
			if err != nil {
				t.Fatal(err)
			}
			for _, text := range found {
				given = append(given, string(text.Text))
			}
		}
	}
	restored, err := r.restore(result.Record, given...)
	if err != nil {
		t.Fatal(err, r.said)
	}
	if r.offered != 1 || restored.Result.Mode != ModePractice {
		t.Errorf("%d proposals, %+v", r.offered, restored.Result)
	}
	if err := PractiseVerdict(restored); err != nil {
		t.Error(err)
	}
	if _, err := restored.PhraseFor(hoodi(t)); fault.KindOf(err) != fault.Refused {
		t.Error("a published key on a real network:", err)
	}
	if due, err := Due(r.m, result.Folder, 0); err != nil || due != nil {
		t.Error("a practice set is due:", due, err)
	}
}

func TestPractiseVerdictOnSomethingElse(t *testing.T) {
	r := newRoom(t)
	made := r.split(r.request())
	restored, err := r.restore(made.Record, r.texts()[:2]...)
	if err != nil {
		t.Fatal(err)
	}
	if err := PractiseVerdict(restored); err == nil {
		t.Error("a real set passed for practice")
	}
	plan, _, err := PlanRestore(r.m, RestoreRequest{Practice: true})
	if err != nil {
		t.Fatal(err)
	}
	r.hand = r.texts()[:2]
	if _, err := plan.Run(context.Background(), r); err == nil || !r.heard("put it back where it is kept") {
		t.Error("real sheets were taken for practice:", err)
	}
	if _, _, err := PlanRestore(r.m, RestoreRequest{Practice: true, Record: made.Record}); err == nil {
		t.Error("a real record was taken for practice")
	}
}

func TestPractiseRefuses(t *testing.T) {
	r := newRoom(t)
	for _, req := range []PractiseRequest{
		{Scheme: shamir.Single(3, 2), Folder: r.records},
		{Scheme: shamir.Single(2, 3), Folder: r.records, Damage: []Damage{"fire"}},
		{Scheme: shamir.Single(2, 3), Folder: r.records, Damage: []Damage{DamageTypo, DamageTypo}},
		{Scheme: shamir.Single(2, 3), Folder: filepath.Join(r.records, "none")},
	} {
		if _, _, err := PlanPractise(r.m, req); err == nil {
			t.Errorf("%+v", req)
		}
	}
}
