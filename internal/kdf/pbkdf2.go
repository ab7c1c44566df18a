package kdf

import (
	"context"
	"crypto/subtle"
	"encoding/binary"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/hmac"
	"github.com/ethkey/ethkey/pkg/secret"
)

// The hash functions under PBKDF2's HMAC.
const (
	SHA256 = hmac.SHA256
	SHA512 = hmac.SHA512
)

// between is how many iterations run between two looks at the context: some
// milliseconds.
const between = 1 << 13

// PBKDF2 returns PBKDF2-HMAC(P, S, c, dkLen) over f (RFC 8018, 5.2). It ends
// early, with the context's error, when ctx does.
func PBKDF2(ctx context.Context, f hmac.Function, password, salt []byte, c, dkLen int) (*secret.Buffer, error) {
	if c < 1 || dkLen < 1 || dkLen/f.Size() >= 1<<31 {
		return nil, fault.New(fault.Refused, "pbkdf2: want at least one iteration and one byte of output")
	}
	prf, err := newPRF(f, password)
	if err != nil {
		return nil, err
	}
	defer prf.close()
	dk, err := secret.New(dkLen)
	if err != nil {
		return nil, err
	}
	if err := prf.pbkdf2(ctx, dk.Bytes(), salt, c); err != nil {
		dk.Close()
		return nil, err
	}
	return dk, nil
}

// prf is the pseudorandom function of PBKDF2, keyed with a password, and the
// room for its outputs; all of it on one secret page.
type prf struct {
	page *secret.Buffer
	mac  *hmac.HMAC
	t, u []byte
}

func newPRF(f hmac.Function, password []byte) (*prf, error) {
	page, err := secret.New(f.Room() + 2*f.Size())
	if err != nil {
		return nil, err
	}
	room, rest := page.Bytes()[:f.Room()], page.Bytes()[f.Room():]
	p := &prf{page: page, mac: hmac.New(f, room), t: rest[:f.Size()], u: rest[f.Size():]}
	p.mac.SetKey(password)
	return p, nil
}

func (p *prf) close() {
	p.mac.Close()
	p.page.Close()
}

// pbkdf2 fills dk: DK = T_1 || T_2 || ..., the last cut short.
func (p *prf) pbkdf2(ctx context.Context, dk, salt []byte, c int) error {
	for i := uint32(1); len(dk) > 0; i++ {
		if err := p.f(ctx, salt, c, i); err != nil {
			return err
		}
		dk = dk[copy(dk, p.t):]
	}
	return nil
}

// f sets t to F(P, S, c, i):
//
//	U_1 = PRF(P, S || INT(i)), U_n = PRF(P, U_{n-1})
//	T_i = U_1 ^ U_2 ^ ... ^ U_c
func (p *prf) f(ctx context.Context, salt []byte, c int, i uint32) error {
	var index [4]byte
	binary.BigEndian.PutUint32(index[:], i)
	p.mac.Sum(p.u, salt, index[:])
	copy(p.t, p.u)
	for n := 2; n <= c; n++ {
		p.mac.Sum(p.u, p.u)
		subtle.XORBytes(p.t, p.t, p.u)
		if n%between == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}
