package slashingdb_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// The sixteen traps, each seen, that clients and scripts set to whoever moves
// a signing history: docs/slashing.md lists them by these numbers. Each test
// shows the trap on a file, that the tool finds it, and what closes it.

// dirk imports as Dirk does: an entry with one field older than what is known
// is dropped whole, else it replaces what is known; so entry by entry the last
// one wins, for all are compared with the state before the import.
func dirk(tb testing.TB, text string, known map[slashingdb.PublicKey]slashingdb.LastSigned) map[slashingdb.PublicKey]slashingdb.LastSigned {
	tb.Helper()
	after := map[slashingdb.PublicKey]slashingdb.LastSigned{}
	for key, l := range known {
		after[key] = l
	}
	h := &entries{}
	if _, err := slashingdb.Read(context.Background(), strings.NewReader(text), slashingdb.ReadOptions{}, h); err != nil {
		tb.Fatal(err)
	}
	for i, key := range h.keys {
		if h.last[i].Covers(known[key]) {
			after[key] = h.last[i]
		}
	}
	return after
}

// lodestar imports as Lodestar does: the lower bound of a key is that of the
// file that came last, and every message is kept.
type lodestar struct {
	lower    slashingdb.LastSigned
	messages slashingdb.History
}

func (l *lodestar) load(tb testing.TB, text string, key slashingdb.PublicKey) {
	tb.Helper()
	h := &entries{}
	if _, err := slashingdb.Read(context.Background(), strings.NewReader(text), slashingdb.ReadOptions{}, h); err != nil {
		tb.Fatal(err)
	}
	for i, k := range h.keys {
		if k == key {
			l.lower = h.least[i]
			l.messages = l.messages.After(h.blocks[i], h.votes[i])
		}
	}
}

// signs says whether it would sign an attestation.
func (l *lodestar) signs(source, target beacon.Epoch) bool {
	a := slashingdb.Attestation{Source: source, Target: target, Root: beacon.Root{9}, HasRoot: true}
	if source < l.lower.Source || target <= l.lower.Target {
		return false
	}
	for _, known := range l.messages.Attestations {
		if slashingdb.IsDoubleVote(known, a) || slashingdb.IsSurround(known, a) || slashingdb.IsSurround(a, known) {
			return false
		}
	}
	return true
}

// entries keeps a file entry by entry.
type entries struct {
	keys   []slashingdb.PublicKey
	last   []slashingdb.LastSigned
	least  []slashingdb.LastSigned
	blocks [][]slashingdb.Block
	votes  [][]slashingdb.Attestation
}

func (h *entries) Metadata(slashingdb.Metadata) error { return nil }

func (h *entries) Entry(key slashingdb.PublicKey, _ slashingdb.At) error {
	h.keys = append(h.keys, key)
	h.last, h.least = append(h.last, slashingdb.LastSigned{}), append(h.least, slashingdb.LastSigned{})
	h.blocks, h.votes = append(h.blocks, nil), append(h.votes, nil)
	return nil
}

func (h *entries) Block(b slashingdb.Block, _ slashingdb.At) error {
	i := len(h.keys) - 1
	h.last[i] = h.last[i].AfterBlock(b)
	h.blocks[i] = append(h.blocks[i], b)
	return nil
}

func (h *entries) Attestation(a slashingdb.Attestation, _ slashingdb.At) error {
	i := len(h.keys) - 1
	if !h.least[i].HasAttestation || a.Source < h.least[i].Source {
		h.least[i].Source = a.Source
	}
	if !h.least[i].HasAttestation || a.Target < h.least[i].Target {
		h.least[i].Target = a.Target
	}
	h.least[i].HasAttestation = true
	h.last[i] = h.last[i].AfterAttestation(a)
	h.votes[i] = append(h.votes[i], a)
	return nil
}

// TestTrap01LastEntryWinsInDirk: two entries of a key, the newer one first.
func TestTrap01LastEntryWinsInDirk(t *testing.T) {
	key := keyNumber(t, 1)
	text := file(
		entry{key.String(), block(9600500), vote(300010, 300011)},
		entry{key.String(), block(9600100), vote(299999, 300000)},
	)
	newest := last(9600500, 300010, 300011)
	if got := dirk(t, text, nil)[key]; got.Covers(newest) {
		t.Fatalf("the trap is not there: %+v", got)
	}
	wantFound(t, explain(t, text, slashingdb.Dirk, nil), 1, slashingdb.Danger, 1)
	out := writeTable(t, shaped(t, readTable(t, text), slashingdb.Dirk, nil))
	if got := dirk(t, out, nil)[key]; !got.Covers(newest) {
		t.Errorf("Dirk is left with %+v", got)
	}
	wantClosed(t, explain(t, out, slashingdb.Dirk, nil), 1, slashingdb.Danger)
}

// TestTrap02DirkDropsAnEntryWithOneOlderField: an older block beside newer
// attestations, for a key that Dirk knows.
func TestTrap02DirkDropsAnEntryWithOneOlderField(t *testing.T) {
	text := file(entry{keyNumber(t, 1).String(), block(100), vote(50, 51)})
	key := keyNumber(t, 1)
	over := tableOf(t, last(200, 10, 11))
	if got := dirk(t, text, over.Keys)[key]; got.Target != 11 {
		t.Fatalf("the trap is not there: %+v", got)
	}
	wantFound(t, explain(t, text, slashingdb.Dirk, over), 2, slashingdb.Danger, 1)
	wantFound(t, explain(t, text, slashingdb.Dirk, nil), 2, slashingdb.Note, 0)
	out := writeTable(t, shaped(t, readTable(t, text), slashingdb.Dirk, over))
	if got := dirk(t, out, over.Keys)[key]; !got.Covers(last(200, 50, 51)) {
		t.Errorf("Dirk is left with %+v", got)
	}
	wantClosed(t, explain(t, out, slashingdb.Dirk, over), 2, slashingdb.Danger)
}

// TestTrap03DirkLeavesEmptyListsOut: a key that never proposed has no
// signed_blocks, and four clients refuse the file.
func TestTrap03DirkLeavesEmptyListsOut(t *testing.T) {
	text := file(entry{keyNumber(t, 1).String(), "-", vote(1, 2)}, entry{keyNumber(t, 2).String(), block(5), "-"})
	for _, c := range []slashingdb.Client{slashingdb.Lighthouse, slashingdb.Teku, slashingdb.Nimbus, slashingdb.Lodestar} {
		if _, ok := finds(explain(t, text, c, nil), 3, slashingdb.Stops); !ok {
			t.Errorf("%s: not found", c)
		}
		out := writeTable(t, shaped(t, readTable(t, text), c, nil))
		wantClosed(t, explain(t, out, c, nil), 3, slashingdb.Stops)
	}
	check, err := slashingdb.Check(t.Context(), strings.NewReader(text), slashingdb.ReadOptions{})
	if err != nil || check.Valid || len(check.Deviations) != 2 {
		t.Errorf("check: %+v, %v", check, err)
	}
}

// TestTrap04PrysmBlacklistsARepeatWithoutRoot: what Prysm holds already must
// not come again without its root.
func TestTrap04PrysmBlacklistsARepeatWithoutRoot(t *testing.T) {
	keys := someKeys(t, 4)
	in, over := slashingdb.NewTable(&mainnetRoot), slashingdb.NewTable(&mainnetRoot)
	in.Keys[keys[0]], over.Keys[keys[0]] = last(100, 50, 51), rooted(100, 50, 51, 1) // the same, and its root lost
	in.Keys[keys[1]], over.Keys[keys[1]] = last(100, 51, 60), rooted(90, 40, 60, 1)  // the same target, another source
	in.Keys[keys[2]], over.Keys[keys[2]] = last(100, 50, 51), rooted(200, 40, 41, 1) // newer attestations alone
	in.Keys[keys[3]] = last(100, 50, 51)                                             // unknown to Prysm
	x := explain(t, writeTable(t, in), slashingdb.Prysm, over)
	if f, ok := finds(x, 4, slashingdb.Stops); !ok || f.Keys != 4 {
		t.Errorf("found: %+v", x.Findings)
	}
	for _, f := range x.Findings { // trap 7 calls what --over makes a danger
		if f.Trap == 4 && (strings.Contains(f.Do, "--over") || !strings.Contains(f.Do, "WITHOUT keys")) {
			t.Errorf("advice: %s", f.Do)
		}
	}
	out := shaped(t, in, slashingdb.Prysm, over)
	if _, there := out.Keys[keys[0]]; there {
		t.Error("a key that Prysm holds already comes again")
	}
	for key, l := range out.Keys {
		known := over.Keys[key]
		if l.HasBlock && known.HasBlock && l.Slot <= known.Slot {
			t.Errorf("slot %d comes upon slot %d", l.Slot, known.Slot)
		}
		if l.HasAttestation && known.HasAttestation && (l.Target <= known.Target || l.Source < known.Source) {
			t.Errorf("%d=>%d comes upon %d=>%d", l.Source, l.Target, known.Source, known.Target)
		}
		if !l.Raise(known).Covers(in.Keys[key]) {
			t.Errorf("%+v does not cover %+v", l, in.Keys[key])
		}
	}
}

// What stands one above the greatest number that a file may hold is refused.
func TestPrysmHasNoRoomAbove(t *testing.T) {
	key := keyNumber(t, 1)
	in, over := slashingdb.NewTable(&mainnetRoot), slashingdb.NewTable(&mainnetRoot)
	in.Keys[key], over.Keys[key] = last(1, 5, 6), last(1, 1, 1<<63-1)
	if _, _, err := slashingdb.Shape(in, slashingdb.Prysm, over); fault.KindOf(err) != fault.Refused {
		t.Error(err)
	}
}

// TestTrap05PrysmCannotExportAKeyWithoutBlocks: one such key, and the export
// of all fails.
func TestTrap05PrysmCannotExportAKeyWithoutBlocks(t *testing.T) {
	in := tableOf(t, last(-1, 1, 2), last(7, 1, 2))
	wantFound(t, explain(t, writeTable(t, in), slashingdb.Prysm, nil), 5, slashingdb.Stops, 1)
	out := shaped(t, in, slashingdb.Prysm, nil)
	for key, l := range out.Keys {
		if !l.HasBlock {
			t.Errorf("key %s still has no block", key)
		}
	}
	wantClosed(t, explain(t, writeTable(t, out), slashingdb.Prysm, nil), 5, slashingdb.Stops)
}

// TestTrap06PrysmNeedsADatabaseFirst: said before the import, and the guide
// says how to get one without signing.
func TestTrap06PrysmNeedsADatabaseFirst(t *testing.T) {
	text := file(entry{keyNumber(t, 1).String(), block(1), vote(0, 1)})
	for _, c := range []slashingdb.Client{slashingdb.Prysm, slashingdb.PrysmMinimal} {
		wantFound(t, explain(t, text, c, nil), 6, slashingdb.Note, 0)
	}
	if !strings.Contains(guide(t), "without keys") {
		t.Error("docs/migrate.md does not say how Prysm gets a database without signing")
	}
}

// TestTrap07TwoFilesLeaveAGap: a watermark, then an older file, and Lodestar
// signs between the two.
func TestTrap07TwoFilesLeaveAGap(t *testing.T) {
	key := keyNumber(t, 1)
	watermark := file(entry{key.String(), block(9616000), vote(300499, 300500)})
	older := file(entry{key.String(), block(9600000), vote(299999, 300000)})
	var db lodestar
	db.load(t, watermark, key)
	db.load(t, older, key)
	if !db.signs(300100, 300101) {
		t.Fatal("the trap is not there")
	}
	over := readTable(t, watermark)
	wantFound(t, explain(t, older, slashingdb.Lodestar, over), 7, slashingdb.Danger, 1)
	wantFound(t, explain(t, older, slashingdb.Prysm, over), 7, slashingdb.Danger, 1)
	out := writeTable(t, shaped(t, readTable(t, older), slashingdb.Lodestar, over))
	db = lodestar{}
	db.load(t, watermark, key)
	db.load(t, out, key)
	if db.signs(300100, 300101) || !db.signs(300500, 300501) {
		t.Error("the gap is open, or the key signs no more")
	}
	wantClosed(t, explain(t, out, slashingdb.Lodestar, over), 7, slashingdb.Danger)
}

// prysm is lodestar but for its lower bound, which is the least of all that it
// ever held.
type prysm struct{ lodestar }

func (p *prysm) load(tb testing.TB, text string, key slashingdb.PublicKey) {
	tb.Helper()
	before := p.lower
	p.lodestar.load(tb, text, key)
	if before.HasAttestation {
		p.lower.Source, p.lower.Target = min(p.lower.Source, before.Source), min(p.lower.Target, before.Target)
	}
}

// TestTrap07PrysmKeepsTheGap: no file on top of what Prysm holds closes it; one
// file with all of it in a new database does.
func TestTrap07PrysmKeepsTheGap(t *testing.T) {
	key := keyNumber(t, 1)
	held := file(entry{key.String(), block(9600000), vote(299999, 300000)})
	newer := file(entry{key.String(), block(9616000), vote(300499, 300500)})
	over := readTable(t, held)
	table, did, err := slashingdb.Shape(readTable(t, newer), slashingdb.Prysm, over)
	if err != nil {
		t.Fatal(err)
	}
	var db prysm
	db.load(t, held, key)
	db.load(t, writeTable(t, table), key)
	found, ok := finds(explain(t, writeTable(t, table), slashingdb.Prysm, over), 7, slashingdb.Danger)
	if !db.signs(300100, 300101) || !ok || strings.Contains(found.Do, "--over") || !strings.Contains(found.Do, "merge --for prysm") ||
		!strings.Contains(strings.Join(did.Notes, " "), "new database") {
		t.Errorf("the gap is not told of: %+v, %q", found, did.Notes)
	}
	both := readTable(t, held)
	if err := both.Merge(readTable(t, newer)); err != nil {
		t.Fatal(err)
	}
	out := writeTable(t, shaped(t, both, slashingdb.Prysm, nil))
	db = prysm{}
	db.load(t, out, key)
	if db.signs(300100, 300101) || db.signs(299998, 299999) || !db.signs(300500, 300501) {
		t.Error("the gap is open in a new database, or the key signs no more")
	}
}

// TestTrap08NoGenesisRoot: what Teku writes after its repair names no chain,
// and an empty database takes any.
func TestTrap08NoGenesisRoot(t *testing.T) {
	text := fileOf("", entry{keyNumber(t, 1).String(), block(1), vote(0, 1)})
	for _, c := range slashingdb.Clients() {
		wantFound(t, explain(t, text, c, nil), 8, slashingdb.Danger, 0)
		table := readTable(t, text)
		if _, _, err := slashingdb.Shape(table, c, nil); err == nil {
			t.Errorf("%s: shaped without a chain", c)
		}
		if err := table.Merge(slashingdb.NewTable(&mainnetRoot)); err != nil {
			t.Fatal(err)
		}
		wantClosed(t, explain(t, writeTable(t, shaped(t, table, c, nil)), c, nil), 8, slashingdb.Danger)
	}
	if err := readTable(t, text).Write(&bytes.Buffer{}); err == nil {
		t.Error("written without a chain")
	}
}

// TestTrap09ImportFailsWithExitCode0: a client that passed over keys and said
// nothing is caught by its own export.
func TestTrap09ImportFailsWithExitCode0(t *testing.T) {
	was := tableOf(t, last(10, 1, 2), last(20, 3, 4), last(30, 5, 6))
	for _, c := range []slashingdb.Client{slashingdb.Web3Signer, slashingdb.Nimbus, slashingdb.Teku} {
		wantFound(t, explain(t, writeTable(t, was), c, nil), 9, slashingdb.Note, 0)
	}
	export := tableOf(t, last(10, 1, 2), last(20, 3, 3)) // one lowered, one passed over
	check, err := slashingdb.VerifyImport(was, export)
	if err != nil || check.OK || check.Missing != 1 || check.Lowered != 1 || check.Held != 1 {
		t.Errorf("%+v, %v", check, err)
	}
	check, err = slashingdb.VerifyImport(was, tableOf(t, last(10, 1, 2), last(21, 3, 5), last(30, 5, 6), last(0, 0, 0)))
	if err != nil || !check.OK || check.Held != 3 || check.Extra != 1 {
		t.Errorf("%+v, %v", check, err)
	}
}

// TestTrap10KeymanagerAPITakesNoLargeFile: split makes files that fit.
func TestTrap10KeymanagerAPITakesNoLargeFile(t *testing.T) {
	key := keyNumber(t, 1)
	text := file(entry{key.String(), block(1), strings.TrimSuffix(strings.Repeat(vote(1, 2)+",\n", 40000), ",\n")})
	wantFound(t, explain(t, text, slashingdb.Lodestar, nil), 10, slashingdb.Note, 0)
	parts, err := slashingdb.SplitBySize(readTable(t, text), 1_000_000)
	if err != nil || len(parts) != 1 || len(parts[0].Data) > 1000 {
		t.Errorf("%d parts, %v", len(parts), err)
	}
	wantClosed(t, explain(t, string(parts[0].Data), slashingdb.Lodestar, nil), 10, slashingdb.Note)
}

// TestTrap11ScriptsGrepForKeys: keys in upper case, and files of several keys,
// are passed over by scripts that take the first file that matches.
func TestTrap11ScriptsGrepForKeys(t *testing.T) {
	keys := someKeys(t, 2)
	text := file(
		entry{"0x" + strings.ToUpper(keys[0].Hex()), block(1), vote(0, 1)},
		entry{keys[1].String(), block(2), vote(0, 1)},
	)
	wantFound(t, explain(t, text, slashingdb.Lighthouse, nil), 11, slashingdb.Stops, 0)
	table := readTable(t, text)
	if r := slashingdb.Cover(table, []slashingdb.Wanted{{Key: keys[0]}, {Key: keys[1]}}, mainnet, time.Time{}); !r.OK {
		t.Errorf("a key in upper case is not found: %+v", r)
	}
	parts, err := slashingdb.SplitByKey(table)
	if err != nil || len(parts) != 2 {
		t.Fatal(len(parts), err)
	}
	for _, p := range parts {
		if n := strings.Count(string(p.Data), "pubkey"); n != 1 || !strings.Contains(string(p.Data), p.Keys[0].String()) {
			t.Errorf("%s: %d keys", p.Name, n)
		}
	}
}

// TestTrap12PrysmTakesTheSquareOfTheHistory: found by the number of
// attestations, closed by one a key.
func TestTrap12PrysmTakesTheSquareOfTheHistory(t *testing.T) {
	var votes []string
	for epoch := range 20_000 {
		votes = append(votes, vote(epoch, epoch+1))
	}
	text := file(entry{keyNumber(t, 1).String(), block(1), strings.Join(votes, ",")})
	wantFound(t, explain(t, text, slashingdb.Prysm, nil), 12, slashingdb.Stops, 0)
	out := writeTable(t, shaped(t, readTable(t, text), slashingdb.Prysm, nil))
	wantClosed(t, explain(t, out, slashingdb.Prysm, nil), 12, slashingdb.Stops)
	if n := strings.Count(out, "target_epoch"); n != 1 {
		t.Errorf("%d attestations", n)
	}
}

// TestTrap13LongFilesTakeHours: the size of what is imported depends on the
// number of keys alone.
func TestTrap13LongFilesTakeHours(t *testing.T) {
	short := file(entry{keyNumber(t, 1).String(), block(1), vote(0, 1)})
	facts, err := slashingdb.ReadFacts(t.Context(), strings.NewReader(short), slashingdb.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	facts.Reading.Bytes = 1 << 30
	x, err := slashingdb.Explain(facts, slashingdb.Lighthouse, nil)
	if err != nil {
		t.Fatal(err)
	}
	wantFound(t, x, 13, slashingdb.Note, 0)
	long := file(entry{keyNumber(t, 1).String(), block(1), strings.TrimSuffix(strings.Repeat(vote(0, 1)+",", 5000), ",")})
	if a, b := writeTable(t, readTable(t, short)), writeTable(t, readTable(t, long)); a != b {
		t.Error("a long history is not minified to what a short one is")
	}
}

// TestTrap14RootsLostOnARoundTrip: a history comes back from a client that
// keeps no roots, and is merged with the one that has them.
func TestTrap14RootsLostOnARoundTrip(t *testing.T) {
	before, back := tableOf(t, rooted(100, 50, 51, 1)), tableOf(t, last(100, 50, 51))
	for _, tables := range [][2]*slashingdb.Table{{before, back}, {back, before}} {
		merged := slashingdb.NewTable(nil)
		for _, table := range tables {
			if err := merged.Merge(table); err != nil {
				t.Fatal(err)
			}
		}
		l := merged.Keys[keyNumber(t, 1)]
		if !l.Covers(last(100, 50, 51)) || !last(100, 50, 51).Covers(l) || l.HasAttestationRoot || l.HasBlockRoot {
			t.Errorf("merged: %+v", l)
		}
		if v := l.CheckAttestation(slashingdb.Attestation{Source: 51, Target: 52}); v != slashingdb.Sign {
			t.Errorf("the key stops signing: %s", v)
		}
	}
	if check, err := slashingdb.VerifyImport(before, back); err != nil || !check.OK {
		t.Errorf("a lost root is no lost protection: %+v, %v", check, err)
	}
}

// TestTrap15NewKeysHaveNoLowWatermark: raise makes a file for keys that no
// store knows, and says when they may sign.
func TestTrap15NewKeysHaveNoLowWatermark(t *testing.T) {
	text := file(entry{keyNumber(t, 1).String(), "", ""}, entry{keyNumber(t, 2).String(), block(1), vote(0, 1)})
	wantFound(t, explain(t, text, slashingdb.Web3Signer, nil), 15, slashingdb.Danger, 1)
	blockAlone := file(entry{keyNumber(t, 1).String(), block(1), ""}, entry{keyNumber(t, 2).String(), block(1), vote(0, 1)})
	wantFound(t, explain(t, blockAlone, slashingdb.Web3Signer, nil), 15, slashingdb.Danger, 1)
	table := readTable(t, text)
	mark, err := mainnet.EpochMark(400_000)
	if err != nil {
		t.Fatal(err)
	}
	r := table.RaiseTo([]slashingdb.PublicKey{keyNumber(t, 1), keyNumber(t, 3)}, mark, mainnet)
	if r.New != 1 || r.Raised != 1 || *r.Resume != 400_001 || !r.ResumeTime.Equal(mainnet.Start(400_001)) {
		t.Errorf("%+v", r)
	}
	out := writeTable(t, shaped(t, table, slashingdb.Web3Signer, nil))
	wantClosed(t, explain(t, out, slashingdb.Web3Signer, nil), 15, slashingdb.Danger)
	if got := readTable(t, out).Keys[keyNumber(t, 3)]; !got.Covers(mark) {
		t.Errorf("the unknown key has %+v", got)
	}
}

// TestTrap16NoGuide: nobody describes the move from local keys to a remote
// signer, nor what to do after a loss. docs/migrate.md does, for every client.
func TestTrap16NoGuide(t *testing.T) {
	text := guide(t)
	for _, c := range []string{"Lighthouse", "Prysm", "Teku", "Nimbus", "Lodestar", "Web3Signer", "Dirk", "ethkey's signer"} {
		if !strings.Contains(text, "\n## "+c+"\n") {
			t.Errorf("no section on %s", c)
		}
	}
	for _, section := range []string{"\n### Leaving", "\n### Entering"} {
		if n := strings.Count(text, section); n != 8 {
			t.Errorf("%d times %q, expected 8", n, strings.TrimSpace(section))
		}
	}
	for _, section := range []string{"\n## The history is lost\n", "\n## The checklist\n"} {
		if !strings.Contains(text, section) {
			t.Errorf("no section %q", strings.TrimSpace(section))
		}
	}
	wantFound(t, explain(t, file(entry{keyNumber(t, 1).String(), block(1), vote(0, 1)}), slashingdb.Web3Signer, nil), 16, slashingdb.Note, 0)
}

func guide(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(testkit.ModuleRoot(t), "docs", "migrate.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
