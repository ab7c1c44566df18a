package slashingdb_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// unsound are files that nobody may read, and what is said of them.
func unsound(tb testing.TB) map[string]struct{ text, expected string } {
	key := testKey(tb, 0).String()
	block := func(members string) string { return fileWith(entryWith(tb, "{"+members+"}", "")) }
	vote := func(members string) string { return fileWith(entryWith(tb, "", "{"+members+"}")) }
	with := func(pubkey string) string {
		return fileWith(`{"pubkey":"` + pubkey + `","signed_blocks":[],"signed_attestations":[]}`)
	}
	return map[string]struct{ text, expected string }{
		"empty":            {"", "the file is empty"},
		"an array":         {"[]", "expected an object with metadata and data, found an array"},
		"cut off":          {fileWith()[:40], "the file ends in the middle"},
		"cut in a message": {block(`"slot":"1"`)[:300], "the file ends in the middle"},
		"trailing data":    {fileWith() + " 7", "something follows the end of the data"},
		"trailing comma":   {fileWith(entryWith(tb, `{"slot":"1"},`, "")), "line 1, column"},
		"bad UTF-8":        {block("\"slot\":\"1\",\"x\":\"\xff\""), "invalid UTF-8"},
		"no metadata":      {`{"data":[]}`, "metadata: missing"},
		"no data":          {`{"metadata":` + metadata5 + `}`, "data: missing"},
		"two data":         {`{"metadata":` + metadata5 + `,"data":[],"data":[]}`, "data: stands twice in one object"},
		"two metadata":     {`{"metadata":` + metadata5 + `,"metadata":` + metadata5 + `,"data":[]}`, "metadata: stands twice in one object"},
		"escaped twin":     {`{"metadata":` + metadata5 + `,"data":[],"d\u0061ta":[]}`, "data: stands twice in one object"},
		"no version":       {`{"metadata":{"genesis_validators_root":"` + mainnetRoot.String() + `"},"data":[]}`, "metadata.interchange_format_version: missing"},
		"version 6":        {strings.Replace(fileWith(), `"5"`, `"6"`, 1), "metadata.interchange_format_version: 6; expected 5"},
		"version 4":        {strings.Replace(fileWith(), `"5"`, `"4"`, 1), "metadata.interchange_format_version: 4; expected 5"},
		"version 5 as a number": {strings.Replace(fileWith(), `"5"`, `5`, 1),
			"metadata.interchange_format_version: expected a string of decimal digits, found a number"},
		"short chain": {strings.Replace(fileWith(), mainnetRoot.String(), "0x4b", 1),
			"metadata.genesis_validators_root: expected 0x and 64 hexadecimal digits, found 4 characters"},
		"data is an object": {`{"metadata":` + metadata5 + `,"data":{}}`, "data: expected an array, found an object"},
		"entry is a string": {fileWith(`"x"`), "data[0]: expected an object"},
		"no pubkey":         {fileWith(`{"signed_blocks":[],"signed_attestations":[]}`), "data[0]: pubkey: missing"},
		"short pubkey":      {with(key[:96]), "data[0].pubkey: expected 0x and 96 hexadecimal digits, found 96 characters"},
		"long pubkey":       {with(key + "00"), "data[0].pubkey: expected 0x and 96 hexadecimal digits, found 100 characters"},
		"pubkey without 0x": {with(key[2:]), "data[0].pubkey: expected 0x before the hexadecimal digits"},
		"pubkey not hex":    {with(key[:97] + "g"), "not hexadecimal"},
		"off the curve":     {with("0xa" + strings.Repeat("1", 95)), "is not the key of a validator"},
		"infinity":          {with("0xc0" + strings.Repeat("0", 94)), "is not the key of a validator"},
		"two pubkeys":       {fileWith(`{"pubkey":"` + key + `","pubkey":"` + key + `","signed_blocks":[],"signed_attestations":[]}`), "data[0].pubkey: stands twice in one object"},
		"blocks an object":  {fileWith(`{"pubkey":"` + key + `","signed_blocks":{},"signed_attestations":[]}`), "data[0].signed_blocks: expected an array"},
		"block a number":    {fileWith(entryWith(tb, "7", "")), "data[0].signed_blocks[0]: expected an object, found a number"},
		"no slot":           {block(`"signing_root":"` + mainnetRoot.String() + `"`), "data[0].signed_blocks[0].slot: missing"},
		"two slots":         {block(`"slot":"7","slot":"6"`), "data[0].signed_blocks[0].slot: stands twice in one object"},
		"escaped slot twin": {block(`"slot":"7","s\u006cot":"6"`), "data[0].signed_blocks[0].slot: stands twice in one object"},
		"slot a number":     {block(`"slot":7`), "data[0].signed_blocks[0].slot: expected a string of decimal digits, found a number"},
		"slot null":         {block(`"slot":null`), "data[0].signed_blocks[0].slot: expected a string of decimal digits, found null"},
		"slot empty":        {block(`"slot":""`), "data[0].signed_blocks[0].slot: empty; expected a decimal number"},
		"slot negative":     {block(`"slot":"-1"`), `data[0].signed_blocks[0].slot: "-1"; expected decimal digits alone`},
		"slot with plus":    {block(`"slot":"+1"`), `"+1"; expected decimal digits alone`},
		"slot hexadecimal":  {block(`"slot":"0x10"`), `"0x10"; expected decimal digits alone`},
		"slot with letters": {block(`"slot":"5abc"`), `"5abc"; expected decimal digits alone`},
		"slot with a space": {block(`"slot":" 5"`), `" 5"; expected decimal digits alone`},
		"slot with zeros":   {block(`"slot":"007"`), `"007"; expected no zeros in front`},
		"slot of 2^63":      {block(`"slot":"9223372036854775808"`), "9223372036854775808; the latest that is believed is 9223372036854775807"},
		"slot of 2^64":      {block(`"slot":"18446744073709551616"`), `"18446744073709551616"; does not fit in 64 bits`},
		"very long slot":    {block(`"slot":"` + strings.Repeat("9", 400) + `"`), "does not fit in 64 bits"},
		"fraction":          {vote(`"source_epoch":"1","target_epoch":"2.5"`), `data[0].signed_attestations[0].target_epoch: "2.5"; expected decimal digits alone`},
		"no source":         {vote(`"target_epoch":"2"`), "data[0].signed_attestations[0].source_epoch: missing"},
		"no target":         {vote(`"source_epoch":"2"`), "data[0].signed_attestations[0].target_epoch: missing"},
		"short root":        {block(`"slot":"1","signing_root":"0x01"`), "data[0].signed_blocks[0].signing_root: expected 0x and 64 hexadecimal digits"},
		"root a number":     {block(`"slot":"1","signing_root":7`), "data[0].signed_blocks[0].signing_root: expected a string, found a number"},
		"twins inside":      {block(`"slot":"1","x":{"a":{"b":1,"b":2}}`), "data[0].signed_blocks[0].x: a name stands twice in one object inside"},
		"endless string":    {block(`"slot":"` + strings.Repeat("1", 3<<20) + `"`), "a value of more than 1 MiB"},
		"many members":      {fileWith(manyMembers(key)), "more than 64 members in one object"},
		"a watermark":       {fileWith(`{"pubkey":"` + key + `","last_signed_block_slot":"7"}`), "data[0].last_signed_block_slot: expected in a minimal file of version 4 alone"},
	}
}

func manyMembers(key string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"pubkey":%q`, key)
	for i := range 100 {
		fmt.Fprintf(&b, `,"m%d":0`, i)
	}
	return b.String() + `}`
}

func TestUnsoundFilesAreRefused(t *testing.T) {
	for name, c := range unsound(t) {
		t.Run(name, func(t *testing.T) {
			_, _, err := slashingdb.ReadTable(ctx, strings.NewReader(c.text), slashingdb.ReadOptions{})
			if err == nil || !strings.Contains(err.Error(), c.expected) || fault.KindOf(err) != fault.Refused {
				t.Errorf("got %v\nexpected %s", err, c.expected)
			}
			report, err := slashingdb.Check(ctx, strings.NewReader(c.text), slashingdb.ReadOptions{})
			if err != nil || report.Valid || report.FaultCount == 0 || !strings.Contains(report.Faults[0].Error(), c.expected) {
				t.Errorf("check: %+v %v", report, err)
			}
		})
	}
}

func TestFaultsNameLineColumnAndByte(t *testing.T) {
	text := "{\n \"metadata\": " + metadata5 + ",\n \"data\": [\n  " +
		strings.Replace(entryWith(t, "\n   {\"slot\": \"1\"},\n   {\"slot\": \"x\"}", ""), ",", ",\n  ", 1) + "\n]}\n"
	_, _, err := slashingdb.ReadTable(ctx, strings.NewReader(text), slashingdb.ReadOptions{})
	var f slashingdb.Fault
	if !errors.As(err, &f) {
		t.Fatal(err)
	}
	at := strings.Index(text, `"x"`)
	lines := strings.Split(text[:at], "\n")
	expected := slashingdb.Place{
		Line: int64(len(lines)), Column: int64(len(lines[len(lines)-1])) + 1, Offset: int64(at), Path: "data[0].signed_blocks[1].slot",
	}
	if f.Place != expected {
		t.Errorf("got %+v, expected %+v", f.Place, expected)
	}
}

// The places are right in a file of many buffers too, wherever those end.
func TestPlacesInALongFile(t *testing.T) {
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, "{\"slot\":\"%d\"}%s,%s", i, strings.Repeat("\n", i%2), strings.Repeat("\n", i%3))
	}
	text := fileWith(entryWith(t, b.String()+`{"slot":"bad"}`, ""))
	for name, r := range map[string]io.Reader{
		"whole":  strings.NewReader(text),
		"halves": iotest.HalfReader(strings.NewReader(text)),
		"bytes":  iotest.OneByteReader(strings.NewReader(text)),
		"eof":    iotest.DataErrReader(strings.NewReader(text)),
	} {
		_, _, err := slashingdb.ReadTable(ctx, r, slashingdb.ReadOptions{})
		var f slashingdb.Fault
		if !errors.As(err, &f) {
			t.Fatal(name, err)
		}
		at := strings.Index(text, `"bad"`)
		before := text[:at]
		if line, column := int64(strings.Count(before, "\n"))+1, int64(at-strings.LastIndex(before, "\n")); f.Line != line || f.Column != column || f.Offset != int64(at) {
			t.Errorf("%s: got %+v, expected line %d, column %d, byte %d", name, f.Place, line, column, at)
		}
	}
}

func TestAllFaultsAreCollected(t *testing.T) {
	text := fileWith(
		entryWith(t, `{"slot":"x"},{"slot":"7"},{"slot":8},7`, `{"source_epoch":"1"}`),
		`{"pubkey":"0x00","signed_blocks":[{"slot":"-3"}],"signed_attestations":[]}`,
		`[]`,
		entryWith(t, `{"slot":"9"}`, ""),
	)
	report, err := slashingdb.Check(ctx, strings.NewReader(text), slashingdb.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, f := range report.Faults {
		paths = append(paths, f.Path)
	}
	expected := []string{
		"data[0].signed_blocks[0].slot", "data[0].signed_blocks[2].slot", "data[0].signed_blocks[3]",
		"data[0].signed_attestations[0].target_epoch", "data[1].pubkey", "data[1].signed_blocks[0].slot", "data[2]",
	}
	if fmt.Sprint(paths) != fmt.Sprint(expected) || report.FaultCount != 7 || report.Blocks != 2 || report.Valid {
		t.Errorf("got %v of %d faults, %d blocks", paths, report.FaultCount, report.Blocks)
	}
	if report.Faults[1].Mend != slashingdb.JSONNumber {
		t.Errorf("not said to be mendable: %+v", report.Faults[1])
	}
}

func TestFaultsAreCountedBeyondTheList(t *testing.T) {
	text := fileWith(entryWith(t, strings.Repeat(`{"slot":""},`, 3000)+`{"slot":"1"}`, ""))
	report, err := slashingdb.Check(ctx, strings.NewReader(text), slashingdb.ReadOptions{})
	if err != nil || report.FaultCount != 3000 || len(report.Faults) != 1000 {
		t.Errorf("%d faults, %d listed, %v", report.FaultCount, len(report.Faults), err)
	}
}

// What real clients write is read, and said.
func TestDeviationsOfRealClients(t *testing.T) {
	key, zero := testKey(t, 0).String(), beacon.Root{}.String()
	for name, c := range map[string]struct {
		text     string
		expected slashingdb.Mending
		breaks   bool
	}{
		"Dirk: a key that never proposed": {fileWith(`{"pubkey":"` + key + `","signed_attestations":[{"source_epoch":"1","target_epoch":"2"}]}`), slashingdb.MissingBlocks, true},
		"Dirk: a key that never attested": {fileWith(`{"pubkey":"` + key + `","signed_blocks":[{"slot":"64"}]}`), slashingdb.MissingAttestations, true},
		"a list of Go that is nil":        {fileWith(`{"pubkey":"` + key + `","signed_blocks":null,"signed_attestations":[]}`), slashingdb.MissingBlocks, true},
		"Nimbus, Prysm: zero root":        {fileWith(entryWith(t, `{"slot":"64","signing_root":"`+zero+`"}`, "")), slashingdb.NullRoot, false},
		"the EIP's 0x0":                   {fileWith(entryWith(t, `{"slot":"64","signing_root":"0x0"}`, "")), slashingdb.NullRoot, false},
		"zeros, but not 64":               {fileWith(entryWith(t, `{"slot":"64","signing_root":"0x0000"}`, "")), slashingdb.NullRoot, false},
		"null root":                       {fileWith(entryWith(t, `{"slot":"64","signing_root":null}`, "")), slashingdb.NullRoot, false},
		"Teku after repair":               {strings.Replace(fileWith(), `,"genesis_validators_root":"`+mainnetRoot.String()+`"`, "", 1), slashingdb.MissingGenesisRoot, true},
		"Teku after repair: null":         {strings.Replace(fileWith(), `"`+mainnetRoot.String()+`"`, "null", 1), slashingdb.MissingGenesisRoot, true},
		"upper case":                      {fileWith(strings.Replace(entryWith(t, "", ""), key, "0x"+strings.ToUpper(key[2:]), 1)), slashingdb.UpperCaseHex, false},
		"a member of one's own":           {fileWith(entryWith(t, `{"slot":"64","note":[{"a":1},"x"]}`, "")), slashingdb.UnknownMember, false},
		"two entries":                     {fileWith(entryWith(t, "", ""), entryWith(t, `{"slot":"1"}`, "")), slashingdb.DuplicateEntry, false},
	} {
		t.Run(name, func(t *testing.T) {
			report, err := slashingdb.Check(ctx, strings.NewReader(c.text), slashingdb.ReadOptions{})
			if err != nil || report.FaultCount > 0 || len(report.Deviations) != 1 {
				t.Fatalf("%+v %v", report, err)
			}
			d := report.Deviations[0]
			if d.Name != c.expected || d.Count != 1 || d.First.Line != 1 || d.What == "" || report.Valid == c.breaks {
				t.Errorf("%+v, valid %v", d, report.Valid)
			}
		})
	}
}

// A null root differs from every root, itself included.
func TestNullRootIsNoRoot(t *testing.T) {
	text := fileWith(entryWith(t, `{"slot":"64","signing_root":"`+beacon.Root{}.String()+`"}`, ""))
	l := table(t, []byte(text)).Keys[testKey(t, 0)]
	if v := l.CheckBlock(slashingdb.Block{Slot: 64, HasRoot: true}); v.Allowed() {
		t.Error("a block of a zero root is taken for the one that has none:", v)
	}
}

func TestAMemberOfAnyOrder(t *testing.T) {
	key := testKey(t, 0).String()
	text := `{"data":[{"signed_attestations":[{"target_epoch":"8","source_epoch":"7"}],"signed_blocks":[{"slot":"300"}],"pubkey":"` + key + `"}],"metadata":` + metadata5 + `}`
	l := table(t, []byte(text)).Keys[testKey(t, 0)]
	if l.Slot != 300 || l.Source != 7 || l.Target != 8 {
		t.Errorf("%+v", l)
	}
}

func TestVersion4(t *testing.T) {
	key := testKey(t, 0).String()
	complete := strings.Replace(fileWith(entryWith(t, `{"slot":"64"}`, `{"source_epoch":"1","target_epoch":"2"}`)), `"5"`, `"4","interchange_format":"complete"`, 1)
	minimal := func(entry string) string {
		return strings.Replace(fileWith(entry), `"5"`, `"4","interchange_format":"minimal"`, 1)
	}
	watermarks := minimal(`{"pubkey":"` + key + `","last_signed_block_slot":"64","last_signed_attestation_source_epoch":"1","last_signed_attestation_target_epoch":"2"}`)
	for name, text := range map[string]string{"complete": complete, "minimal": watermarks} {
		l := table(t, []byte(text)).Keys[testKey(t, 0)]
		if !l.HasBlock || l.Slot != 64 || !l.HasAttestation || l.Source != 1 || l.Target != 2 {
			t.Errorf("%s: %+v", name, l)
		}
	}
	never := table(t, []byte(minimal(`{"pubkey":"`+key+`","last_signed_block_slot":null,"last_signed_attestation_source_epoch":null,"last_signed_attestation_target_epoch":null}`)))
	if l := never.Keys[testKey(t, 0)]; l != (slashingdb.LastSigned{}) || len(never.Keys) != 1 {
		t.Errorf("never signed: %+v", never)
	}
	for name, c := range map[string]struct{ text, expected string }{
		"lists in a minimal file": {minimal(entryWith(t, "", "")), "not expected in a minimal file of version 4"},
		"half an attestation":     {minimal(`{"pubkey":"` + key + `","last_signed_attestation_source_epoch":"1"}`), "or neither"},
		"watermarks in a complete one": {strings.Replace(complete, `"signed_blocks":[{"slot":"64"}]`, `"last_signed_block_slot":"64"`, 1),
			"expected in a minimal file of version 4 alone"},
		"no format": {strings.Replace(fileWith(), `"5"`, `"4"`, 1), "expected complete or minimal"},
	} {
		_, _, err := slashingdb.ReadTable(ctx, strings.NewReader(c.text), slashingdb.ReadOptions{Version4: true})
		if err == nil || !strings.Contains(err.Error(), c.expected) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestChainOfTheFile(t *testing.T) {
	other := beacon.Root{9}
	_, _, err := slashingdb.ReadTable(ctx, strings.NewReader(fileWith()), slashingdb.ReadOptions{GenesisValidatorsRoot: &other})
	if err == nil || !strings.Contains(err.Error(), "of another chain") {
		t.Error(err)
	}
	none := strings.Replace(fileWith(), `,"genesis_validators_root":"`+mainnetRoot.String()+`"`, "", 1)
	if _, _, err = slashingdb.ReadTable(ctx, strings.NewReader(none), slashingdb.ReadOptions{NeedRoot: true}); err == nil {
		t.Error("a file of no chain is taken where one is needed")
	}
	upper := strings.Replace(fileWith(), mainnetRoot.String(), "0x"+strings.ToUpper(mainnetRoot.String()[2:]), 1)
	if _, _, err = slashingdb.ReadTable(ctx, strings.NewReader(upper), slashingdb.ReadOptions{GenesisValidatorsRoot: &mainnetRoot}); err != nil {
		t.Error("the chain is compared as text:", err)
	}
}

// A message from the future would silence a key for good.
func TestEpochsAheadOfTheClock(t *testing.T) {
	chain := slashingdb.Chain{Name: "test", GenesisValidatorsRoot: mainnetRoot, GenesisTime: 1_600_000_000, SecondsPerSlot: 12, SlotsPerEpoch: 32}
	now := time.Unix(1_600_000_000+1000*384, 0) // epoch 1000; a day is 225 epochs
	file := func(first bool, target, slot int) string {
		entry := entryWith(t, fmt.Sprintf(`{"slot":"%d"}`, slot), fmt.Sprintf(`{"source_epoch":"1","target_epoch":"%d"}`, target))
		if first {
			return fileWith(entry)
		}
		return `{"data":[` + entry + `],"metadata":` + metadata5 + `}`
	}
	for _, first := range []bool{true, false} {
		for _, c := range []struct {
			target, slot int
			path         string
		}{{1225, 39200, ""}, {1226, 1, "data[0].signed_attestations[0].target_epoch"}, {1, 39201, "data[0].signed_blocks[0].slot"}} {
			o := slashingdb.ReadOptions{Limits: slashingdb.Believe([]slashingdb.Chain{chain}, now)}
			_, _, err := slashingdb.ReadTable(ctx, strings.NewReader(file(first, c.target, c.slot)), o)
			var f slashingdb.Fault
			if errors.As(err, &f); f.Path != c.path {
				t.Errorf("metadata first %v, target %d, slot %d: got %v", first, c.target, c.slot, err)
			}
		}
	}
}

func TestReadingEndsWithItsContext(t *testing.T) {
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	_, _, err := slashingdb.ReadTable(stopped, strings.NewReader(fileWith()), slashingdb.ReadOptions{})
	if fault.KindOf(err) != fault.Interrupted || !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestReadErrorsAreNotTheFilesFault(t *testing.T) {
	broken := io.MultiReader(strings.NewReader(fileWith()[:50]), iotest.ErrReader(errors.New("the stick was pulled out")))
	_, err := slashingdb.Check(ctx, broken, slashingdb.ReadOptions{})
	if fault.KindOf(err) != fault.Environment || !strings.Contains(err.Error(), "the stick was pulled out") {
		t.Error(err)
	}
}

func TestHandlerErrorsEndTheReading(t *testing.T) {
	h := &historyHandler{all: histories{}, err: errors.New("enough")}
	if _, err := slashingdb.Read(ctx, strings.NewReader(fileWith(entryWith(t, "", ""))), slashingdb.ReadOptions{}, h); !errors.Is(err, h.err) {
		t.Error(err)
	}
}

// An entry may name its key last, if it is not endless.
func TestKeyBehindTooManyMessages(t *testing.T) {
	var b bytes.Buffer
	b.WriteString(`{"metadata":` + metadata5 + `,"data":[{"signed_blocks":[`)
	b.WriteString(strings.Repeat(`{"slot":"1"},`, 1<<16+1))
	b.WriteString(`{"slot":"1"}],"pubkey":"` + testKey(t, 0).String() + `"}]}`)
	_, _, err := slashingdb.ReadTable(ctx, &b, slashingdb.ReadOptions{})
	if err == nil || !strings.Contains(err.Error(), "expected the pubkey first") {
		t.Error(err)
	}
}

// Whoever is told what is wrong is told what to do next, too.
func TestEveryFaultSaysWhatToDo(t *testing.T) {
	whole := fileWith(entryWith(t, "", ""))
	o := slashingdb.ReadOptions{GenesisValidatorsRoot: &mainnetRoot}
	foreign := strings.Replace(whole, mainnetRoot.String(), beacon.Root{9}.String(), 1)
	for text, want := range map[string]string{
		"":                                      "is there room on the disk",
		whole[:len(whole)-9]:                    "is there room on the disk",
		"\ufeff" + whole:                        "saved in another encoding",
		"\x1f\x8b\x08":                          "compressed",
		`{"crypto":{}}`:                         "is it the right file",
		whole + "{}":                            "export it again",
		whole[:1] + "," + whole[1:]:             "export it again",
		foreign:                                 "find out which file does not belong here",
		strings.Replace(whole, `"5"`, `"4"`, 1): "'ethkey slashing repair' mends this (version-4)",
	} {
		_, _, err := slashingdb.ReadTable(ctx, strings.NewReader(text), o)
		if hint := fault.HintOf(err); !strings.Contains(strings.ToLower(hint), want) {
			t.Errorf("%.40q: %v: hint %q, expected %q", text, err, hint, want)
		}
	}
}

// Who presses Ctrl-C is told so, in no words of a library.
func TestReadingIsInterrupted(t *testing.T) {
	ended, cancel := context.WithCancel(ctx)
	cancel()
	_, _, err := slashingdb.ReadTable(ended, strings.NewReader(fileWith()), slashingdb.ReadOptions{})
	if fault.KindOf(err) != fault.Interrupted || !errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "context") {
		t.Errorf("%v (%v)", err, fault.KindOf(err))
	}
}
