package bls

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
)

// signed returns n keys with n signatures of different messages.
func signed(t testing.TB, n int) (pks []PublicKey, msgs [][32]byte, sigs []Signature) {
	t.Helper()
	for i := range n {
		digest := sha256.Sum256(fmt.Appendf(nil, "key %d", i))
		digest[0] &= 0x3f // below r
		sk, err := key(t, fmt.Sprintf("%x", digest))
		if err != nil {
			t.Fatal(err)
		}
		msg := sha256.Sum256(fmt.Appendf(nil, "message %d", i))
		pks, msgs, sigs = append(pks, sk.PublicKey()), append(msgs, msg), append(sigs, sk.Sign(msg[:]))
	}
	return pks, msgs, sigs
}

func batch(t testing.TB, pks []PublicKey, msgs [][32]byte, sigs []Signature) bool {
	t.Helper()
	ok, err := BatchVerify(pks, msgs, sigs, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

func TestBatchVerifyAgreesWithVerify(t *testing.T) {
	for _, n := range []int{1, 2, 3, 17} {
		pks, msgs, sigs := signed(t, n)
		if !batch(t, pks, msgs, sigs) {
			t.Fatalf("%d good signatures refused", n)
		}
		for i := range n {
			if !Verify(pks[i], msgs[i][:], sigs[i]) {
				t.Fatalf("signature %d of %d refused", i, n)
			}
			msgs[i][0] ^= 1
			if batch(t, pks, msgs, sigs) {
				t.Errorf("%d signatures with the wrong message at %d taken", n, i)
			}
			msgs[i][0] ^= 1
		}
	}
}

// Two signatures swapped have the same sum: only the coefficients catch them.
func TestBatchVerifyRefusesErrorsThatCancel(t *testing.T) {
	pks, msgs, sigs := signed(t, 2)
	sigs[0], sigs[1] = sigs[1], sigs[0]
	if !AggregateVerify(pks, [][]byte{msgs[0][:], msgs[1][:]}, mustAggregate(t, sigs)) {
		t.Fatal("the sum is not as the test assumes")
	}
	if batch(t, pks, msgs, sigs) {
		t.Error("swapped signatures taken")
	}
}

func mustAggregate(t testing.TB, sigs []Signature) Signature {
	t.Helper()
	sum, err := AggregateSignatures(sigs)
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func TestBatchVerifyInput(t *testing.T) {
	pks, msgs, sigs := signed(t, 2)
	if _, err := BatchVerify(pks, msgs[:1], sigs, rand.Reader); err == nil {
		t.Error("a message short, no error")
	}
	if _, err := BatchVerify(pks, msgs, sigs[:1], rand.Reader); err == nil {
		t.Error("a signature short, no error")
	}
	if _, err := BatchVerify(pks, msgs, sigs, bytes.NewReader(make([]byte, 0))); !errors.Is(err, io.EOF) {
		t.Errorf("without randomness: %v", err)
	}
	if batch(t, nil, nil, nil) {
		t.Error("an empty batch is good")
	}
	if batch(t, []PublicKey{pks[0], {}}, msgs, sigs) {
		t.Error("a public key that is no point taken")
	}
	if batch(t, pks, msgs, []Signature{sigs[0], {}}) {
		t.Error("a signature that is no point taken")
	}
}

// A reader that gives zeros first must be asked again: a coefficient of zero
// would let its signature pass unseen.
func TestBatchVerifyNeverUsesZero(t *testing.T) {
	pks, msgs, sigs := signed(t, 1)
	msgs[0][0] ^= 1
	zerosThenOne := append(make([]byte, 16), 1, 0, 0, 0, 0, 0, 0, 0)
	ok, err := BatchVerify(pks, msgs, sigs, bytes.NewReader(zerosThenOne))
	if ok || err != nil {
		t.Errorf("%t, %v", ok, err)
	}
	if _, err := BatchVerify(pks, msgs, sigs, bytes.NewReader(make([]byte, 16))); err == nil {
		t.Error("zeros alone were enough")
	}
	if _, err := BatchVerify(pks, msgs, sigs, zeros{}); fault.KindOf(err) != fault.Integrity {
		t.Errorf("zeros without an end: %v", err)
	}
	if _, err := BatchVerify(pks, msgs, sigs, bytes.NewReader(make([]byte, 7))); fault.KindOf(err) != fault.Environment {
		t.Errorf("a source that ends: %v", err)
	}
}

// zeros is a source of randomness that is broken.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

func TestNothingVerifiesNothing(t *testing.T) {
	infinity := Signature{0: 0xc0}
	if _, err := SignatureFromBytes(infinity[:]); err != nil {
		t.Error("the point at infinity is a valid encoding")
	}
	if AggregateVerify(nil, nil, infinity) || FastAggregateVerify(nil, []byte("m"), infinity) {
		t.Error("no keys, and yet verified")
	}
	if Verify(PublicKey{0: 0xc0}, []byte("m"), infinity) {
		t.Error("the point at infinity as public key verifies everything")
	}
	if _, err := PublicKeyFromBytes(append([]byte{0xc0}, make([]byte, 47)...)); err == nil {
		t.Error("the point at infinity taken as a public key")
	}
}

func TestFastAggregateVerify(t *testing.T) {
	msg := []byte("one message for all")
	var pks []PublicKey
	var sigs []Signature
	for i := range 3 {
		sk, err := key(t, fmt.Sprintf("%064x", 1000+i))
		if err != nil {
			t.Fatal(err)
		}
		pks, sigs = append(pks, sk.PublicKey()), append(sigs, sk.Sign(msg))
	}
	sum := mustAggregate(t, sigs)
	if !FastAggregateVerify(pks, msg, sum) || FastAggregateVerify(pks[:2], msg, sum) {
		t.Error("want the three keys and only them")
	}
}

func FuzzPublicKeyFromBytes(f *testing.F) {
	pks, _, _ := signed(f, 1)
	f.Add(pks[0].Bytes())
	f.Add(append([]byte{0xc0}, make([]byte, 47)...))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if pk, err := PublicKeyFromBytes(b); err == nil && (!bytes.Equal(pk.Bytes(), b) || b[0]&0xc0 != 0x80) {
			t.Errorf("%x was taken as %s", b, pk)
		}
	})
}

func FuzzSignatureFromBytes(f *testing.F) {
	_, _, sigs := signed(f, 1)
	f.Add(sigs[0].Bytes())
	f.Add(append([]byte{0xc0}, make([]byte, 95)...))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if sig, err := SignatureFromBytes(b); err == nil && !bytes.Equal(sig.Bytes(), b) {
			t.Errorf("%x was taken as %s", b, sig)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	pks, msgs, sigs := signed(b, 1)
	for b.Loop() {
		Verify(pks[0], msgs[0][:], sigs[0])
	}
}

func BenchmarkBatchVerify100(b *testing.B) {
	pks, msgs, sigs := signed(b, 100)
	for b.Loop() {
		if !batch(b, pks, msgs, sigs) {
			b.Fatal("refused")
		}
	}
}

func BenchmarkSign(b *testing.B) {
	sk, err := key(b, someKey)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		sk.Sign([]byte("message"))
	}
}
