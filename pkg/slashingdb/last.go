package slashingdb

import "github.com/ethkey/ethkey/pkg/beacon"

// Last is a LastSigned as reports print it.
type Last struct {
	Slot            *beacon.Slot  `json:"slot,omitempty"`
	BlockRoot       *string       `json:"block_root,omitempty"`
	Source          *beacon.Epoch `json:"source,omitempty"`
	Target          *beacon.Epoch `json:"target,omitempty"`
	AttestationRoot *string       `json:"attestation_root,omitempty"`
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
