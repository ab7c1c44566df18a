package slashingdb

import (
	"fmt"

	"github.com/ethkey/ethkey/pkg/beacon"
)

// The members of a message, as bits of what was seen.
const (
	slotMember = 1 << iota
	sourceMember
	targetMember
	rootMember
)

// block reads a signed block.
func (r *reader) block(raw []byte, off int64) (b Block, ok bool) {
	seen, ok := 0, true
	var others nameSet
	var m member
	for walk := walkMembers(raw); walk.next(&m); {
		at, good := off+int64(m.at), true
		switch string(m.name) {
		case "slot":
			if good = r.once(&seen, slotMember, &m, at); good {
				b.Slot, good = r.slotNumber(&m, at)
			}
		case "signing_root":
			if good = r.once(&seen, rootMember, &m, at); good {
				b.Root, b.HasRoot, good = r.signingRoot(&m, at)
			}
		default:
			good = r.other(&others, &m, at)
		}
		ok = ok && good
	}
	if seen&slotMember == 0 {
		ok = r.bad(off, []byte("slot"), "", "missing")
	}
	return b, ok
}

// attestation reads a signed attestation.
func (r *reader) attestation(raw []byte, off int64) (a Attestation, ok bool) {
	seen, ok := 0, true
	var others nameSet
	var m member
	for walk := walkMembers(raw); walk.next(&m); {
		at, good := off+int64(m.at), true
		switch string(m.name) {
		case "source_epoch":
			a.Source, good = r.epoch(&seen, sourceMember, &m, at)
		case "target_epoch":
			a.Target, good = r.epoch(&seen, targetMember, &m, at)
		case "signing_root":
			if good = r.once(&seen, rootMember, &m, at); good {
				a.Root, a.HasRoot, good = r.signingRoot(&m, at)
			}
		default:
			good = r.other(&others, &m, at)
		}
		ok = ok && good
	}
	if seen&sourceMember == 0 {
		ok = r.bad(off, []byte("source_epoch"), "", "missing")
	}
	if seen&targetMember == 0 {
		ok = r.bad(off, []byte("target_epoch"), "", "missing")
	}
	return a, ok
}

func (r *reader) epoch(seen *int, bit int, m *member, at int64) (beacon.Epoch, bool) {
	if !r.once(seen, bit, m, at) {
		return 0, false
	}
	return r.epochNumber(m, at)
}

// once refuses a second member of one name.
func (r *reader) once(seen *int, bit int, m *member, at int64) bool {
	if *seen&bit != 0 {
		return r.bad(at, m.name, "", standsTwice)
	}
	*seen |= bit
	return true
}

// other passes over a member that the EIP does not know.
func (r *reader) other(names *nameSet, m *member, at int64) bool {
	if err := names.add(string(m.name)); err != "" {
		return r.bad(at, m.name, "", "%s", err)
	}
	r.checkUnknown(m, at)
	r.deviates(UnknownMember, at, m.name)
	return true
}

const standsTwice = "stands twice in one object"

// nameSet finds duplicate names. Objects have few members, so it is a list.
type nameSet []string

// add returns what is wrong with a further name, or "".
func (s *nameSet) add(name string) string {
	for _, old := range *s {
		if old == name {
			return standsTwice
		}
	}
	if len(*s) >= maxUnknown {
		return fmt.Sprintf("more than %d members in one object", maxUnknown)
	}
	*s = append(*s, name)
	return ""
}
