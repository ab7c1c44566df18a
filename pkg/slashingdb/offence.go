package slashingdb

import (
	"cmp"
	"slices"

	"github.com/ethkey/ethkey/pkg/beacon"
)

// Offence is a kind of contradiction.
type Offence string

// The offences of the consensus specification.
const (
	OffenceDoubleBlock Offence = "double block"
	OffenceDoubleVote  Offence = "double vote"
	OffenceSurround    Offence = "surround vote" // the first surrounds the second
)

// Pair are two messages of one key that contradict each other.
type Pair struct {
	Key     string  `json:"public_key"`
	Offence Offence `json:"offence"`
	// Certain is false where a signing root is missing, so that the two may be
	// one message that stands twice.
	Certain bool    `json:"certain"`
	First   Message `json:"first"`
	Second  Message `json:"second"`
}

// Message is a message and where it stands.
type Message struct {
	File   string        `json:"file,omitempty"`
	Place  Place         `json:"place"`
	Slot   *beacon.Slot  `json:"slot,omitempty"`
	Source *beacon.Epoch `json:"source_epoch,omitempty"`
	Target *beacon.Epoch `json:"target_epoch,omitempty"`
	Root   *string       `json:"signing_root,omitempty"`
}

// heldBlock and heldAttestation are messages kept with their place.
type heldBlock struct {
	Block
	at   At
	file int32
}

type heldAttestation struct {
	Attestation
	at   At
	file int32
}

// held are the messages of one key.
type held struct {
	blocks       []heldBlock
	attestations []heldAttestation
}

func (h *held) reset() { h.blocks, h.attestations = h.blocks[:0], h.attestations[:0] }

// pairs is given what is found.
type pairs struct {
	report func(Pair)
	key    PublicKey
	files  []string
}

// find looks for contradictions in O(n log n), and in O(n) where the messages
// are in order. Of several messages for one slot or target each is paired with
// the first; of several that surround one, the one that reaches furthest.
func (p *pairs) find(h *held) {
	order(h.blocks, compareBlocks)
	for first, i := 0, 1; i < len(h.blocks); i++ {
		if a, b := &h.blocks[first], &h.blocks[i]; a.Slot != b.Slot {
			first = i
		} else if IsDoubleBlock(a.Block, b.Block) {
			p.blocks(a, b)
		}
	}
	order(h.attestations, compareAttestations)
	for first, i := 0, 1; i < len(h.attestations); i++ {
		if a, b := &h.attestations[first], &h.attestations[i]; a.Target != b.Target {
			first = i
		} else if IsDoubleVote(a.Attestation, b.Attestation) {
			p.attestations(OffenceDoubleVote, a, b)
		}
	}
	p.surrounds(h.attestations)
}

// surrounds goes up the sources. What reaches furthest among all lower sources
// surrounds every message that ends before it.
func (p *pairs) surrounds(list []heldAttestation) {
	order(list, func(a, b *heldAttestation) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Target, b.Target))
	})
	var furthest *heldAttestation
	for begin := 0; begin < len(list); {
		end := begin
		for end < len(list) && list[end].Source == list[begin].Source {
			if b := &list[end]; furthest != nil && b.Target < furthest.Target {
				p.attestations(OffenceSurround, furthest, b)
			}
			end++
		}
		if last := &list[end-1]; furthest == nil || last.Target > furthest.Target {
			furthest = last
		}
		begin = end
	}
}

// order sorts, but looks first whether there is anything to do.
func order[T any](list []T, compare func(a, b *T) int) {
	byValue := func(a, b T) int { return compare(&a, &b) }
	for i := 1; i < len(list); i++ {
		if compare(&list[i-1], &list[i]) > 0 {
			slices.SortStableFunc(list, byValue)
			return
		}
	}
}

func compareBlocks(a, b *heldBlock) int { return cmp.Compare(a.Slot, b.Slot) }

func compareAttestations(a, b *heldAttestation) int {
	return cmp.Or(cmp.Compare(a.Target, b.Target), cmp.Compare(a.Source, b.Source))
}

func (p *pairs) blocks(a, b *heldBlock) {
	p.report(Pair{
		Key: p.key.String(), Offence: OffenceDoubleBlock, Certain: a.HasRoot && b.HasRoot,
		First: p.blockMessage(a), Second: p.blockMessage(b),
	})
}

func (p *pairs) attestations(kind Offence, a, b *heldAttestation) {
	p.report(Pair{
		Key: p.key.String(), Offence: kind, Certain: a.HasRoot && b.HasRoot || a.Source != b.Source,
		First: p.attestationMessage(a), Second: p.attestationMessage(b),
	})
}

func (p *pairs) blockMessage(b *heldBlock) Message {
	slot := b.Slot
	m := Message{File: p.file(b.file), Place: b.at.BlockPlace(), Slot: &slot}
	if b.HasRoot {
		m.Root = rootText(b.Root)
	}
	return m
}

func (p *pairs) attestationMessage(a *heldAttestation) Message {
	source, target := a.Source, a.Target
	m := Message{File: p.file(a.file), Place: a.at.AttestationPlace(), Source: &source, Target: &target}
	if a.HasRoot {
		m.Root = rootText(a.Root)
	}
	return m
}

func (p *pairs) file(i int32) string {
	if len(p.files) == 0 {
		return ""
	}
	return p.files[i]
}
