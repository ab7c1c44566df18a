package shamir

import (
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
)

// agePrefix is what age writes before the 1 of bech32.
const agePrefix = "AGE-SECRET-KEY-"

// The sizes of an age identity: 32 bytes are 52 characters of five bits.
const (
	ageData  = 52
	ageCheck = 6
	ageText  = len(agePrefix) + 1 + ageData + ageCheck
)

// FormatAge returns an age identity as age writes it, AGE-SECRET-KEY-1 and so
// on, from the 32 bytes of a Secret of KindAge.
func FormatAge(data *secret.Buffer) (*secret.Buffer, error) {
	if data.Len() != 32 {
		return nil, fault.New(fault.Refused, "an age identity has 32 bytes")
	}
	text, err := secret.New(ageText)
	if err != nil {
		return nil, err
	}
	n := copy(text.Bytes(), agePrefix+"1")
	word := text.Bytes()[n:]
	packBits(word, data.Bytes())
	sum := bech32Sum(agePrefix, word[:ageData+ageCheck]) ^ 1
	for i := range ageCheck {
		word[ageData+i] = byte(sum >> (5 * (ageCheck - 1 - i)) & 31)
	}
	for i, v := range word {
		word[i] = alphabet[v]
	}
	return text, nil
}

// ParseAge returns the 32 bytes of an age identity.
func ParseAge(text *secret.Buffer) (*secret.Buffer, error) {
	refused := fault.New(fault.Refused, "this is not an age identity, or it is mistyped").
		WithHint("an age identity is one line that begins with %s1", agePrefix)
	if text.Len() != ageText {
		return nil, refused
	}
	word, err := secret.New(ageData + ageCheck)
	if err != nil {
		return nil, err
	}
	defer word.Close()
	for i, c := range text.Bytes() {
		switch at := i - len(agePrefix) - 1; {
		case at < 0:
			if upper(c) != (agePrefix + "1")[i] {
				return nil, refused
			}
		case indexOf(upper(c)) < 0:
			return nil, refused
		default:
			word.Bytes()[at] = byte(indexOf(upper(c)))
		}
	}
	data, err := secret.New(32)
	if err != nil {
		return nil, err
	}
	if bech32Sum(agePrefix, word.Bytes()) != 1 || unpackBits(data.Bytes(), word.Bytes()[:ageData]) != 0 {
		data.Close()
		return nil, refused
	}
	return data, nil
}

// bech32Sum is the residue of BIP-173, which is 1 for a whole text.
func bech32Sum(prefix string, word []byte) uint32 {
	sum := uint32(1)
	feed := func(v byte) {
		top := sum >> 25
		sum = sum&0x1ffffff<<5 ^ uint32(v)
		for i, g := range [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
			sum ^= g & -(top >> i & 1)
		}
	}
	// The prefix counts in lower case.
	lower := func(c byte) byte {
		if 'A' <= c && c <= 'Z' {
			return c + 'a' - 'A'
		}
		return c
	}
	for _, c := range []byte(prefix) {
		feed(lower(c) >> 5)
	}
	feed(0)
	for _, c := range []byte(prefix) {
		feed(lower(c) & 31)
	}
	for _, v := range word {
		feed(v)
	}
	return sum
}
