package selftest

import (
	"bytes"

	"github.com/ethkey/ethkey/pkg/bls"
)

func checkSign(b *block) {
	held, ok := b.hold(b.hex("privkey"))
	if !ok {
		return
	}
	defer held.Close()
	sk, err := bls.SecretKeyFromBytes(held)
	if !b.noError("privkey", err) {
		return
	}
	defer sk.Close()
	message := b.hex("message")
	signature := sk.Sign(message)
	b.same("signature", signature.Bytes())
	if !bls.Verify(sk.PublicKey(), message, signature) {
		b.fail("the signature does not verify")
	}
}

// signed reads what verification starts from. The tests give points that are
// none where the answer is false: then ok is false too.
func (b *block) signed(pubkeys, signatures [][]byte) (pks []bls.PublicKey, sigs []bls.Signature, ok bool) {
	ok = true
	for _, p := range pubkeys {
		pk, err := bls.PublicKeyFromBytes(p)
		ok = ok && err == nil
		pks = append(pks, pk)
	}
	for _, s := range signatures {
		sig, err := bls.SignatureFromBytes(s)
		ok = ok && err == nil
		sigs = append(sigs, sig)
	}
	return pks, sigs, ok
}

// answers notes a verdict that is not the published one.
func (b *block) answers(got bool) {
	if want := b.truth("output"); got != want {
		b.fail("the answer is %t, published is %t", got, want)
	}
}

func checkVerify(b *block) {
	message := b.hex("message")
	pks, sigs, ok := b.signed([][]byte{b.hex("pubkey")}, [][]byte{b.hex("signature")})
	b.answers(ok && bls.Verify(pks[0], message, sigs[0]))
}

func checkG1(b *block) {
	point := b.hex("pubkey")
	pk, err := bls.PublicKeyFromBytes(point)
	b.answers(err == nil && bytes.Equal(pk.Bytes(), point))
}

func checkG2(b *block) {
	point := b.hex("signature")
	sig, err := bls.SignatureFromBytes(point)
	b.answers(err == nil && bytes.Equal(sig.Bytes(), point))
}

func checkAggregate(b *block) {
	_, sigs, ok := b.signed(nil, b.list("signatures"))
	if !ok {
		b.fail("signatures: not points of G2")
	}
	sum, err := bls.AggregateSignatures(sigs)
	if b.text("output") == "none" {
		if err == nil {
			b.fail("an aggregate came out, published is none")
		}
		return
	}
	if b.noError("aggregate", err) {
		b.same("output", sum.Bytes())
	}
}

func checkAggregateVerify(b *block) {
	messages := b.list("messages")
	pks, sigs, ok := b.signed(b.list("pubkeys"), [][]byte{b.hex("signature")})
	b.answers(ok && bls.AggregateVerify(pks, messages, sigs[0]))
}

func checkFastAggregateVerify(b *block) {
	message := b.hex("message")
	pks, sigs, ok := b.signed(b.list("pubkeys"), [][]byte{b.hex("signature")})
	b.answers(ok && bls.FastAggregateVerify(pks, message, sigs[0]))
}

// counter stands in for randomness, so that every run is the same: 1, 2, 3...
type counter byte

func (c *counter) Read(p []byte) (int, error) {
	for i := range p {
		*c++
		p[i] = byte(*c)
	}
	return len(p), nil
}

func checkBatchVerify(b *block) {
	var messages [][32]byte
	for _, m := range b.list("messages") {
		if len(m) != 32 {
			b.fail("messages: expected 32 bytes each")
			return
		}
		messages = append(messages, [32]byte(m))
	}
	pks, sigs, ok := b.signed(b.list("pubkeys"), b.list("signatures"))
	if !ok {
		b.answers(false)
		return
	}
	verdict, err := bls.BatchVerify(pks, messages, sigs, new(counter))
	b.noError("batch", err)
	b.answers(verdict)
}
