package slashingdb_test

import (
	"math/rand/v2"
	"testing"

	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// eachHistory runs a property over many small histories.
func eachHistory(t *testing.T, property func(t *testing.T, r *rand.Rand)) {
	t.Helper()
	for seed := range uint64(20000) {
		property(t, rand.New(rand.NewPCG(seed, 8)))
		if t.Failed() {
			t.Fatal("seed", seed)
		}
	}
}

// What the complete rules refuse, the minimal form refuses too; and what it
// calls a repeat, they do.
func TestLastSignedRefusesWhateverTheHistoryRefuses(t *testing.T) {
	eachHistory(t, func(t *testing.T, r *rand.Rand) {
		h, more := drawHistory(r), drawHistory(r)
		l := h.LastSigned()
		for _, b := range more.Blocks {
			if whole, minimal := h.CheckBlock(b), l.CheckBlock(b); minimal.Allowed() && whole != minimal {
				t.Errorf("%+v after %+v: history says %s, last signed says %s", b, h, whole, minimal)
			}
		}
		for _, a := range more.Attestations {
			if whole, minimal := h.CheckAttestation(a), l.CheckAttestation(a); minimal.Allowed() && whole != minimal {
				t.Errorf("%+v after %+v: history says %s, last signed says %s", a, h, whole, minimal)
			}
		}
	})
}

// A key signs what is asked, or not; and never contradicts itself afterwards.
func TestWhatIsSignedNeverContradicts(t *testing.T) {
	eachHistory(t, func(t *testing.T, r *rand.Rand) {
		var l slashingdb.LastSigned
		var signed slashingdb.History
		for range 6 {
			asked := drawHistory(r)
			for _, b := range asked.Blocks {
				if l.CheckBlock(b).Allowed() {
					for _, old := range signed.Blocks {
						if slashingdb.IsDoubleBlock(old, b) {
							t.Errorf("signed %+v and %+v", old, b)
						}
					}
					l, signed.Blocks = l.AfterBlock(b), append(signed.Blocks, b)
				}
			}
			for _, a := range asked.Attestations {
				if l.CheckAttestation(a).Allowed() {
					for _, old := range signed.Attestations {
						if slashingdb.IsDoubleVote(old, a) || slashingdb.IsSurround(old, a) || slashingdb.IsSurround(a, old) {
							t.Errorf("signed %+v and %+v", old, a)
						}
					}
					l, signed.Attestations = l.AfterAttestation(a), append(signed.Attestations, a)
				}
			}
		}
	})
}

func TestRaiseIsAJoin(t *testing.T) {
	eachHistory(t, func(t *testing.T, r *rand.Rand) {
		a, b, c := drawHistory(r).LastSigned(), drawHistory(r).LastSigned(), drawHistory(r).LastSigned()
		if a.Raise(b) != b.Raise(a) {
			t.Errorf("not commutative: %+v %+v", a, b)
		}
		if a.Raise(b).Raise(c) != a.Raise(b.Raise(c)) {
			t.Errorf("not associative: %+v %+v %+v", a, b, c)
		}
		if a.Raise(a) != a {
			t.Errorf("not idempotent: %+v", a)
		}
		if up := a.Raise(b); !up.Covers(a) || !up.Covers(b) {
			t.Errorf("lowered: %+v %+v", a, b)
		}
	})
}

// The minimal form of a whole is the join of those of its parts, in any order.
func TestLastSignedOfPartsAndOfTheWhole(t *testing.T) {
	eachHistory(t, func(t *testing.T, r *rand.Rand) {
		a, b := drawHistory(r), drawHistory(r)
		whole := b.After(a.Blocks, a.Attestations)
		r.Shuffle(len(whole.Blocks), func(i, j int) { whole.Blocks[i], whole.Blocks[j] = whole.Blocks[j], whole.Blocks[i] })
		r.Shuffle(len(whole.Attestations), func(i, j int) {
			whole.Attestations[i], whole.Attestations[j] = whole.Attestations[j], whole.Attestations[i]
		})
		if whole.LastSigned() != a.LastSigned().Raise(b.LastSigned()) {
			t.Errorf("%+v and %+v", a, b)
		}
	})
}

func TestLastSignedByHand(t *testing.T) {
	one, two := beacon.Root{1}, beacon.Root{2}
	l := slashingdb.LastSigned{}.
		AfterBlock(slashingdb.Block{Slot: 10, Root: one, HasRoot: true}).
		AfterAttestation(slashingdb.Attestation{Source: 5, Target: 8, Root: one, HasRoot: true})
	for name, c := range map[string]struct {
		got, expected slashingdb.Verdict
	}{
		"slot above":            {l.CheckBlock(slashingdb.Block{Slot: 11}), slashingdb.Sign},
		"the same block":        {l.CheckBlock(slashingdb.Block{Slot: 10, Root: one, HasRoot: true}), slashingdb.Repeat},
		"another block":         {l.CheckBlock(slashingdb.Block{Slot: 10, Root: two, HasRoot: true}), slashingdb.SlotNotAbove},
		"a block without root":  {l.CheckBlock(slashingdb.Block{Slot: 10}), slashingdb.SlotNotAbove},
		"slot below":            {l.CheckBlock(slashingdb.Block{Slot: 9, Root: one, HasRoot: true}), slashingdb.SlotNotAbove},
		"target above":          {l.CheckAttestation(slashingdb.Attestation{Source: 5, Target: 9}), slashingdb.Sign},
		"the same vote":         {l.CheckAttestation(slashingdb.Attestation{Source: 5, Target: 8, Root: one, HasRoot: true}), slashingdb.Repeat},
		"another vote":          {l.CheckAttestation(slashingdb.Attestation{Source: 5, Target: 8, Root: two, HasRoot: true}), slashingdb.TargetNotAbove},
		"root of another epoch": {l.CheckAttestation(slashingdb.Attestation{Source: 6, Target: 8, Root: one, HasRoot: true}), slashingdb.TargetNotAbove},
		"target below":          {l.CheckAttestation(slashingdb.Attestation{Source: 5, Target: 7}), slashingdb.TargetNotAbove},
		"source below":          {l.CheckAttestation(slashingdb.Attestation{Source: 4, Target: 9}), slashingdb.SourceBelow},
		"source above target":   {l.CheckAttestation(slashingdb.Attestation{Source: 10, Target: 9}), slashingdb.SourceAboveTarget},
		"a new key":             {slashingdb.LastSigned{}.CheckAttestation(slashingdb.Attestation{}), slashingdb.Sign},
		"a new key, slot 0":     {slashingdb.LastSigned{}.CheckBlock(slashingdb.Block{}), slashingdb.Sign},
	} {
		if c.got != c.expected {
			t.Errorf("%s: got %q, expected %q", name, c.got, c.expected)
		}
	}
}

func TestVerdictsRefuseByDefault(t *testing.T) {
	var v slashingdb.Verdict
	if v.Allowed() {
		t.Error("no answer allows")
	}
	for v := range slashingdb.AboveHighWatermark + 2 {
		if allowed := v == slashingdb.Sign || v == slashingdb.Repeat; v.Allowed() != allowed {
			t.Errorf("%s: allowed %v", v, v.Allowed())
		}
		if v.String() == "" {
			t.Errorf("verdict %d has no words", v)
		}
	}
}

// The EIP's five conditions, each by itself.
func TestHistoryByHand(t *testing.T) {
	one, two := beacon.Root{1}, beacon.Root{2}
	h := slashingdb.History{
		Blocks: []slashingdb.Block{{Slot: 10, Root: one, HasRoot: true}, {Slot: 20}},
		Attestations: []slashingdb.Attestation{
			{Source: 5, Target: 8, Root: one, HasRoot: true}, {Source: 7, Target: 20, Root: one, HasRoot: true}, {Source: 12, Target: 14},
		},
	}
	for name, c := range map[string]struct {
		got, expected slashingdb.Verdict
	}{
		"1: another root":    {h.CheckBlock(slashingdb.Block{Slot: 10, Root: two, HasRoot: true}), slashingdb.DoubleBlock},
		"1: no root known":   {h.CheckBlock(slashingdb.Block{Slot: 20, Root: one, HasRoot: true}), slashingdb.DoubleBlock},
		"1: the same block":  {h.CheckBlock(slashingdb.Block{Slot: 10, Root: one, HasRoot: true}), slashingdb.Repeat},
		"2: below all":       {h.CheckBlock(slashingdb.Block{Slot: 9}), slashingdb.SlotNotAbove},
		"2: between":         {h.CheckBlock(slashingdb.Block{Slot: 11}), slashingdb.Sign},
		"3: double vote":     {h.CheckAttestation(slashingdb.Attestation{Source: 5, Target: 8, Root: two, HasRoot: true}), slashingdb.DoubleVote},
		"3: surrounds":       {h.CheckAttestation(slashingdb.Attestation{Source: 6, Target: 21}), slashingdb.Surrounds},
		"3: surrounded":      {h.CheckAttestation(slashingdb.Attestation{Source: 8, Target: 19}), slashingdb.Surrounded},
		"3: the same vote":   {h.CheckAttestation(slashingdb.Attestation{Source: 5, Target: 8, Root: one, HasRoot: true}), slashingdb.Repeat},
		"4: source too low":  {slashingdb.History{Attestations: h.Attestations[:1]}.CheckAttestation(slashingdb.Attestation{Source: 4, Target: 7}), slashingdb.SourceBelow},
		"5: target too low":  {slashingdb.History{Attestations: h.Attestations[:1]}.CheckAttestation(slashingdb.Attestation{Source: 6, Target: 7}), slashingdb.Surrounded},
		"5: and not covered": {slashingdb.History{Attestations: h.Attestations[:1]}.CheckAttestation(slashingdb.Attestation{Source: 5, Target: 7}), slashingdb.TargetNotAbove},
		"between":            {h.CheckAttestation(slashingdb.Attestation{Source: 5, Target: 9}), slashingdb.Sign},
		"nothing known":      {slashingdb.History{}.CheckAttestation(slashingdb.Attestation{}), slashingdb.Sign},
	} {
		if c.got != c.expected {
			t.Errorf("%s: got %q, expected %q", name, c.got, c.expected)
		}
	}
}
