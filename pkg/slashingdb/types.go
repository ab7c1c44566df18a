package slashingdb

import (
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
)

// PublicKey is the key of a validator. Keys are compared as bytes.
type PublicKey = bls.PublicKey

// Block is what the history keeps of a signed block.
type Block struct {
	Slot beacon.Slot
	Root beacon.Root // compute_signing_root(block, domain)
	// HasRoot is false where the signing root is not known. Such a block
	// differs from every other, itself included.
	HasRoot bool
}

// Attestation is what the history keeps of a signed attestation.
type Attestation struct {
	Source, Target beacon.Epoch
	Root           beacon.Root // compute_signing_root(attestation, domain)
	// HasRoot is false where the signing root is not known.
	HasRoot bool
}

// Metadata is what an interchange file says of itself.
type Metadata struct {
	Version int // 4 or 5
	// Minimal is true of a version 4 file that holds watermarks alone.
	Minimal bool
	// GenesisValidatorsRoot names the chain; nil where the file does not.
	GenesisValidatorsRoot *beacon.Root
}

// sameRoot says whether two signing roots are provably the same: an absent
// root is distinct from every root.
func sameRoot(a beacon.Root, hasA bool, b beacon.Root, hasB bool) bool {
	return hasA && hasB && a == b
}
