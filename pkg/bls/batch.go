package bls

import (
	"io"
	"runtime"
	"sync"
	"sync/atomic"

	blst "github.com/supranational/blst/bindings/go"

	"github.com/ethkey/ethkey/internal/fault"
)

// coefficientBits is the size of the random factor of each signature in a
// batch: a forger passes with probability 2^-64.
const coefficientBits = 64

// zeroDraws is how often zero may come up in a row before the source is broken.
const zeroDraws = 4

// BatchVerify reports whether sigs[i] is a signature of msgs[i] by pks[i] for
// every i, at about half the price of one Verify each, on all cores. An empty
// batch is false. Each signature is multiplied by its own random coefficient,
// so that errors cannot cancel out; they come from rand, before blst's threads
// start. The result does not say which signature is wrong.
func BatchVerify(pks []PublicKey, msgs [][32]byte, sigs []Signature, rand io.Reader) (bool, error) {
	n := len(pks)
	if len(msgs) != n || len(sigs) != n {
		return false, fault.New(fault.Refused, "batch: %d public keys, %d messages, %d signatures; want as many of each", n, len(msgs), len(sigs))
	}
	next, err := coefficients(n, rand)
	if err != nil {
		return false, err
	}
	ps, ss, ms := make([]*blst.P1Affine, n), make([]*blst.P2Affine, n), make([]blst.Message, n)
	valid := onAllCores(n, func(i int) bool {
		ps[i], ss[i], ms[i] = pks[i].point(), sigs[i].point(), msgs[i][:]
		return ps[i] != nil && ss[i] != nil
	})
	if !valid {
		return false, nil
	}
	return new(blst.P2Affine).MultipleAggregateVerify(ss, false, ps, false, ms, dst, next, coefficientBits), nil
}

// onAllCores calls ok(0) to ok(n-1) and reports whether all were true. Checking
// that points are in their subgroups takes a quarter of a batch.
func onAllCores(n int, ok func(i int) bool) bool {
	var wg sync.WaitGroup
	var bad atomic.Bool
	cores := min(n, runtime.GOMAXPROCS(0))
	for first := range cores {
		wg.Go(func() {
			for i := first; i < n && !bad.Load(); i += cores {
				if !ok(i) {
					bad.Store(true)
				}
			}
		})
	}
	wg.Wait()
	return !bad.Load()
}

// coefficients draws n coefficients that are not zero and returns the function
// that hands them out, one a call, to any thread.
func coefficients(n int, rand io.Reader) (func(*blst.Scalar), error) {
	drawn := make([][SecretKeySize]byte, n) // least significant first
	for i := range drawn {
		for tries := 0; isZero(drawn[i]); tries++ {
			if tries == zeroDraws {
				return nil, fault.New(fault.Integrity, "random coefficients of a batch: the source of randomness gives nothing but zeros").
					WithHint("do not use this machine for keys")
			}
			if _, err := io.ReadFull(rand, drawn[i][:coefficientBits/8]); err != nil {
				return nil, fault.New(fault.Environment, "random coefficients of a batch: %w", err)
			}
		}
	}
	var used atomic.Int64
	return func(s *blst.Scalar) { s.FromLEndian(drawn[used.Add(1)-1][:]) }, nil
}

func isZero(b [SecretKeySize]byte) bool { return b == [SecretKeySize]byte{} }
