package shamir

import (
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
)

// Version is the version of the format, in the header and, as the digit of
// "EK1", before it.
const Version = 1

// alphabet is bech32's (BIP-173), in upper case: no B, I, O, 1.
const alphabet = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"

// SetID names a set: 25 random bits.
type SetID uint32

// String returns the five characters as they are printed.
func (id SetID) String() string {
	var text [5]byte
	for i := range text {
		text[i] = alphabet[id>>(20-5*i)&31]
	}
	return string(text[:])
}

// ParseSetID reads what String returns, in either case.
func ParseSetID(text string) (SetID, error) {
	var id SetID
	for _, c := range strings.ToUpper(text) {
		v := strings.IndexRune(alphabet, c)
		if v < 0 || len(text) != 5 {
			return 0, fault.New(fault.Refused, "the name of a set is 5 characters, such as 7QK42, without B, I, O and 1")
		}
		id = id<<5 | SetID(v)
	}
	if text == "" {
		return 0, fault.New(fault.Refused, "the name of a set is 5 characters, such as 7QK42, without B, I, O and 1")
	}
	return id, nil
}

// Flags are the nine flag bits of a header.
type Flags uint16

// The flags. The first two belong to the whole set and are in the key of its
// tag; the third is of one sheet.
const (
	Rehearsal Flags = 1 << iota // made by a rehearsal
	Practice                    // made to practise, from a published secret
	Protected                   // this sheet has a passphrase

	setWide    = Rehearsal | Practice
	knownFlags = setWide | Protected
)

// Has tells whether all flags of o are set.
func (f Flags) Has(o Flags) bool { return f&o == o }

// kind says which sheets these are, for messages.
func (f Flags) kind() string {
	switch f & setWide {
	case Rehearsal:
		return "rehearsal"
	case Practice:
		return "practice"
	case setWide:
		return "rehearsed practice"
	}
	return "real"
}

// header is what a sheet says in clear: 60 bits, 12 characters. All numbers
// count from one.
type header struct {
	version        int   // 5 bits
	id             SetID // 25 bits
	group          int   // 4 bits
	groupThreshold int   // 4 bits
	groups         int   // 4 bits
	threshold      int   // 4 bits
	number         int   // 5 bits
	flags          Flags // 9 bits
}

// Where the fields lie, from the least bit on.
const (
	headerChars = 12
	shiftNumber = 9
	shiftT      = 14
	shiftG      = 18
	shiftGT     = 22
	shiftGroup  = 26
	shiftID     = 30
	shiftV      = 55
)

func (h header) bits() uint64 {
	return uint64(h.version)<<shiftV | uint64(h.id)<<shiftID | uint64(h.group)<<shiftGroup | uint64(h.groupThreshold)<<shiftGT |
		uint64(h.groups)<<shiftG | uint64(h.threshold)<<shiftT | uint64(h.number)<<shiftNumber | uint64(h.flags)
}

func headerOf(bits uint64) header {
	field := func(shift, width int) int { return int(bits >> shift & (1<<width - 1)) }
	return header{
		version: field(shiftV, 5), id: SetID(field(shiftID, 25)), group: field(shiftGroup, 4), groupThreshold: field(shiftGT, 4),
		groups: field(shiftG, 4), threshold: field(shiftT, 4), number: field(shiftNumber, 5), flags: Flags(field(0, 9)),
	}
}

// twoLevels tells whether the body is a share of a group's share.
func (h header) twoLevels() bool { return h.groups > 1 }

// check refuses headers that no sheet of this version has. The checksum has
// been checked before: such a sheet was made so, not misread.
func (h header) check() error {
	switch {
	case h.version != Version:
		return versionError(h.version)
	case h.flags&^knownFlags != 0:
		return fault.New(fault.Refused, "the sheet has a mark that this version does not know").WithHint("use a newer ethkey")
	case h.groups < 1 || h.group < 1 || h.group > h.groups || h.groupThreshold < 1 || h.groupThreshold > h.groups,
		(h.groupThreshold == 1) != (h.groups == 1):
		return forged("group %d, %d of %d groups needed", h.group, h.groupThreshold, h.groups)
	case h.threshold < 1:
		return forged("no threshold")
	case h.number < 1:
		return forged("no number")
	case h.threshold == 1 && (h.number != 1 || h.groups == 1):
		return fault.New(fault.Refused, "the sheet says that it alone is enough (1 of several): no sheet of ours does").
			WithHint("do not use this sheet; it may be forged")
	}
	return nil
}

// forged is a sheet whose checksum holds and whose fields cannot be.
func forged(format string, args ...any) error {
	return fault.New(fault.Refused, "the sheet says what no sheet says: "+format, args...).
		WithHint("the checksum holds, so it was made like this: do not use the sheet")
}
