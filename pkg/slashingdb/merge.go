package slashingdb

import (
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
}

// MergeReport says what was merged.
type MergeReport struct {
	Files        []MergedFile `json:"files"`
	Keys         int          `json:"keys"`
	Blocks       int64        `json:"blocks"`       // written
	Attestations int64        `json:"attestations"` // written
	// Conflicts are pairs of contradicting messages, the first thousand: a
	// sign of a key that lived twice. Without KeepMessages only the last
	// messages of each file are compared.
	Conflicts     []Pair `json:"conflicts"`
	ConflictCount int64  `json:"conflict_count"`
}

// MergedFile is one of the files.
type MergedFile struct {
	Name         string      `json:"name"`
	Keys         int64       `json:"keys"`
	Blocks       int64       `json:"blocks"`
	Attestations int64       `json:"attestations"`
	Deviations   []Deviation `json:"deviations,omitempty"`
}

// Merge writes one file that refuses everything that any of the files refuses.
// It is the same whatever the order of the files, and merging a file with
// itself adds nothing. All must name the same chain. Nothing is written before
// all files were read.
func Merge(ctx context.Context, files []Input, w io.Writer, o MergeOptions) (*MergeReport, error) {
	if len(files) == 0 {
		return nil, fault.New(fault.Usage, "no file to merge")
	}
	m := &merger{union: map[PublicKey]*held{}, marks: NewTable(nil), report: MergeReport{Conflicts: []Pair{}}}
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
	m.marks.GenesisValidatorsRoot = m.root
	out := NewWriter(w, *m.root)
	if err := m.write(out, o.KeepMessages); err != nil {
		return nil, err
	}
	return &m.report, out.Close()
}

// merger holds either all messages, or for each file and key the messages that
// its last signed values stand for.
type merger struct {
	names  []string
	root   *beacon.Root
	union  map[PublicKey]*held
	marks  *Table
	report MergeReport
}

func (m *merger) read(ctx context.Context, file Input, i int32, o MergeOptions) error {
	h := &mergeHandler{into: m, file: i, keep: o.KeepMessages, tableHandler: tableHandler{table: NewTable(nil)}}
	reading, err := Read(ctx, file.Reader, o.ReadOptions, h)
	if err != nil {
		return fault.New(fault.KindOf(err), "%s: %w", file.Name, err).WithHint("%s", fault.HintOf(err))
	}
	h.flush()
	m.root = h.table.GenesisValidatorsRoot
	for key, l := range h.table.Keys {
		m.marks.Raise(key, l)
		if !o.KeepMessages {
			m.lastOf(key, l, i)
		}
	}
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

// lastOf notes the last messages of a file that are real ones, to be compared.
func (m *merger) lastOf(key PublicKey, l LastSigned, file int32) {
	if b, ok := l.Block(); ok && b.HasRoot {
		h := m.of(key)
		h.blocks = append(h.blocks, heldBlock{Block: b, file: file})
	}
	if a, ok := l.Attestation(); ok && a.HasRoot {
		h := m.of(key)
		h.attestations = append(h.attestations, heldAttestation{Attestation: a, file: file})
	}
}

// conflicts sorts the messages and finds the pairs that contradict each other.
func (m *merger) conflicts() {
	for _, key := range sortedKeys(m.union) {
		h := m.union[key]
		slices.SortFunc(h.blocks, wholeBlock)
		slices.SortFunc(h.attestations, wholeAttestation)
		h.blocks = slices.CompactFunc(h.blocks, func(a, b heldBlock) bool { return a.Block == b.Block })
		h.attestations = slices.CompactFunc(h.attestations, func(a, b heldAttestation) bool { return a.Attestation == b.Attestation })
		p := pairs{key: key, files: m.names, report: func(pair Pair) {
			if m.report.ConflictCount++; len(m.report.Conflicts) < maxPairs {
				m.report.Conflicts = append(m.report.Conflicts, pair)
			}
		}}
		p.find(h)
	}
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
	slices.SortFunc(h.attestations, wholeAttestation) // the search left them by source
	for _, b := range h.blocks {
		err = out.Block(b.Block)
	}
	for _, a := range h.attestations {
		err = out.Attestation(a.Attestation)
	}
	m.report.Blocks += int64(len(h.blocks))
	m.report.Attestations += int64(len(h.attestations))
	return err
}

// wholeBlock and wholeAttestation order by everything that a message has, so
// that the order of the files does not matter.

func wholeBlock(a, b heldBlock) int {
	return cmp.Or(cmp.Compare(a.Slot, b.Slot), cmp.Compare(count(a.HasRoot), count(b.HasRoot)), bytesCompare(a.Root, b.Root))
}

func wholeAttestation(a, b heldAttestation) int {
	return cmp.Or(
		cmp.Compare(a.Target, b.Target), cmp.Compare(a.Source, b.Source),
		cmp.Compare(count(a.HasRoot), count(b.HasRoot)), bytesCompare(a.Root, b.Root),
	)
}

func bytesCompare(a, b beacon.Root) int { return slices.Compare(a[:], b[:]) }

// mergeHandler keeps the table and, if they are wanted, the messages.
type mergeHandler struct {
	tableHandler
	into *merger
	file int32
	keep bool
	to   *held
}

// Entry implements Handler.
func (h *mergeHandler) Entry(key PublicKey, at At) error {
	if h.keep {
		h.to = h.into.of(key)
	}
	return h.tableHandler.Entry(key, at)
}

// Block implements Handler.
func (h *mergeHandler) Block(b Block, at At) error {
	if h.keep {
		h.to.blocks = append(h.to.blocks, heldBlock{b, at, h.file})
	}
	return h.tableHandler.Block(b, at)
}

// Attestation implements Handler.
func (h *mergeHandler) Attestation(a Attestation, at At) error {
	if h.keep {
		h.to.attestations = append(h.to.attestations, heldAttestation{a, at, h.file})
	}
	return h.tableHandler.Attestation(a, at)
}
