package slashingdb

import (
	"context"
	"hash/maphash"
	"io"
)

// DiffReport compares what two files say, not how they say it: the order of
// entries and messages, white space and spelling do not matter.
type DiffReport struct {
	Same   bool      `json:"same"`
	Chains [2]string `json:"genesis_validators_roots"`
	Keys   []KeyDiff `json:"records"` // those that differ, sorted
	Equal  int       `json:"equal"`
}

// KeyDiff is a key of which the files say different things.
type KeyDiff struct {
	Key string `json:"public_key"`
	// First and Second are nil where a file has no entry of the key.
	First  *KeySide `json:"first"`
	Second *KeySide `json:"second"`
	// Lower: the second file would let the key sign what the first refuses.
	Lower bool `json:"lower"`
	// Higher: the first file would let the key sign what the second refuses.
	Higher bool `json:"higher"`
	// Messages: the last signed values are the same, other messages are not.
	Messages bool `json:"messages"`
}

// KeySide is one file's side.
type KeySide struct {
	Last         Last  `json:"last"`
	Blocks       int64 `json:"blocks"`
	Attestations int64 `json:"attestations"`
}

// Diff compares two files in memory that does not grow with them. Messages are
// compared by a hash that is drawn for each call; one that stands twice counts
// twice.
func Diff(ctx context.Context, first, second io.Reader, o ReadOptions) (*DiffReport, error) {
	o.Version4 = true
	seeds := [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}
	var sides [2]*diffHandler
	d := &DiffReport{Keys: []KeyDiff{}}
	for i, r := range []io.Reader{first, second} {
		sides[i] = &diffHandler{seeds: seeds, keys: map[PublicKey]*diffState{}}
		reading, err := Read(ctx, r, o, sides[i])
		if err != nil {
			return nil, err
		}
		if root := reading.Metadata.GenesisValidatorsRoot; root != nil {
			d.Chains[i] = root.String()
		}
	}
	all := map[PublicKey]bool{}
	for _, side := range sides {
		for key := range side.keys {
			all[key] = true
		}
	}
	for _, key := range sortedKeys(all) {
		d.add(key, sides[0].keys[key], sides[1].keys[key])
	}
	d.Same = d.Chains[0] == d.Chains[1] && len(d.Keys) == 0
	return d, nil
}

func (d *DiffReport) add(key PublicKey, a, b *diffState) {
	if a != nil && b != nil && *a == *b {
		d.Equal++
		return
	}
	k := KeyDiff{Key: key.String(), First: a.side(), Second: b.side()}
	var lastA, lastB LastSigned
	if a != nil {
		lastA = a.last
	}
	if b != nil {
		lastB = b.last
	}
	k.Lower, k.Higher = !lastB.Covers(lastA), !lastA.Covers(lastB)
	k.Messages = a != nil && b != nil && lastA == lastB
	d.Keys = append(d.Keys, k)
}

// diffState is what is kept of a key.
type diffState struct {
	last         LastSigned
	blocks       int64
	attestations int64
	sums         [2]uint64 // of the hashes of all messages: their order does not matter
}

func (s *diffState) side() *KeySide {
	if s == nil {
		return nil
	}
	return &KeySide{Last: lastOf(s.last), Blocks: s.blocks, Attestations: s.attestations}
}

// diffHandler is the handler.
type diffHandler struct {
	seeds [2]maphash.Seed
	keys  map[PublicKey]*diffState
	now   *diffState
}

// Metadata implements Handler.
func (h *diffHandler) Metadata(Metadata) error { return nil }

// Entry implements Handler.
func (h *diffHandler) Entry(key PublicKey, _ At) error {
	if h.now = h.keys[key]; h.now == nil {
		h.now = new(diffState)
		h.keys[key] = h.now
	}
	return nil
}

// Block implements Handler.
func (h *diffHandler) Block(b Block, _ At) error {
	h.now.blocks++
	h.now.last.addBlock(&b)
	for i, seed := range h.seeds {
		h.now.sums[i] += maphash.Comparable(seed, b)
	}
	return nil
}

// Attestation implements Handler.
func (h *diffHandler) Attestation(a Attestation, _ At) error {
	h.now.attestations++
	h.now.last.addAttestation(&a)
	for i, seed := range h.seeds {
		h.now.sums[i] += maphash.Comparable(seed, a)
	}
	return nil
}
