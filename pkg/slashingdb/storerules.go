package slashingdb

import (
	"bytes"
	"context"
	"io"
	"math/bits"
	"slices"
	"time"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/network"
)

// What every store does to its records, apart from how it keeps them.

// fenceEpochs is how far ahead of the clock a fence stands: further than a
// client signs, and than two clocks differ.
const fenceEpochs = 2

// Check refuses a duty that is not one block or one attestation.
func (d Duty) Check() error {
	if (d.Block == nil) == (d.Attestation == nil) {
		return fault.New(fault.Usage, "a duty for key %s: expected a block or an attestation, and one of them", d.Key)
	}
	return nil
}

// Decide answers a duty from the key's record, nil where there is none. With
// Sign it also returns what to record before anything is signed.
func (r *Record) Decide(d Duty, mark *HighWatermark) (Verdict, LastSigned) {
	switch {
	case r == nil:
		return NoRecord, LastSigned{}
	case r.Disabled:
		return KeyDisabled, r.LastSigned
	case mark != nil && mark.stops(d):
		return AboveHighWatermark, r.LastSigned
	case d.beyond():
		return Undecided, r.LastSigned
	case d.Block != nil:
		v := r.CheckBlock(*d.Block)
		if v == Sign {
			return v, r.AfterBlock(*d.Block)
		}
		return v, r.LastSigned
	case d.Attestation != nil:
		v := r.CheckAttestation(*d.Attestation)
		if v == Sign {
			return v, r.AfterAttestation(*d.Attestation)
		}
		return v, r.LastSigned
	}
	return Undecided, r.LastSigned
}

// beyond: what no interchange file can say must not come to stand in a record,
// and no chain has reached.
func (d Duty) beyond() bool {
	return d.Block != nil && d.Block.Slot > greatest ||
		d.Attestation != nil && max(d.Attestation.Source, d.Attestation.Target) > greatest
}

func (m HighWatermark) stops(d Duty) bool {
	return d.Block != nil && d.Block.Slot >= m.Slot || d.Attestation != nil && d.Attestation.Target >= m.Epoch
}

// Admit returns the record of a key that is let in; r is nil where there is
// none.
func (r *Record) Admit(key PublicKey, how Admission, fence Fence) (Record, error) {
	next := Record{Key: key}
	if r != nil {
		next = *r
	}
	switch how {
	case Fresh:
		if r != nil {
			return next, fault.New(fault.Refused, "key %s is not fresh: this store has a record of it", key).
				WithHint("if its history is elsewhere, import that; if it is lost, admit the key without history")
		}
	case NoHistory:
		next.LastSigned = next.Raise(fence.LastSigned())
	case Returned:
		if r == nil || !r.Disabled {
			return next, fault.New(fault.Refused, "key %s was not disabled here", key)
		}
		if !r.Covered {
			return next, fault.New(fault.Refused, "nothing was imported for key %s since it was disabled", key).
				WithHint("import the history that the other signer exports; if that is lost, admit the key without history")
		}
	default:
		return next, fault.New(fault.Usage, "admission %q; expected %s, %s or %s", how, Fresh, NoHistory, Returned)
	}
	next.Disabled, next.Covered = false, false
	return next, nil
}

// Disable returns the record of a key that is handed over.
func (r Record) Disable() Record {
	r.Disabled, r.Covered = true, false
	return r
}

// Cover returns the record with a history raised into it; r is nil where there
// is none.
func (r *Record) Cover(key PublicKey, history LastSigned) Record {
	if r == nil {
		return Record{Key: key, LastSigned: history}
	}
	next := *r
	next.LastSigned = r.Raise(history)
	next.Covered = r.Disabled
	return next
}

// Add counts a key of which the record before (nil where there was none)
// becomes next.
func (r *ImportReport) Add(before *Record, next Record) {
	k := KeyReport{Key: next.Key, After: next.LastSigned, New: before == nil, Disabled: next.Disabled}
	switch {
	case before == nil:
		r.New++
	case before.LastSigned == next.LastSigned:
		r.Unchanged++
	default:
		r.Raised++
	}
	if before != nil {
		k.Before = before.LastSigned
	}
	if next.Disabled {
		r.Disabled++
	}
	r.Keys = append(r.Keys, k)
}

// SortKeys sorts keys as bytes and drops the repeated.
func SortKeys(keys []PublicKey) []PublicKey {
	sorted := slices.Clone(keys)
	slices.SortFunc(sorted, CompareKeys)
	return slices.Compact(sorted)
}

// CompareKeys orders keys as bytes.
func CompareKeys(a, b PublicKey) int { return bytes.Compare(a.Bytes(), b.Bytes()) }

// ChainOf returns what a store keeps of a network.
func ChainOf(n network.Network) (Chain, error) {
	if n.GenesisValidatorsRoot == nil {
		return Chain{}, fault.New(fault.Refused, "the genesis validators root of %s is not known", n.Name).
			WithHint("name it with a custom chain file")
	}
	c := Chain{
		Name: n.Name, GenesisValidatorsRoot: *n.GenesisValidatorsRoot,
		GenesisTime: n.GenesisTime, SecondsPerSlot: n.SecondsPerSlot, SlotsPerEpoch: n.SlotsPerEpoch,
	}
	return c, c.Check()
}

// Check refuses a chain whose times are not known.
func (c Chain) Check() error {
	if c.SecondsPerSlot == 0 || c.SlotsPerEpoch == 0 || c.GenesisTime == 0 {
		return fault.New(fault.Refused, "the genesis time, the seconds of a slot or the slots of an epoch are not known").
			WithHint("name them with a custom chain file")
	}
	return nil
}

// SlotAt returns the slot of a moment, 0 before genesis.
func (c Chain) SlotAt(t time.Time) beacon.Slot {
	if t.Unix() < 0 || uint64(t.Unix()) < c.GenesisTime {
		return 0
	}
	return beacon.Slot((uint64(t.Unix()) - c.GenesisTime) / c.SecondsPerSlot)
}

// EpochAt returns the epoch of a moment, 0 before genesis.
func (c Chain) EpochAt(t time.Time) beacon.Epoch {
	return beacon.Epoch(uint64(c.SlotAt(t)) / c.SlotsPerEpoch)
}

// FirstSlot returns the first slot of an epoch; an epoch beyond what a slot
// number can say gives the greatest.
func (c Chain) FirstSlot(e beacon.Epoch) beacon.Slot {
	high, slot := bits.Mul64(uint64(e), c.SlotsPerEpoch)
	if high != 0 {
		return beacon.Slot(1<<64 - 1)
	}
	return beacon.Slot(slot)
}

// Start returns the moment at which an epoch begins, for epochs that a clock
// can tell; else the zero time.
func (c Chain) Start(e beacon.Epoch) time.Time {
	high, seconds := bits.Mul64(uint64(c.FirstSlot(e)), c.SecondsPerSlot)
	if high != 0 || seconds > 1<<40 {
		return time.Time{}
	}
	return time.Unix(int64(c.GenesisTime+seconds), 0).UTC()
}

// FenceAt returns the fence of a moment: the end of the second epoch after the
// current one.
func (c Chain) FenceAt(t time.Time) Fence {
	epoch := c.EpochAt(t) + fenceEpochs
	return Fence{Epoch: epoch, Slot: c.FirstSlot(epoch+1) - 1, Until: c.Start(epoch + 1)}
}

// LastSigned returns the fence as a history: nothing below it is signed. The
// source is raised too, for an attestation could else surround one that was
// signed elsewhere.
func (f Fence) LastSigned() LastSigned {
	return LastSigned{HasBlock: true, Slot: f.Slot, HasAttestation: true, Source: f.Epoch, Target: f.Epoch}
}

// CheckClock refuses a clock that is behind what the store saw of it: a fence
// set by such a clock would stand too low.
func (c Chain) CheckClock(now, seen time.Time) error {
	slack := time.Duration(c.SecondsPerSlot) * time.Second
	if now.Add(slack).Before(seen) {
		return fault.New(fault.Environment, "the clock says %s, but this store was used at %s", clockText(now), clockText(seen)).
			WithHint("set the clock; 'ethkey doctor' looks at it. If it was the earlier time that was wrong, make a new store and import into it")
	}
	return nil
}

func clockText(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// futureSlack is how far ahead of the clock a history may be before it is
// taken for a mistake.
const futureSlack = 24 * time.Hour

// CheckFuture refuses a history that lies more than a day ahead of the clock:
// imported, it would silence the key for good.
func (c Chain) CheckFuture(key PublicKey, history LastSigned, now time.Time) error {
	slot, epoch := c.SlotAt(now.Add(futureSlack)), c.EpochAt(now.Add(futureSlack))
	switch {
	case history.HasBlock && history.Slot > slot:
		return c.future("slot %d of a block of key %s", uint64(history.Slot), key, now)
	case history.HasAttestation && history.Target > epoch:
		return c.future("target epoch %d of an attestation of key %s", uint64(history.Target), key, now)
	case history.HasAttestation && history.Source > epoch:
		return c.future("source epoch %d of an attestation of key %s", uint64(history.Source), key, now)
	}
	return nil
}

func (c Chain) future(format string, value uint64, key PublicKey, now time.Time) error {
	return fault.New(fault.Refused, format+" lies more than a day after now, %s", value, key, clockText(now)).
		WithHint("is the clock right, and is the file? What a store has taken it never lowers; to import it all the same use --allow-future")
}

// Foreign is the refusal of a store that another machine used.
func Foreign(name string) error {
	f := fault.New(fault.Refused, "%s belongs to another machine, or is a copy", name).
		WithHint("find the original: what it signed since is not here. If it is gone for good and nothing else signs with these keys, 'ethkey signer store adopt' makes this one the machine's own; all keys then wait for more than two epochs")
	f.Err = ErrForeign
	return f
}

// CheckAll refuses unless records has one for each of keys; nil asks for none.
func CheckAll(records []Record, keys []PublicKey) error {
	known := make(map[PublicKey]bool, len(records))
	for _, r := range records {
		known[r.Key] = true
	}
	for _, key := range keys {
		if !known[key] {
			return fault.New(fault.Refused, "the store has no record of key %s", key)
		}
	}
	return nil
}

// WriteRecords writes records as an interchange file.
func WriteRecords(w io.Writer, genesisValidatorsRoot beacon.Root, records []Record) error {
	out := NewWriter(w, genesisValidatorsRoot)
	for _, r := range records {
		if err := out.LastSigned(r.Key, r.LastSigned); err != nil {
			return err
		}
	}
	return out.Close()
}

// ReadHistory reads what an import raises records to, from a file of this
// chain. Nothing of a file that has a fault is taken.
func (c Chain) ReadHistory(ctx context.Context, r io.Reader, now time.Time, o ImportOptions) (*Table, error) {
	table, _, err := ReadTable(ctx, r, ReadOptions{GenesisValidatorsRoot: &c.GenesisValidatorsRoot, NeedRoot: true})
	if err != nil {
		return nil, in(o.Name, err)
	}
	if o.AllowFuture {
		return table, nil
	}
	for _, key := range table.Sorted() {
		if err := c.CheckFuture(key, table.Keys[key], now); err != nil {
			return nil, in(o.Name, err)
		}
	}
	return table, nil
}

// in names the file that an error is about.
func in(name string, err error) error {
	if name == "" {
		return err
	}
	return fault.New(fault.KindOf(err), "%s: %w", name, err)
}
