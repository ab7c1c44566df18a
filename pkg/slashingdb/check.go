package slashingdb

import (
	"context"
	"io"
)

// CheckReport lists everything that is wrong with a file.
type CheckReport struct {
	// Valid: the file is as EIP-3076 has it. A client may take a file that is
	// not; what it makes of it is another question.
	Valid        bool  `json:"valid"`
	Version      int   `json:"version,omitempty"`
	Bytes        int64 `json:"bytes"`
	Keys         int64 `json:"keys"`
	Entries      int64 `json:"entries"`
	Blocks       int64 `json:"blocks"`
	Attestations int64 `json:"attestations"`
	// Faults are the first thousand; FaultCount counts all. The last one may
	// be that the JSON is broken: nothing behind that place was read.
	Faults     []Fault `json:"faults"`
	FaultCount int64   `json:"fault_count"`
	// Deviations were read all the same, and Repair mends them. Those that
	// break the standard make the file invalid.
	Deviations []Deviation `json:"deviations"`
}

// Check reads a whole file and reports all faults, not the first. The error is
// for what kept it from reading.
func Check(ctx context.Context, r io.Reader, o ReadOptions) (*CheckReport, error) {
	o.Collect = true
	reading, err := Read(ctx, r, o, nothing{})
	if err != nil {
		return nil, err
	}
	c := &CheckReport{
		Version: reading.Metadata.Version, Bytes: reading.Bytes, Keys: reading.Keys, Entries: reading.Entries,
		Blocks: reading.Blocks, Attestations: reading.Attestations,
		Faults: reading.Faults, FaultCount: reading.FaultCount, Deviations: reading.Deviations,
	}
	if c.Faults == nil {
		c.Faults = []Fault{}
	}
	c.Valid = c.FaultCount == 0
	for _, d := range c.Deviations {
		c.Valid = c.Valid && !d.Name.Breaks()
	}
	return c, nil
}

// nothing is a handler for which reading is enough.
type nothing struct{}

// Metadata implements Handler.
func (nothing) Metadata(Metadata) error { return nil }

// Entry implements Handler.
func (nothing) Entry(PublicKey, At) error { return nil }

// Block implements Handler.
func (nothing) Block(Block, At) error { return nil }

// Attestation implements Handler.
func (nothing) Attestation(Attestation, At) error { return nil }
