package slashingdb

import (
	"fmt"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
)

// Shaped says what Shape did beyond taking the greatest values.
type Shaped struct {
	Client  Client   `json:"client"`
	Keys    int      `json:"keys"`              // in the shaped table
	Covered int      `json:"covered,omitempty"` // left out: the target has all of it
	Notes   []string `json:"notes,omitempty"`
}

// Shape returns t as a client swallows it without loss. The target's own
// export, over, may be nil where it has no history; what it holds is raised
// into the result, because three clients would otherwise sign or lose what lies
// between the two.
//
// Every key stands there once, in lower case, both lists present, numbers as
// strings, the greatest values of each field: so no order of entries or of
// files matters any more. No value is lower than in t or in over.
func Shape(t *Table, c Client, over *Table) (*Table, *Shaped, error) {
	if t.GenesisValidatorsRoot == nil {
		return nil, nil, fault.New(fault.Refused, "the file names no chain: it has no genesis_validators_root").
			WithHint("clients adopt or refuse such a file; name the chain with --chain")
	}
	if over != nil {
		if err := sameChain(t, over); err != nil {
			return nil, nil, err
		}
	}
	out := &Table{GenesisValidatorsRoot: t.GenesisValidatorsRoot, Keys: map[PublicKey]LastSigned{}}
	did := &Shaped{Client: c}
	shifted, seeded, gaps := 0, 0, 0
	for _, key := range t.Sorted() {
		l, known := t.Keys[key], LastSigned{}
		if over != nil {
			known = over.Keys[key]
			l = l.Raise(known)
		}
		if err := fits(c, key, l); err != nil {
			return nil, nil, err
		}
		if c == Prysm {
			var moved, seed, left bool
			l, moved, seed, left = forPrysm(l, known, t.Keys[key])
			if moved && uint64(l.Target) > greatest {
				return nil, nil, tooGreat(c, key, uint64(l.Target))
			}
			shifted, seeded = shifted+count(moved), seeded+count(seed)
			if left {
				did.Covered++
				continue
			}
			gaps += count(known.HasBlock || known.HasAttestation)
		}
		out.Keys[key] = l
	}
	did.Keys = len(out.Keys)
	did.note(did.Covered, "left out, since the target holds as much and would blacklist a repeat without a root")
	did.note(gaps, "known to Prysm already: it may sign what lies between its history and this one, unless this is merged with its export and imported into a new database")
	did.note(shifted, "whose last target was raised by one, since the client holds another attestation of that epoch")
	did.note(seeded, "given a block at slot 0, since Prysm's export of all keys fails over one without blocks")
	return out, did, nil
}

func (s *Shaped) note(n int, text string) {
	if n > 0 {
		s.Notes = append(s.Notes, fmt.Sprintf("keys %s: %d", text, n))
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// fits refuses a value that the client would read as another.
func fits(c Client, key PublicKey, l LastSigned) error {
	most := max(uint64(l.Slot), uint64(l.Source), uint64(l.Target))
	if most > c.greatest() {
		return tooGreat(c, key, most)
	}
	return nil
}

func tooGreat(c Client, key PublicKey, n uint64) error {
	return fault.New(fault.Refused, "key %s: %d is more than %s can hold", key, n, c.Label()).
		WithHint("no chain has reached such a number: the entry is damaged, or was made to stop the key for good")
}

// forPrysm shapes one key for Prysm's complete database. It blacklists a key
// when a file repeats a slot or a target without the same root, or holds an
// attestation that surrounds or is surrounded: so what it knows is left out,
// and what is new stands above it. Its export fails over a key without blocks.
func forPrysm(l, known, file LastSigned) (_ LastSigned, moved, seeded, left bool) {
	if known.HasBlock || known.HasAttestation {
		if known.Covers(file) {
			return l, false, false, true
		}
		if l.HasAttestation && known.HasAttestation {
			switch {
			case known.Source >= l.Source && known.Target >= l.Target:
				l.HasAttestation, l.HasAttestationRoot = false, false
				l.Source, l.Target, l.AttestationRoot = 0, 0, beacon.Root{}
			case l.Target == known.Target:
				l.Target, l.HasAttestationRoot, l.AttestationRoot = l.Target+1, false, beacon.Root{}
				moved = true
			}
		}
		if l.HasBlock && known.HasBlock && known.Slot >= l.Slot {
			l.HasBlock, l.HasBlockRoot, l.Slot, l.BlockRoot = false, false, 0, beacon.Root{}
		}
	}
	if !l.HasBlock && !known.HasBlock {
		l.HasBlock, seeded = true, true
	}
	return l, moved, seeded, false
}
