package slashingdb_test

import (
	"bytes"
	"encoding/hex"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

func addFiles(f *testing.F) {
	f.Helper()
	files := unsound(f)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if text := files[name].text; len(text) < 4096 {
			f.Add([]byte(text))
		}
	}
	broken := brokenFiles(f)
	for _, name := range slices.Sorted(maps.Keys(broken)) {
		f.Add([]byte(broken[name]))
	}
	for seed := range uint64(3) {
		f.Add(drawFile(f, rand.New(rand.NewPCG(seed, 7))))
	}
	f.Add([]byte(`{"data":[{"signed_blocks":[{"slot":"300"}],"pubkey":"` + testKey(f, 0).String() + `"}],"metadata":` + metadata5 + `}`))
	f.Add([]byte(`{"metadata":{"interchange_format_version":"4","interchange_format":"minimal"},"data":[{"pubkey":"` +
		testKey(f, 0).String() + `","last_signed_block_slot":"7","last_signed_attestation_source_epoch":null}]}`))
}

// The reader never panics. What it takes is JSON without duplicate names, reads
// the same however it arrives, and the same again once written.
func FuzzInterchange(f *testing.F) {
	addFiles(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		tab, reading, err := slashingdb.ReadTable(ctx, bytes.NewReader(data), slashingdb.ReadOptions{Version4: true})
		report, checkErr := slashingdb.Check(ctx, bytes.NewReader(data), slashingdb.ReadOptions{Version4: true})
		if checkErr != nil || (err == nil) != (report.FaultCount == 0) {
			t.Fatalf("read: %v; check: %+v %v", err, report, checkErr)
		}
		if err != nil {
			if fault.KindOf(err) != fault.Refused {
				t.Fatal(err)
			}
			return
		}
		if !jsontext.Value(data).IsValid() {
			t.Fatal("taken, and not valid JSON")
		}
		if reading.Metadata.GenesisValidatorsRoot == nil {
			tab.GenesisValidatorsRoot = &mainnetRoot
		}
		var out bytes.Buffer
		w := slashingdb.NewWriter(&out, *tab.GenesisValidatorsRoot)
		for key, h := range everythingByKey(t, data) {
			if err := w.History(key, h); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		again, reading, err := slashingdb.ReadTable(ctx, &out, slashingdb.ReadOptions{NeedRoot: true})
		if err != nil || len(reading.Deviations) > 0 {
			t.Fatalf("%+v %v", reading, err)
		}
		if !maps.Equal(tab.Keys, again.Keys) || *tab.GenesisValidatorsRoot != *again.GenesisValidatorsRoot {
			t.Fatalf("read %v, after writing %v", tab, again)
		}
	})
}

func everythingByKey(tb testing.TB, data []byte) map[slashingdb.PublicKey]slashingdb.History {
	tb.Helper()
	all := map[slashingdb.PublicKey]slashingdb.History{}
	for text, h := range everything(tb, data) {
		raw, err := hex.DecodeString(text[2:])
		if err != nil {
			tb.Fatal(err)
		}
		all[slashingdb.PublicKey(raw)] = h
	}
	return all
}

// Repair never panics. What it writes is a good file, that a second repair
// leaves as it is and that lowers nothing.
func FuzzRepair(f *testing.F) {
	addFiles(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		o := slashingdb.RepairOptions{ReadOptions: slashingdb.ReadOptions{}}
		out, report, err := repair(t, string(data), o)
		if err != nil {
			if out != "" || report == nil {
				t.Fatalf("%v, and yet wrote %q", err, out)
			}
			return
		}
		check, err := slashingdb.Check(ctx, bytes.NewReader([]byte(out)), slashingdb.ReadOptions{NeedRoot: true})
		if err != nil || !check.Valid || len(check.Deviations) > 0 {
			t.Fatalf("%+v %v\n%s", check, err, out)
		}
		after := table(t, []byte(out))
		before, _, err := slashingdb.ReadTable(ctx, bytes.NewReader(data), slashingdb.ReadOptions{Version4: true, Mend: slashingdb.Mendings()})
		if err != nil || !maps.Equal(before.Keys, after.Keys) {
			t.Fatalf("before %v, after %v, %v", before, after, err)
		}
	})
}
