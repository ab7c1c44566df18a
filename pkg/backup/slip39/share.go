package slip39

import (
	"bytes"

	"github.com/ethkey/ethkey/pkg/secret"
)

// Sizes of a share (SLIP-39, "Format of the share mnemonic").
const (
	wordBits     = 10
	headerWords  = 4 // identifier, extendable, exponent; groups; member
	minWords     = headerWords + 13 + checksumWords
	maxWords     = headerWords + 52 + checksumWords // 512 bits
	maxPadding   = 8
	minValue     = 16
	valueMeasure = 2 // the value is a multiple of 16 bits
)

// Share is one share. Only its value is secret.
type Share struct {
	Identifier      uint16 // 15 bits, random, one for all shares of a set
	Extendable      bool   // several sets of one master secret are possible
	Exponent        int    // 2500 * 2^Exponent iterations a round
	Group           int    // which group, from 0
	GroupThreshold  int    // how many groups are needed
	Groups          int    // how many there are
	Member          int    // number in its group, from 0: x
	MemberThreshold int    // how many of its group are needed

	value *secret.Buffer
}

// Close wipes the value.
func (s *Share) Close() {
	if s != nil {
		s.value.Close()
	}
}

// Parse reads one share: words of the list in any case, or their first four
// letters, between any white space.
func Parse(text []byte) (*Share, error) {
	fields := bytes.Fields(text)
	if len(fields) < minWords || len(fields) > maxWords {
		return nil, refuse(ErrLength, "found %d words; a share has 20 or 33 of them, seldom others from 20 to 59", len(fields))
	}
	var room [maxWords]uint16
	indices := room[:len(fields)]
	defer clear(indices)
	for i, field := range fields {
		index, ok := Lookup(field)
		if !ok {
			return nil, refuseWord(i+1, field)
		}
		indices[i] = uint16(index)
	}
	return parse(indices)
}

// parse takes the fields out of the words, most significant bit first.
func parse(w []uint16) (*Share, error) {
	s := &Share{
		Identifier: w[0]<<5 | w[1]>>5, Extendable: w[1]>>4&1 == 1, Exponent: int(w[1] & 15),
		Group: int(w[2] >> 6), GroupThreshold: int(w[2]>>2&15) + 1, Groups: int(w[2]&3)<<2 + int(w[3]>>8) + 1,
		Member: int(w[3] >> 4 & 15), MemberThreshold: int(w[3]&15) + 1,
	}
	// The count of words before the checksum: a share that lacks a word is not
	// one whose words are wrong.
	bits := wordBits * (len(w) - headerWords - checksumWords)
	if bits%(8*valueMeasure) > maxPadding {
		return nil, refuse(ErrValueLength, "found %d words; a share has 20 or 33 of them: is one missing, or one too many?", len(w))
	}
	if !verifies(s.Extendable, w) {
		return nil, refuse(ErrChecksum, "at least one word is not the one on the paper, or two are exchanged; it is not told which on purpose")
	}
	if s.GroupThreshold > s.Groups {
		return nil, refuse(ErrGroupThreshold, "%d of %d: the share was made by a program that is wrong", s.GroupThreshold, s.Groups)
	}
	return s, s.readValue(w[headerWords:len(w)-checksumWords], bits%(8*valueMeasure))
}

// readValue takes the value, which is padded with zeros on its left.
func (s *Share) readValue(w []uint16, padding int) (err error) {
	if w[0]>>(wordBits-padding) != 0 {
		return refuse(ErrPadding, "the share was made by a program that is wrong")
	}
	if s.value, err = secret.New((wordBits*len(w) - padding) / 8); err != nil {
		return err
	}
	to := s.value.Bytes()
	at := -padding // of the word's first bit, in the value
	for _, v := range w {
		for i := range wordBits {
			if bit := at + i; bit >= 0 {
				to[bit/8] |= byte(v>>(wordBits-1-i)&1) << (7 - bit%8)
			}
		}
		at += wordBits
	}
	return nil
}
