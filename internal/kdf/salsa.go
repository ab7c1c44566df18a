package kdf

import "math/bits"

// salsa208 is step 2 of scryptBlockMix with the Salsa20/8 Core (RFC 7914, 3):
//
//	T = X xor B; X = Salsa(T); Y = X
//
// The words are those of the RFC's x[0] to x[15], in registers as far as they
// reach.
func salsa208(y, x, b *block) {
	for i := range x {
		x[i] ^= b[i]
	}
	x0, x1, x2, x3 := x[0], x[1], x[2], x[3]
	x4, x5, x6, x7 := x[4], x[5], x[6], x[7]
	x8, x9, x10, x11 := x[8], x[9], x[10], x[11]
	x12, x13, x14, x15 := x[12], x[13], x[14], x[15]
	for range 4 {
		x4 ^= bits.RotateLeft32(x0+x12, 7)
		x8 ^= bits.RotateLeft32(x4+x0, 9)
		x12 ^= bits.RotateLeft32(x8+x4, 13)
		x0 ^= bits.RotateLeft32(x12+x8, 18)
		x9 ^= bits.RotateLeft32(x5+x1, 7)
		x13 ^= bits.RotateLeft32(x9+x5, 9)
		x1 ^= bits.RotateLeft32(x13+x9, 13)
		x5 ^= bits.RotateLeft32(x1+x13, 18)
		x14 ^= bits.RotateLeft32(x10+x6, 7)
		x2 ^= bits.RotateLeft32(x14+x10, 9)
		x6 ^= bits.RotateLeft32(x2+x14, 13)
		x10 ^= bits.RotateLeft32(x6+x2, 18)
		x3 ^= bits.RotateLeft32(x15+x11, 7)
		x7 ^= bits.RotateLeft32(x3+x15, 9)
		x11 ^= bits.RotateLeft32(x7+x3, 13)
		x15 ^= bits.RotateLeft32(x11+x7, 18)

		x1 ^= bits.RotateLeft32(x0+x3, 7)
		x2 ^= bits.RotateLeft32(x1+x0, 9)
		x3 ^= bits.RotateLeft32(x2+x1, 13)
		x0 ^= bits.RotateLeft32(x3+x2, 18)
		x6 ^= bits.RotateLeft32(x5+x4, 7)
		x7 ^= bits.RotateLeft32(x6+x5, 9)
		x4 ^= bits.RotateLeft32(x7+x6, 13)
		x5 ^= bits.RotateLeft32(x4+x7, 18)
		x11 ^= bits.RotateLeft32(x10+x9, 7)
		x8 ^= bits.RotateLeft32(x11+x10, 9)
		x9 ^= bits.RotateLeft32(x8+x11, 13)
		x10 ^= bits.RotateLeft32(x9+x8, 18)
		x12 ^= bits.RotateLeft32(x15+x14, 7)
		x13 ^= bits.RotateLeft32(x12+x15, 9)
		x14 ^= bits.RotateLeft32(x13+x12, 13)
		x15 ^= bits.RotateLeft32(x14+x13, 18)
	}
	// Word by word: a copy of the block at once would wait for the words that
	// were just written.
	x0 += x[0]
	x[0], y[0] = x0, x0
	x1 += x[1]
	x[1], y[1] = x1, x1
	x2 += x[2]
	x[2], y[2] = x2, x2
	x3 += x[3]
	x[3], y[3] = x3, x3
	x4 += x[4]
	x[4], y[4] = x4, x4
	x5 += x[5]
	x[5], y[5] = x5, x5
	x6 += x[6]
	x[6], y[6] = x6, x6
	x7 += x[7]
	x[7], y[7] = x7, x7
	x8 += x[8]
	x[8], y[8] = x8, x8
	x9 += x[9]
	x[9], y[9] = x9, x9
	x10 += x[10]
	x[10], y[10] = x10, x10
	x11 += x[11]
	x[11], y[11] = x11, x11
	x12 += x[12]
	x[12], y[12] = x12, x12
	x13 += x[13]
	x[13], y[13] = x13, x13
	x14 += x[14]
	x[14], y[14] = x14, x14
	x15 += x[15]
	x[15], y[15] = x15, x15
}
