package slip39

// checksumWords is the length of the checksum.
const checksumWords = 3

// generator is the code's generator polynomial, in steps of one bit (SLIP-39,
// "Checksum").
var generator = [10]uint32{
	0xE0E040, 0x1C1C080, 0x3838100, 0x7070200, 0xE0E0009,
	0x1C0C2412, 0x38086C24, 0x3090FC48, 0x21B1F890, 0x3F3F120,
}

// customization keeps the two kinds of sets apart.
func customization(extendable bool) string {
	if extendable {
		return "shamir_extendable"
	}
	return "shamir"
}

// polymod is the remainder of the values, each of ten bits.
func polymod(chk uint32, value uint16) uint32 {
	top := chk >> 20
	chk = chk&0xFFFFF<<10 ^ uint32(value)
	for i, g := range generator {
		if top>>i&1 == 1 {
			chk ^= g
		}
	}
	return chk
}

// verifies tells whether the checksum at the end of a share holds.
func verifies(extendable bool, indices []uint16) bool {
	chk := uint32(1)
	for _, c := range []byte(customization(extendable)) {
		chk = polymod(chk, uint16(c))
	}
	for _, v := range indices {
		chk = polymod(chk, v)
	}
	return chk == 1
}
