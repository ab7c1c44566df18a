// Package storetest is what every slashingdb.Store must pass. It is for tests:
// no command links it.
package storetest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// Harness makes the stores to be tested.
type Harness struct {
	// New makes an empty store.
	New func(t *testing.T, chain slashingdb.Chain, now func() time.Time) slashingdb.Store
	// Reopen closes a store and opens it again.
	Reopen func(t *testing.T, s slashingdb.Store) slashingdb.Store
	// Elsewhere closes a store and opens it as another machine would.
	Elsewhere func(t *testing.T, s slashingdb.Store) slashingdb.Store
	// Vectors returns a file of the published vectors, as testkit.Vectors does.
	Vectors func(t testing.TB, path string) []byte
	// Seed makes the races differ from run to run; it is printed.
	Seed uint64
}

// Run runs the suite.
func Run(t *testing.T, h Harness) {
	t.Logf("seed %d", h.Seed)
	for _, c := range []struct {
		name string
		test func(*suite)
	}{
		{"Interchange", interchange},
		{"InterchangeReversed", interchangeReversed},
		{"KeyWithoutRecordIsRefused", unknownKey},
		{"RulesOfTheMinimalForm", rules},
		{"DutiesOfACallFollowEachOther", batch},
		{"DecisionsOutliveTheProcess", durable},
		{"ImportRaisesAndNeverLowers", importRaises},
		{"ImportIsWholeOrNothing", importAtomic},
		{"ImportRefusesWhatIsNotOfThisChain", importChain},
		{"ImportRefusesTheFuture", importFuture},
		{"AdmitFresh", admitFresh},
		{"AdmitWithoutHistoryFences", admitNoHistory},
		{"AdmitReturned", admitReturned},
		{"DisableExportsTheLastWord", disable},
		{"DisableHoldsWhenTheExportCannotBeWritten", disableUnwritten},
		{"HighWatermark", highWatermark},
		{"RaiseNeverLowers", raise},
		{"ExportIsWhatImportTakes", exported},
		{"ClockMovedBackIsRefused", clockBack},
		{"AnotherMachineIsRefusedUntilItAdopts", adopt},
		{"ClosedStoreAnswersNothing", closed},
		{"RacingSignersNeverContradict", referee},
		{"NothingIsSignedAfterDisable", disableReferee},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &suite{T: t, h: h, clock: &clock{now: start}}
			c.test(s)
		})
	}
}

// chain is that of the tests: its genesis is 10,000 epochs before they begin.
var chain = slashingdb.Chain{
	Name: "test", GenesisValidatorsRoot: beacon.Root{0: 0xaa, 31: 0x55},
	GenesisTime: 1_600_000_000, SecondsPerSlot: 12, SlotsPerEpoch: 32,
}

var start = time.Unix(1_600_000_000+10_000*32*12, 0)

// The fence that stands at the start.
const (
	fenceEpoch = beacon.Epoch(10_002)
	fenceSlot  = beacon.Slot(10_003*32 - 1)
)

// clock is moved by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// suite is one test with its clock.
type suite struct {
	*testing.T
	h     Harness
	clock *clock
}

func (s *suite) new() slashingdb.Store { return s.newFor(chain) }

func (s *suite) newFor(c slashingdb.Chain) slashingdb.Store {
	s.Helper()
	store := s.h.New(s.T, c, s.clock.read)
	s.Cleanup(func() { _ = store.Close() })
	return store
}

// must ends the test on an error.
func (s *suite) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// refused wants an error, and of that kind unless it is nil.
func (s *suite) refused(what string, err, kind error) {
	s.Helper()
	if err == nil || kind != nil && !errors.Is(err, kind) {
		s.Errorf("%s: %v; expected a refusal (%v)", what, err, kind)
	}
}

// ask decides one duty.
func (s *suite) ask(store slashingdb.Store, d slashingdb.Duty) slashingdb.Verdict {
	s.Helper()
	v, err := store.Decide(context.Background(), []slashingdb.Duty{d})
	s.must(err)
	return v[0]
}

// expect decides one duty and wants a verdict.
func (s *suite) expect(store slashingdb.Store, d slashingdb.Duty, want slashingdb.Verdict) {
	s.Helper()
	if got := s.ask(store, d); got != want {
		s.Errorf("%s: %s; expected: %s", text(d), got, want)
	}
}

func text(d slashingdb.Duty) string {
	if d.Block != nil {
		return fmt.Sprintf("block %+v of key %.6x", *d.Block, d.Key.Bytes())
	}
	return fmt.Sprintf("attestation %+v of key %.6x", *d.Attestation, d.Key.Bytes())
}

// record returns the record of a key, which must be there.
func (s *suite) record(store slashingdb.Store, key slashingdb.PublicKey) slashingdb.Record {
	s.Helper()
	r, err := store.Records(context.Background(), []slashingdb.PublicKey{key})
	s.must(err)
	if len(r) != 1 || r[0].Key != key {
		s.Fatalf("%d records of key %.6x", len(r), key.Bytes())
	}
	return r[0]
}

func (s *suite) absent(store slashingdb.Store, key slashingdb.PublicKey) {
	s.Helper()
	r, err := store.Records(context.Background(), []slashingdb.PublicKey{key})
	s.must(err)
	if len(r) != 0 {
		s.Errorf("key %.6x has a record, and must not: %+v", key.Bytes(), r[0])
	}
}

func (s *suite) admit(store slashingdb.Store, keys ...slashingdb.PublicKey) {
	s.Helper()
	_, err := store.Admit(context.Background(), keys, slashingdb.Fresh)
	s.must(err)
}

// file writes an interchange file of the tests' chain.
func (s *suite) file(histories ...history) []byte { return s.fileOf(chain, histories...) }

func (s *suite) fileOf(c slashingdb.Chain, histories ...history) []byte {
	s.Helper()
	var out bytes.Buffer
	w := slashingdb.NewWriter(&out, c.GenesisValidatorsRoot)
	for _, h := range histories {
		s.must(w.LastSigned(h.key, h.last))
	}
	s.must(w.Close())
	return out.Bytes()
}

type history struct {
	key  slashingdb.PublicKey
	last slashingdb.LastSigned
}

func (s *suite) importFile(store slashingdb.Store, file []byte) *slashingdb.ImportReport {
	s.Helper()
	report, err := store.Import(context.Background(), bytes.NewReader(file), slashingdb.ImportOptions{Name: "file"})
	s.must(err)
	return report
}

// block and attestation are duties with a root, or with 0 without one.
func block(key slashingdb.PublicKey, slot beacon.Slot, root byte) slashingdb.Duty {
	return slashingdb.Duty{Key: key, Block: &slashingdb.Block{Slot: slot, Root: beacon.Root{root}, HasRoot: root != 0}}
}

func attestation(key slashingdb.PublicKey, source, target beacon.Epoch, root byte) slashingdb.Duty {
	return slashingdb.Duty{Key: key, Attestation: &slashingdb.Attestation{
		Source: source, Target: target, Root: beacon.Root{root}, HasRoot: root != 0,
	}}
}

// last is a history without roots.
func last(slot beacon.Slot, source, target beacon.Epoch) slashingdb.LastSigned {
	return slashingdb.LastSigned{HasBlock: true, Slot: slot, HasAttestation: true, Source: source, Target: target}
}

// Keys returns n public keys that are valid, as an interchange file must have
// them: multiples of the generator.
func Keys(t testing.TB, n int) []slashingdb.PublicKey {
	t.Helper()
	keys := make([]slashingdb.PublicKey, n)
	for i := range keys {
		scalar := make([]byte, 32)
		binary.BigEndian.PutUint64(scalar[24:], uint64(i+1))
		held, err := secret.From(scalar)
		if err != nil {
			t.Fatal(err)
		}
		sk, err := bls.SecretKeyFromBytes(held)
		held.Close()
		if err != nil {
			t.Fatal(err)
		}
		keys[i] = sk.PublicKey()
		sk.Close()
	}
	return keys
}
