package derive

import (
	"encoding/binary"
	"math/bits"
)

// r is the order of the groups of BLS12-381 (draft-irtf-cfrg-bls-signature-05,
// 4.2), least significant limb first.
var r = [4]uint64{0xffffffff00000001, 0x53bda402fffe5bfe, 0x3339d80809a1d805, 0x73eda753299d7d48}

// reduceModR sets out, 32 bytes, to in mod r; both are big-endian numbers. It
// is Horner's rule on bits, and takes the same steps whatever in is: shift one
// bit in, then subtract r if that does not borrow. Since r < 2^255 the sum
// never overflows. out must not overlap in.
func reduceModR(out, in []byte) {
	clear(out)
	for _, b := range in {
		for i := 7; i >= 0; i-- {
			shiftIn(out, uint64(b>>i&1))
		}
	}
}

// shiftIn sets acc to (2*acc + bit) mod r. The limbs are read from and written
// back to acc, so that they stay on its page.
func shiftIn(acc []byte, bit uint64) {
	a0, a1 := binary.BigEndian.Uint64(acc[24:]), binary.BigEndian.Uint64(acc[16:])
	a2, a3 := binary.BigEndian.Uint64(acc[8:]), binary.BigEndian.Uint64(acc)
	a3 = a3<<1 | a2>>63
	a2 = a2<<1 | a1>>63
	a1 = a1<<1 | a0>>63
	a0 = a0<<1 | bit

	s0, borrow := bits.Sub64(a0, r[0], 0)
	s1, borrow := bits.Sub64(a1, r[1], borrow)
	s2, borrow := bits.Sub64(a2, r[2], borrow)
	s3, borrow := bits.Sub64(a3, r[3], borrow)
	keep := -borrow // all ones when acc was less than r

	binary.BigEndian.PutUint64(acc[24:], a0&keep|s0&^keep)
	binary.BigEndian.PutUint64(acc[16:], a1&keep|s1&^keep)
	binary.BigEndian.PutUint64(acc[8:], a2&keep|s2&^keep)
	binary.BigEndian.PutUint64(acc, a3&keep|s3&^keep)
}
