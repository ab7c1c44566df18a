package shamir

import (
	"slices"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
)

// charsFor is the length of a frame: header, body, checksum.
func charsFor(body int) int { return headerChars + (8*body+4)/5 + checkChars }

// bodySizes are the bodies that a sheet of h may have, short and long.
func (h header) bodySizes() [2]int {
	sizes := [2]int{shortData, longData}
	for i := range sizes {
		sizes[i] += prefixSize + tagSize + 1
		if h.twoLevels() && h.threshold > 1 {
			sizes[i] += groupTagSize + 1
		}
		if h.flags.Has(Protected) {
			sizes[i] += sealSize
		}
	}
	return sizes
}

// lengths are all lengths of frames that there are, in order.
func lengths() (all []int) {
	for _, h := range []header{{}, {groups: 2, threshold: 2}, {flags: Protected}, {groups: 2, threshold: 2, flags: Protected}} {
		for _, size := range h.bodySizes() {
			all = append(all, charsFor(size))
		}
	}
	slices.Sort(all)
	return all
}

// putHeader writes the header as 12 values.
func (h header) putHeader(out []byte) {
	bits := h.bits()
	for i := range headerChars {
		out[i] = byte(bits >> (5 * (headerChars - 1 - i)) & 31)
	}
}

func readHeader(word []byte) header {
	var bits uint64
	for _, v := range word[:headerChars] {
		bits = bits<<5 | uint64(v)
	}
	return headerOf(bits)
}

// word writes the values of the frame into out, of charsFor the body's length.
func (s *Sheet) word(out []byte) {
	s.head.putHeader(out)
	packBits(out[headerChars:], s.body.Bytes())
	ek1.seal(out)
}

// packBits turns bytes into values of five bits; what is missing at the end is
// zero.
func packBits(out, b []byte) {
	at, pending, bits := 0, uint(0), 0
	for _, v := range b {
		for pending, bits = pending<<8|uint(v), bits+8; bits >= 5; at++ {
			bits -= 5
			out[at] = byte(pending >> bits & 31)
		}
	}
	if bits > 0 {
		out[at] = byte(pending << (5 - bits) & 31)
	}
}

// encode writes the characters of the frame.
func (s *Sheet) encode(out []byte) {
	s.word(out)
	for i, v := range out {
		out[i] = alphabet[v]
	}
}

// sheetOf reads a frame whose checksum holds.
func sheetOf(word []byte) (*Sheet, error) {
	h := readHeader(word)
	if err := h.check(); err != nil {
		return nil, err
	}
	sizes := h.bodySizes()
	size := (len(word) - headerChars - checkChars) * 5 / 8
	if !slices.Contains(sizes[:], size) || charsFor(size) != len(word) {
		return nil, forged("a length of %d characters", len(word))
	}
	body, err := secret.New(size)
	if err != nil {
		return nil, err
	}
	s := &Sheet{head: h, body: body}
	if left := unpackBits(body.Bytes(), word[headerChars:len(word)-checkChars]); left != 0 {
		s.Close()
		return nil, forged("bits beyond its end")
	}
	if err := s.checkPlace(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// unpackBits turns values of five bits into bytes and returns what is left.
func unpackBits(out, word []byte) byte {
	at, pending, bits := 0, uint(0), 0
	for _, v := range word {
		pending, bits = pending<<5|uint(v), bits+5
		if bits >= 8 {
			bits -= 8
			out[at] = byte(pending >> bits)
			at++
		}
	}
	return byte(pending & (1<<bits - 1))
}

// checkPlace refuses the one place that no share has: vault/shamir would take
// such a share for the secret.
func (s *Sheet) checkPlace() error {
	if !s.Protected() && place(s.body) == 0 {
		return fault.New(fault.Refused, "%s of set %s lies at x = 0, where the secret is: it is forged", s.Name(), s.ID()).
			WithHint("do not use this sheet, and find out where it came from")
	}
	return nil
}
