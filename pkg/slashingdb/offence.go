package slashingdb

import "github.com/ethkey/ethkey/pkg/beacon"

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
	Place  Place         `json:"place,omitzero"`
	Slot   *beacon.Slot  `json:"slot,omitempty"`
	Source *beacon.Epoch `json:"source_epoch,omitempty"`
	Target *beacon.Epoch `json:"target_epoch,omitempty"`
	Root   *string       `json:"signing_root,omitempty"`
}

// pairs finds contradictions and reports them.
type pairs struct {
	*messages
	sorter sorter
	files  []string // empty: not named
	key    PublicKey
	// Pairs are counted; report is called while there is room, for a single
	// message may contradict all others.
	slashable, possible int64
	room                [2]int // of possible pairs, and of certain ones, which others must not crowd out
	report              func(Pair)
}

// count counts a pair and says whether it is to be reported.
func (p *pairs) count(certain bool) bool {
	if certain {
		p.slashable++
	} else {
		p.possible++
	}
	room := &p.room[count(certain)]
	*room--
	return *room >= 0
}

// find looks for contradictions in time that grows with the number of messages
// alone. Of several messages for one slot or target each is paired with the
// first; of several that surround one, the one that reaches furthest.
func (p *pairs) find(key PublicKey, h *held) {
	p.key, p.slashable, p.possible = key, 0, 0
	slots := p.sorter.by(h.blocks, func(i uint32) uint64 { return uint64(p.blocks.at(i).Slot) })
	sameNumber(slots, func(first, i uint32) {
		if a, b := p.blocks.at(first), p.blocks.at(i); IsDoubleBlock(a.Block, b.Block) {
			p.blockPair(a, b)
		}
	})
	targets := p.sorter.by(h.attestations, func(i uint32) uint64 { return uint64(p.attestations.at(i).Target) })
	sameNumber(targets, func(first, i uint32) {
		if a, b := p.attestations.at(first), p.attestations.at(i); IsDoubleVote(a.Attestation, b.Attestation) {
			p.attestationPair(OffenceDoubleVote, a, b)
		}
	})
	p.surrounds(p.sorter.by(h.attestations, func(i uint32) uint64 { return uint64(p.attestations.at(i).Source) }))
}

// sameNumber calls found for the first and each further one of a number.
func sameNumber(list []numbered, found func(first, i uint32)) {
	for first, i := 0, 1; i < len(list); i++ {
		if list[first].number != list[i].number {
			first = i
		} else {
			found(list[first].i, list[i].i)
		}
	}
}

// surrounds goes up the sources. What reaches furthest among all lower sources
// surrounds every message that ends before it.
func (p *pairs) surrounds(sources []numbered) {
	var furthest, candidate *heldAttestation // candidate has the source at hand
	for n, e := range sources {
		b := p.attestations.at(e.i)
		if n > 0 && sources[n-1].number < e.number {
			furthest = candidate
		}
		if furthest != nil && b.Target < furthest.Target {
			p.attestationPair(OffenceSurround, furthest, b)
		}
		if candidate == nil || b.Target > candidate.Target {
			candidate = b
		}
	}
}

func (p *pairs) blockPair(a, b *heldBlock) {
	if certain := a.HasRoot && b.HasRoot; p.count(certain) {
		p.report(Pair{
			Key: p.key.String(), Offence: OffenceDoubleBlock, Certain: certain,
			First: p.blockMessage(a), Second: p.blockMessage(b),
		})
	}
}

func (p *pairs) attestationPair(kind Offence, a, b *heldAttestation) {
	if certain := a.HasRoot && b.HasRoot || a.Source != b.Source; p.count(certain) {
		p.report(Pair{
			Key: p.key.String(), Offence: kind, Certain: certain,
			First: p.attestationMessage(a), Second: p.attestationMessage(b),
		})
	}
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
