package derive

import (
	"encoding/binary"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/secret"
)

const (
	minSeed = 32 // bytes; EIP-2333, derive_master_SK

	lamportSize  = 32  // K, bytes of a lamport chunk
	lamportCount = 255 // chunks of a lamport key

	keygenSalt = "BLS-SIG-KEYGEN-SALT-"
	keygenL    = 48 // L = ceil((3 * ceil(log2(r))) / 16)
)

// MasterSK is derive_master_SK: the key at m. The seed has at least 32 bytes;
// BIP-39 gives 64.
func MasterSK(seed *secret.Buffer) (*bls.SecretKey, error) {
	if seed.Len() < minSeed {
		return nil, fault.New(fault.Refused, "seed: want at least %d bytes", minSeed)
	}
	return withWork(func(w *work, sk []byte) { w.hkdfModR(sk, seed.Bytes()) })
}

// ChildSK is derive_child_SK: the child of parent at index.
func ChildSK(parent *bls.SecretKey, index uint32) (*bls.SecretKey, error) {
	return descend(parent, index)
}

// deriveChildSK is derive_child_SK:
//
//	compressed_lamport_PK = parent_SK_to_lamport_PK(parent_SK, index)
//	SK = hkdf_mod_r(compressed_lamport_PK)
//
// Keys are 32 bytes, most significant first; sk may be parent.
func (w *work) deriveChildSK(sk, parent []byte, index uint32) {
	w.parentSKToLamportPK(w.lamportPK, parent, index)
	w.hkdfModR(sk, w.lamportPK)
}

// parentSKToLamportPK is parent_SK_to_lamport_PK:
//
//	salt = I2OSP(index, 4)
//	IKM = I2OSP(parent_SK, 32)
//	lamport_0 = IKM_to_lamport_SK(IKM, salt)
//	not_IKM = flip_bits(IKM)
//	lamport_1 = IKM_to_lamport_SK(not_IKM, salt)
//	lamport_PK = SHA256(lamport_0[i]) for each i | SHA256(lamport_1[i]) for each i
//	compressed_lamport_PK = SHA256(lamport_PK)
//
// lamport_PK goes straight into its hash: only one chunk exists at a time.
func (w *work) parentSKToLamportPK(compressed, parent []byte, index uint32) {
	var salt [4]byte
	binary.BigEndian.PutUint32(salt[:], index)
	compress := func(chunk []byte) {
		w.hash.Sum(w.chunk, chunk)
		w.outerHash.Write(w.chunk)
	}
	w.outerHash.Reset()
	secret.Copy(w.ikm, parent)
	w.ikmToLamportSK(w.ikm, salt[:], compress)
	flipBits(w.ikm)
	w.ikmToLamportSK(w.ikm, salt[:], compress)
	w.outerHash.Finish(compressed)
}

// ikmToLamportSK is IKM_to_lamport_SK, handing on the chunks one by one:
//
//	PRK = HKDF-Extract(salt, IKM)
//	OKM = HKDF-Expand(PRK, "", L), L = K * 255
//	lamport_SK = bytes_split(OKM, K)
//
// K is the size of one block of HKDF-Expand, so each block is a chunk.
func (w *work) ikmToLamportSK(ikm, salt []byte, yield func(chunk []byte)) {
	w.extract(salt, ikm)
	w.expand(nil, lamportCount, yield)
}

func flipBits(b []byte) {
	for i := range b {
		b[i] = ^b[i]
	}
}

// hkdfModR is hkdf_mod_r with an empty key_info:
//
//	salt = "BLS-SIG-KEYGEN-SALT-"
//	while SK == 0:
//	    salt = H(salt)
//	    PRK = HKDF-Extract(salt, IKM || I2OSP(0, 1))
//	    OKM = HKDF-Expand(PRK, key_info || I2OSP(L, 2), L)
//	    SK = OS2IP(OKM) mod r
func (w *work) hkdfModR(sk, ikm []byte) {
	salt := []byte(keygenSalt)
	for done := false; !done; done = !isZero(sk) {
		var h [32]byte
		w.hash.Sum(h[:], salt)
		salt = h[:]
		w.extract(salt, ikm, []byte{0})
		okm := w.okm[:0]
		w.expand([]byte{0, keygenL}, 2, func(block []byte) { okm = append(okm, block...) })
		reduceModR(sk, okm[:keygenL])
	}
}

func isZero(b []byte) bool {
	var or byte
	for _, c := range b {
		or |= c
	}
	return or == 0
}
