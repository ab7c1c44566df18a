package slashingdb

import (
	"context"
	"io"
	"maps"
	"slices"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
)

// Table is an interchange file in its minimal form (minify_synth of the EIP's
// formal proofs): what each key last signed.
// A key that the file names without any message stands there too, empty.
type Table struct {
	GenesisValidatorsRoot *beacon.Root
	Keys                  map[PublicKey]LastSigned
}

// NewTable returns an empty table of a chain; nil is none known.
func NewTable(root *beacon.Root) *Table {
	return &Table{GenesisValidatorsRoot: root, Keys: map[PublicKey]LastSigned{}}
}

// Sorted lists the keys in the order of their bytes.
func (t *Table) Sorted() []PublicKey {
	return slices.SortedFunc(maps.Keys(t.Keys), CompareKeys)
}

// Raise adds what a key has signed; it never lowers a value.
func (t *Table) Raise(key PublicKey, l LastSigned) {
	t.Keys[key] = t.Keys[key].Raise(l)
}

// Merge raises everything of o into t, which must be of the same chain.
func (t *Table) Merge(o *Table) error {
	if err := sameChain(t, o); err != nil {
		return err
	}
	for key, l := range o.Keys {
		t.Raise(key, l)
	}
	if t.GenesisValidatorsRoot == nil {
		t.GenesisValidatorsRoot = o.GenesisValidatorsRoot
	}
	return nil
}

// sameChain refuses two tables that name different chains.
func sameChain(a, b *Table) error {
	ra, rb := a.GenesisValidatorsRoot, b.GenesisValidatorsRoot
	if ra == nil || rb == nil || *ra == *rb {
		return nil
	}
	return fault.New(fault.Refused, "two chains: one file has the genesis_validators_root %s, the other %s", ra, rb).
		WithHint("a key signs on one chain; find out which file does not belong here")
}

// ReadTable reads a file into its minimal form.
func ReadTable(ctx context.Context, r io.Reader, o ReadOptions) (*Table, *Reading, error) {
	h := &tableHandler{table: NewTable(nil)}
	reading, err := Read(ctx, r, o, h)
	if err != nil {
		return nil, reading, err
	}
	h.flush()
	return h.table, reading, nil
}

// Write writes the table as an interchange file of version 5, sorted by key,
// both lists in each entry.
func (t *Table) Write(w io.Writer) error {
	return t.write(w, t.Sorted())
}

func (t *Table) write(w io.Writer, keys []PublicKey) error {
	if t.GenesisValidatorsRoot == nil {
		return fault.New(fault.Refused, "no chain is named: there is no genesis_validators_root").WithHint("name the chain with --chain")
	}
	out := NewWriter(w, *t.GenesisValidatorsRoot)
	for _, key := range keys {
		if err := out.LastSigned(key, t.Keys[key]); err != nil {
			return err
		}
	}
	return out.Close()
}

// tableHandler keeps the greatest values of the entry at hand beside the
// table, for most of a file's messages come key by key.
type tableHandler struct {
	table *Table
	key   PublicKey
	last  LastSigned
	begun bool
}

// Metadata implements Handler.
func (h *tableHandler) Metadata(m Metadata) error {
	h.table.GenesisValidatorsRoot = m.GenesisValidatorsRoot
	return nil
}

// Entry implements Handler.
func (h *tableHandler) Entry(key PublicKey, _ At) error {
	h.flush()
	h.key, h.last, h.begun = key, LastSigned{}, true
	return nil
}

// Block implements Handler.
func (h *tableHandler) Block(b Block, _ At) error {
	h.last.addBlock(&b)
	return nil
}

// Attestation implements Handler.
func (h *tableHandler) Attestation(a Attestation, _ At) error {
	h.last.addAttestation(&a)
	return nil
}

func (h *tableHandler) flush() {
	if h.begun {
		h.table.Raise(h.key, h.last)
	}
	h.begun = false
}
