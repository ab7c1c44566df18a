package slashingdb

import (
	"context"
	"io"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
)

// RepairOptions say what to mend.
type RepairOptions struct {
	// ReadOptions.Mend names the mendings that may be made of those that
	// reading alone refuses; nil is all. GenesisValidatorsRoot must be the
	// file's; for a file that names no chain it is the one to write.
	ReadOptions
}

// RepairReport says what was mended, and what could not be.
type RepairReport struct {
	Keys         int64       `json:"keys"`
	Entries      int64       `json:"entries"` // read; written is one for each key
	Blocks       int64       `json:"blocks"`
	Attestations int64       `json:"attestations"`
	Mended       []Deviation `json:"mended"`
	// Faults are left: nothing is written while there is one.
	Faults     []Fault `json:"faults"`
	FaultCount int64   `json:"fault_count"`
}

// Repair writes a file as EIP-3076 has it: version 5, one entry for each key,
// both lists in each, every message that was there, with its root. It reads the
// file twice, since what is wrong must be known before anything is written, and
// holds the messages of those keys alone that have several entries. A report
// comes with the error where faults are left.
func Repair(ctx context.Context, r io.ReadSeeker, w io.Writer, o RepairOptions) (*RepairReport, error) {
	if o.Mend == nil {
		o.Mend = Mendings()
	}
	o.Collect = true
	start, err := r.Seek(0, io.SeekCurrent)
	if err != nil {
		return nil, fault.New(fault.Refused, "the file must be read twice: %w", err).WithHint("save it to a file first, and name that")
	}
	census := &repairCensus{entries: map[PublicKey]int{}}
	reading, err := Read(ctx, r, o.ReadOptions, census)
	if err != nil {
		return nil, err
	}
	report := repairReport(reading)
	root, err := o.chain(reading, report)
	if err != nil {
		return report, err
	}
	if _, err := r.Seek(start, io.SeekStart); err != nil {
		return nil, fault.New(fault.Environment, "reading a second time: %w", err)
	}
	return report, o.rewrite(ctx, r, w, root, census, report)
}

func repairReport(reading *Reading) *RepairReport {
	report := &RepairReport{
		Keys: reading.Keys, Entries: reading.Entries, Blocks: reading.Blocks, Attestations: reading.Attestations,
		Mended: reading.Deviations, Faults: reading.Faults, FaultCount: reading.FaultCount,
	}
	if report.Faults == nil {
		report.Faults = []Fault{}
	}
	return report
}

// chain is that of the file, or the one that was named for it.
func (o *RepairOptions) chain(reading *Reading, report *RepairReport) (*beacon.Root, error) {
	if reading.FaultCount > 0 {
		first := report.Faults[0]
		return nil, fault.New(fault.Refused, "what no mending sets right: %d; the first: %w", report.FaultCount, first).
			WithHint("nothing was written: %s", first.Next())
	}
	root := reading.Metadata.GenesisValidatorsRoot
	if root == nil {
		root = o.GenesisValidatorsRoot
	}
	if root == nil {
		return nil, fault.New(fault.Refused, "the file names no chain: genesis_validators_root is missing").
			WithHint("nothing was written; name the chain with --chain, if you are sure which it was")
	}
	return root, nil
}

func (o *RepairOptions) rewrite(ctx context.Context, r io.Reader, w io.Writer, root *beacon.Root, census *repairCensus, report *RepairReport) error {
	o.Collect = false
	h := &repairer{out: NewWriter(w, *root), census: census, several: map[PublicKey]*History{}}
	reading, err := Read(ctx, r, o.ReadOptions, h)
	if err != nil {
		return err
	}
	if err := h.end(); err != nil {
		return err
	}
	if reading.Blocks != report.Blocks || reading.Attestations != report.Attestations || reading.Entries != report.Entries {
		return fault.New(fault.Integrity, "the file changed while it was read")
	}
	return nil
}

// repairCensus counts the entries of each key.
type repairCensus struct {
	nothing
	entries map[PublicKey]int
}

// Entry implements Handler.
func (c *repairCensus) Entry(key PublicKey, _ At) error {
	c.entries[key]++
	return nil
}

// repairer writes entries as they come, and at the end those of keys that have
// several.
type repairer struct {
	out     *Writer
	census  *repairCensus
	several map[PublicKey]*History
	order   []PublicKey
	hold    *History // nil: written at once
}

// Metadata implements Handler.
func (h *repairer) Metadata(Metadata) error { return nil }

// Entry implements Handler.
func (h *repairer) Entry(key PublicKey, _ At) error {
	h.hold = nil
	if h.census.entries[key] == 1 {
		return h.out.Entry(key)
	}
	if h.hold = h.several[key]; h.hold == nil {
		h.hold = new(History)
		h.several[key] = h.hold
		h.order = append(h.order, key)
	}
	return nil
}

// Block implements Handler.
func (h *repairer) Block(b Block, _ At) error {
	if h.hold == nil {
		return h.out.Block(b)
	}
	h.hold.Blocks = append(h.hold.Blocks, b)
	return nil
}

// Attestation implements Handler.
func (h *repairer) Attestation(a Attestation, _ At) error {
	if h.hold == nil {
		return h.out.Attestation(a)
	}
	h.hold.Attestations = append(h.hold.Attestations, a)
	return nil
}

func (h *repairer) end() error {
	for _, key := range h.order {
		if err := h.out.History(key, *h.several[key]); err != nil {
			return err
		}
	}
	return h.out.Close()
}
