package slashingdb

import "strconv"

// entryState is what is known of the entry being read.
type entryState struct {
	start   Place
	hasKey  bool // a pubkey stands there, right or wrong
	usable  bool // it is right
	key     PublicKey
	lists   [3]bool
	minimal minimalEntry

	// Messages that stand before the key.
	blocks       []pendingBlock
	attestations []pendingAttestation
}

type pendingBlock struct {
	Block
	at At
}

type pendingAttestation struct {
	Attestation
	at At
}

// readEntry reads an element of data.
func (r *reader) readEntry() {
	if kind := r.dec.PeekKind(); kind != '{' {
		r.skip()
		if !r.over() {
			r.bad(r.dec.InputOffset()-1, nil, "", "expected an object")
		}
		return
	}
	if !r.token() {
		return
	}
	r.entry = entryState{
		start:  r.place(r.dec.InputOffset()-1, nil),
		blocks: r.entry.blocks[:0], attestations: r.entry.attestations[:0],
	}
	var names nameSet
	for r.more() {
		if name, off, ok := r.name(&names); ok {
			r.entryMember(name, off)
		}
	}
	if r.over() || !r.token() {
		return
	}
	r.endEntry()
}

func (r *reader) entryMember(name string, off int64) {
	switch name {
	case "pubkey":
		r.entryKey(name)
	case listNames[blockList]:
		r.messages(blockList, off)
	case listNames[attestationList]:
		r.messages(attestationList, off)
	case minimalSlot, minimalSource, minimalTarget:
		r.minimalMember(name)
	default:
		r.unknown(name, off)
	}
}

func (r *reader) entryKey(name string) {
	raw, off, ok := r.value()
	if !ok {
		return
	}
	r.entry.hasKey = true
	key, ok := r.key(&member{name: []byte(name), value: raw}, off)
	if !ok {
		return
	}
	r.entry.key, r.entry.usable = key, true
	if _, again := r.keys[key]; again {
		r.deviates(DuplicateEntry, off, []byte(name))
	}
	r.keys[key] = struct{}{}
	r.res.Entries++
	r.check(r.h.Entry(key, r.at(r.entry.start.Offset)))
	r.flush()
}

// flush hands over what stood before the key.
func (r *reader) flush() {
	for _, b := range r.entry.blocks {
		r.check(r.h.Block(b.Block, b.at))
	}
	for _, a := range r.entry.attestations {
		r.check(r.h.Attestation(a.Attestation, a.at))
	}
	r.entry.blocks, r.entry.attestations = r.entry.blocks[:0], r.entry.attestations[:0]
}

func (r *reader) endEntry() {
	e := &r.entry
	if !e.hasKey {
		r.fail(Fault{Place: e.start, What: "pubkey: missing"})
	}
	if e.minimal.any {
		r.endMinimal()
		return
	}
	for _, list := range []int{blockList, attestationList} {
		if e.lists[list] {
			continue
		}
		if m := &r.missing[list]; m.count == 0 {
			m.first = e.start
		}
		r.missing[list].count++
	}
}

// messages streams a list.
func (r *reader) messages(list int, off int64) {
	switch kind := r.dec.PeekKind(); kind {
	case '[':
	case 'n': // Go's writers make this of an empty list
		r.skip()
		return
	default:
		if kind != 0 {
			r.bad(off, []byte(listNames[list]), "", "expected an array")
		}
		r.skip()
		r.entry.lists[list] = true
		return
	}
	r.entry.lists[list] = true
	if r.listsAt == nil {
		p := r.place(off, []byte(listNames[list]))
		r.listsAt = &p
	}
	if !r.token() {
		return
	}
	r.list = list
	for r.index = 0; r.more(); r.index++ {
		if raw, off, ok := r.value(); ok {
			r.message(raw, off)
		}
	}
	r.list, r.index = noList, -1
	if !r.over() {
		r.token()
	}
}

func (r *reader) message(raw []byte, off int64) {
	switch {
	case raw[0] != '{':
		r.bad(off, nil, "", "expected an object, found %s", kindOf(raw))
	case r.list == blockList:
		if b, ok := r.block(raw, off); ok {
			r.res.Blocks++
			r.giveBlock(b, r.at(off))
		}
	default:
		if a, ok := r.attestation(raw, off); ok {
			r.res.Attestations++
			r.giveAttestation(a, r.at(off))
		}
	}
}

func (r *reader) giveBlock(b Block, at At) {
	switch e := &r.entry; {
	case e.usable:
		r.check(r.h.Block(b, at))
	case !e.hasKey && r.room(at):
		e.blocks = append(e.blocks, pendingBlock{b, at})
	}
}

func (r *reader) giveAttestation(a Attestation, at At) {
	switch e := &r.entry; {
	case e.usable:
		r.check(r.h.Attestation(a, at))
	case !e.hasKey && r.room(at):
		e.attestations = append(e.attestations, pendingAttestation{a, at})
	}
}

// room keeps the memory flat when an entry names its key last.
func (r *reader) room(at At) bool {
	if n := len(r.entry.blocks) + len(r.entry.attestations); n != maxPending {
		return n < maxPending
	}
	return r.bad(at.Offset, nil, "", "%d messages stand before the pubkey of their entry; expected the pubkey first", maxPending)
}

// at is where the message at off stands.
func (r *reader) at(off int64) At {
	line, column := r.src.line(off)
	return At{Entry: r.entryIndex, Index: r.index, Offset: off, Line: line, Column: column}
}

// spot is a place that is not worded yet: most are never told.
type spot struct {
	at   At
	list int
	name string
}

func (r *reader) spot(off int64, name []byte) spot {
	return spot{at: r.at(off), list: r.list, name: string(name)}
}

func (r *reader) place(off int64, name []byte) Place { return r.spot(off, name).place() }

func (s spot) place() Place {
	var path []byte
	if s.at.Entry >= 0 {
		path = append(path, "data["...)
		path = append(strconv.AppendInt(path, int64(s.at.Entry), 10), ']')
	}
	if s.list != noList {
		path = append(path, '.')
		path = append(append(path, listNames[s.list]...), '[')
		path = append(strconv.AppendInt(path, int64(s.at.Index), 10), ']')
	}
	if s.name != "" {
		if len(path) > 0 {
			path = append(path, '.')
		}
		path = append(path, pathName(s.name)...)
	}
	return s.at.place(string(path))
}

// pathName keeps a name of a file that is not an ordinary one from looking
// like more of the path.
func pathName(name string) string {
	for _, c := range []byte(name) {
		if c != '_' && c != '.' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return show([]byte(name))
		}
	}
	return name
}
