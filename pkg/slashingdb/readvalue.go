package slashingdb

import (
	"bytes"
	"fmt"
	"math/bits"

	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
)

// number reads a slot or an epoch: a decimal string.
func (r *reader) number(m *member, off int64, greatest uint64) (uint64, bool) {
	text := m.value
	if text[0] == '"' {
		text = unquoted(text)
	} else if !r.bare(m, off) {
		return 0, false
	}
	n, overflow, ok := decimal(text)
	switch {
	case len(text) == 0:
		return 0, r.bad(off, m.name, "", "empty; expected a decimal number")
	case !ok:
		return 0, r.bad(off, m.name, "", "%s; expected decimal digits alone", show(text))
	case overflow:
		return 0, r.bad(off, m.name, "", "%s; does not fit in 64 bits", show(text))
	case n > greatest:
		return 0, r.fail(tooLate(r.place(off, m.name), n, greatest))
	case text[0] == '0' && len(text) > 1:
		return n, r.mendable(LeadingZero, off, m.name, "%s; expected no zeros in front", show(text))
	}
	return n, true
}

// tooLate is a slot or an epoch that is not believed: most is by the clock, or
// what a number may be at all.
func tooLate(p Place, n, most uint64) Fault {
	f := Fault{Place: p, What: fmt.Sprintf("%d; the latest that is believed is %d", n, most)}
	if most < greatest {
		f.next = nextClock
	}
	return f
}

// latest is the greatest epoch or slot met before the file named its chain.
type latest struct {
	value uint64
	spot  spot
}

// epochNumber and slotNumber keep to the limits, which may come late.

func (r *reader) epochNumber(m *member, off int64) (beacon.Epoch, bool) {
	n, ok := r.number(m, off, uint64(r.o.MaxEpoch))
	if r.o.Limits != nil && n > r.lateEpoch.value {
		r.lateEpoch = latest{n, r.spot(off, m.name)}
	}
	return beacon.Epoch(n), ok
}

func (r *reader) slotNumber(m *member, off int64) (beacon.Slot, bool) {
	n, ok := r.number(m, off, uint64(r.o.MaxSlot))
	if r.o.Limits != nil && n > r.lateSlot.value {
		r.lateSlot = latest{n, r.spot(off, m.name)}
	}
	return beacon.Slot(n), ok
}

// limit applies the limits of the chain, to what was read before too.
func (r *reader) limit(m Metadata) {
	if r.o.Limits == nil {
		return
	}
	epoch, slot := r.o.Limits(m)
	r.o.Limits = nil
	r.o.MaxEpoch, r.o.MaxSlot = min(r.o.MaxEpoch, epoch), min(r.o.MaxSlot, slot)
	if l := r.lateEpoch; l.value > uint64(r.o.MaxEpoch) {
		r.fail(tooLate(l.spot.place(), l.value, uint64(r.o.MaxEpoch)))
	}
	if l := r.lateSlot; l.value > uint64(r.o.MaxSlot) {
		r.fail(tooLate(l.spot.place(), l.value, uint64(r.o.MaxSlot)))
	}
}

// bare decides over a number that is no string.
func (r *reader) bare(m *member, off int64) bool {
	if kindOf(m.value) != "a number" {
		return r.bad(off, m.name, "", "expected a string of decimal digits, found %s", kindOf(m.value))
	}
	return r.mendable(JSONNumber, off, m.name, "expected a string of decimal digits, found a number")
}

// decimal reads digits. It allows nothing else, not even a sign.
func decimal(text []byte) (n uint64, overflow, ok bool) {
	if len(text) <= 19 { // cannot overflow
		for _, c := range text {
			if c -= '0'; c > 9 {
				return 0, false, false
			}
			n = n*10 + uint64(c)
		}
		return n, false, true
	}
	for _, c := range text {
		if c -= '0'; c > 9 {
			return 0, false, false
		}
		high, low := bits.Mul64(n, 10)
		sum, carry := bits.Add64(low, uint64(c), 0)
		overflow = overflow || high|carry != 0
		n = sum
	}
	return n, overflow, true
}

// show quotes at most 40 bytes of a file.
func show(text []byte) string {
	const most = 40
	cut := text
	if len(cut) > most {
		cut = cut[:most]
	}
	quoted := make([]byte, 0, most+8)
	quoted = append(quoted, '"')
	for _, c := range cut {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			c = '?'
		}
		quoted = append(quoted, c)
	}
	quoted = append(quoted, '"')
	if len(text) > most {
		quoted = append(quoted, "..."...)
	}
	return string(quoted)
}

// signingRoot reads a root that may be absent, or present and mean nothing.
func (r *reader) signingRoot(m *member, off int64) (root beacon.Root, has, ok bool) {
	if m.value[0] == 'n' {
		r.deviates(NullRoot, off, m.name)
		return root, false, true
	}
	text, ok := r.text(m, off)
	if !ok {
		return root, false, false
	}
	if noRoot(text) {
		r.deviates(NullRoot, off, m.name)
		return root, false, true
	}
	if !r.hex(root[:], text, m.name, off) {
		return root, false, false
	}
	return root, true, true
}

// noRoot is true of "", "0x" and zeros alone, of any number up to 64.
func noRoot(text []byte) bool {
	digits := bytes.TrimPrefix(text, []byte("0x"))
	return len(digits) <= 64 && len(bytes.TrimLeft(digits, "0")) == 0
}

// text reads any string.
func (r *reader) text(m *member, off int64) ([]byte, bool) {
	if m.value[0] != '"' {
		return nil, r.bad(off, m.name, "", "expected a string, found %s", kindOf(m.value))
	}
	return unquoted(m.value), true
}

// key reads a public key. Each distinct one is checked against the curve and
// the subgroup once.
func (r *reader) key(m *member, off int64) (key PublicKey, ok bool) {
	text, ok := r.text(m, off)
	if !ok || !r.hex(key[:], text, m.name, off) {
		return key, false
	}
	if _, known := r.keys[key]; known {
		return key, true
	}
	if _, err := bls.PublicKeyFromBytes(key[:]); err != nil {
		return key, r.bad(off, m.name, "", "%s is not the key of a validator: not a point of the curve, or not in its subgroup", key)
	}
	return key, true
}

// hex fills dst from 0x and twice as many digits.
func (r *reader) hex(dst, text []byte, name []byte, off int64) bool {
	digits, prefixed := bytes.CutPrefix(text, []byte("0x"))
	if !prefixed {
		digits = bytes.TrimPrefix(digits, []byte("0X"))
	}
	if len(digits) != 2*len(dst) {
		return r.bad(off, name, "", "expected 0x and %d hexadecimal digits, found %d characters", 2*len(dst), len(text))
	}
	upper, ok := decodeHex(dst, digits)
	if !ok {
		return r.bad(off, name, "", "%s: not hexadecimal", show(text))
	}
	if upper {
		r.deviates(UpperCaseHex, off, name)
	}
	return prefixed || r.mendable(MissingPrefix, off, name, "expected 0x before the hexadecimal digits")
}

// The marks in hexDigits beside the value of a digit.
const (
	upperDigit = 0x10
	noDigit    = 0x80
)

var hexDigits = func() (table [256]byte) {
	for c := range table {
		switch {
		case c >= '0' && c <= '9':
			table[c] = byte(c - '0')
		case c >= 'a' && c <= 'f':
			table[c] = byte(c - 'a' + 10)
		case c >= 'A' && c <= 'F':
			table[c] = byte(c-'A'+10) | upperDigit
		default:
			table[c] = noDigit
		}
	}
	return table
}()

// decodeHex needs len(digits) == 2*len(dst).
func decodeHex(dst, digits []byte) (upper, ok bool) {
	seen := byte(0)
	for i := range dst {
		high, low := hexDigits[digits[2*i]], hexDigits[digits[2*i+1]]
		seen |= high | low
		dst[i] = high<<4 | low&0xf
	}
	return seen&upperDigit != 0, seen&noDigit == 0
}
