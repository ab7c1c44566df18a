package slashingdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
)

// What is held of a file is bounded, whoever wrote it.
const (
	maxFaults  = 1000    // faults that are listed; all are counted
	maxUnknown = 64      // members of one object that the EIP does not know
	maxPending = 1 << 16 // messages that stand before the key of their entry
)

// greatest is the largest slot or epoch that is believed without a clock:
// databases with signed integers cannot hold more.
const greatest = 1<<63 - 1

// reader is the state of one Read. Methods that read return false when what
// they read is not to be used; whether to go on at all is over's business.
type reader struct {
	dec *jsontext.Decoder
	src *source
	o   ReadOptions
	h   Handler
	res Reading

	err    error // ends the reading
	broken bool  // the JSON is not whole: nothing more can be read

	keys       map[PublicKey]struct{}
	deviations map[Mending]int
	mend       map[Mending]bool

	// Where it is, for messages.
	entryIndex, index int // -1: in none
	list              int

	hasMetadata, hasData bool
	minimalAt            *Place // the first watermark of a minimal entry
	listsAt              *Place // the first list of messages
	missing              [3]missingLists
	entry                entryState

	lateEpoch, lateSlot latest
}

// missingLists are entries without a list, which a minimal file has not.
type missingLists struct {
	count int64
	first Place
}

func newReader(ctx context.Context, in io.Reader, o ReadOptions, h Handler) *reader {
	r := &reader{
		src: newSource(ctx, in), o: o, h: h,
		res:  Reading{Deviations: []Deviation{}},
		keys: map[PublicKey]struct{}{}, deviations: map[Mending]int{}, mend: map[Mending]bool{},
		entryIndex: -1, index: -1,
	}
	for _, m := range o.Mend {
		r.mend[m] = true
	}
	if r.o.MaxEpoch == 0 {
		r.o.MaxEpoch = greatest
	}
	if r.o.MaxSlot == 0 {
		r.o.MaxSlot = greatest
	}
	// Duplicate names are found by nameSet, which can say where and go on.
	r.dec = jsontext.NewDecoder(r.src, jsontext.AllowDuplicateNames(true))
	r.src.consumed = r.dec.InputOffset
	return r
}

func (r *reader) read() (*Reading, error) {
	r.file()
	if !r.over() {
		r.finish()
	}
	r.res.Keys, r.res.Bytes = int64(len(r.keys)), r.src.read
	if r.err != nil {
		return nil, r.err
	}
	return &r.res, nil
}

func (r *reader) over() bool { return r.err != nil || r.broken }

// file reads the object that the file is, and that nothing follows it.
func (r *reader) file() {
	if kind := r.dec.PeekKind(); kind != '{' {
		if raw, off, ok := r.value(); ok {
			r.bad(off, nil, "", "expected an object with metadata and data, found %s", kindOf(raw))
		}
		r.broken = true
		return
	}
	if !r.token() {
		return
	}
	var names nameSet
	for r.more() {
		if name, off, ok := r.name(&names); ok {
			r.topMember(name, off)
		}
	}
	if r.over() || !r.token() {
		return
	}
	if raw, err := r.dec.ReadValue(); err == nil {
		r.bad(r.dec.InputOffset()-int64(len(raw)), nil, "", "something follows the end of the data")
	} else if !errors.Is(err, io.EOF) {
		r.syntax(err)
	}
}

func (r *reader) topMember(name string, off int64) {
	switch name {
	case "metadata":
		if raw, off, ok := r.value(); ok {
			r.hasMetadata = true
			r.metadata(raw, off)
		}
	case "data":
		r.hasData = true
		r.data()
	default:
		r.unknown(name, off)
	}
}

// finish checks what only the whole file shows.
func (r *reader) finish() {
	end := r.dec.InputOffset()
	if !r.hasMetadata {
		r.fail(Fault{Place: r.place(end, []byte("metadata")), What: "missing", next: nextInterchange})
	}
	if !r.hasData {
		r.fail(Fault{Place: r.place(end, []byte("data")), What: "missing", next: nextInterchange})
	}
	if m := r.res.Metadata; r.minimalAt != nil && !m.Minimal {
		r.fail(Fault{Place: *r.minimalAt, What: "expected in a minimal file of version 4 alone"})
	} else if r.listsAt != nil && m.Minimal {
		r.fail(Fault{Place: *r.listsAt, What: "not expected in a minimal file of version 4"})
	}
	if r.res.Metadata.Minimal {
		return
	}
	for list, name := range map[int]Mending{blockList: MissingBlocks, attestationList: MissingAttestations} {
		if m := r.missing[list]; m.count > 0 {
			r.res.Deviations = append(r.res.Deviations, Deviation{Name: name, What: name.What(), Count: m.count, First: m.first})
		}
	}
	slices.SortStableFunc(r.res.Deviations, func(a, b Deviation) int { return int(a.First.Offset - b.First.Offset) })
}

// data streams the entries.
func (r *reader) data() {
	if kind := r.dec.PeekKind(); kind != '[' {
		if raw, off, ok := r.value(); ok {
			r.bad(off, []byte("data"), "", "expected an array, found %s", kindOf(raw))
		}
		return
	}
	if !r.token() {
		return
	}
	for r.entryIndex = 0; r.more(); r.entryIndex++ {
		r.readEntry()
	}
	r.entryIndex = -1
	if !r.over() {
		r.token()
	}
}

// more reports whether the array or object that is open has another element.
func (r *reader) more() bool {
	if r.over() {
		return false
	}
	switch r.dec.PeekKind() {
	case '}', ']':
		return false
	case 0:
		_, err := r.dec.ReadToken()
		r.syntax(err)
		return false
	}
	return true
}

// token reads a bracket.
func (r *reader) token() bool {
	if _, err := r.dec.ReadToken(); err != nil {
		r.syntax(err)
		return false
	}
	return true
}

// value reads a whole value, of at most maxValue bytes.
func (r *reader) value() (raw []byte, off int64, ok bool) {
	raw, err := r.dec.ReadValue()
	if err != nil {
		r.syntax(err)
		return nil, 0, false
	}
	return raw, r.dec.InputOffset() - int64(len(raw)), true
}

// name reads the name of a member; a second one of a name is passed over with
// its value.
func (r *reader) name(names *nameSet) (name string, off int64, ok bool) {
	raw, off, ok := r.value()
	if !ok {
		return "", 0, false
	}
	name = string(unquoted(raw))
	if err := names.add(name); err != "" {
		r.bad(off, []byte(name), "", "%s", err)
		r.skip()
		return "", 0, false
	}
	return name, off, true
}

// skip passes over a value of any size.
func (r *reader) skip() {
	if r.over() {
		return
	}
	if err := r.dec.SkipValue(); err != nil {
		r.syntax(err)
	}
}

// unknown passes over the value of a member that the EIP does not know.
func (r *reader) unknown(name string, off int64) {
	raw, at, ok := r.value()
	if !ok {
		return
	}
	r.checkUnknown(&member{name: []byte(name), value: raw}, at)
	r.deviates(UnknownMember, off, []byte(name))
}

// checkUnknown finds duplicate names inside.
func (r *reader) checkUnknown(m *member, off int64) {
	if (m.value[0] == '{' || m.value[0] == '[') && !jsontext.Value(m.value).IsValid() {
		r.bad(off, m.name, "", "a name stands twice in one object inside")
	}
}

// metadata reads what the file says of itself, and checks it.
func (r *reader) metadata(raw []byte, off int64) {
	if raw[0] != '{' {
		r.bad(off, []byte("metadata"), "", "expected an object, found %s", kindOf(raw))
		return
	}
	m := metadataReader{r: r, off: off}
	var names nameSet
	var field member
	for walk := walkMembers(raw); walk.next(&field); {
		if err := names.add(string(field.name)); err != "" {
			r.bad(off+int64(field.at), m.path(field.name), "", "%s", err)
			continue
		}
		m.field(&field)
	}
	if m.finish() && r.err == nil {
		r.res.Metadata = m.m
		r.limit(m.m)
		r.check(r.h.Metadata(m.m))
	}
}

// check ends the reading with an error of the handler.
func (r *reader) check(err error) {
	if r.err == nil {
		r.err = err
	}
}

// expectRoot compares the chain.
func (r *reader) expectRoot(root *beacon.Root, off int64, path []byte) bool {
	switch expected := r.o.GenesisValidatorsRoot; {
	case root == nil && r.o.NeedRoot:
		return r.bad(off, path, MissingGenesisRoot, "missing; the file does not say which chain it is of")
	case root == nil:
		r.deviates(MissingGenesisRoot, off, path)
	case expected != nil && *expected != *root:
		return r.fail(Fault{Place: r.place(off, path), What: fmt.Sprintf("%s; expected %s: the file is of another chain", root, expected), next: nextChain})
	}
	return true
}

// syntax is an error of the decoder: of the file's JSON, or of reading it.
func (r *reader) syntax(err error) {
	if r.over() {
		return
	}
	if r.src.err != nil && r.src.err != error(errTooLong) {
		r.err = r.src.err
		return
	}
	offset, what, next := r.dec.InputOffset(), "a value of more than 1 MiB", nextExport
	if r.src.err == nil {
		offset, what, next = syntaxText(err, r.src.given)
	}
	r.fail(Fault{Place: r.place(offset, nil), What: what, next: next})
	r.broken = true
}

// syntaxText words what the decoder found. It quotes nothing of the file.
func syntaxText(err error, end int64) (offset int64, what, next string) {
	var syntactic *jsontext.SyntacticError
	switch {
	case end == 0:
		return 0, "the file is empty", nextWhole
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		return end, "not JSON: the file ends in the middle", nextWhole
	case errors.As(err, &syntactic):
		what, next = "not JSON", nextExport
		if syntactic.Err != nil {
			what += ": " + syntactic.Err.Error()
		}
		if syntactic.ByteOffset == 0 {
			next = nextText
		}
		return syntactic.ByteOffset, what, next
	}
	return end, "not JSON: " + err.Error(), nextExport
}

// bad reports a fault; it always returns false.
func (r *reader) bad(off int64, name []byte, mend Mending, format string, args ...any) bool {
	return r.fail(Fault{Place: r.place(off, name), What: fault.New(fault.Refused, format, args...).What, Mend: mend})
}

// mendable is a fault, unless it is to be mended.
func (r *reader) mendable(m Mending, off int64, name []byte, format string, args ...any) bool {
	if !r.mend[m] {
		return r.bad(off, name, m, format, args...)
	}
	r.deviates(m, off, name)
	return true
}

// deviates counts a slip that was let pass.
func (r *reader) deviates(m Mending, off int64, name []byte) {
	i, known := r.deviations[m]
	if !known {
		i = len(r.res.Deviations)
		r.deviations[m] = i
		r.res.Deviations = append(r.res.Deviations, Deviation{Name: m, What: m.What(), First: r.place(off, name)})
	}
	r.res.Deviations[i].Count++
}

func (r *reader) fail(f Fault) bool {
	if r.res.FaultCount++; len(r.res.Faults) < maxFaults {
		r.res.Faults = append(r.res.Faults, f)
	}
	if !r.o.Collect && r.err == nil {
		r.err = fault.New(fault.Refused, "%w", f).WithHint("%s", f.Next())
	}
	return false
}
