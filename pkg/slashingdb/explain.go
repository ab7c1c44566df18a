package slashingdb

import (
	"context"
	"fmt"
	"io"
)

// Gravity says how much a trap matters.
type Gravity string

// The gravities.
const (
	Danger Gravity = "danger" // the client could sign what the key must not
	Stops  Gravity = "stops"  // the import fails, or the key stops signing
	Note   Gravity = "note"   // what to know and to do in any case
)

// Finding is a trap that a client sets to a file.
type Finding struct {
	Trap     int      `json:"trap"` // its number in docs/slashing.md
	Gravity  Gravity  `json:"gravity"`
	Keys     int      `json:"keys,omitempty"`
	Examples []string `json:"examples,omitempty"` // the first keys
	What     string   `json:"what"`
	Do       string   `json:"do"`
}

// Explanation is what a client would make of a file.
type Explanation struct {
	Client   Client    `json:"client"`
	Keys     int       `json:"keys"`
	Findings []Finding `json:"findings"`
}

// Facts is what Explain needs to know of a file.
type Facts struct {
	Table   *Table
	Reading *Reading

	perKey map[PublicKey]*keyFacts
}

type keyFacts struct {
	entries      int
	attestations int64
	lastEntry    LastSigned // the greatest values of the last entry alone
}

// ReadFacts reads a file for Explain.
func ReadFacts(ctx context.Context, r io.Reader, o ReadOptions) (*Facts, error) {
	h := &factsHandler{tableHandler: tableHandler{table: NewTable(nil)}, perKey: map[PublicKey]*keyFacts{}}
	reading, err := Read(ctx, r, o, h)
	if err != nil {
		return nil, err
	}
	h.flush()
	return &Facts{Table: h.table, Reading: reading, perKey: h.perKey}, nil
}

type factsHandler struct {
	tableHandler
	perKey map[PublicKey]*keyFacts
	now    *keyFacts
}

// Entry implements Handler.
func (h *factsHandler) Entry(key PublicKey, at At) error {
	if h.now = h.perKey[key]; h.now == nil {
		h.now = &keyFacts{}
		h.perKey[key] = h.now
	}
	h.now.entries++
	h.now.lastEntry = LastSigned{}
	return h.tableHandler.Entry(key, at)
}

// Block implements Handler.
func (h *factsHandler) Block(b Block, at At) error {
	h.now.lastEntry = h.now.lastEntry.AfterBlock(b)
	return h.tableHandler.Block(b, at)
}

// Attestation implements Handler.
func (h *factsHandler) Attestation(a Attestation, at At) error {
	h.now.lastEntry = h.now.lastEntry.AfterAttestation(a)
	h.now.attestations++
	return h.tableHandler.Attestation(a, at)
}

// Explain names the traps of a client for this file. The client's own export,
// over, is nil where it has none or it is not known.
func Explain(f *Facts, c Client, over *Table) (*Explanation, error) {
	if over != nil {
		if err := sameChain(f.Table, over); err != nil {
			return nil, err
		}
	}
	e := &explainer{Facts: f, client: c, over: over, out: &Explanation{Client: c, Keys: len(f.Table.Keys), Findings: []Finding{}}}
	e.everyClient()
	switch c {
	case Dirk:
		e.dirk()
	case Prysm:
		e.prysm()
	}
	e.messages()
	e.size()
	e.habits()
	return e.out, nil
}

type explainer struct {
	*Facts
	client Client
	over   *Table
	out    *Explanation
}

func (e *explainer) add(trap int, g Gravity, what, do string) {
	e.out.Findings = append(e.out.Findings, Finding{Trap: trap, Gravity: g, What: what, Do: do})
}

// keys adds a finding if there are keys to which it applies.
func (e *explainer) keys(trap int, g Gravity, what, do string, applies func(key PublicKey, l LastSigned) bool) {
	f := Finding{Trap: trap, Gravity: g, What: what, Do: do}
	for _, key := range e.Table.Sorted() {
		if !applies(key, e.Table.Keys[key]) {
			continue
		}
		if f.Keys++; f.Keys <= 3 {
			f.Examples = append(f.Examples, key.String())
		}
	}
	if f.Keys > 0 {
		e.out.Findings = append(e.out.Findings, f)
	}
}

func (e *explainer) deviates(names ...Mending) bool {
	for _, d := range e.Reading.Deviations {
		for _, name := range names {
			if d.Name == name {
				return true
			}
		}
	}
	return false
}

func (e *explainer) shape() string {
	return fmt.Sprintf("ethkey slashing minify --for %s FILE", e.client)
}

// everyClient has what does not depend on the client, or only on how strictly
// it reads.
func (e *explainer) everyClient() {
	if e.Table.GenesisValidatorsRoot == nil {
		what := "the file names no chain"
		if e.client == Prysm || e.client == PrysmMinimal || e.client == Nimbus || e.client == Web3Signer {
			what += "; an empty database of " + e.client.Label() + " takes whatever a file names for its own"
		}
		e.add(8, Danger, what, "ethkey slashing minify --chain NETWORK --for "+string(e.client)+" FILE")
	}
	e.keys(15, Danger, "hold no attestation: to the client they are keys that never attested",
		"raise them, unless they were never used: ethkey slashing raise --to now+2 --public-keys KEYS FILE",
		func(_ PublicKey, l LastSigned) bool { return !l.HasAttestation })
	e.keys(15, Danger, fmt.Sprintf("hold a number above %d, which %s reads as another", e.client.greatest(), e.client.Label()),
		"look at the entry: ethkey slashing check FILE",
		func(key PublicKey, l LastSigned) bool { return fits(e.client, key, l) != nil })
	strict := e.client == Lighthouse || e.client == Teku || e.client == Nimbus || e.client == Lodestar
	if strict && e.deviates(MissingBlocks, MissingAttestations) {
		e.add(3, Stops, e.client.Label()+" refuses the whole file: an entry lacks one of its lists, as Dirk writes it",
			"ethkey slashing repair FILE, or "+e.shape())
	}
	if e.deviates(UpperCaseHex) {
		what := "keys or roots in upper case: scripts that look for a key with grep pass it over"
		if e.client == Dirk {
			what += ", and Dirk compares the genesis_validators_root as text"
		}
		e.add(11, Stops, what, "ethkey slashing repair FILE, or "+e.shape())
	}
	if (e.client == Lighthouse || e.client == Nimbus || e.client == Web3Signer) && e.deviates(UnknownMember) {
		e.add(9, Stops, "a member that the EIP does not know: "+e.client.Label()+" refuses it", "ethkey slashing repair FILE, or "+e.shape())
	}
}

// dirk keeps the last entry of a key, and drops an entry whole when one of its
// fields is older than what it has.
func (e *explainer) dirk() {
	e.keys(1, Danger, "have several entries, and the last one is older: Dirk would keep that one", e.shape(),
		func(key PublicKey, l LastSigned) bool { return !e.perKey[key].lastEntry.Covers(l) })
	do := e.shape() + " --over EXPORT"
	if e.over == nil {
		e.add(2, Note, "if Dirk knows a key already and has one newer field, it drops the whole entry with the others; give its export with --over to see", do)
		return
	}
	e.keys(2, Danger, "hold one field that is older than Dirk's and one that is newer: Dirk would drop both", do,
		func(key PublicKey, l LastSigned) bool {
			known, there := e.over.Keys[key]
			return there && !l.Covers(known) && !known.Covers(l)
		})
}

// prysm has the traps of its complete database.
// newPrysm gives Prysm a database for one import: its lower bound is the least of
// all that a database ever held, so no file lifts it, and with keys but without
// a history it signs.
const newPrysm = "give it a new database: stop Prysm, export, move validator.db away, let it run once WITHOUT keys (an empty wallet folder), stop it, and import once what this makes: ethkey slashing merge --for prysm FILE EXPORT"

func (e *explainer) prysm() {
	const empty = "import once, into a database that never saw the keys; or use Prysm's minimal database"
	do := empty + "; over its own history: " + newPrysm
	e.keys(4, Stops, "hold a last message without a root: importing it a second time makes Prysm blacklist the key, and it stops signing", do,
		func(_ PublicKey, l LastSigned) bool {
			return l.HasBlock && !l.HasBlockRoot || l.HasAttestation && !l.HasAttestationRoot
		})
	if e.over != nil {
		e.keys(4, Stops, "repeat a slot or a target that Prysm holds, without the same root: it would blacklist them", newPrysm,
			func(key PublicKey, l LastSigned) bool { return repeats(l, e.over.Keys[key]) })
	}
	e.keys(5, Stops, "hold no block: once imported, Prysm's export of all keys fails with \"No slashing protection data was found\"", e.shape(),
		func(_ PublicKey, l LastSigned) bool { return !l.HasBlock })
	seconds := 0.0
	for _, k := range e.perKey {
		seconds += 26 * float64(k.attestations) / 10_000 * float64(k.attestations) / 10_000
	}
	if seconds > 60 {
		e.add(12, Stops, fmt.Sprintf("Prysm compares each attestation with every other: about %.0f minutes of one processor", seconds/60), e.shape())
	}
}

// repeats says whether a file holds a slot or a target that a database holds,
// and not provably the same message.
func repeats(l, known LastSigned) bool {
	block := l.HasBlock && known.HasBlock && l.Slot == known.Slot && !sameRoot(l.BlockRoot, l.HasBlockRoot, known.BlockRoot, known.HasBlockRoot)
	vote := l.HasAttestation && known.HasAttestation && l.Target == known.Target &&
		!sameRoot(l.AttestationRoot, l.HasAttestationRoot, known.AttestationRoot, known.HasAttestationRoot)
	return block || vote
}

// messages has the trap of clients that keep single messages: what lies
// between two histories counts as never signed.
func (e *explainer) messages() {
	if !e.client.keepsMessages() {
		return
	}
	do := e.shape() + " --over EXPORT, and import that"
	if e.client == Prysm {
		do = newPrysm
	}
	if e.over == nil {
		e.add(7, Note, e.client.Label()+" signs what lies between two histories: a file on top of an older or newer one leaves a gap; give its export with --over to see", do)
		return
	}
	e.keys(7, Danger, "are known to "+e.client.Label()+" with another history: it would sign in the gap between the two", do,
		func(key PublicKey, l LastSigned) bool {
			known, there := e.over.Keys[key]
			return there && (known.HasBlock || known.HasAttestation) && (!l.Covers(known) || !known.Covers(l))
		})
}

// size has what long files run into.
func (e *explainer) size() {
	const mega = 1_000_000
	megabytes := e.Reading.Bytes / mega
	if e.Reading.Bytes > 1*mega && e.client != Dirk {
		e.add(10, Note, fmt.Sprintf("%d MB is more than a keymanager API may take in one request", megabytes),
			"ethkey slashing split --max-bytes 1000000 --folder FOLDER FILE")
	}
	if e.Reading.Bytes > 100*mega && e.client != Teku && e.client != PrysmMinimal {
		e.add(13, Note, fmt.Sprintf("%d MB: imports of such files took hours, or all memory", megabytes), e.shape())
	}
}

// habits has what a client does with any file.
func (e *explainer) habits() {
	if e.client == Prysm || e.client == PrysmMinimal {
		e.add(6, Note, "without a database Prysm has \"nothing to import\" into: it must have run once before",
			"let it run once without keys, then stop it; never with the keys before the import")
	}
	if e.client == Web3Signer || e.client == Nimbus || e.client == Teku {
		e.add(9, Note, e.client.Label()+" goes on after a key that it cannot import, and ends with exit code 0",
			"export afterwards: ethkey slashing verify-import FILE EXPORT")
	}
	e.add(16, Note, "the steps of leaving and entering "+e.client.Label()+" are in docs/migrate.md", "stop the old side, prove that it is stopped, then import, verify, start")
}
