package slashingdb_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

func TestCover(t *testing.T) {
	keys := someKeys(t, 5)
	table := slashingdb.NewTable(&mainnetRoot)
	table.Keys[keys[0]] = last(3200, 98, 99)  // a block in epoch 100
	table.Keys[keys[1]] = last(-1, 89, 90)    // older
	table.Keys[keys[2]] = last(-1, 0, -1)     // named without any message
	table.Keys[keys[4]] = last(3200, 99, 100) // not asked for
	var wanted []slashingdb.Wanted
	for _, key := range []slashingdb.PublicKey{keys[0], keys[1], keys[2], keys[3], keys[0]} {
		wanted = append(wanted, slashingdb.Wanted{Key: key, From: "a list"})
	}
	r := slashingdb.Cover(table, wanted, mainnet, mainnet.Start(95))
	want := []slashingdb.Coverage{slashingdb.Covered, slashingdb.Stale, slashingdb.Missing, slashingdb.Missing, slashingdb.Extra}
	if len(r.Keys) != len(want) || r.OK || r.Covered != 1 || r.Stale != 1 || r.Missing != 2 || r.Extra != 1 {
		t.Fatalf("%+v", r)
	}
	for i, row := range r.Keys {
		if row.Result != want[i] {
			t.Errorf("%s: %s, expected %s", row.Key, row.Result, want[i])
		}
	}
	if at := r.Keys[0].Attested; at == nil || !at.Equal(mainnet.Start(99)) {
		t.Errorf("the last attestation of the first key is of %v, expected the start of its target", at)
	}
	if r := slashingdb.Cover(table, wanted[:2], mainnet, time.Time{}); !r.OK || r.Covered != 2 {
		t.Errorf("without a limit in time: %+v", r)
	}
}

// A validator attests in every epoch: blocks alone are a history that lost the
// rest, and a fresh block does not make an old attestation fresh.
func TestCoverGoesByAttestations(t *testing.T) {
	keys := someKeys(t, 2)
	table := slashingdb.NewTable(&mainnetRoot)
	table.Keys[keys[0]] = last(3200, 0, -1)
	table.Keys[keys[1]] = last(3200, 9, 10)
	wanted := []slashingdb.Wanted{{Key: keys[0]}, {Key: keys[1]}}
	r := slashingdb.Cover(table, wanted, mainnet, mainnet.Start(95))
	if r.OK || r.Keys[0].Result != slashingdb.Missing || r.Keys[1].Result != slashingdb.Stale || r.Network != "mainnet" {
		t.Errorf("%+v", r)
	}
}

func TestRaiseNeverLowersAndKnowsNewKeys(t *testing.T) {
	keys := someKeys(t, 6)
	rng := rand.New(rand.NewPCG(7, 3076))
	for range 500 {
		before, after := randomTable(rng, keys), slashingdb.NewTable(&mainnetRoot)
		for key, l := range before.Keys {
			after.Keys[key] = l
		}
		mark, err := slashingdb.Chain{SlotsPerEpoch: 1}.EpochMark(beacon.Epoch(rng.IntN(6)))
		if err != nil {
			t.Fatal(err)
		}
		named := keys[:rng.IntN(len(keys))+1]
		r := after.RaiseTo(named, mark, mainnet)
		if r.Raised+r.New+r.Unchanged != len(named) || r.Others != len(after.Keys)-len(named) {
			t.Fatalf("%+v of %d keys", r, len(named))
		}
		for _, key := range named {
			if !after.Keys[key].Covers(mark) {
				t.Fatalf("%+v is below the mark %+v", after.Keys[key], mark)
			}
		}
		for key, was := range before.Keys {
			if !after.Keys[key].Covers(was) {
				t.Fatalf("%+v became %+v", was, after.Keys[key])
			}
		}
		for _, key := range keys[len(named):] {
			if after.Keys[key] != before.Keys[key] {
				t.Fatal("a key that was not named changed")
			}
		}
	}
}

func TestEpochMarkRefusesWhatNoHistoryCanMend(t *testing.T) {
	mark, err := mainnet.EpochMark(100)
	if err != nil {
		t.Fatal(err)
	}
	if mark.Slot != 101*32-1 || mark.Source != 100 || mark.Target != 100 {
		t.Errorf("%+v", mark)
	}
	for source := beacon.Epoch(0); source <= 101; source++ {
		for target := source; target <= 101; target++ {
			v := mark.CheckAttestation(slashingdb.Attestation{Source: source, Target: target, Root: beacon.Root{1}, HasRoot: true})
			if v.Allowed() && (target <= 100 || source < 100) {
				t.Fatalf("%d=>%d may be signed above epoch 100", source, target)
			}
		}
	}
	if _, err := mainnet.EpochMark(1 << 60); err == nil {
		t.Error("an absurd epoch was taken")
	}
}

func TestVerifyImportNamesWhatIsLower(t *testing.T) {
	was := tableOf(t, last(10, 1, 2))
	key := keyNumber(t, 1)
	for _, c := range []struct {
		now  *slashingdb.LastSigned
		ok   bool
		what string
	}{
		{ptr(last(10, 1, 2)), true, ""},
		{ptr(last(11, 3, 4)), true, ""},
		{ptr(last(9, 1, 2)), false, "the last slot is lower"},
		{ptr(last(10, 0, 2)), false, "the last source is lower"},
		{ptr(last(10, 1, 1)), false, "the last target is lower"},
		{ptr(last(-1, 1, 2)), false, "the export has no block"},
		{ptr(last(10, 0, -1)), false, "the export has no attestation"},
		{nil, false, "missing from the export"},
	} {
		export := slashingdb.NewTable(&mainnetRoot)
		if c.now != nil {
			export.Keys[key] = *c.now
		}
		check, err := slashingdb.VerifyImport(was, export)
		if err != nil {
			t.Fatal(err)
		}
		if check.OK != c.ok || !c.ok && check.Problems[0].What != c.what {
			t.Errorf("%+v, expected %q", check, c.what)
		}
	}
	other := mainnetRoot
	other[0]++
	if _, err := slashingdb.VerifyImport(was, slashingdb.NewTable(&other)); err == nil {
		t.Error("an export of another chain proves nothing")
	}
}

func ptr[T any](v T) *T { return &v }
