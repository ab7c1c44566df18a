package slashingdb

import "github.com/ethkey/ethkey/pkg/beacon"

// Last is a LastSigned as reports print it.
type Last struct {
	Slot            *beacon.Slot  `json:"slot,omitempty"`
	BlockRoot       *string       `json:"block_signing_root,omitempty"`
	Source          *beacon.Epoch `json:"source_epoch,omitempty"`
	Target          *beacon.Epoch `json:"target_epoch,omitempty"`
	AttestationRoot *string       `json:"attestation_signing_root,omitempty"`
}

func lastOf(l LastSigned) (out Last) {
	if l.HasBlock {
		out.Slot = &l.Slot
	}
	if l.HasBlock && l.HasBlockRoot {
		out.BlockRoot = rootText(l.BlockRoot)
	}
	if l.HasAttestation {
		out.Source, out.Target = &l.Source, &l.Target
	}
	if l.HasAttestation && l.HasAttestationRoot {
		out.AttestationRoot = rootText(l.AttestationRoot)
	}
	return out
}

func rootText(r beacon.Root) *string {
	s := r.String()
	return &s
}
