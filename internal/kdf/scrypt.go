package kdf

import (
	"context"
	"math/bits"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
)

// maxBlocks bounds r*p (RFC 7914, 6: p <= (2^32 - 1) * 32 / (128 * r)).
const maxBlocks = 1<<30 - 1

// maxArea bounds the work area, so that its size cannot overflow.
const maxArea = 1 << (bits.UintSize - 2)

// Scrypt returns scrypt(P, S, N, r, p, dkLen) (RFC 7914, 6):
//
//	B[0] || ... || B[p-1] = PBKDF2-HMAC-SHA256(P, S, 1, p * 128 * r)
//	B[i] = scryptROMix(r, B[i], N)
//	DK = PBKDF2-HMAC-SHA256(P, B[0] || ... || B[p-1], 1, dkLen)
//
// It takes 128*r*(N+p+2) bytes of memory while it runs, and ends early, with
// the context's error, when ctx does.
func Scrypt(ctx context.Context, password, salt []byte, n, r, p, dkLen int) (*secret.Buffer, error) {
	if err := check(n, r, p, dkLen); err != nil {
		return nil, err
	}
	area, err := newArea(blockBytes * (2*r*(n+p+2) + 1))
	if err != nil {
		return nil, err
	}
	defer area.close()
	prf, err := newPRF(SHA256, password)
	if err != nil {
		return nil, err
	}
	defer prf.close() // first: wiping the area is long enough for a signal to save registers
	b := area.take(blockBytes * 2 * r * p)
	l := newLane(area, n, r)
	if err := prf.pbkdf2(ctx, b, salt, 1); err != nil {
		return nil, err
	}
	for chunk := b; len(chunk) > 0; chunk = chunk[2*r*blockBytes:] {
		if err := l.scryptROMix(ctx, chunk[:2*r*blockBytes]); err != nil {
			return nil, err
		}
	}
	dk, err := secret.New(dkLen)
	if err != nil {
		return nil, err
	}
	if err := prf.pbkdf2(ctx, dk.Bytes(), b, 1); err != nil {
		dk.Close()
		return nil, err
	}
	return dk, nil
}

// check divides instead of multiplying, so that nothing overflows.
func check(n, r, p, dkLen int) error {
	switch {
	case n < 2 || n&(n-1) != 0:
		return fault.New(fault.Refused, "scrypt: n is %d, want a power of two greater than 1", n)
	case r < 1 || p < 1 || r > maxBlocks/p:
		return fault.New(fault.Refused, "scrypt: r is %d and p is %d, want at least 1 each and a product below 2^30", r, p)
	case n > maxArea/128/r-p-3:
		return fault.New(fault.Refused, "scrypt: n=%d, r=%d, p=%d ask for more memory than there can be", n, r, p)
	case dkLen < 1:
		return fault.New(fault.Refused, "scrypt: want at least one byte of output")
	}
	return nil
}
