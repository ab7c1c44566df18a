package slashingdb

import (
	"context"
	"io"
)

// MinifyReport says what became of a file.
type MinifyReport struct {
	Keys         int   `json:"keys"`
	Blocks       int64 `json:"blocks"`       // read
	Attestations int64 `json:"attestations"` // read
	Written      int64 `json:"written"`      // messages
}

// Minify writes the minimal form of a file (minify_synth of the EIP's formal
// proofs): for each key one block with the greatest slot, and one attestation
// with the greatest source and the greatest target. Keys are sorted. Nothing is
// written before the whole file was read.
func Minify(ctx context.Context, r io.Reader, w io.Writer, o ReadOptions) (*MinifyReport, *Reading, error) {
	o.NeedRoot = true
	table, reading, err := ReadTable(ctx, r, o)
	if err != nil {
		return nil, nil, err
	}
	report := &MinifyReport{Keys: len(table.Keys), Blocks: reading.Blocks, Attestations: reading.Attestations}
	for _, l := range table.Keys {
		report.Written += int64(count(l.HasBlock) + count(l.HasAttestation))
	}
	return report, reading, table.Write(w)
}
