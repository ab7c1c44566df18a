package crosscheck

import (
	"math/rand/v2"
	"testing"

	"github.com/attestantio/go-eth2-client/spec/phase0"

	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/message"
)

const rounds = 500

// source gives the same values in every run.
func source() *rand.Rand { return rand.New(rand.NewPCG(12381, 3600)) }

func fill(r *rand.Rand, b []byte) {
	for i := range b {
		b[i] = byte(r.Uint32())
	}
}

// amounts are random, with the edges of a uint64 among them.
func amount(r *rand.Rand, round int) uint64 {
	edges := []uint64{0, 1, 255, 256, 32_000_000_000, 1<<63 - 1, 1 << 63, 1<<64 - 1}
	if round < len(edges) {
		return edges[round]
	}
	return r.Uint64()
}

type rooted interface{ HashTreeRoot() ([32]byte, error) }

func compare(t *testing.T, what string, ours beacon.Root, theirs rooted) {
	t.Helper()
	want, err := theirs.HashTreeRoot()
	if err != nil {
		t.Fatal(err)
	}
	if ours != want {
		t.Fatalf("%s: %s, go-eth2-client has %x", what, ours, want)
	}
}

func randomDeposit(r *rand.Rand, round int) message.DepositData {
	d := message.DepositData{Amount: beacon.Gwei(amount(r, round))}
	fill(r, d.PublicKey[:])
	fill(r, d.WithdrawalCredentials[:])
	fill(r, d.Signature[:])
	return d
}

func TestDepositRoots(t *testing.T) {
	r := source()
	for round := range rounds {
		d := randomDeposit(r, round)
		compare(t, "DepositMessage", d.Message().HashTreeRoot(), &phase0.DepositMessage{
			PublicKey:             phase0.BLSPubKey(d.PublicKey),
			WithdrawalCredentials: d.WithdrawalCredentials[:],
			Amount:                phase0.Gwei(d.Amount),
		})
		compare(t, "DepositData", d.HashTreeRoot(), &phase0.DepositData{
			PublicKey:             phase0.BLSPubKey(d.PublicKey),
			WithdrawalCredentials: d.WithdrawalCredentials[:],
			Amount:                phase0.Gwei(d.Amount),
			Signature:             phase0.BLSSignature(d.Signature),
		})
	}
}

func TestForkAndSigningRoots(t *testing.T) {
	r := source()
	for range rounds {
		var f message.ForkData
		var s message.SigningData
		fill(r, f.CurrentVersion[:])
		fill(r, f.GenesisValidatorsRoot[:])
		fill(r, s.ObjectRoot[:])
		fill(r, s.Domain[:])
		compare(t, "ForkData", f.HashTreeRoot(), &phase0.ForkData{
			CurrentVersion:        phase0.Version(f.CurrentVersion),
			GenesisValidatorsRoot: phase0.Root(f.GenesisValidatorsRoot),
		})
		theirs := &phase0.SigningData{ObjectRoot: phase0.Root(s.ObjectRoot), Domain: phase0.Domain(s.Domain)}
		compare(t, "SigningData", s.HashTreeRoot(), theirs)
		compare(t, "signing root", message.ComputeSigningRoot(s.ObjectRoot, s.Domain), theirs)
	}
}
