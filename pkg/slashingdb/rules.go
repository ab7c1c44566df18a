package slashingdb

import "github.com/ethkey/ethkey/pkg/beacon"

// The slashing conditions of the consensus specification, as EIP-3076 takes
// them: two messages contradict each other unless they are provably the same.

// IsDoubleBlock reports whether a and b are two blocks of one slot.
func IsDoubleBlock(a, b Block) bool {
	return a.Slot == b.Slot && !sameRoot(a.Root, a.HasRoot, b.Root, b.HasRoot)
}

// IsDoubleVote reports whether a and b are two votes for one target. Two sources
// are two votes, whatever a file says of their roots.
func IsDoubleVote(a, b Attestation) bool {
	return a.Target == b.Target && (a.Source != b.Source || !sameRoot(a.Root, a.HasRoot, b.Root, b.HasRoot))
}

// IsSurround reports whether a surrounds b.
func IsSurround(a, b Attestation) bool {
	return a.Source < b.Source && b.Target < a.Target
}

// History is every message that a key is known to have signed, in any order,
// from any number of files.
type History struct {
	Blocks       []Block
	Attestations []Attestation
}

// CheckBlock applies conditions 1 and 2 of EIP-3076.
func (h History) CheckBlock(b Block) Verdict {
	repeat, lowest := false, beacon.Slot(0)
	for i, old := range h.Blocks {
		if IsDoubleBlock(b, old) {
			return DoubleBlock
		}
		repeat = repeat || old.Slot == b.Slot
		if i == 0 || old.Slot < lowest {
			lowest = old.Slot
		}
	}
	switch {
	case repeat:
		return Repeat
	case len(h.Blocks) > 0 && b.Slot <= lowest:
		return SlotNotAbove
	}
	return Sign
}

// CheckAttestation applies conditions 3, 4 and 5 of EIP-3076.
func (h History) CheckAttestation(a Attestation) Verdict {
	repeat, source, target := false, beacon.Epoch(0), beacon.Epoch(0)
	for i, old := range h.Attestations {
		if v := contradiction(a, old); v != Sign {
			return v
		}
		repeat = repeat || old.Target == a.Target
		if i == 0 || old.Source < source {
			source = old.Source
		}
		if i == 0 || old.Target < target {
			target = old.Target
		}
	}
	switch {
	case len(h.Attestations) > 0 && a.Source < source:
		return SourceBelow
	case repeat:
		return Repeat
	case len(h.Attestations) > 0 && a.Target <= target:
		return TargetNotAbove
	}
	return Sign
}

// contradiction is condition 3 for one signed attestation.
func contradiction(a, old Attestation) Verdict {
	switch {
	case IsDoubleVote(a, old):
		return DoubleVote
	case IsSurround(a, old):
		return Surrounds
	case IsSurround(old, a):
		return Surrounded
	}
	return Sign
}

// After returns the history with what was signed since.
func (h History) After(blocks []Block, attestations []Attestation) History {
	return History{
		Blocks:       append(h.Blocks[:len(h.Blocks):len(h.Blocks)], blocks...),
		Attestations: append(h.Attestations[:len(h.Attestations):len(h.Attestations)], attestations...),
	}
}

// LastSigned returns the minimal form of the history.
func (h History) LastSigned() LastSigned {
	var l LastSigned
	for _, b := range h.Blocks {
		l = l.AfterBlock(b)
	}
	for _, a := range h.Attestations {
		l = l.AfterAttestation(a)
	}
	return l
}
