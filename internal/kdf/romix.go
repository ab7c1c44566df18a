package kdf

import (
	"context"
	"encoding/binary"
)

// block is 64 bytes as Salsa20 sees them: 16 words, little-endian.
type block [16]uint32

const blockBytes = 64

// look is how many steps of scryptROMix run between two looks at the context:
// about a millisecond at r = 8.
const look = 1 << 10

// lane is what one scryptROMix works on, all of it in the work area. V, X and
// Y are in units of 2r blocks.
type lane struct {
	r, n int
	v    []block // V[0] ... V[N-1]
	x, y []block
	t    *block // the X of scryptBlockMix
}

func newLane(a *area, n, r int) *lane {
	return &lane{r: r, n: n, v: a.blocks(2 * r * n), x: a.blocks(2 * r), y: a.blocks(2 * r), t: &a.blocks(1)[0]}
}

// at returns V[i].
func (l *lane) at(i int) []block { return l.v[2*l.r*i : 2*l.r*(i+1)] }

// scryptROMix replaces b, 128*r bytes (RFC 7914, 5):
//
//  1. X = B
//  2. for i = 0 to N - 1: V[i] = X; X = scryptBlockMix(X)
//  3. for i = 0 to N - 1: j = Integerify(X) mod N; T = X xor V[j]; X = scryptBlockMix(T)
//  4. B' = X
//
// Step 2 mixes from V[i] right into V[i+1], and step 3 from X into Y and back.
func (l *lane) scryptROMix(ctx context.Context, b []byte) error {
	decode(l.at(0), b)
	for i := range l.n - 1 {
		l.scryptBlockMix(l.at(i+1), l.at(i))
		if i%look == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	l.scryptBlockMix(l.x, l.at(l.n-1))
	for i := 0; i < l.n; i += 2 { // N is even
		l.scryptBlockMixXOR(l.y, l.x, l.at(l.integerify(l.x)))
		l.scryptBlockMixXOR(l.x, l.y, l.at(l.integerify(l.y)))
		if i%look == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	encode(b, l.x)
	return nil
}

// integerify is Integerify(X) mod N: the last 64 bytes of X, of which N takes
// 64 bits at most.
func (l *lane) integerify(x []block) int {
	last := &x[2*l.r-1]
	return int((uint64(last[0]) | uint64(last[1])<<32) & uint64(l.n-1))
}

// scryptBlockMix sets out to the mix of in (RFC 7914, 4):
//
//  1. X = B[2r-1]
//  2. for i = 0 to 2r - 1: T = X xor B[i]; X = Salsa(T); Y[i] = X
//  3. B' = (Y[0], Y[2], ..., Y[2r-2], Y[1], Y[3], ..., Y[2r-1])
func (l *lane) scryptBlockMix(out, in []block) {
	r := l.r
	*l.t = in[2*r-1]
	for i := range r {
		salsa208(&out[i], l.t, &in[2*i])
		salsa208(&out[r+i], l.t, &in[2*i+1])
	}
}

// scryptBlockMixXOR sets out to the mix of in xor v, without writing that down.
func (l *lane) scryptBlockMixXOR(out, in, v []block) {
	r := l.r
	*l.t = in[2*r-1]
	l.t.xor(&v[2*r-1])
	for i := range r {
		l.t.xor(&v[2*i])
		salsa208(&out[i], l.t, &in[2*i])
		l.t.xor(&v[2*i+1])
		salsa208(&out[r+i], l.t, &in[2*i+1])
	}
}

func (b *block) xor(o *block) {
	for i := range b {
		b[i] ^= o[i]
	}
}

func decode(to []block, from []byte) {
	for i := range to {
		for j := range to[i] {
			to[i][j] = binary.LittleEndian.Uint32(from[blockBytes*i+4*j:])
		}
	}
}

func encode(to []byte, from []block) {
	for i := range from {
		for j, word := range from[i] {
			binary.LittleEndian.PutUint32(to[blockBytes*i+4*j:], word)
		}
	}
}
