// Package plainshare reads bare shares of vault/shamir, in hex or base64, as
// Vault and tools built upon it hand them out: the value, and after it one byte
// for x.
//
// Such shares carry nothing else: no checksum, no name of their set, not how
// many are needed. vault/shamir notices nothing either: with too few of them,
// one of another set, or one that is damaged, it returns another secret and no
// error. So what Combine gives is UNVERIFIED. Only what the secret is for can
// tell whether it is the right one: a file that it opens, or the public keys of
// the validators.
package plainshare

import (
	"bytes"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"

	"github.com/hashicorp/vault/shamir"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
)

// maxShare is what a share may hold, in bytes.
const maxShare = 1 << 10

// Why a share, or a set of them, is refused.
var (
	ErrEncoding  = errors.New("the share is neither hex nor base64")
	ErrOddHex    = errors.New("the share is in hex, and a character of it is missing or too many")
	ErrLength    = errors.New("a share has a value of at least one byte, and a byte for x")
	ErrZero      = errors.New("the share has x = 0: it would stand in for the secret itself, and no tool makes such a share")
	ErrTwice     = errors.New("this very share was entered before")
	ErrSameX     = errors.New("a share with the same x was entered before, with another value")
	ErrLengths   = errors.New("the share is longer or shorter than those before it")
	ErrTooFew    = errors.New("too few shares")
	ErrThreshold = errors.New("at least two shares are needed for any secret")
	ErrOdd       = errors.New("the shares do not belong together, or one of them is damaged")
)

// Set gathers shares.
type Set struct{ shares []*secret.Buffer }

// Close wipes them.
func (s *Set) Close() {
	for _, b := range s.shares {
		b.Close()
	}
	s.shares = nil
}

// Len returns how many there are.
func (s *Set) Len() int { return len(s.shares) }

// Add reads a share and takes it in. Hex goes before base64; white space
// between the characters does not count.
func (s *Set) Add(text []byte) error {
	b, err := decode(text)
	if err != nil {
		return err
	}
	if err := s.fits(b.Bytes()); err != nil {
		b.Close()
		return err
	}
	s.shares = append(s.shares, b)
	return nil
}

func (s *Set) fits(share []byte) error {
	last := len(share) - 1
	switch {
	case len(share) < 2:
		return fault.New(fault.Refused, "%w", ErrLength).WithHint("is it complete?")
	case share[last] == 0:
		return fault.New(fault.Refused, "%w", ErrZero).WithHint("whoever gave it wants you to use a secret of his")
	}
	for _, b := range s.shares {
		o := b.Bytes()
		switch {
		case len(o) != len(share):
			return fault.New(fault.Refused, "%w", ErrLengths).WithHint("it is not complete, or of another set")
		case o[last] != share[last]:
			continue
		case subtle.ConstantTimeCompare(o, share) == 1:
			return fault.New(fault.Refused, "%w", ErrTwice).WithHint("enter another share")
		}
		return fault.New(fault.Refused, "%w", ErrSameX).WithHint("it is of another set, or one of the two is damaged")
	}
	return nil
}

// Combine gives the secret, UNVERIFIED. The threshold is how many shares are
// needed, 0 when nobody remembers. When it is known, fewer shares are refused
// and each one more is checked against the others.
func (s *Set) Combine(threshold int) (*secret.Buffer, error) {
	if threshold == 1 || threshold < 0 || threshold > 255 {
		return nil, fault.New(fault.Refused, "%w", ErrThreshold).WithHint("expected a threshold from 2 to 255")
	}
	need := max(2, threshold)
	if len(s.shares) < need {
		return nil, fault.New(fault.Refused, "%w: %d of %d", ErrTooFew, len(s.shares), need).WithHint("enter %d more", need-len(s.shares))
	}
	if threshold == 0 {
		need = len(s.shares)
	}
	for _, extra := range s.shares[need:] {
		if !s.agrees(need, extra.Bytes()) {
			return nil, fault.New(fault.Refused, "%w", ErrOdd).
				WithHint("leave out one after the other; with more than %d shares it shows which is odd", threshold)
		}
	}
	value, err := interpolate(s.shares[:need], 0)
	if err != nil {
		return nil, err
	}
	return secret.From(value)
}

// Checked tells whether Combine has, with this threshold, a share more than
// needed to check the others against.
func (s *Set) Checked(threshold int) bool { return threshold >= 2 && len(s.shares) > threshold }

// agrees tells whether a share lies where the first ones say.
func (s *Set) agrees(need int, share []byte) bool {
	last := len(share) - 1
	value, err := interpolate(s.shares[:need], share[last])
	defer secret.Wipe(value)
	return err == nil && subtle.ConstantTimeCompare(value, share[:last]) == 1
}

// interpolate returns f(at): Combine finds f(0), and XORing every x with at
// moves f(at) there.
func interpolate(shares []*secret.Buffer, at byte) ([]byte, error) {
	parts := make([][]byte, len(shares))
	defer func() {
		for _, p := range parts {
			secret.Wipe(p)
		}
	}()
	for i, b := range shares {
		parts[i] = bytes.Clone(b.Bytes())
		parts[i][len(parts[i])-1] ^= at
	}
	return shamir.Combine(parts)
}

// encodings are those that a share may be in, besides hex.
var encodings = []*base64.Encoding{
	base64.StdEncoding.Strict(), base64.RawStdEncoding.Strict(), base64.URLEncoding.Strict(), base64.RawURLEncoding.Strict(),
}

// decode reads hex or base64.
func decode(text []byte) (*secret.Buffer, error) {
	bare := make([]byte, 0, len(text))
	defer func() { secret.Wipe(bare[:cap(bare)]) }()
	for _, f := range bytes.Fields(text) {
		bare = append(bare, f...)
	}
	if len(bare) > 2*maxShare {
		return nil, fault.New(fault.Refused, "%w", ErrEncoding).WithHint("it is too long for a share")
	}
	to := make([]byte, len(bare))
	n, err := hex.Decode(to, bare)
	switch {
	case err == nil:
		return secret.From(to[:n])
	case errors.Is(err, hex.ErrLength): // base64 would make something else of it
		secret.Wipe(to)
		return nil, fault.New(fault.Refused, "%w", ErrOddHex).WithHint("compare it with the paper")
	}
	for _, e := range encodings {
		clear(to)
		if n, err := e.Decode(to, bare); err == nil {
			return secret.From(to[:n])
		}
	}
	defer secret.Wipe(to)
	return nil, fault.New(fault.Refused, "%w", ErrEncoding).WithHint("copy one share, and nothing else")
}
