package slashingdb

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"slices"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
)

// Input is a file to merge.
type Input struct {
	Name   string
	Reader io.Reader
}

// MergeOptions say how to merge.
type MergeOptions struct {
	ReadOptions
	// KeepMessages writes the union of all messages; otherwise the greatest
	// values of each key are written, in memory that does not grow with the
	// files.
	KeepMessages bool
	// CompareAll holds all messages to find every conflict among them, as
	// KeepMessages does anyway.
	CompareAll bool
	// Refuse, where it is set, looks at what was found before anything is
	// written.
	Refuse func(*MergeReport) error
}

// comparedAtMost bounds the messages that are held to be compared alone, so
// that memory stays flat.
const comparedAtMost = 1 << 16

// MergeReport says what was merged.
type MergeReport struct {
	Files        []MergedFile `json:"files"`
	Keys         int          `json:"keys"`
	Blocks       int64        `json:"blocks"`       // written
	Attestations int64        `json:"attestations"` // written
	// Conflicts are pairs of contradicting messages, the first thousand: a
	// sign of a key that lived twice. Unless all messages were compared, there
	// may be others among those before the last ones of each file.
	Conflicts     []Pair `json:"conflicts"`
	ConflictCount int64  `json:"conflict_count"`
	// PossibleCount are those of them that may be one message twice, since a
	// signing root is missing.
	PossibleCount int64 `json:"possible_count"`
	AllCompared   bool  `json:"all_compared"`
}

// MergedFile is one of the files.
type MergedFile struct {
	Name         string      `json:"file"`
	Keys         int64       `json:"keys"`
	Blocks       int64       `json:"blocks"`
	Attestations int64       `json:"attestations"`
	Deviations   []Deviation `json:"deviations"`
}

// Merge writes one file that refuses everything that any of the files refuses.
// It is the same whatever the order of the files, and merging a file with
// itself adds nothing. All must name the same chain. Nothing is written before
// all files were read.
func Merge(ctx context.Context, files []Input, w io.Writer, o MergeOptions) (*MergeReport, error) {
	if len(files) == 0 {
		return nil, fault.New(fault.Usage, "no file to merge")
	}
	m := &merger{union: map[PublicKey]*held{}, marks: NewTable(nil), report: MergeReport{Conflicts: []Pair{}, AllCompared: true}}
	m.limited = !o.KeepMessages && !o.CompareAll
	o.NeedRoot = true
	for i, file := range files {
		m.names = append(m.names, file.Name)
		if err := m.read(ctx, file, int32(i), o); err != nil {
			return nil, err
		}
		if o.GenesisValidatorsRoot == nil {
			o.GenesisValidatorsRoot = m.root // of the first file; the others must be of it
		}
	}
	m.conflicts()
	if o.Refuse != nil {
		if err := o.Refuse(&m.report); err != nil {
			return &m.report, err
		}
	}
	m.marks.GenesisValidatorsRoot = m.root
	out := NewWriter(w, *m.root)
	if err := m.write(out, o.KeepMessages); err != nil {
		return nil, err
	}
	return &m.report, out.Close()
}

// merger holds all messages; where they are limited and become too many, for
// each file and key those that its last signed values stand for.
type merger struct {
	names   []string
	root    *beacon.Root
	store   messages
	union   map[PublicKey]*held
	limited bool
	files   []*Table // for each file what its keys signed last
	marks   *Table
	report  MergeReport
}

func (m *merger) read(ctx context.Context, file Input, i int32, o MergeOptions) error {
	h := &mergeHandler{into: m, file: i, tableHandler: tableHandler{table: NewTable(nil)}}
	reading, err := Read(ctx, file.Reader, o.ReadOptions, h)
	if err != nil {
		return fault.New(fault.KindOf(err), "%s: %w", file.Name, err).WithHint("%s", fault.HintOf(err))
	}
	h.flush()
	m.root = h.table.GenesisValidatorsRoot
	for key, l := range h.table.Keys {
		m.marks.Raise(key, l)
	}
	m.files = append(m.files, h.table)
	m.report.Files = append(m.report.Files, MergedFile{
		Name: file.Name, Keys: reading.Keys, Blocks: reading.Blocks, Attestations: reading.Attestations, Deviations: reading.Deviations,
	})
	return nil
}

func (m *merger) of(key PublicKey) *held {
	h := m.union[key]
	if h == nil {
		h = new(held)
		m.union[key] = h
	}
	return h
}

// full tells whether there is no room for one more message, and then lets go of
// those that are held.
func (m *merger) full() bool {
	if m.report.AllCompared && m.limited && m.store.blocks.n+m.store.attestations.n >= comparedAtMost {
		m.report.AllCompared = false
		m.store, m.union = messages{}, map[PublicKey]*held{}
	}
	return !m.report.AllCompared
}

// lastOf notes the last messages of a file that are real ones, to be compared.
func (m *merger) lastOf(key PublicKey, l LastSigned, file int32) {
	if b, ok := l.Block(); ok && b.HasRoot {
		m.store.addBlock(m.of(key), b, At{}, file)
	}
	if a, ok := l.Attestation(); ok && a.HasRoot {
		m.store.addAttestation(m.of(key), a, At{}, file)
	}
}

// conflicts puts the messages in order and finds the pairs that contradict
// each other.
func (m *merger) conflicts() {
	if !m.report.AllCompared {
		for i, t := range m.files {
			for key, l := range t.Keys {
				m.lastOf(key, l, int32(i))
			}
		}
	}
	p := pairs{messages: &m.store, files: m.names, room: [2]int{maxPairs, maxPairs}, report: func(pair Pair) {
		m.report.Conflicts = append(m.report.Conflicts, pair)
	}}
	for _, key := range sortedKeys(m.union) {
		h := m.union[key]
		m.unite(&p.sorter, h)
		p.find(key, h)
		m.report.ConflictCount += p.slashable + p.possible
		m.report.PossibleCount += p.possible
	}
}

// unite orders the messages of a key by everything that they have, so that the
// order of the files does not matter, and drops those that stand twice.
func (m *merger) unite(s *sorter, h *held) {
	slots := s.by(h.blocks, func(i uint32) uint64 { return uint64(m.store.blocks.at(i).Slot) })
	h.blocks = distinct(h.blocks[:0], slots, func(i, j uint32) int {
		return wholeBlock(m.store.blocks.at(i), m.store.blocks.at(j))
	})
	targets := s.by(h.attestations, func(i uint32) uint64 { return uint64(m.store.attestations.at(i).Target) })
	h.attestations = distinct(h.attestations[:0], targets, func(i, j uint32) int {
		return wholeAttestation(m.store.attestations.at(i), m.store.attestations.at(j))
	})
}

// distinct sorts within each number, and drops what is the same as the one
// before.
func distinct(to []uint32, list []numbered, compare func(i, j uint32) int) []uint32 {
	for begin := 0; begin < len(list); {
		end := begin + 1
		for end < len(list) && list[end].number == list[begin].number {
			end++
		}
		group := list[begin:end]
		if len(group) > 1 {
			slices.SortStableFunc(group, func(a, b numbered) int { return compare(a.i, b.i) })
		}
		for n, e := range group {
			if n == 0 || compare(group[n-1].i, e.i) != 0 {
				to = append(to, e.i)
			}
		}
		begin = end
	}
	return to
}

func (m *merger) write(out *Writer, keep bool) error {
	m.report.Keys = len(m.marks.Keys)
	for _, key := range m.marks.Sorted() {
		if keep {
			if err := m.writeAll(out, key); err != nil {
				return err
			}
			continue
		}
		l := m.marks.Keys[key]
		m.report.Blocks += int64(count(l.HasBlock))
		m.report.Attestations += int64(count(l.HasAttestation))
		if err := out.LastSigned(key, l); err != nil {
			return err
		}
	}
	return nil
}

func (m *merger) writeAll(out *Writer, key PublicKey) error {
	err := out.Entry(key)
	h := m.of(key)
	for _, i := range h.blocks {
		err = out.Block(m.store.blocks.at(i).Block)
	}
	for _, i := range h.attestations {
		err = out.Attestation(m.store.attestations.at(i).Attestation)
	}
	m.report.Blocks += int64(len(h.blocks))
	m.report.Attestations += int64(len(h.attestations))
	return err
}

func wholeBlock(a, b *heldBlock) int {
	return cmp.Or(cmp.Compare(a.Slot, b.Slot), cmp.Compare(count(a.HasRoot), count(b.HasRoot)), bytes.Compare(a.Root[:], b.Root[:]))
}

func wholeAttestation(a, b *heldAttestation) int {
	return cmp.Or(
		cmp.Compare(a.Target, b.Target), cmp.Compare(a.Source, b.Source),
		cmp.Compare(count(a.HasRoot), count(b.HasRoot)), bytes.Compare(a.Root[:], b.Root[:]),
	)
}

// mergeHandler keeps the table and, if they are wanted, the messages.
type mergeHandler struct {
	tableHandler
	into *merger
	file int32
	to   *held // of the key at hand; nil before its first message
}

// Entry implements Handler.
func (h *mergeHandler) Entry(key PublicKey, at At) error {
	h.to = nil
	return h.tableHandler.Entry(key, at)
}

// room returns where a message of the key at hand is held; nil: it is not.
func (h *mergeHandler) room() *held {
	switch {
	case h.into.full():
		return nil
	case h.to == nil:
		h.to = h.into.of(h.key)
	}
	return h.to
}

// Block implements Handler.
func (h *mergeHandler) Block(b Block, at At) error {
	if to := h.room(); to != nil {
		h.into.store.addBlock(to, b, at, h.file)
	}
	return h.tableHandler.Block(b, at)
}

// Attestation implements Handler.
func (h *mergeHandler) Attestation(a Attestation, at At) error {
	if to := h.room(); to != nil {
		h.into.store.addAttestation(to, a, at, h.file)
	}
	return h.tableHandler.Attestation(a, at)
}
