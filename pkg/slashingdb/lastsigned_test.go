package slashingdb_test

import (
	"testing"

	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// A history of nothing covers no message, not even one of slot or epoch 0.
func TestCoversTellsNothingFromZero(t *testing.T) {
	var nothing slashingdb.LastSigned
	block := nothing.AfterBlock(slashingdb.Block{})
	vote := nothing.AfterAttestation(slashingdb.Attestation{})
	both := block.Raise(vote)
	for _, c := range []struct {
		l, o slashingdb.LastSigned
		want bool
	}{
		{nothing, nothing, true}, {block, nothing, true}, {both, both, true}, {both, block, true}, {both, vote, true},
		{nothing, block, false}, {nothing, vote, false}, {block, vote, false}, {vote, block, false}, {block, both, false}, {vote, both, false},
	} {
		if got := c.l.Covers(c.o); got != c.want {
			t.Errorf("%+v covers %+v: %t", c.l, c.o, got)
		}
	}
}

// Equal states are equal values: what stands in the root of a message without
// one does not matter.
func TestRootsThatAreNotKnownAreZero(t *testing.T) {
	var l, zero slashingdb.LastSigned
	l = l.AfterBlock(slashingdb.Block{Slot: 5, Root: beacon.Root{1}}).
		AfterAttestation(slashingdb.Attestation{Source: 1, Target: 2, Root: beacon.Root{1}})
	zero = zero.AfterBlock(slashingdb.Block{Slot: 5}).AfterAttestation(slashingdb.Attestation{Source: 1, Target: 2})
	if l != zero {
		t.Errorf("%+v, %+v", l, zero)
	}
	if v := l.CheckBlock(slashingdb.Block{Slot: 5, Root: beacon.Root{1}}); v.Allowed() {
		t.Error(v)
	}
}

// Two sources for one target are two votes, also where a file gives both the
// same root; and the record keeps no root that would stand for either.
func TestOneRootOfTwoSources(t *testing.T) {
	root := beacon.Root{1}
	a := slashingdb.Attestation{Source: 1, Target: 5, Root: root, HasRoot: true}
	b := slashingdb.Attestation{Source: 2, Target: 5, Root: root, HasRoot: true}
	if !slashingdb.IsDoubleVote(a, b) || slashingdb.IsDoubleVote(a, a) {
		t.Error("double vote")
	}
	h := slashingdb.History{Attestations: []slashingdb.Attestation{a}}
	if v := h.CheckAttestation(b); v != slashingdb.DoubleVote {
		t.Error(v)
	}
	l := h.After(nil, []slashingdb.Attestation{b}).LastSigned()
	if l.HasAttestationRoot || l.CheckAttestation(a).Allowed() || l.CheckAttestation(b).Allowed() {
		t.Errorf("%+v", l)
	}
}
