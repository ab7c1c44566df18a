package slashingdb

import (
	"context"
	"errors"
	"io"

	"github.com/ethkey/ethkey/pkg/beacon"
)

// ErrMetadataLast is the cause when a file that is read once, from a pipe,
// names its chain behind the messages.
var ErrMetadataLast = errors.New("the metadata stands behind the data")

// FilterReport says what passed.
type FilterReport struct {
	Kept         int   `json:"kept"`    // keys
	Dropped      int   `json:"dropped"` // keys
	Blocks       int64 `json:"blocks"`
	Attestations int64 `json:"attestations"`
}

// Filter copies the entries of the keys that keep allows, with all their
// messages, in memory that does not grow with the file. The chain is that of
// root, or if that is nil the file's, which must then stand before the data:
// ErrMetadataLast.
func Filter(ctx context.Context, r io.Reader, w io.Writer, o ReadOptions, root *beacon.Root, keep func(PublicKey) bool) (*FilterReport, *Reading, error) {
	f := &filter{to: w, keep: keep, kept: map[PublicKey]bool{}}
	if root != nil {
		f.out = NewWriter(w, *root)
	}
	reading, err := Read(ctx, r, o, f)
	if err == nil && f.out == nil {
		err = ErrMetadataLast
	}
	if err == nil {
		err = f.out.Close()
	}
	for _, kept := range f.kept {
		f.report.Kept += count(kept)
		f.report.Dropped += count(!kept)
	}
	return &f.report, reading, err
}

type filter struct {
	to     io.Writer
	out    *Writer
	keep   func(PublicKey) bool
	kept   map[PublicKey]bool
	pass   bool // the entry at hand
	report FilterReport
}

// Metadata implements Handler.
func (f *filter) Metadata(m Metadata) error {
	if f.out == nil && m.GenesisValidatorsRoot != nil {
		f.out = NewWriter(f.to, *m.GenesisValidatorsRoot)
	}
	return nil
}

// Entry implements Handler.
func (f *filter) Entry(key PublicKey, _ At) error {
	if f.out == nil {
		return ErrMetadataLast
	}
	f.pass = f.keep(key)
	f.kept[key] = f.pass
	if !f.pass {
		return nil
	}
	return f.out.Entry(key)
}

// Block implements Handler.
func (f *filter) Block(b Block, _ At) error {
	if !f.pass {
		return nil
	}
	f.report.Blocks++
	return f.out.Block(b)
}

// Attestation implements Handler.
func (f *filter) Attestation(a Attestation, _ At) error {
	if !f.pass {
		return nil
	}
	f.report.Attestations++
	return f.out.Attestation(a)
}
