package main

import (
	"testing"
	"time"

	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// With thousands of keys the one that stands low is found in one line.
func TestSpanOfLastTargets(t *testing.T) {
	clock := slashingdb.Chain{GenesisTime: 1_600_000_000, SecondsPerSlot: 12, SlotsPerEpoch: 32}
	now := time.Unix(1_600_000_000+110*384, 0)
	at := func(e beacon.Epoch) slashingdb.Last { return slashingdb.Last{Target: &e} }
	for _, c := range []struct {
		chain slashingdb.Chain
		keys  []slashingdb.Last
		want  string
	}{
		{clock, nil, ""},
		{clock, []slashingdb.Last{{}}, "last targets: none; never attested: 1 key"},
		{clock, []slashingdb.Last{at(100), at(100)}, "last targets: epoch 100 (64 min ago)"},
		{clock, []slashingdb.Last{at(109), {}, at(100), at(112)}, "last targets: from epoch 100 (64 min ago) to epoch 112 (in 12 min, by this clock); never attested: 1 key"},
		{clock, []slashingdb.Last{at(10000000000)}, "last targets: epoch 10000000000 (beyond any clock)"},
		{clock, []slashingdb.Last{at(1<<63 - 1)}, "last targets: epoch 9223372036854775807 (beyond any clock)"},
		{slashingdb.Chain{}, []slashingdb.Last{at(7)}, "last targets: epoch 7"},
	} {
		if got := spanText(c.chain, c.keys, now); got != c.want {
			t.Errorf("%q, expected %q", got, c.want)
		}
	}
}
