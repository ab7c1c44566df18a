package slashingdb_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// eachDraw runs a property over files that are drawn.
func eachDraw(t *testing.T, property func(t *testing.T, r *rand.Rand)) {
	t.Helper()
	draws := uint64(150)
	if testing.Short() {
		draws = 30
	}
	for seed := range draws {
		property(t, rand.New(rand.NewPCG(seed, 9)))
		if t.Failed() {
			t.Fatal("seed", seed)
		}
	}
}

func merge(tb testing.TB, keep bool, files ...[]byte) []byte {
	tb.Helper()
	var inputs []slashingdb.Input
	for i, f := range files {
		inputs = append(inputs, slashingdb.Input{Name: fmt.Sprint("file ", i), Reader: bytes.NewReader(f)})
	}
	var out bytes.Buffer
	if _, err := slashingdb.Merge(ctx, inputs, &out, slashingdb.MergeOptions{KeepMessages: keep}); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

func minify(tb testing.TB, file []byte) []byte {
	tb.Helper()
	var out bytes.Buffer
	if err := minifyTo(bytes.NewReader(file), &out); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

// minifyTo is what 'slashing minify' does.
func minifyTo(r io.Reader, w io.Writer) error {
	table, _, err := slashingdb.ReadTable(ctx, r, slashingdb.ReadOptions{})
	if err != nil {
		return err
	}
	return table.Write(w)
}

func TestMergeIsCommutativeAssociativeIdempotent(t *testing.T) {
	for _, keep := range []bool{false, true} {
		eachDraw(t, func(t *testing.T, r *rand.Rand) {
			a, b, c := drawFile(t, r), drawFile(t, r), drawFile(t, r)
			ab := merge(t, keep, a, b)
			if !bytes.Equal(ab, merge(t, keep, b, a)) {
				t.Errorf("keep %v: not commutative", keep)
			}
			if !bytes.Equal(merge(t, keep, ab, c), merge(t, keep, a, merge(t, keep, b, c))) || !bytes.Equal(merge(t, keep, ab, c), merge(t, keep, c, a, b)) {
				t.Errorf("keep %v: not associative", keep)
			}
			if !bytes.Equal(merge(t, keep, a, a), merge(t, keep, a)) || !bytes.Equal(merge(t, keep, ab, ab), ab) {
				t.Errorf("keep %v: not idempotent", keep)
			}
		})
	}
}

func TestMergeNeverLowers(t *testing.T) {
	eachDraw(t, func(t *testing.T, r *rand.Rand) {
		a, b := drawFile(t, r), drawFile(t, r)
		for _, keep := range []bool{false, true} {
			merged := table(t, merge(t, keep, a, b))
			for _, part := range [][]byte{a, b} {
				for key, l := range table(t, part).Keys {
					if up, ok := merged.Keys[key]; !ok || !up.Covers(l) || up.Raise(l) != up {
						t.Errorf("keep %v: %s was %+v, is %+v", keep, key, l, merged.Keys[key])
					}
				}
			}
		}
	})
}

func TestMinifyOfMergeIsMergeOfMinified(t *testing.T) {
	eachDraw(t, func(t *testing.T, r *rand.Rand) {
		a, b := drawFile(t, r), drawFile(t, r)
		expected := merge(t, false, minify(t, a), minify(t, b))
		if !bytes.Equal(minify(t, merge(t, true, a, b)), expected) || !bytes.Equal(minify(t, merge(t, false, a, b)), expected) {
			t.Error("not the same")
		}
		if !bytes.Equal(minify(t, minify(t, a)), minify(t, a)) {
			t.Error("minify twice")
		}
	})
}

// The union keeps every message, once.
func TestMergeKeepsMessages(t *testing.T) {
	eachDraw(t, func(t *testing.T, r *rand.Rand) {
		a, b := drawFile(t, r), drawFile(t, r)
		count := func(files ...[]byte) map[string]int {
			messages := map[string]int{}
			for _, f := range files {
				for key, h := range everything(t, f) {
					for _, b := range h.Blocks {
						messages[fmt.Sprint(key, b)]++
					}
					for _, a := range h.Attestations {
						messages[fmt.Sprint(key, a)]++
					}
				}
			}
			return messages
		}
		before, after := count(a, b), count(merge(t, true, a, b))
		if len(before) != len(after) {
			t.Errorf("%d distinct messages became %d", len(before), len(after))
		}
		for m, n := range after {
			if before[m] == 0 || n != 1 {
				t.Errorf("%s: %d times, %d before", m, n, before[m])
			}
		}
	})
}

func everything(tb testing.TB, file []byte) histories {
	tb.Helper()
	h := &historyHandler{all: histories{}}
	if _, err := slashingdb.Read(ctx, bytes.NewReader(file), slashingdb.ReadOptions{Version4: true}, h); err != nil {
		tb.Fatal(err)
	}
	return h.all
}

func TestMergeTakesOneChainOnly(t *testing.T) {
	other := strings.Replace(fileWith(), mainnetRoot.String(), beacon.Root{9}.String(), 1)
	none := strings.Replace(fileWith(), `,"genesis_validators_root":"`+mainnetRoot.String()+`"`, "", 1)
	for expected, second := range map[string]string{"the second: line 1, column": other, "does not say which chain": none} {
		var out bytes.Buffer
		_, err := slashingdb.Merge(ctx, []slashingdb.Input{
			{Name: "the first", Reader: strings.NewReader(fileWith())},
			{Name: "the second", Reader: strings.NewReader(second)},
		}, &out, slashingdb.MergeOptions{})
		if err == nil || !strings.Contains(err.Error(), expected) || out.Len() > 0 {
			t.Errorf("%v, %d bytes written", err, out.Len())
		}
	}
}

// Contradictions of whole files are found among all messages, also before the
// last ones; of very long files only where all are asked for, and it is said.
func TestMergeComparesAllOrSaysSo(t *testing.T) {
	block := func(slot int, root string) string { return fmt.Sprintf(`{"slot":"%d"%s}`, slot, root) }
	root := func(n byte) string { return fmt.Sprintf(`,"signing_root":"%s"`, beacon.Root{n}) }
	long := func(n byte, fill int) string {
		blocks := []string{block(10, root(n)), block(11, "")}
		for i := range fill {
			blocks = append(blocks, block(1000+i, ""))
		}
		return fileWith(entryWith(t, strings.Join(append(blocks, block(1<<20+int(n), "")), ","), ""))
	}
	for _, c := range []struct {
		fill                int
		all                 bool
		conflicts, possible int64
	}{{0, false, 1, 0}, {70_000, false, 0, 0}, {70_000, true, 1, 0}} {
		var out bytes.Buffer
		report, err := slashingdb.Merge(ctx, []slashingdb.Input{
			{Name: "old", Reader: strings.NewReader(long(1, c.fill))}, {Name: "new", Reader: strings.NewReader(long(2, c.fill))},
		}, &out, slashingdb.MergeOptions{CompareAll: c.all})
		if err != nil || report.ConflictCount != c.conflicts || report.PossibleCount != c.possible || report.AllCompared != (c.all || c.fill == 0) {
			t.Errorf("%+v: %+v, %v", c, report, err)
		}
	}
	mixed := []slashingdb.Input{{Name: "old", Reader: strings.NewReader(fileWith(entryWith(t, block(5, ""), "")))},
		{Name: "new", Reader: strings.NewReader(fileWith(entryWith(t, block(5, root(1)), "")))}}
	if report, err := slashingdb.Merge(ctx, mixed, io.Discard, slashingdb.MergeOptions{}); err != nil || report.ConflictCount != 1 || report.PossibleCount != 1 {
		t.Errorf("a root that was lost: %+v, %v", report, err)
	}
}

func TestMergeNamesConflicts(t *testing.T) {
	root := func(n byte) string { return beacon.Root{n}.String() }
	a := fileWith(entryWith(t, `{"slot":"64","signing_root":"`+root(1)+`"}`, `{"source_epoch":"1","target_epoch":"5","signing_root":"`+root(1)+`"}`))
	b := fileWith(entryWith(t, `{"slot":"64","signing_root":"`+root(2)+`"}`, `{"source_epoch":"2","target_epoch":"4","signing_root":"`+root(2)+`"}`))
	for _, keep := range []bool{false, true} {
		var out bytes.Buffer
		report, err := slashingdb.Merge(ctx, []slashingdb.Input{
			{Name: "old", Reader: strings.NewReader(a)}, {Name: "new", Reader: strings.NewReader(b)},
		}, &out, slashingdb.MergeOptions{KeepMessages: keep})
		if err != nil || report.ConflictCount != 2 {
			t.Fatalf("keep %v: %+v %v", keep, report, err)
		}
		first, second := report.Conflicts[0], report.Conflicts[1]
		if first.Offence != slashingdb.OffenceDoubleBlock || !first.Certain || first.First.File != "old" || first.Second.File != "new" ||
			second.Offence != slashingdb.OffenceSurround || second.First.File != "old" {
			t.Errorf("keep %v: %+v", keep, report.Conflicts)
		}
	}
}

// auditByHand compares every message with every other.
func auditByHand(all histories) (contradicted map[string]bool) {
	contradicted = map[string]bool{}
	for key, h := range all {
		for i, a := range h.Blocks {
			for _, b := range h.Blocks[i+1:] {
				if slashingdb.IsDoubleBlock(a, b) {
					contradicted[fmt.Sprint(key, "block", a.Slot)] = true
				}
			}
		}
		for i, a := range h.Attestations {
			for j, b := range h.Attestations {
				if i < j && slashingdb.IsDoubleVote(a, b) {
					contradicted[fmt.Sprint(key, "vote", a.Target)] = true
				}
				if slashingdb.IsSurround(a, b) {
					contradicted[fmt.Sprint(key, "surrounded", b.Source, b.Target)] = true
				}
			}
		}
	}
	return contradicted
}

func auditSays(report *slashingdb.AuditReport) map[string]bool {
	contradicted := map[string]bool{}
	for _, p := range report.Pairs {
		switch p.Offence {
		case slashingdb.OffenceDoubleBlock:
			contradicted[fmt.Sprint(p.Key, "block", *p.First.Slot)] = true
		case slashingdb.OffenceDoubleVote:
			contradicted[fmt.Sprint(p.Key, "vote", *p.First.Target)] = true
		case slashingdb.OffenceSurround:
			contradicted[fmt.Sprint(p.Key, "surrounded", *p.Second.Source, *p.Second.Target)] = true
		}
	}
	return contradicted
}

func TestAuditFindsWhatEveryPairShows(t *testing.T) {
	eachDraw(t, func(t *testing.T, r *rand.Rand) {
		file := drawFile(t, r)
		expected := auditByHand(everything(t, file))
		for name, in := range map[string]io.Reader{"file": bytes.NewReader(file), "pipe": io.MultiReader(bytes.NewReader(file))} {
			report, err := slashingdb.Audit(ctx, in, slashingdb.ReadOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if got := auditSays(report); fmt.Sprint(got) != fmt.Sprint(expected) || report.Slashable+report.Possible != int64(len(report.Pairs)) {
				t.Errorf("%s: got %v, expected %v\n%s", name, got, expected, file)
			}
			for _, p := range report.Pairs {
				for _, m := range []slashingdb.Message{p.First, p.Second} {
					stands(t, file, m)
				}
			}
		}
	})
}

// stands checks that a message is where the report says.
func stands(t *testing.T, file []byte, m slashingdb.Message) {
	t.Helper()
	text, _, _ := bytes.Cut(file[m.Place.Offset:], []byte("}"))
	wanted := []string{}
	if m.Slot != nil {
		wanted = append(wanted, fmt.Sprintf(`"slot":"%d"`, *m.Slot))
	}
	if m.Target != nil {
		wanted = append(wanted, fmt.Sprintf(`"source_epoch":"%d","target_epoch":"%d"`, *m.Source, *m.Target))
	}
	if m.Root != nil {
		wanted = append(wanted, *m.Root)
	}
	for _, w := range wanted {
		if !bytes.Contains(text, []byte(w)) {
			t.Errorf("%s is not at %+v: %s", w, m.Place, text)
		}
	}
	if line := int64(bytes.Count(file[:m.Place.Offset], []byte("\n"))) + 1; line != m.Place.Line {
		t.Errorf("line %d, not %d", line, m.Place.Line)
	}
}

// A message without a root may be the other one, written again.
func TestAuditTellsTheCertainFromThePossible(t *testing.T) {
	root := beacon.Root{1}.String()
	for name, c := range map[string]struct {
		blocks, votes       string
		slashable, possible int64
	}{
		"two roots":           {`{"slot":"1","signing_root":"` + root + `"},{"slot":"1","signing_root":"` + beacon.Root{2}.String() + `"}`, "", 1, 0},
		"one root":            {`{"slot":"1","signing_root":"` + root + `"},{"slot":"1"}`, "", 0, 1},
		"one message twice":   {`{"slot":"1","signing_root":"` + root + `"},{"slot":"1","signing_root":"` + root + `"}`, "", 0, 0},
		"no roots":            {"", `{"source_epoch":"1","target_epoch":"2"},{"source_epoch":"1","target_epoch":"2"}`, 0, 1},
		"no roots, other src": {"", `{"source_epoch":"0","target_epoch":"2"},{"source_epoch":"1","target_epoch":"2"}`, 1, 0},
		"surround":            {"", `{"source_epoch":"0","target_epoch":"3"},{"source_epoch":"1","target_epoch":"2"}`, 1, 0},
	} {
		report, err := slashingdb.Audit(ctx, strings.NewReader(fileWith(entryWith(t, c.blocks, c.votes))), slashingdb.ReadOptions{})
		if err != nil || report.Slashable != c.slashable || report.Possible != c.possible {
			t.Errorf("%s: %+v %v", name, report, err)
		}
	}
}

func TestAuditOfTheGenerator(t *testing.T) {
	for kind, expected := range map[string]slashingdb.Offence{
		"double-vote": slashingdb.OffenceDoubleVote, "surrounds": slashingdb.OffenceSurround,
		"surrounded": slashingdb.OffenceSurround, "double-block": slashingdb.OffenceDoubleBlock,
	} {
		for _, shuffle := range []string{"--shuffle", "--pretty"} {
			file := generated(t, "--validators", "3", "--attestations", "50", "--slashable", kind, shuffle, "--duplicates", "3")
			report, err := slashingdb.Audit(ctx, bytes.NewReader(file), slashingdb.ReadOptions{})
			if err != nil || report.Slashable == 0 || !slices.ContainsFunc(report.Pairs, func(p slashingdb.Pair) bool { return p.Offence == expected }) {
				t.Errorf("%s: %+v %v", kind, report, err)
			}
		}
	}
	file := generated(t, "--validators", "3", "--attestations", "50", "--lag", "0", "--duplicates", "3")
	if report, err := slashingdb.Audit(ctx, bytes.NewReader(file), slashingdb.ReadOptions{}); err != nil || len(report.Pairs) > 0 {
		t.Errorf("%+v %v", report, err)
	}
}

func repair(tb testing.TB, text string, o slashingdb.RepairOptions) (string, *slashingdb.RepairReport, error) {
	tb.Helper()
	var out bytes.Buffer
	report, err := slashingdb.Repair(ctx, strings.NewReader(text), &out, o)
	return out.String(), report, err
}

// broken returns a file for each mending, and the mending's name is the only
// thing that is wrong with it.
func brokenFiles(tb testing.TB) map[slashingdb.Mending]string {
	key := testKey(tb, 0).String()
	good := fileWith(entryWith(tb, `{"slot":"64","signing_root":"`+beacon.Root{1}.String()+`"}`, `{"source_epoch":"1","target_epoch":"2"}`))
	change := func(from, to string) string { return strings.Replace(good, from, to, 1) }
	vote := `{"source_epoch":"1","target_epoch":"2"}`
	return map[slashingdb.Mending]string{
		slashingdb.MissingBlocks:       fileWith(`{"pubkey":"` + key + `","signed_attestations":[` + vote + `]}`),
		slashingdb.MissingAttestations: fileWith(`{"pubkey":"` + key + `","signed_blocks":[{"slot":"64"}]}`),
		slashingdb.NullRoot:            change(beacon.Root{1}.String(), "0x0"),
		slashingdb.MissingGenesisRoot:  change(`,"genesis_validators_root":"`+mainnetRoot.String()+`"`, ""),
		slashingdb.UpperCaseHex:        change(key, "0x"+strings.ToUpper(key[2:])),
		slashingdb.UnknownMember:       change(`{"slot"`, `{"x":1,"slot"`),
		slashingdb.DuplicateEntry:      fileWith(entryWith(tb, `{"slot":"64"}`, ""), entryWith(tb, `{"slot":"63"}`, vote)),
		slashingdb.JSONNumber:          change(`"64"`, `64`),
		slashingdb.LeadingZero:         change(`"64"`, `"0064"`),
		slashingdb.MissingPrefix:       change(key, key[2:]),
		slashingdb.Version4:            change(`"5"`, `"4","interchange_format":"complete"`),
	}
}

func TestEveryMendingMends(t *testing.T) {
	files := brokenFiles(t)
	if len(files) != len(slashingdb.Mendings()) {
		t.Fatalf("%d files for %d mendings", len(files), len(slashingdb.Mendings()))
	}
	for m, text := range files {
		t.Run(m.String(), func(t *testing.T) {
			out, report, err := repair(t, text, slashingdb.RepairOptions{ReadOptions: slashingdb.ReadOptions{GenesisValidatorsRoot: &mainnetRoot}})
			if err != nil || len(report.Mended) != 1 || report.Mended[0].Name != m || report.Mended[0].Count != 1 || report.Mended[0].First.Line == 0 {
				t.Fatalf("%+v %v", report, err)
			}
			check, err := slashingdb.Check(ctx, strings.NewReader(out), slashingdb.ReadOptions{NeedRoot: true})
			if err != nil || !check.Valid || len(check.Deviations) > 0 {
				t.Errorf("%+v %v\n%s", check, err, out)
			}
			l := table(t, []byte(out)).Keys[testKey(t, 0)]
			if m != slashingdb.MissingBlocks && l.Slot != 64 || m != slashingdb.MissingAttestations && (l.Source != 1 || l.Target != 2) {
				t.Errorf("lowered: %+v\n%s", l, out)
			}
			again, report, err := repair(t, out, slashingdb.RepairOptions{})
			if err != nil || again != out || len(report.Mended) > 0 {
				t.Errorf("a second repair changed it: %+v %v", report, err)
			}
		})
	}
}

func TestRepairMakesNamedMendingsAlone(t *testing.T) {
	files := brokenFiles(t)
	for _, m := range []slashingdb.Mending{slashingdb.JSONNumber, slashingdb.LeadingZero, slashingdb.MissingPrefix, slashingdb.Version4} {
		out, report, err := repair(t, files[m], slashingdb.RepairOptions{ReadOptions: slashingdb.ReadOptions{Mend: []slashingdb.Mending{slashingdb.NullRoot}}})
		if fault.KindOf(err) != fault.Refused || out != "" || report.FaultCount == 0 || report.Faults[0].Mend != m {
			t.Errorf("%s: %+v %v %q", m, report, err, out)
		}
	}
}

func TestRepairWritesNothingWhereAFaultIsLeft(t *testing.T) {
	for name, c := range unsound(t) {
		out, report, err := repair(t, c.text, slashingdb.RepairOptions{})
		switch {
		case err == nil && len(report.Mended) == 0:
			t.Errorf("%s: nothing mended: %s", name, out)
		case err == nil:
			if check, err := slashingdb.Check(ctx, strings.NewReader(out), slashingdb.ReadOptions{}); err != nil || !check.Valid {
				t.Errorf("%s: %+v %v", name, check, err)
			}
		case out != "":
			t.Errorf("%s: %v, and yet wrote %s", name, err, out)
		}
	}
}

func TestRepairOfAFileOfNoChain(t *testing.T) {
	text := brokenFiles(t)[slashingdb.MissingGenesisRoot]
	if out, _, err := repair(t, text, slashingdb.RepairOptions{}); fault.HintOf(err) == "" || out != "" {
		t.Errorf("%v %q", err, out)
	}
}

// Repair keeps every message, and with it what each key signed last.
func TestRepairKeepsEverything(t *testing.T) {
	eachDraw(t, func(t *testing.T, r *rand.Rand) {
		file := drawFile(t, r)
		out, _, err := repair(t, string(file), slashingdb.RepairOptions{})
		if err != nil {
			t.Fatal(err)
		}
		before, after := everything(t, file), everything(t, []byte(out))
		if fmt.Sprint(before) != fmt.Sprint(after) {
			t.Errorf("before %v\nafter  %v", before, after)
		}
	})
}

func TestInspect(t *testing.T) {
	key := testKey(t, 0)
	text := fileWith(entryWith(t, `{"slot":"320100","signing_root":"`+beacon.Root{1}.String()+`"}`,
		`{"source_epoch":"9999","target_epoch":"10000"},{"source_epoch":"9990","target_epoch":"9991"},{"source_epoch":"9990","target_epoch":"9992"},{"source_epoch":"10000","target_epoch":"10004"}`),
		entryWith(t, "", `{"source_epoch":"10000","target_epoch":"10001"}`))
	now := mainnet.Start(10004).Add(14*time.Minute + 30*time.Second)
	s, err := slashingdb.Inspect(ctx, strings.NewReader(text), slashingdb.InspectOptions{Chains: []slashingdb.Chain{mainnet}, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	if s.Network != "mainnet" || s.Version != 5 || s.Entries != 2 || s.Blocks != 1 || s.Attestations != 5 || s.Roots != (slashingdb.Share{With: 1, Without: 5}) || s.Bytes != int64(len(text)) {
		t.Errorf("%+v", s)
	}
	k := s.Keys[0]
	if k.Key != key.String() || k.Entries != 2 || *k.Last.Slot != 320100 || *k.Last.Source != 10000 || *k.Last.Target != 10004 || *k.Oldest.Source != 9990 || *k.Oldest.Target != 9991 {
		t.Errorf("%+v", k)
	}
	if expected := (slashingdb.Gaps{Count: 2, Epochs: 9, Widest: [2]beacon.Epoch{9993, 9999}}); *k.Gaps != expected {
		t.Errorf("gaps %+v", k.Gaps)
	}
	if k.Age != "14 min ago" || s.Age != k.Age {
		t.Errorf("age %q", k.Age)
	}
}

func TestAgeInWords(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	for age, expected := range map[time.Duration]string{
		0: "just now", 59 * time.Second: "just now", time.Minute: "1 min ago", 119 * time.Minute: "119 min ago", 2 * time.Hour: "2 h ago",
		47 * time.Hour: "47 h ago", 48 * time.Hour: "2 days ago", 100 * 24 * time.Hour: "3 months ago", 800 * 24 * time.Hour: "2 years ago",
		-5 * time.Minute: "in 5 min, by this clock",
	} {
		if got := slashingdb.AgeInWords(now.Add(-age), now); got != expected {
			t.Errorf("%s: %q, expected %q", age, got, expected)
		}
	}
	if got := slashingdb.AgeInWords(now, time.Time{}); got != "" {
		t.Errorf("without a clock: %q", got)
	}
}

// Gaps do not depend on the order of messages or entries.
func TestGapsInAnyOrder(t *testing.T) {
	eachDraw(t, func(t *testing.T, r *rand.Rand) {
		there, list := map[int]bool{}, []string{}
		for range 1 + r.IntN(30) {
			n := r.IntN(40)
			there[n] = true
			list = append(list, fmt.Sprintf(`{"source_epoch":"0","target_epoch":"%d"}`, n))
		}
		cut := r.IntN(len(list))
		text := fileWith(entryWith(t, "", strings.Join(list[:cut], ",")), entryWith(t, "", strings.Join(list[cut:], ",")))
		s, err := slashingdb.Inspect(ctx, strings.NewReader(text), slashingdb.InspectOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var expected slashingdb.Gaps
		for n, open := 0, -1; n < 41; n++ {
			if !there[n] {
				continue
			}
			if width := uint64(n - open - 1); open >= 0 && width > 0 {
				expected.Count++
				expected.Epochs += width
				if expected.Widest == ([2]beacon.Epoch{}) || width > uint64(expected.Widest[1]-expected.Widest[0])+1 {
					expected.Widest = [2]beacon.Epoch{beacon.Epoch(open + 1), beacon.Epoch(n - 1)}
				}
			}
			open = n
		}
		if *s.Keys[0].Gaps != expected {
			t.Errorf("got %+v, expected %+v of %v", *s.Keys[0].Gaps, expected, list)
		}
	})
}

func TestGapsOfTooManyRunsAreNotGuessed(t *testing.T) {
	var list []string
	for n := range 5000 {
		list = append(list, fmt.Sprintf(`{"source_epoch":"0","target_epoch":"%d"}`, 2*n))
	}
	s, err := slashingdb.Inspect(ctx, strings.NewReader(fileWith(entryWith(t, "", strings.Join(list, ",")))), slashingdb.InspectOptions{})
	if err != nil || s.Keys[0].Gaps != nil {
		t.Errorf("%+v %v", s.Keys[0].Gaps, err)
	}
}

func TestDiff(t *testing.T) {
	diff := func(a, b string) *slashingdb.DiffReport {
		t.Helper()
		d, err := slashingdb.Diff(ctx, strings.NewReader(a), strings.NewReader(b), slashingdb.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	one, two := `{"source_epoch":"1","target_epoch":"2"}`, `{"source_epoch":"2","target_epoch":"3"}`
	whole := fileWith(entryWith(t, `{"slot":"64"}`, one+","+two))
	spelled := "  " + strings.ReplaceAll(fileWith(entryWith(t, "", two), entryWith(t, `{"slot":"64"}`, one)), ",", " ,\n ")
	if d := diff(whole, spelled); !d.Same || d.Equal != 1 || len(d.Keys) != 0 {
		t.Errorf("the same, spelled otherwise: %+v", d)
	}
	if d := diff(whole, fileWith(entryWith(t, `{"slot":"64"}`, two))); d.Same || !d.Keys[0].Messages || d.Keys[0].Lower || d.Keys[0].Higher {
		t.Errorf("a message less: %+v", d.Keys)
	}
	if d := diff(whole, fileWith(entryWith(t, `{"slot":"65"}`, one))); !d.Keys[0].Lower || !d.Keys[0].Higher || d.Keys[0].Messages {
		t.Errorf("one lower, one higher: %+v", d.Keys)
	}
	if d := diff(whole, fileWith()); !d.Keys[0].Lower || d.Keys[0].Higher || d.Keys[0].Second != nil {
		t.Errorf("a key less: %+v", d.Keys)
	}
	if d := diff(whole, strings.Replace(whole, mainnetRoot.String(), beacon.Root{9}.String(), 1)); d.Same {
		t.Error("another chain is the same")
	}
}

// What Writer writes has the shape of the EIP's schema, and reads back.
func TestWriterKeepsTheSchema(t *testing.T) {
	eachDraw(t, func(t *testing.T, r *rand.Rand) {
		h, key := drawHistory(r), testKey(t, 0)
		var out bytes.Buffer
		w := slashingdb.NewWriter(&out, mainnetRoot)
		if err := w.History(key, h); err != nil {
			t.Fatal(err)
		}
		if err := w.Entry(testKey(t, 1)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		matchesSchema(t, out.Bytes())
		all := everything(t, out.Bytes())
		if got := all[key.String()]; fmt.Sprint(got) != fmt.Sprint(h) || len(all) != 2 {
			t.Errorf("wrote %v, read %v", h, all)
		}
	})
}

func TestWriterRefusesListsTwice(t *testing.T) {
	w := slashingdb.NewWriter(io.Discard, mainnetRoot)
	if err := w.Block(slashingdb.Block{}); err == nil {
		t.Error("a block without an entry")
	}
	w = slashingdb.NewWriter(io.Discard, mainnetRoot)
	for i, err := range []error{w.Entry(testKey(t, 0)), w.Attestation(slashingdb.Attestation{}), w.Block(slashingdb.Block{})} {
		if err != nil {
			t.Error(i, err)
		}
	}
	if err := w.Attestation(slashingdb.Attestation{}); err == nil || w.Close() == nil {
		t.Error("a list that stands twice")
	}
}

// A pair that is certain is named however many stand before it that may be one
// message twice.
func TestCertainPairsAreNotCrowdedOut(t *testing.T) {
	var votes []string
	for i := range 1100 {
		vote := fmt.Sprintf(`{"source_epoch":"%d","target_epoch":"%d"`, i, i+1)
		votes = append(votes, vote+"}", vote+fmt.Sprintf(`,"signing_root":"0x%064x"}`, i+1))
	}
	for _, root := range []int{1, 2} {
		votes = append(votes, fmt.Sprintf(`{"source_epoch":"5000","target_epoch":"5001","signing_root":"0x%064x"}`, root))
	}
	text := fileWith(entryWith(t, "", strings.Join(votes, ",")))
	a, err := slashingdb.Audit(ctx, strings.NewReader(text), slashingdb.ReadOptions{})
	if err != nil || a.Slashable != 1 || a.Possible != 1100 || len(a.Pairs) != 1001 || !a.Pairs[1000].Certain {
		t.Fatalf("%v: %d slashable, %d possible, %d listed", err, a.Slashable, a.Possible, len(a.Pairs))
	}
	files := []slashingdb.Input{{Name: "a", Reader: strings.NewReader(text)}}
	m, err := slashingdb.Merge(ctx, files, io.Discard, slashingdb.MergeOptions{KeepMessages: true})
	if err != nil || m.ConflictCount-m.PossibleCount != 1 || len(m.Conflicts) != 1001 {
		t.Fatalf("%v: %+v, %d listed", err, m.ConflictCount, len(m.Conflicts))
	}
}
