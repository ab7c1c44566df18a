package slashingdb_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// TestShapeKeepsWhatWasSignedLast: for every client, and over whatever it
// holds, nothing is lower than in the file, nor than in the client.
func TestShapeKeepsWhatWasSignedLast(t *testing.T) {
	keys := someKeys(t, 6)
	rng := rand.New(rand.NewPCG(5, 3076))
	rounds := 2000
	if testing.Short() {
		rounds = 200
	}
	for range rounds {
		in, over := randomTable(rng, keys), randomTable(rng, keys)
		for _, c := range slashingdb.Clients() {
			if rng.IntN(2) == 0 {
				over = nil
			}
			out := readTable(t, writeTable(t, shaped(t, in, c, over)))
			for key, was := range in.Keys {
				now := out.Keys[key]
				if over != nil {
					now = now.Raise(over.Keys[key]) // what the client has then
				}
				if !now.Covers(was) {
					t.Fatalf("%s: %+v became %+v", c, was, now)
				}
				if c != slashingdb.Prysm && over == nil && now != was {
					t.Fatalf("%s: %+v became %+v without need", c, was, now)
				}
			}
			if over == nil {
				over = slashingdb.NewTable(&mainnetRoot)
			}
		}
	}
}

// TestShapeWritesEachKeyOnceWithBothLists is what Dirk, Lighthouse and the
// scripts that look for keys need.
func TestShapeWritesEachKeyOnceWithBothLists(t *testing.T) {
	in := tableOf(t, last(7, 1, 2), last(-1, 3, 4), last(9, 0, -1), last(-1, 0, -1))
	for _, c := range slashingdb.Clients() {
		text := writeTable(t, shaped(t, in, c, nil))
		for key := range in.Keys {
			if n := strings.Count(text, key.String()); n != 1 {
				t.Errorf("%s: a key stands there %d times", c, n)
			}
		}
		for _, list := range []string{`"signed_blocks":[`, `"signed_attestations":[`} {
			if n := strings.Count(text, list); n != len(in.Keys) {
				t.Errorf("%s: %d times %s for %d keys", c, n, list, len(in.Keys))
			}
		}
	}
}

func TestShapeRefusesNumbersThatTheClientReadsAsOthers(t *testing.T) {
	for _, c := range []struct {
		client slashingdb.Client
		slot   uint64
		fits   bool
	}{
		{slashingdb.Lodestar, 1<<53 - 1, true}, {slashingdb.Lodestar, 1 << 53, false},
		{slashingdb.Dirk, 1<<63 - 1, true}, {slashingdb.Dirk, 1 << 63, false},
		{slashingdb.Nimbus, 1 << 63, false}, {slashingdb.Web3Signer, 1 << 63, false},
		{slashingdb.Teku, 1<<64 - 1, false}, {slashingdb.Lighthouse, 1 << 63, true},
	} {
		in := tableOf(t, last(0, 0, 0))
		for key, l := range in.Keys {
			l.Slot = 0
			in.Keys[key] = l.Raise(slashingdb.LastSigned{HasBlock: true, Slot: slotOf(c.slot)})
		}
		if _, _, err := slashingdb.Shape(in, c.client, nil); (err == nil) != c.fits {
			t.Errorf("%s, slot %d: %v", c.client, c.slot, err)
		}
	}
}

func TestShapeRefusesAnotherChainsExport(t *testing.T) {
	other := mainnetRoot
	other[0]++
	if _, _, err := slashingdb.Shape(tableOf(t, last(1, 1, 1)), slashingdb.Dirk, slashingdb.NewTable(&other)); err == nil {
		t.Error("an export of another chain was taken")
	}
}

func TestSplit(t *testing.T) {
	in := tableOf(t, last(7, 1, 2), last(-1, 3, 4), rooted(9, 5, 6, 3), last(1, 0, -1), last(-1, 0, -1))
	one, err := slashingdb.SplitByKey(in)
	if err != nil || len(one) != len(in.Keys) {
		t.Fatalf("%d files, %v", len(one), err)
	}
	for _, p := range one {
		if p.Name != p.Keys[0].Hex()+".json" {
			t.Errorf("a file is called %s", p.Name)
		}
	}
	for _, most := range []int{600, 800, 1200, 1 << 20} {
		parts, err := slashingdb.SplitBySize(in, most)
		if err != nil {
			t.Fatal(err)
		}
		whole := slashingdb.NewTable(nil)
		for _, p := range parts {
			if len(p.Data) > most {
				t.Errorf("%s has %d bytes, the limit is %d", p.Name, len(p.Data), most)
			}
			if err := whole.Merge(readTable(t, string(p.Data))); err != nil {
				t.Fatal(err)
			}
		}
		if writeTable(t, whole) != writeTable(t, in) {
			t.Errorf("limit %d: the parts are not the whole", most)
		}
	}
	if _, err := slashingdb.SplitBySize(in, 100); err == nil {
		t.Error("a limit that no key fits in was taken")
	}
}

func TestFilterKeepsEveryMessageOfTheKeys(t *testing.T) {
	keys := someKeys(t, 3)
	text := file(
		entry{keys[0].String(), block(1) + "," + block(2), vote(0, 1)},
		entry{keys[1].String(), block(3), vote(1, 2)},
		entry{keys[0].String(), block(4), vote(2, 3)},
		entry{keys[2].String(), "", ""},
	)
	var b bytes.Buffer
	report, _, err := slashingdb.Filter(t.Context(), strings.NewReader(text), &b, slashingdb.ReadOptions{}, nil, func(key slashingdb.PublicKey) bool { return key == keys[0] })
	if err != nil {
		t.Fatal(err)
	}
	if want := (slashingdb.FilterReport{Kept: 1, Dropped: 2, Blocks: 3, Attestations: 2}); *report != want {
		t.Errorf("%+v, expected %+v", *report, want)
	}
	if n := strings.Count(b.String(), `"slot"`); n != 3 || strings.Contains(b.String(), keys[1].Hex()) {
		t.Errorf("kept: %s", b.String())
	}
}

// TestFilterNeedsTheChainFirst: what is read once cannot be written before its
// chain is known.
func TestFilterNeedsTheChainFirst(t *testing.T) {
	text := `{"data":[{"pubkey":"` + keyNumber(t, 1).String() + `","signed_blocks":[],"signed_attestations":[]}],` +
		`"metadata":{"interchange_format_version":"5","genesis_validators_root":"` + mainnetRoot.String() + `"}}`
	keep := func(slashingdb.PublicKey) bool { return true }
	var b bytes.Buffer
	_, _, err := slashingdb.Filter(t.Context(), strings.NewReader(text), &b, slashingdb.ReadOptions{}, nil, keep)
	if err != slashingdb.ErrMetadataLast || b.Len() != 0 {
		t.Errorf("%v, and %d bytes written", err, b.Len())
	}
	if _, _, err := slashingdb.Filter(t.Context(), strings.NewReader(text), &b, slashingdb.ReadOptions{}, &mainnetRoot, keep); err != nil {
		t.Error(err)
	}
}
