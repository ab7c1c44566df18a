package slashingdb

import (
	"context"
	"fmt"
	"io"

	"github.com/ethkey/ethkey/pkg/beacon"
)

// Place is where something stands in a file.
type Place struct {
	Line   int64  `json:"line"`   // from 1
	Column int64  `json:"column"` // in bytes, from 1
	Offset int64  `json:"offset"` // in bytes, from 0
	Path   string `json:"path"`   // data[3].signed_blocks[0].slot
}

// String names line, column, byte and path.
func (p Place) String() string {
	s := fmt.Sprintf("line %d, column %d (byte %d)", p.Line, p.Column, p.Offset)
	if p.Path != "" {
		s += ": " + p.Path
	}
	return s
}

// Fault is what makes a file unreadable at one place.
type Fault struct {
	Place
	What string `json:"what"`
	// Mend is the mending that would set it right, or "".
	Mend Mending `json:"mend,omitempty"`

	next string // what to do about it, where that is not the usual
}

// What to do about a fault that no mending sets right.
const (
	nextExport      = "export it again from the client that wrote it, and edit nothing; 'ethkey slashing check' lists all faults"
	nextWhole       = "export it again from the client that wrote it. Is there room on the disk, and had the export ended?"
	nextText        = "an export is plain text in UTF-8 that begins with {. Is this one compressed, or was it saved in another encoding?"
	nextChain       = "a key signs on one chain; find out which file does not belong here, or whether the chain is named wrongly"
	nextClock       = "is the clock of this machine right, and is the file of the chain that it names? A client that takes such a number signs nothing until then"
	nextInterchange = "it is JSON, and no interchange file: is it the right file?"
)

// Next says what a person can do about it.
func (f Fault) Next() string {
	switch {
	case f.Mend != "":
		return fmt.Sprintf("'ethkey slashing repair' mends this (%s)", f.Mend)
	case f.next != "":
		return f.next
	}
	return nextExport
}

// Error names the place and what is wrong there.
func (f Fault) Error() string { return f.Place.String() + ": " + f.What }

// At tells a Handler where it is.
type At struct {
	Entry  int // the index in data
	Index  int // the index in the list of messages
	Offset int64
	Line   int64
	Column int64
}

// EntryPlace is the place of the entry.
func (at At) EntryPlace() Place { return at.place(fmt.Sprintf("data[%d]", at.Entry)) }

// BlockPlace is the place of a block.
func (at At) BlockPlace() Place {
	return at.place(fmt.Sprintf("data[%d].%s[%d]", at.Entry, listNames[blockList], at.Index))
}

// AttestationPlace is the place of an attestation.
func (at At) AttestationPlace() Place {
	return at.place(fmt.Sprintf("data[%d].%s[%d]", at.Entry, listNames[attestationList], at.Index))
}

func (at At) place(path string) Place {
	return Place{Line: at.Line, Column: at.Column, Offset: at.Offset, Path: path}
}

// Handler takes what a file holds, entry by entry, in the file's order, but
// that an entry's key always comes first. A key may have several entries. Only
// what Read found whole is handed over. An error ends the reading.
type Handler interface {
	// Metadata may come after all entries: the order of members is the file's.
	Metadata(m Metadata) error
	Entry(key PublicKey, at At) error
	Block(b Block, at At) error
	Attestation(a Attestation, at At) error
}

// ReadOptions say what is read, and how strictly.
type ReadOptions struct {
	// Version4 takes the older format too; without it such a file is refused.
	Version4 bool
	// MaxEpoch is the greatest epoch that is believed; 0 stands for 2^63-1.
	MaxEpoch beacon.Epoch
	// MaxSlot is the greatest slot that is believed; 0 stands for 2^63-1.
	MaxSlot beacon.Slot
	// Limits, unless nil, lowers MaxEpoch and MaxSlot once the file has named
	// its chain; see Believe.
	Limits func(m Metadata) (beacon.Epoch, beacon.Slot)
	// GenesisValidatorsRoot, unless nil, must be the file's.
	GenesisValidatorsRoot *beacon.Root
	// NeedRoot refuses a file that names no genesis validators root.
	NeedRoot bool
	// Mend names the mendings to make while reading; see Mendings.
	Mend []Mending
	// Collect goes on after a fault wherever the JSON itself is whole, and
	// lists the faults in the Reading. Otherwise the first fault is the error.
	Collect bool
}

// Reading is what Read found out about a file.
type Reading struct {
	Metadata     Metadata
	Entries      int64
	Keys         int64
	Blocks       int64
	Attestations int64
	Bytes        int64
	// Deviations are what is not as EIP-3076 has it and was let pass or
	// mended, by name, in the order in which they were first met.
	Deviations []Deviation
	// Faults are the first faults, FaultCount is their whole number.
	Faults     []Fault
	FaultCount int64
}

// Deviation is a slip that loses nothing, counted over the file.
type Deviation struct {
	Name  Mending `json:"name"`
	What  string  `json:"what"`
	Count int64   `json:"count"`
	First Place   `json:"first"`
}

// Read streams an interchange file to h. Its memory does not grow with the
// file, only with the number of distinct keys.
func Read(ctx context.Context, r io.Reader, o ReadOptions, h Handler) (*Reading, error) {
	return newReader(ctx, r, o, h).read()
}
