package slashingdb

import (
	"context"
	"io"
	"time"

	"github.com/ethkey/ethkey/pkg/beacon"
)

// Summary is what a file holds.
type Summary struct {
	Version               int          `json:"version"`
	Minimal               bool         `json:"minimal,omitempty"` // of version 4
	Network               string       `json:"network,omitempty"` // by its genesis validators root
	GenesisValidatorsRoot string       `json:"genesis_validators_root,omitempty"`
	Bytes                 int64        `json:"bytes"`
	Entries               int64        `json:"entries"`
	Blocks                int64        `json:"blocks"`
	Attestations          int64        `json:"attestations"`
	Roots                 Share        `json:"signing_roots"`
	Newest                *time.Time   `json:"newest,omitempty"`
	Age                   string       `json:"-"`                     // of the newest, in words
	AgeSeconds            *int64       `json:"age_seconds,omitempty"` // of the newest; below 0 when it is to come
	Deviations            []Deviation  `json:"deviations"`
	Keys                  []KeySummary `json:"records"` // sorted
}

// Share says how many messages come with a signing root.
type Share struct {
	With    int64 `json:"with"`
	Without int64 `json:"without"`
}

// KeySummary is what a file holds of one key.
type KeySummary struct {
	Key          string     `json:"public_key"`
	Entries      int        `json:"entries"`
	Blocks       int64      `json:"blocks"`
	Attestations int64      `json:"attestations"`
	Roots        Share      `json:"signing_roots"`
	Last         Last       `json:"last"`
	Oldest       Last       `json:"oldest"` // the least of each field
	Gaps         *Gaps      `json:"gaps,omitempty"`
	Newest       *time.Time `json:"newest,omitempty"`
	Age          string     `json:"-"`
	AgeSeconds   *int64     `json:"age_seconds,omitempty"`
}

// Gaps are runs of target epochs without an attestation between the oldest and
// the newest. A client that keeps every message may sign inside them.
type Gaps struct {
	Count int `json:"count"`
	// Epochs is how many epochs lie in gaps.
	Epochs uint64 `json:"epochs"`
	// Widest is the first of the widest gaps: its first and last epoch.
	Widest [2]beacon.Epoch `json:"widest,omitzero"`
}

// InspectOptions say what Inspect compares with.
type InspectOptions struct {
	ReadOptions
	Chains []Chain
	Now    time.Time // the zero time tells no age
}

// Inspect sums a file up. It also reads version 4.
func Inspect(ctx context.Context, r io.Reader, o InspectOptions) (*Summary, error) {
	o.Version4 = true
	h := &inspector{keys: map[PublicKey]*keyState{}}
	reading, err := Read(ctx, r, o.ReadOptions, h)
	if err != nil {
		return nil, err
	}
	m := reading.Metadata
	s := &Summary{
		Version: m.Version, Minimal: m.Minimal, Bytes: reading.Bytes, Entries: reading.Entries,
		Blocks: reading.Blocks, Attestations: reading.Attestations, Deviations: reading.Deviations, Keys: []KeySummary{},
	}
	chain := FindChain(o.Chains, m.GenesisValidatorsRoot)
	s.Network = chain.Name
	if m.GenesisValidatorsRoot != nil {
		s.GenesisValidatorsRoot = m.GenesisValidatorsRoot.String()
	}
	for _, key := range sortedKeys(h.keys) {
		s.add(h.keys[key].summary(key, chain, o.Now))
	}
	if s.Newest != nil {
		s.Age, s.AgeSeconds = AgeInWords(*s.Newest, o.Now), ageInSeconds(*s.Newest, o.Now)
	}
	return s, nil
}

func (s *Summary) add(k KeySummary) {
	s.Keys = append(s.Keys, k)
	s.Roots.With += k.Roots.With
	s.Roots.Without += k.Roots.Without
	if k.Newest != nil && (s.Newest == nil || k.Newest.After(*s.Newest)) {
		s.Newest = k.Newest
	}
}

// keyState is what is kept of a key while the file goes by.
type keyState struct {
	entries      int
	blocks       int64
	attestations int64
	roots        Share
	last, oldest LastSigned
	targets      ranges
}

func (k *keyState) summary(key PublicKey, chain Chain, now time.Time) KeySummary {
	s := KeySummary{
		Key: key.String(), Entries: k.entries, Blocks: k.blocks, Attestations: k.attestations, Roots: k.roots,
		Last: lastOf(k.last), Oldest: lastOf(k.oldest), Gaps: k.targets.gaps(),
	}
	if newest, ok := chain.newest(k.last); ok {
		s.Newest = &newest
		s.Age, s.AgeSeconds = AgeInWords(newest, now), ageInSeconds(newest, now)
	}
	return s
}

// inspector is the handler.
type inspector struct {
	keys map[PublicKey]*keyState
	now  *keyState
}

// Metadata implements Handler.
func (h *inspector) Metadata(Metadata) error { return nil }

// Entry implements Handler.
func (h *inspector) Entry(key PublicKey, _ At) error {
	if h.now = h.keys[key]; h.now == nil {
		h.now = new(keyState)
		h.keys[key] = h.now
	}
	h.now.entries++
	return nil
}

// Block implements Handler.
func (h *inspector) Block(b Block, _ At) error {
	k := h.now
	k.blocks++
	k.roots.add(b.HasRoot)
	k.last.addBlock(&b)
	if !k.oldest.HasBlock || b.Slot < k.oldest.Slot {
		k.oldest.HasBlock, k.oldest.Slot = true, b.Slot
	}
	return nil
}

// Attestation implements Handler.
func (h *inspector) Attestation(a Attestation, _ At) error {
	k := h.now
	k.attestations++
	k.roots.add(a.HasRoot)
	k.last.addAttestation(&a)
	if o := &k.oldest; !o.HasAttestation {
		o.HasAttestation, o.Source, o.Target = true, a.Source, a.Target
	} else {
		o.Source, o.Target = min(o.Source, a.Source), min(o.Target, a.Target)
	}
	k.targets.add(uint64(a.Target))
	return nil
}

func (s *Share) add(with bool) {
	if with {
		s.With++
	} else {
		s.Without++
	}
}
