package slashingdb

import "github.com/ethkey/ethkey/pkg/beacon"

// LastSigned is the minimal form of a key's history: the greatest slot of a
// signed block, the greatest source and the greatest target of a signed
// attestation (EIP-3076, "Advice for complete databases" and "minify"). Source
// and target may come of different messages.
//
// A root is kept only while every message known at that slot, or at that
// target, is provably the one with this root, and for an attestation has the
// source that stands here too. So a repeat by root is always the very last
// message.
type LastSigned struct {
	HasBlock     bool
	Slot         beacon.Slot
	HasBlockRoot bool
	BlockRoot    beacon.Root

	HasAttestation     bool
	Source, Target     beacon.Epoch
	HasAttestationRoot bool
	AttestationRoot    beacon.Root
}

// CheckBlock refuses a block whose slot is not above the last signed one,
// unless it is exactly that block.
func (l LastSigned) CheckBlock(b Block) Verdict {
	switch {
	case !l.HasBlock || b.Slot > l.Slot:
		return Sign
	case b.Slot == l.Slot && sameRoot(b.Root, b.HasRoot, l.BlockRoot, l.HasBlockRoot):
		return Repeat
	}
	return SlotNotAbove
}

// CheckAttestation refuses an attestation whose source is below the last
// signed one or whose target is not above the last signed one, unless it is
// exactly that attestation; and one whose source is above its target.
func (l LastSigned) CheckAttestation(a Attestation) Verdict {
	switch {
	case a.Source > a.Target:
		return SourceAboveTarget
	case !l.HasAttestation:
		return Sign
	case a.Source < l.Source:
		return SourceBelow
	case a.Target > l.Target:
		return Sign
	case a.Source == l.Source && a.Target == l.Target &&
		sameRoot(a.Root, a.HasRoot, l.AttestationRoot, l.HasAttestationRoot):
		return Repeat
	}
	return TargetNotAbove
}

// AfterBlock returns l with a signed block added. A lower slot changes nothing.
func (l LastSigned) AfterBlock(b Block) LastSigned {
	l.addBlock(&b)
	return l
}

// AfterAttestation returns l with a signed attestation added. Each of source
// and target is raised by itself.
func (l LastSigned) AfterAttestation(a Attestation) LastSigned {
	l.addAttestation(&a)
	return l
}

func (l *LastSigned) addBlock(b *Block) {
	switch {
	case !l.HasBlock || b.Slot > l.Slot:
		l.HasBlock, l.Slot = true, b.Slot
		l.setBlockRoot(b.HasRoot, b.Root)
	case b.Slot == l.Slot && !sameRoot(b.Root, b.HasRoot, l.BlockRoot, l.HasBlockRoot):
		l.setBlockRoot(false, beacon.Root{})
	}
}

// addAttestation decides who keeps the root: the message with the greater
// target, if its source is the greatest too; at equal targets only one message
// that both sides know.
func (l *LastSigned) addAttestation(a *Attestation) {
	if !l.HasAttestation {
		l.HasAttestation, l.Source, l.Target = true, a.Source, a.Target
		l.setAttestationRoot(a.HasRoot, a.Root)
		return
	}
	source := max(l.Source, a.Source)
	switch {
	case a.Target > l.Target:
		l.Target = a.Target
		l.setAttestationRoot(a.HasRoot && a.Source == source, a.Root)
	case a.Target < l.Target && l.Source == source:
	case a.Target < l.Target || a.Source != l.Source ||
		!sameRoot(a.Root, a.HasRoot, l.AttestationRoot, l.HasAttestationRoot):
		l.setAttestationRoot(false, beacon.Root{})
	}
	l.Source = source
}

// A root that is not known is zero, so that equal states are equal values.

func (l *LastSigned) setBlockRoot(has bool, root beacon.Root) {
	if l.HasBlockRoot = has; !has {
		root = beacon.Root{}
	}
	l.BlockRoot = root
}

func (l *LastSigned) setAttestationRoot(has bool, root beacon.Root) {
	if l.HasAttestationRoot = has; !has {
		root = beacon.Root{}
	}
	l.AttestationRoot = root
}

// Raise returns the greater value of each field of l and o, and never lowers
// one. It is commutative, associative and idempotent.
func (l LastSigned) Raise(o LastSigned) LastSigned {
	if b, ok := o.Block(); ok {
		l = l.AfterBlock(b)
	}
	if a, ok := o.Attestation(); ok {
		l = l.AfterAttestation(a)
	}
	return l
}

// Block returns the last signed block, if there is one.
func (l LastSigned) Block() (Block, bool) {
	return Block{Slot: l.Slot, Root: l.BlockRoot, HasRoot: l.HasBlockRoot}, l.HasBlock
}

// Attestation returns the synthetic last attestation (greatest source, greatest
// target), if there is one. By minify_synth_correct of the EIP's formal proofs
// it protects against all that it replaces.
func (l LastSigned) Attestation() (Attestation, bool) {
	return Attestation{Source: l.Source, Target: l.Target, Root: l.AttestationRoot, HasRoot: l.HasAttestationRoot}, l.HasAttestation
}

// Covers reports whether l refuses everything that o refuses to sign anew:
// every field of o is there in l and not greater.
func (l LastSigned) Covers(o LastSigned) bool {
	block := !o.HasBlock || l.HasBlock && l.Slot >= o.Slot
	attestation := !o.HasAttestation || l.HasAttestation && l.Source >= o.Source && l.Target >= o.Target
	return block && attestation
}
