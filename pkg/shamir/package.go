package shamir

import (
	"crypto/subtle"
	"encoding/binary"
	"io"
	"unicode/utf8"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/hmac"
	"github.com/ethkey/ethkey/pkg/secret"
)

// A package is kind, length, data and tag. The data are the secret and random
// padding up to one of two sizes, so that 12 and 24 words look the same.
const (
	prefixSize   = 2 // kind and length
	shortData    = 32
	longData     = 64
	tagSize      = 8
	guessPadding = 16 // random bytes beside what a person could guess, at least
	groupTagSize = 4
	maxGuessable = longData - guessPadding
)

// What the keys of the tags begin with.
const (
	packageKey = "ethkey-share-1"
	groupKey   = "ethkey-group-1"
)

// pack makes the package of s for the set of h.
func pack(rand io.Reader, s Secret, h header) (*secret.Buffer, error) {
	code, err := s.code()
	if err != nil {
		return nil, err
	}
	size, err := s.dataSize()
	if err != nil {
		return nil, err
	}
	p, err := secret.New(prefixSize + size + tagSize)
	if err != nil {
		return nil, err
	}
	b := p.Bytes()
	b[0], b[1] = code, byte(s.Data.Len())
	n := prefixSize + secret.Copy(b[prefixSize:], s.Data.Bytes())
	if err := draw(rand, b[n:prefixSize+size]); err != nil {
		p.Close()
		return nil, err
	}
	if err := tag(b[prefixSize+size:], packageKey, h.packageBits(), b[:prefixSize+size]); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

// draw fills random bytes of the system. They pass through ordinary memory:
// the pages of secrets are out of reach of system calls.
func draw(rand io.Reader, out []byte) error {
	drawn := make([]byte, len(out))
	defer secret.Wipe(drawn)
	if _, err := io.ReadFull(rand, drawn); err != nil {
		return fault.New(fault.Environment, "the source of randomness failed: %w", err)
	}
	copy(out, drawn)
	return nil
}

// dataSize is the size with padding. It refuses what a kind cannot be and what
// has no room.
func (s *Secret) dataSize() (int, error) {
	n := s.Data.Len()
	switch s.Kind {
	case KindEntropy:
		if n < 16 || n > 32 || n%4 != 0 {
			return 0, fault.New(fault.Refused, "BIP-39 entropy has 16, 20, 24, 28 or 32 bytes")
		}
	case KindSecretKey, KindAge:
		if n != 32 {
			return 0, fault.New(fault.Refused, "a %s has 32 bytes", s.Kind)
		}
	default:
		if n == 0 {
			return 0, fault.New(fault.Refused, "an empty %s cannot be split", s.Kind)
		}
		if !utf8.Valid(s.Data.Bytes()) {
			return 0, fault.New(fault.Refused, "the %s is not UTF-8", s.Kind)
		}
		if n > maxGuessable {
			return 0, fault.New(fault.Refused, "the %s does not fit on a sheet: at most %d bytes do", s.Kind, maxGuessable).
				WithHint("put it into a file encrypted with age, and split the key of that file")
		}
		n += guessPadding
	}
	if n <= shortData {
		return shortData, nil
	}
	return longData, nil
}

// unpack checks the tag, and returns the secret. ok is false when the tag does
// not fit; then there is no error.
func unpack(p *secret.Buffer, h header) (s *Secret, ok bool, err error) {
	if ok, err = tagged(p, tagSize, packageKey, h.packageBits()); !ok || err != nil {
		return nil, false, err
	}
	b := p.Bytes()
	s = new(Secret)
	if err := s.setCode(b[0]); err != nil {
		return nil, true, err
	}
	n := int(b[1])
	if n > len(b)-prefixSize-tagSize {
		return nil, true, forged("more than fits")
	}
	if s.Data, err = secret.New(n); err != nil {
		return nil, true, err
	}
	secret.Copy(s.Data.Bytes(), b[prefixSize:])
	if _, err := s.dataSize(); err != nil {
		s.Close()
		return nil, true, fault.New(fault.Refused, "the sheets combine to what no set of ours holds: %w", err)
	}
	return s, true, nil
}

// packageBits are the header's bits with what differs from sheet to sheet set
// to zero: group, number, protection and, as groups have their own, T.
func (h header) packageBits() uint64 {
	h.group = 0
	if h.twoLevels() {
		h.threshold = 0
	}
	return h.sheetless()
}

// groupBits are those bits for one group's own tag.
func (h header) groupBits() uint64 { return h.sheetless() }

func (h header) sheetless() uint64 {
	h.number, h.flags = 0, h.flags&^Protected
	return h.bits()
}

// tag puts the first bytes of HMAC-SHA256 over data into out. The key is
// public; what it covers cannot be changed on a sheet unnoticed.
func tag(out []byte, label string, bits uint64, data []byte) error {
	return hmac.SHA256.Code(out, binary.BigEndian.AppendUint64([]byte(label), bits), data)
}

// tagged tells whether the last size bytes of p are the tag of those before.
func tagged(p *secret.Buffer, size int, label string, bits uint64) (bool, error) {
	b := p.Bytes()
	if len(b) <= size {
		return false, nil
	}
	data, got := b[:len(b)-size], b[len(b)-size:]
	var expected [tagSize]byte
	defer secret.Wipe(expected[:])
	if err := tag(expected[:size], label, bits, data); err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, expected[:size]) == 1, nil
}
