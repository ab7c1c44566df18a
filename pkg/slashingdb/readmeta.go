package slashingdb

import (
	"github.com/ethkey/ethkey/pkg/beacon"
)

// metadataReader reads the object that names version and chain.
type metadataReader struct {
	r   *reader
	off int64
	m   Metadata

	failed     bool
	versionAt  int64
	hasVersion bool
	format     string // of version 4
	hasFormat  bool
	rootAt     int64
	root       *beacon.Root
}

func (m *metadataReader) path(name []byte) []byte { return append([]byte("metadata."), name...) }

func (m *metadataReader) field(f *member) {
	at, path := m.off+int64(f.at), m.path(f.name)
	f.name = path
	switch string(path) {
	case "metadata.interchange_format_version":
		m.hasVersion, m.versionAt = true, at
		n, ok := m.r.number(f, at, greatest)
		m.m.Version = int(n)
		m.failed = m.failed || !ok
	case "metadata.interchange_format":
		text, ok := m.r.text(f, at)
		m.format, m.hasFormat = string(text), ok
		m.failed = m.failed || !ok
	case "metadata.genesis_validators_root":
		m.rootAt = at
		m.genesisRoot(f, at)
	default:
		m.r.checkUnknown(f, at)
		m.r.deviates(UnknownMember, at, path)
	}
}

// genesisRoot reads the chain; null and "" are a file that names none.
func (m *metadataReader) genesisRoot(f *member, at int64) {
	if f.value[0] == 'n' || string(f.value) == `""` {
		return
	}
	text, ok := m.r.text(f, at)
	var root beacon.Root
	if ok && m.r.hex(root[:], text, f.name, at) {
		m.root = &root
		return
	}
	m.failed = true
}

// finish checks what was read and reports whether it can be used.
func (m *metadataReader) finish() bool {
	if !m.hasVersion {
		m.failed = true
		m.r.bad(m.off, m.path([]byte("interchange_format_version")), "", "missing")
	}
	if m.failed {
		return false
	}
	m.m.GenesisValidatorsRoot = m.root
	if m.root == nil {
		m.rootAt = m.off
	}
	return m.version() && m.r.expectRoot(m.root, m.rootAt, m.path([]byte("genesis_validators_root")))
}

func (m *metadataReader) version() bool {
	path := m.path([]byte("interchange_format_version"))
	switch {
	case m.m.Version == 5:
		if m.hasFormat {
			m.r.deviates(UnknownMember, m.versionAt, m.path([]byte("interchange_format")))
		}
		return true
	case m.m.Version != 4:
		return m.r.bad(m.versionAt, path, "", "%d; expected 5", m.m.Version)
	case !m.r.o.Version4:
		return m.r.mendable(Version4, m.versionAt, path, "4; expected 5") && m.format4()
	}
	m.r.deviates(Version4, m.versionAt, path)
	return m.format4()
}

// format4 reads which of its two forms a file of version 4 has.
func (m *metadataReader) format4() bool {
	switch m.format {
	case "complete":
		return true
	case "minimal":
		m.m.Minimal = true
		return true
	}
	return m.r.bad(m.off, m.path([]byte("interchange_format")), "", "expected complete or minimal in a file of version 4")
}

// The members of an entry in a minimal file of version 4.
const (
	minimalSlot   = "last_signed_block_slot"
	minimalSource = "last_signed_attestation_source_epoch"
	minimalTarget = "last_signed_attestation_target_epoch"
)

// minimalEntry are the watermarks of a key.
type minimalEntry struct {
	any, failed bool
	has         map[string]bool
	slot        beacon.Slot
	source      beacon.Epoch
	target      beacon.Epoch
}

func (r *reader) minimalMember(name string) {
	raw, off, ok := r.value()
	if !ok {
		return
	}
	m := &r.entry.minimal
	if !m.any {
		m.any, m.has = true, map[string]bool{}
	}
	field := &member{name: []byte(name), value: raw}
	if r.minimalAt == nil {
		p := r.place(off, field.name)
		r.minimalAt = &p
	}
	if raw[0] == 'n' { // never signed
		return
	}
	m.has[name] = true
	switch name {
	case minimalSlot:
		m.slot, ok = r.slotNumber(field, off)
	case minimalSource:
		m.source, ok = r.epochNumber(field, off)
	case minimalTarget:
		m.target, ok = r.epochNumber(field, off)
	}
	m.failed = m.failed || !ok
}

// endMinimal hands the watermarks over as the messages that they stand for.
func (r *reader) endMinimal() {
	m, at := r.entry.minimal, At{Entry: r.entryIndex, Offset: r.entry.start.Offset, Line: r.entry.start.Line, Column: r.entry.start.Column}
	if m.failed {
		return
	}
	if m.has[minimalSource] != m.has[minimalTarget] {
		r.fail(Fault{Place: r.entry.start, What: "expected both " + minimalSource + " and " + minimalTarget + ", or neither"})
		return
	}
	if m.has[minimalSlot] {
		r.res.Blocks++
		r.giveBlock(Block{Slot: m.slot}, at)
	}
	if m.has[minimalSource] {
		r.res.Attestations++
		r.giveAttestation(Attestation{Source: m.source, Target: m.target}, at)
	}
}
