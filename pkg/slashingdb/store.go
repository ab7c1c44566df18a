package slashingdb

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/ethkey/ethkey/pkg/beacon"
)

// Why a store refuses, for errors.Is. Each comes as the cause of a
// *fault.Error that says what to do.
var (
	// ErrFatal: a write or its sync failed. What is on the disk is unknown, so
	// that nothing may be signed, nor tried again: the process must end.
	ErrFatal = errors.New("the store could not make a record durable")
	// ErrForeign: the store was last used on another machine, or is a copy.
	ErrForeign = errors.New("the store belongs to another machine")
	// ErrDamaged: the store cannot be proven whole.
	ErrDamaged = errors.New("the store is damaged")
	// ErrInUse: another process has the store.
	ErrInUse = errors.New("the store is in use")
	// ErrClosed: the store was closed.
	ErrClosed = errors.New("the store is closed")
)

// Chain is what a store is bound to for its life.
type Chain struct {
	Name                  string
	GenesisValidatorsRoot beacon.Root
	GenesisTime           uint64 // Unix seconds
	SecondsPerSlot        uint64
	SlotsPerEpoch         uint64
}

// Store keeps what each validator key signed last, and decides. Its methods
// may be called from many goroutines. Every method but Info, Records, Export,
// Adopt and Close fails with ErrForeign until Adopt, and after ErrFatal every
// method but Close fails with it.
type Store interface {
	// Info says what the store is.
	Info(ctx context.Context) (*Info, error)
	// Decide answers one verdict for each duty, in order, as if they came one
	// after the other. What it says may be signed is durable when it returns.
	// With an error nothing may be signed, although some may be recorded.
	Decide(ctx context.Context, duties []Duty) ([]Verdict, error)
	// Import raises records to a file's and makes records for keys that have
	// none: all of the file, or with an error nothing. It never lowers one.
	Import(ctx context.Context, r io.Reader, opts ImportOptions) (*ImportReport, error)
	// Export writes the records of keys as an interchange file of version 5;
	// nil is all keys. A key without a record is an error.
	Export(ctx context.Context, w io.Writer, keys []PublicKey) error
	// Records returns the records of keys, sorted by key; nil is all keys.
	// Keys without a record are left out.
	Records(ctx context.Context, keys []PublicKey) ([]Record, error)
	// Admit lets keys sign that would be refused: all of them, or with an
	// error none.
	Admit(ctx context.Context, keys []PublicKey, how Admission) (*Fence, error)
	// Disable refuses keys from now on, and writes their records as an
	// interchange file: no signature is made after what the file says. The
	// keys are disabled before anything is written; when w fails, Export
	// writes the same again. A key without a record is an error.
	Disable(ctx context.Context, w io.Writer, keys []PublicKey) error
	// Raise raises the records of keys, field by field, and lowers none; nil
	// is all keys. A key without a record gets one, and may sign.
	Raise(ctx context.Context, keys []PublicKey, to LastSigned) (*ImportReport, error)
	// SetHighWatermark refuses all keys from an epoch on; nil lifts that.
	SetHighWatermark(ctx context.Context, mark *HighWatermark) error
	// Adopt makes this machine the store's own, and fences every record, since
	// the machine that it comes from may have signed meanwhile.
	Adopt(ctx context.Context) (*Fence, error)
	// Close lets go of the store.
	Close() error
}

// Duty is a message that a key is asked to sign: a block or an attestation.
type Duty struct {
	Key         PublicKey
	Block       *Block
	Attestation *Attestation
}

// Info says what a store is.
type Info struct {
	Kind    string // "bolt" or "postgres"
	Version int
	Chain
	Foreign       bool // needs Adopt
	Keys          int
	Disabled      int
	HighWatermark *HighWatermark
}

// Record is what a store keeps of one key.
type Record struct {
	Key PublicKey
	LastSigned
	// Disabled: the key was handed over, and signs no more here.
	Disabled bool
	// Covered: a history of the disabled key was imported since, or it was
	// raised; Admit may take it back as Returned.
	Covered bool
}

// Admission is why a key may sign without a history.
type Admission string

// The admissions.
const (
	// Fresh: the key was made here and never used. Refused for a key that has
	// a record.
	Fresh Admission = "fresh"
	// NoHistory: what the key signed is unknown. It is fenced.
	NoHistory Admission = "no-history"
	// Returned: the key was disabled here, and its history since then has been
	// imported. Refused for a key of which nothing was imported meanwhile.
	Returned Admission = "returned"
)

// Fence is the least that keys are raised to when a machine may have signed
// what this one does not know of: two epochs from now.
type Fence struct {
	Slot  beacon.Slot  `json:"slot"`
	Epoch beacon.Epoch `json:"epoch"`
	Until time.Time    `json:"until"` // the first moment at which a key may sign again
}

// HighWatermark is where keys stop to sign: for a planned move to another
// signer, which begins there.
type HighWatermark struct {
	Slot  beacon.Slot  `json:"slot"`  // blocks of it and later are refused
	Epoch beacon.Epoch `json:"epoch"` // attestations with it as target, and later, are refused
}

// ImportOptions say how to import.
type ImportOptions struct {
	// Name is how the file is called in messages.
	Name string
	// AllowFuture takes a file whose messages lie more than a day ahead of the
	// clock, which else is refused: what was raised is never lowered again.
	AllowFuture bool
}

// ImportReport says what an import, or a raise, did to each key.
type ImportReport struct {
	Keys      []KeyReport // sorted by key
	New       int         // keys that had no record
	Raised    int         // keys that had one, of which something was raised
	Unchanged int
	Disabled  int // of all these, the keys that stay disabled
}

// KeyReport says what happened to one key.
type KeyReport struct {
	Key           PublicKey
	Before, After LastSigned
	New           bool
	Disabled      bool
}
