package slashingdb

import (
	"context"
	"io"

	"github.com/ethkey/ethkey/internal/fault"
)

// maxPairs bounds what a report lists of certain and of possible pairs; all are
// counted.
const maxPairs = 1000

// AuditReport lists the contradictions in a file.
type AuditReport struct {
	Keys         int64 `json:"keys"`
	Blocks       int64 `json:"blocks"`
	Attestations int64 `json:"attestations"`
	// Slashable counts pairs that are slashable, Possible those that may be
	// one message twice, since a signing root is missing.
	Slashable  int64       `json:"slashable"`
	Possible   int64       `json:"possible"`
	Pairs      []Pair      `json:"pairs"` // the first thousand of each sort
	Deviations []Deviation `json:"deviations"`
}

// Audit finds every message that contradicts another one of its key. A reader
// that can seek is read a second time where keys have several entries, and the
// memory then holds the messages of those keys, else those of one entry. Of a
// reader that cannot seek all messages are held.
func Audit(ctx context.Context, r io.Reader, o ReadOptions) (*AuditReport, error) {
	o.Version4 = true
	again, start, err := seeker(r)
	if err != nil {
		return nil, err
	}
	h := newAuditor(again != nil)
	reading, err := Read(ctx, r, o, h)
	if err != nil {
		return nil, err
	}
	h.endEntry()
	if again != nil && len(h.spread) > 0 {
		if err := h.second(ctx, again, start, o); err != nil {
			return nil, err
		}
	}
	h.endKeys()
	return h.report(reading), nil
}

// seeker returns r, and where it stands, if it can be read again.
func seeker(r io.Reader) (io.ReadSeeker, int64, error) {
	s, ok := r.(io.ReadSeeker)
	if !ok {
		return nil, 0, nil
	}
	start, err := s.Seek(0, io.SeekCurrent)
	if err != nil { // a pipe
		return nil, 0, nil
	}
	return s, start, nil
}

// auditor is the handler.
type auditor struct {
	byEntry bool // audit at the end of each entry, and note the keys that have several
	seen    map[PublicKey]bool
	store   messages
	search  pairs
	spread  map[PublicKey]*held // keys with several entries; without byEntry all keys
	entry   held
	key     PublicKey
	to      *held // nil: not wanted

	found  map[PublicKey][]Pair
	counts map[PublicKey]pairCount
	listed [2]int // possible and certain pairs
}

type pairCount struct{ slashable, possible int64 }

func newAuditor(byEntry bool) *auditor {
	h := &auditor{
		byEntry: byEntry, seen: map[PublicKey]bool{}, spread: map[PublicKey]*held{},
		found: map[PublicKey][]Pair{}, counts: map[PublicKey]pairCount{},
	}
	h.search = pairs{messages: &h.store}
	h.search.report = func(pair Pair) { h.found[h.search.key] = append(h.found[h.search.key], pair) }
	return h
}

// second collects the messages of the keys that have several entries.
func (h *auditor) second(ctx context.Context, r io.ReadSeeker, start int64, o ReadOptions) error {
	if _, err := r.Seek(start, io.SeekStart); err != nil {
		return fault.New(fault.Environment, "reading a second time: %w", err)
	}
	for key := range h.spread {
		h.forget(key)
	}
	h.byEntry = false
	_, err := Read(ctx, r, o, h)
	return err
}

// Metadata implements Handler.
func (h *auditor) Metadata(Metadata) error { return nil }

// Entry implements Handler.
func (h *auditor) Entry(key PublicKey, _ At) error {
	h.endEntry()
	h.key = key
	switch {
	case h.byEntry && h.seen[key]:
		h.spread[key] = new(held)
		h.to = nil
	case h.byEntry:
		h.to = &h.entry
	case len(h.seen) > 0: // the second reading
		h.to = h.spread[key]
	default:
		if h.spread[key] == nil {
			h.spread[key] = new(held)
		}
		h.to = h.spread[key]
	}
	if h.byEntry {
		h.seen[key] = true
	}
	return nil
}

// Block implements Handler.
func (h *auditor) Block(b Block, at At) error {
	if h.to != nil {
		h.store.addBlock(h.to, b, at, 0)
	}
	return nil
}

// Attestation implements Handler.
func (h *auditor) Attestation(a Attestation, at At) error {
	if h.to != nil {
		h.store.addAttestation(h.to, a, at, 0)
	}
	return nil
}

func (h *auditor) endEntry() {
	if h.byEntry {
		if h.to != nil {
			h.find(h.key, h.to)
		}
		h.entry.reset()
		h.store.reset()
	}
	h.to = nil
}

func (h *auditor) endKeys() {
	for _, key := range sortedKeys(h.spread) {
		h.find(key, h.spread[key])
	}
}

func (h *auditor) find(key PublicKey, messages *held) {
	h.search.room = [2]int{maxPairs - h.listed[0], maxPairs - h.listed[1]}
	h.search.find(key, messages)
	if h.search.slashable+h.search.possible > 0 {
		h.counts[key] = pairCount{h.search.slashable, h.search.possible}
		h.list(key, 1)
	}
}

// list counts the pairs of a key that are listed, and takes them off again.
func (h *auditor) list(key PublicKey, by int) {
	for _, pair := range h.found[key] {
		h.listed[count(pair.Certain)] += by
	}
}

// forget drops what was found in one entry of a key that has several.
func (h *auditor) forget(key PublicKey) {
	h.list(key, -1)
	delete(h.found, key)
	delete(h.counts, key)
}

func (h *auditor) report(reading *Reading) *AuditReport {
	a := &AuditReport{
		Keys: reading.Keys, Blocks: reading.Blocks, Attestations: reading.Attestations,
		Pairs: []Pair{}, Deviations: reading.Deviations,
	}
	for _, key := range sortedKeys(h.counts) {
		a.Slashable += h.counts[key].slashable
		a.Possible += h.counts[key].possible
		a.Pairs = append(a.Pairs, h.found[key]...)
	}
	return a
}
