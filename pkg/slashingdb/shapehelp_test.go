package slashingdb_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// mainnetRoot is the genesis validators root of mainnet.
var mainnetRoot = beacon.Root{
	0x4b, 0x36, 0x3d, 0xb9, 0x4e, 0x28, 0x61, 0x20, 0xd7, 0x6e, 0xb9, 0x05, 0x34, 0x0f, 0xdd, 0x4e,
	0x54, 0xbf, 0xe9, 0xf0, 0x6b, 0xf3, 0x3f, 0xf6, 0xcf, 0x5a, 0xd2, 0x7f, 0x51, 0x1b, 0xfe, 0x95,
}

// mainnet is the chain with its clock.
var mainnet = slashingdb.Chain{
	Name: "mainnet", GenesisValidatorsRoot: mainnetRoot, GenesisTime: 1606824023, SecondsPerSlot: 12, SlotsPerEpoch: 32,
}

// keyNumber is the public key of the secret key n.
func keyNumber(tb testing.TB, n byte) slashingdb.PublicKey {
	tb.Helper()
	raw := make([]byte, 32)
	raw[31] = n
	b, err := secret.From(raw)
	if err != nil {
		tb.Fatal(err)
	}
	defer b.Close()
	sk, err := bls.SecretKeyFromBytes(b)
	if err != nil {
		tb.Fatal(err)
	}
	defer sk.Close()
	return sk.PublicKey()
}

func someKeys(tb testing.TB, n int) (keys []slashingdb.PublicKey) {
	tb.Helper()
	for i := range n {
		keys = append(keys, keyNumber(tb, byte(i+1)))
	}
	return keys
}

// last is a history of numbers alone; a negative slot or target is none.
func last(slot, source, target int) (l slashingdb.LastSigned) {
	if slot >= 0 {
		l = l.AfterBlock(slashingdb.Block{Slot: beacon.Slot(slot)})
	}
	if target >= 0 {
		l = l.AfterAttestation(slashingdb.Attestation{Source: beacon.Epoch(source), Target: beacon.Epoch(target)})
	}
	return l
}

// rooted is last with a root for each message.
func rooted(slot, source, target int, root byte) (l slashingdb.LastSigned) {
	if slot >= 0 {
		l = l.AfterBlock(slashingdb.Block{Slot: beacon.Slot(slot), Root: beacon.Root{root}, HasRoot: true})
	}
	if target >= 0 {
		l = l.AfterAttestation(slashingdb.Attestation{Source: beacon.Epoch(source), Target: beacon.Epoch(target), Root: beacon.Root{root, 1}, HasRoot: true})
	}
	return l
}

// tableOf makes a table of mainnet of keys in order.
func tableOf(tb testing.TB, ls ...slashingdb.LastSigned) *slashingdb.Table {
	tb.Helper()
	t := slashingdb.NewTable(&mainnetRoot)
	for i, l := range ls {
		t.Keys[keyNumber(tb, byte(i+1))] = l
	}
	return t
}

// randomTable has some of the keys, with small numbers so that they meet.
func randomTable(rng *rand.Rand, keys []slashingdb.PublicKey) *slashingdb.Table {
	t := slashingdb.NewTable(&mainnetRoot)
	for _, key := range keys {
		if rng.IntN(4) == 0 {
			continue
		}
		var l slashingdb.LastSigned
		for range rng.IntN(4) {
			l = l.AfterBlock(slashingdb.Block{Slot: beacon.Slot(rng.IntN(6)), Root: beacon.Root{byte(1 + rng.IntN(2))}, HasRoot: rng.IntN(2) == 0})
		}
		for range rng.IntN(4) {
			target := rng.IntN(6)
			l = l.AfterAttestation(slashingdb.Attestation{
				Source: beacon.Epoch(rng.IntN(target + 1)), Target: beacon.Epoch(target),
				Root: beacon.Root{byte(1 + rng.IntN(2))}, HasRoot: rng.IntN(2) == 0,
			})
		}
		t.Keys[key] = l
	}
	return t
}

func writeTable(tb testing.TB, t *slashingdb.Table) string {
	tb.Helper()
	var b bytes.Buffer
	if err := t.Write(&b); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func readTable(tb testing.TB, text string) *slashingdb.Table {
	tb.Helper()
	t, _, err := slashingdb.ReadTable(context.Background(), strings.NewReader(text), slashingdb.ReadOptions{})
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// entry is one element of data.
type entry struct {
	key          string
	blocks       string // contents of the list; "-" leaves the member out
	attestations string
}

// file writes an interchange file of mainnet.
func file(entries ...entry) string {
	return fileOf(`"genesis_validators_root":"`+mainnetRoot.String()+`"`, entries...)
}

func fileOf(root string, entries ...entry) string {
	var data []string
	for _, e := range entries {
		text := `{"pubkey":"` + e.key + `"`
		if e.blocks != "-" {
			text += `,"signed_blocks":[` + e.blocks + `]`
		}
		if e.attestations != "-" {
			text += `,"signed_attestations":[` + e.attestations + `]`
		}
		data = append(data, text+"}")
	}
	if root != "" {
		root = "," + root
	}
	return `{"metadata":{"interchange_format_version":"5"` + root + `},"data":[` + strings.Join(data, ",") + `]}`
}

func block(slot int) string { return fmt.Sprintf(`{"slot":"%d"}`, slot) }

func vote(source, target int) string {
	return fmt.Sprintf(`{"source_epoch":"%d","target_epoch":"%d"}`, source, target)
}

func explain(tb testing.TB, text string, c slashingdb.Client, over *slashingdb.Table) *slashingdb.Explanation {
	tb.Helper()
	facts, err := slashingdb.ReadFacts(context.Background(), strings.NewReader(text), slashingdb.ReadOptions{})
	if err != nil {
		tb.Fatal(err)
	}
	x, err := slashingdb.Explain(facts, c, over)
	if err != nil {
		tb.Fatal(err)
	}
	return x
}

// finds says whether a trap is found with that gravity, and for which keys.
func finds(x *slashingdb.Explanation, trap int, g slashingdb.Gravity) (slashingdb.Finding, bool) {
	for _, f := range x.Findings {
		if f.Trap == trap && f.Gravity == g {
			return f, true
		}
	}
	return slashingdb.Finding{}, false
}

func wantFound(tb testing.TB, x *slashingdb.Explanation, trap int, g slashingdb.Gravity, keys int) {
	tb.Helper()
	f, ok := finds(x, trap, g)
	if !ok {
		tb.Errorf("trap %d is not found as %s: %+v", trap, g, x.Findings)
	} else if f.Keys != keys {
		tb.Errorf("trap %d is found for %d keys, expected %d", trap, f.Keys, keys)
	}
}

func wantClosed(tb testing.TB, x *slashingdb.Explanation, trap int, gravities ...slashingdb.Gravity) {
	tb.Helper()
	for _, g := range gravities {
		if f, ok := finds(x, trap, g); ok {
			tb.Errorf("trap %d is still there: %+v", trap, f)
		}
	}
}

func shaped(tb testing.TB, t *slashingdb.Table, c slashingdb.Client, over *slashingdb.Table) *slashingdb.Table {
	tb.Helper()
	out, _, err := slashingdb.Shape(t, c, over)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

func slotOf(n uint64) beacon.Slot { return beacon.Slot(n) }
