package derive

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"math/rand/v2"
	"testing"

	blst "github.com/supranational/blst/bindings/go"

	"github.com/ethkey/ethkey/pkg/bls"
)

// randomBytes are the same in every run.
func randomBytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// blst's own derivation is the oracle: seeds of all lengths, all kinds of
// indices, several levels down.
func TestAgainstBlst(t *testing.T) {
	r := rand.New(rand.NewPCG(2333, 2334))
	for round := range 200 {
		seed := randomBytes(r, minSeed+round)
		oracle := blst.DeriveMasterEip2333(seed)
		path := Path{r.Uint32(), 0, 1<<32 - 1, uint32(round)}
		for _, index := range path {
			oracle = oracle.DeriveChildEip2333(index)
		}
		want := hex.EncodeToString(oracle.Serialize())
		sk, err := Derive(secretOf(t, seed), path)
		if got := hexOf(t, sk, err); got != want {
			t.Fatalf("round %d, path %s: %s, want %s", round, path, got, want)
		}
	}
}

func TestShortSeedRefused(t *testing.T) {
	if _, err := MasterSK(secretOf(t, make([]byte, minSeed-1))); err == nil {
		t.Error("a seed of 31 bytes was taken")
	}
	if _, err := Derive(nil, SigningPath(0)); err == nil {
		t.Error("no seed at all was taken")
	}
	if _, err := NewTree(secretOf(t, make([]byte, minSeed-1))); err == nil {
		t.Error("a tree was made of a short seed")
	}
}

func TestParentAndSeedStayIntact(t *testing.T) {
	raw := bytes.Repeat([]byte{7}, 64)
	seed := secretOf(t, bytes.Clone(raw))
	parent, err := MasterSK(seed)
	if err != nil {
		t.Fatal(err)
	}
	before := parent.PublicKey()
	first, err := ChildSK(parent, 1)
	one := hexOf(t, first, err)
	again, err := ChildSK(parent, 1)
	if hexOf(t, again, err) != one || parent.PublicKey() != before || !bytes.Equal(seed.Bytes(), raw) {
		t.Error("a derivation changed its parent or its seed")
	}
	other, err := ChildSK(parent, 2)
	if hexOf(t, other, err) == one {
		t.Error("two indices, one key")
	}
	parent.Close()
}

// RFC 5869 by the standard library, with salts and messages of every size in
// use here.
func TestHKDFAgainstStandardLibrary(t *testing.T) {
	w, err := newWork()
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	r := rand.New(rand.NewPCG(5869, 0))
	for n := range 100 {
		salt, ikm, info := randomBytes(r, n%33), randomBytes(r, n), randomBytes(r, n%5)
		prk, err := hkdf.Extract(sha256.New, ikm, salt)
		if err != nil {
			t.Fatal(err)
		}
		want, err := hkdf.Expand(sha256.New, prk, string(info), lamportCount*hashSize)
		if err != nil {
			t.Fatal(err)
		}
		w.extract(salt, ikm[:n/2], ikm[n/2:])
		var got []byte
		w.expand(info, lamportCount, func(block []byte) { got = append(got, block...) })
		if !bytes.Equal(got, want) {
			t.Fatalf("salt of %d, key material of %d bytes: wrong output", len(salt), n)
		}
	}
}

// After a derivation the scratch page holds nothing of it; internal/hmac's tests
// show the same of Go's hashes.
func TestCloseLeavesNothing(t *testing.T) {
	w, err := newWork()
	if err != nil {
		t.Fatal(err)
	}
	page := w.page.Bytes()
	sk := bytes.Repeat([]byte{5}, bls.SecretKeySize)
	w.deriveChildSK(sk, sk, 3)
	w.close()
	if !isZero(page) {
		t.Error("the scratch page is not wiped")
	}
}

func modR(in []byte) []byte {
	n := new(big.Int).SetBytes(in)
	order, _ := new(big.Int).SetString("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001", 16)
	return n.Mod(n, order).FillBytes(make([]byte, bls.SecretKeySize))
}

// around lists multiples of r, each with its neighbours, in 48 bytes.
func around() [][]byte {
	order, _ := new(big.Int).SetString("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001", 16)
	most := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 8*keygenL), big.NewInt(1))
	greatest := new(big.Int).Mul(order, new(big.Int).Div(most, order))
	var all [][]byte
	for _, n := range []*big.Int{big.NewInt(0), order, new(big.Int).Lsh(order, 1), new(big.Int).Lsh(order, 64), greatest, most} {
		for d := int64(-1); d <= 1; d++ {
			if m := new(big.Int).Add(n, big.NewInt(d)); m.Sign() >= 0 && m.Cmp(most) <= 0 {
				all = append(all, m.FillBytes(make([]byte, keygenL)))
			}
		}
	}
	return all
}

func FuzzReduceModR(f *testing.F) {
	for _, in := range around() {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		if len(in) > 2*keygenL {
			return
		}
		got := bytes.Repeat([]byte{0xff}, bls.SecretKeySize)
		reduceModR(got, in)
		if want := modR(in); !bytes.Equal(got, want) {
			t.Errorf("%x mod r = %x, want %x", in, got, want)
		}
	})
}

func BenchmarkChildSK(b *testing.B) {
	raw := bytes.Repeat([]byte{1}, 32)
	parent, err := MasterSK(secretOf(b, bytes.Clone(raw)))
	if err != nil {
		b.Fatal(err)
	}
	oracle := blst.DeriveMasterEip2333(raw)
	b.Run("ethkey", func(b *testing.B) {
		for i := uint32(0); b.Loop(); i++ {
			sk, err := ChildSK(parent, i)
			if err != nil {
				b.Fatal(err)
			}
			sk.Close()
		}
	})
	b.Run("blst", func(b *testing.B) {
		for i := uint32(0); b.Loop(); i++ {
			oracle.DeriveChildEip2333(i)
		}
	})
	b.Run("ratio", func(b *testing.B) {
		var ours, theirs float64
		for i := uint32(0); b.Loop(); i++ {
			start := b.Elapsed()
			sk, err := ChildSK(parent, i)
			if err != nil {
				b.Fatal(err)
			}
			sk.Close()
			middle := b.Elapsed()
			oracle.DeriveChildEip2333(i)
			ours += float64(middle - start)
			theirs += float64(b.Elapsed() - middle)
		}
		b.ReportMetric(ours/theirs, "ethkey/blst")
	})
}
