package slip39

import (
	"bytes"
	"crypto/subtle"
	"fmt"

	"github.com/hashicorp/vault/shamir"

	"github.com/ethkey/ethkey/pkg/secret"
)

// Where the polynomial holds the secret and its digest (SLIP-39, "Shamir's
// secret sharing scheme").
const (
	secretX   = 255
	digestX   = 254
	digestLen = 4
)

// point is a value of the polynomial.
type point struct {
	x byte
	y []byte
}

func wipe(points []point) {
	for _, p := range points {
		secret.Wipe(p.y)
	}
}

// interpolate returns f(at). Combine finds f(0) of the polynomial that goes
// through the given points, and XORing every x with at moves f(at) there.
func interpolate(points []point, at byte) ([]byte, error) {
	parts := make([][]byte, len(points))
	defer func() {
		for _, p := range parts {
			secret.Wipe(p)
		}
	}()
	for i, p := range points {
		parts[i] = append(bytes.Clone(p.y), p.x^at)
	}
	return shamir.Combine(parts)
}

// recoverSecret is RecoverSecret of SLIP-39, of at least t points. The points
// beyond t must lie on the polynomial too.
func recoverSecret(t int, points []point) ([]byte, error) {
	if t == 1 {
		for _, p := range points[1:] {
			if subtle.ConstantTimeCompare(p.y, points[0].y) != 1 {
				return nil, ErrDigest
			}
		}
		return bytes.Clone(points[0].y), nil
	}
	value, err := interpolate(points[:t], secretX)
	if err != nil {
		return nil, err
	}
	if ok, err := holds(points, t, value); err != nil || !ok {
		secret.Wipe(value)
		return nil, ErrDigest
	}
	return value, nil
}

// holds checks the digest, and the points beyond t.
func holds(points []point, t int, value []byte) (bool, error) {
	digest, err := interpolate(points[:t], digestX)
	if err != nil {
		return false, err
	}
	defer secret.Wipe(digest)
	sum, err := mac(digest[digestLen:], value)
	if err != nil || subtle.ConstantTimeCompare(sum[:digestLen], digest[:digestLen]) != 1 {
		return false, err
	}
	for _, p := range points[t:] {
		y, err := interpolate(points[:t], p.x)
		if err != nil {
			return false, err
		}
		same := subtle.ConstantTimeCompare(y, p.y) == 1
		secret.Wipe(y)
		if !same {
			return false, nil
		}
	}
	return true, nil
}

// blame says which of more than t points is the odd one.
func blame(t int, points []point, what string) string {
	if t == 1 || len(points) <= t {
		return fmt.Sprintf("one %s is wrong although its checksum holds; with one more than needed the odd one can be named", what)
	}
	for i, p := range points {
		rest := append(append([]point{}, points[:i]...), points[i+1:]...)
		if value, err := recoverSecret(t, rest); err == nil {
			secret.Wipe(value)
			return fmt.Sprintf("%s %d does not belong to the others", what, p.x+1)
		}
	}
	return fmt.Sprintf("more than one %s does not belong to the others", what)
}
