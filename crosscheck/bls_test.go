package crosscheck

import (
	"bytes"
	"encoding/hex"
	"math/big"
	"math/rand/v2"
	"testing"

	bls12381 "github.com/consensys/gnark-crypto/ecc/bls12-381"

	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/message"
	"github.com/ethkey/ethkey/pkg/secret"
)

// verify is CoreVerify in gnark-crypto's arithmetic, which shares no code with
// blst: e(pk, H(msg)) = e(g1, sig), with both points decoded and checked to be
// in their subgroups.
func verify(t *testing.T, pk, msg, sig []byte) bool {
	t.Helper()
	var p bls12381.G1Affine
	var s bls12381.G2Affine
	if _, err := p.SetBytes(pk); err != nil || p.IsInfinity() {
		return false
	}
	if _, err := s.SetBytes(sig); err != nil {
		return false
	}
	h, err := bls12381.HashToG2(msg, []byte(bls.Ciphersuite))
	if err != nil {
		t.Fatal(err)
	}
	_, _, g1, _ := bls12381.Generators()
	g1.Neg(&g1)
	ok, err := bls12381.PairingCheck([]bls12381.G1Affine{p, g1}, []bls12381.G2Affine{h, s})
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

// sign is CoreSign and SkToPk in gnark-crypto's arithmetic.
func sign(t *testing.T, sk *big.Int, msg []byte) (pk, sig []byte) {
	t.Helper()
	h, err := bls12381.HashToG2(msg, []byte(bls.Ciphersuite))
	if err != nil {
		t.Fatal(err)
	}
	_, _, g1, _ := bls12381.Generators()
	var p bls12381.G1Affine
	var s bls12381.G2Affine
	pkBytes, sigBytes := p.ScalarMultiplication(&g1, sk).Bytes(), s.ScalarMultiplication(&h, sk).Bytes()
	return pkBytes[:], sigBytes[:]
}

// keyOf derives a signing key of a random seed.
func keyOf(t *testing.T, r *rand.Rand, index uint32) (*bls.SecretKey, *big.Int) {
	t.Helper()
	raw := make([]byte, 64)
	fill(r, raw)
	seed, err := secret.From(raw)
	if err != nil {
		t.Fatal(err)
	}
	defer seed.Close()
	sk, err := derive.Derive(seed, derive.SigningPath(index))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sk.Close)
	b, err := sk.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	return sk, new(big.Int).SetBytes(b.Bytes())
}

func TestDepositSignatures(t *testing.T) {
	r := source()
	for round := range 20 {
		sk, number := keyOf(t, r, uint32(round))
		var genesis beacon.Version
		fill(r, genesis[:])
		m := message.DepositMessage{PublicKey: sk.PublicKey(), Amount: beacon.Gwei(amount(r, round))}
		fill(r, m.WithdrawalCredentials[:])
		e := message.NewDepositEntry(sk, m, genesis, "some network", "1.3.0")
		root := m.SigningRoot(genesis)
		if !verify(t, e.PublicKey[:], root[:], e.Signature[:]) {
			t.Fatalf("gnark-crypto refuses the deposit of %s", e.PublicKey)
		}
		pk, sig := sign(t, number, root[:])
		if !bytes.Equal(pk, e.PublicKey[:]) || !bytes.Equal(sig, e.Signature[:]) {
			t.Fatalf("gnark-crypto has public key %x and signature %x, ethkey %s and %s", pk, sig, e.PublicKey, e.Signature)
		}
		root[0] ^= 1
		if verify(t, e.PublicKey[:], root[:], e.Signature[:]) || bls.Verify(e.PublicKey, root[:], e.Signature) {
			t.Fatal("a signature of another root is taken")
		}
	}
}

// Both must take and refuse the same encodings: points with a bit changed,
// most of which are off the curve or outside the subgroup.
func TestDecodingAgrees(t *testing.T) {
	r := source()
	sk, _ := keyOf(t, r, 0)
	pk, sig := sk.PublicKey(), sk.Sign([]byte("message"))
	for range rounds {
		b, s := pk, sig
		b[r.IntN(len(b))] ^= 1 << r.IntN(8)
		s[r.IntN(len(s))] ^= 1 << r.IntN(8)
		var p1 bls12381.G1Affine
		var p2 bls12381.G2Affine
		_, errTheirs := p1.SetBytes(b[:])
		if _, errOurs := bls.PublicKeyFromBytes(b[:]); (errOurs == nil) != (errTheirs == nil) {
			t.Errorf("public key %s: ethkey %v, gnark-crypto %v", hex.EncodeToString(b[:]), errOurs, errTheirs)
		}
		_, errTheirs = p2.SetBytes(s[:])
		if _, errOurs := bls.SignatureFromBytes(s[:]); (errOurs == nil) != (errTheirs == nil) {
			t.Errorf("signature %s: ethkey %v, gnark-crypto %v", hex.EncodeToString(s[:]), errOurs, errTheirs)
		}
	}
}
