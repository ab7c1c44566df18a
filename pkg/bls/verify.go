package bls

import (
	blst "github.com/supranational/blst/bindings/go"

	"github.com/ethkey/ethkey/internal/fault"
)

// Verify is CoreVerify (draft-irtf-cfrg-bls-signature-05, 2.7).
func Verify(pk PublicKey, msg []byte, sig Signature) bool {
	return AggregateVerify([]PublicKey{pk}, [][]byte{msg}, sig)
}

// AggregateSignatures is Aggregate (2.8): the sum of at least one signature.
func AggregateSignatures(sigs []Signature) (Signature, error) {
	if len(sigs) == 0 {
		return Signature{}, fault.New(fault.Refused, "aggregate: want at least one signature")
	}
	var sum blst.P2Aggregate
	for i, sig := range sigs {
		p := sig.point()
		if p == nil {
			return Signature{}, fault.New(fault.Refused, "aggregate: signature %d is not a valid point of G2", i+1)
		}
		sum.Add(p, false) // point has checked the subgroup
	}
	return Signature(sum.ToAffine().Compress()), nil
}

// AggregateVerify is CoreAggregateVerify (2.9): pks[i] has signed msgs[i].
// Messages may be equal, as proof of possession allows (3.3).
func AggregateVerify(pks []PublicKey, msgs [][]byte, sig Signature) bool {
	ps, ok := points(pks)
	s := sig.point()
	if !ok || s == nil {
		return false
	}
	return s.AggregateVerify(false, ps, false, msgs, dst) // checked by point; false when there are none
}

// FastAggregateVerify is FastAggregateVerify (3.3.4): every key has signed the
// same message, and has proven its possession elsewhere.
func FastAggregateVerify(pks []PublicKey, msg []byte, sig Signature) bool {
	ps, ok := points(pks)
	s := sig.point()
	if !ok || s == nil {
		return false
	}
	return s.FastAggregateVerify(false, ps, msg, dst)
}
