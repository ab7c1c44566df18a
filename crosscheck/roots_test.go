package crosscheck

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/attestantio/go-eth2-client/spec/bellatrix"
	"github.com/attestantio/go-eth2-client/spec/capella"
	"github.com/attestantio/go-eth2-client/spec/phase0"

	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/message"
	"github.com/ethkey/ethkey/pkg/secret"
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

func TestExitAndChangeRoots(t *testing.T) {
	r := source()
	for round := range rounds {
		e := message.VoluntaryExit{Epoch: beacon.Epoch(amount(r, round)), ValidatorIndex: beacon.ValidatorIndex(amount(r, round))}
		compare(t, "VoluntaryExit", e.HashTreeRoot(), &phase0.VoluntaryExit{
			Epoch: phase0.Epoch(e.Epoch), ValidatorIndex: phase0.ValidatorIndex(e.ValidatorIndex),
		})
		c := message.BLSToExecutionChange{ValidatorIndex: beacon.ValidatorIndex(amount(r, round))}
		fill(r, c.FromBLSPublicKey[:])
		fill(r, c.ToExecutionAddress[:])
		compare(t, "BLSToExecutionChange", c.HashTreeRoot(), &capella.BLSToExecutionChange{
			ValidatorIndex: phase0.ValidatorIndex(c.ValidatorIndex), FromBLSPubkey: phase0.BLSPubKey(c.FromBLSPublicKey),
			ToExecutionAddress: bellatrix.ExecutionAddress(c.ToExecutionAddress),
		})
	}
}

// Files of exits and changes are what another implementation reads and writes.
func TestExitAndChangeFiles(t *testing.T) {
	r := source()
	sk := testKey(t, r)
	for round := range rounds / 10 {
		e := message.SignExit(sk, message.VoluntaryExit{Epoch: beacon.Epoch(amount(r, round)), ValidatorIndex: beacon.ValidatorIndex(amount(r, round))}, beacon.Domain{4})
		var exit phase0.SignedVoluntaryExit
		text := message.MarshalExit(e)
		again, err := reencode(text, &exit)
		if err != nil || again != strip(text) {
			t.Fatalf("%s was read as %s: %v", text, again, err)
		}
		c := message.BLSToExecutionChange{ValidatorIndex: beacon.ValidatorIndex(amount(r, round)), FromBLSPublicKey: sk.PublicKey()}
		fill(r, c.ToExecutionAddress[:])
		entry := message.ChangeEntry{SignedBLSToExecutionChange: message.SignChange(sk, c, beacon.Domain{10}), NoMetadata: true}
		var changes []*capella.SignedBLSToExecutionChange
		text = message.MarshalChanges([]message.ChangeEntry{entry})
		if err := json.Unmarshal(text, &changes); err != nil || len(changes) != 1 {
			t.Fatalf("%s: %v", text, err)
		}
		m := changes[0].Message
		if uint64(m.ValidatorIndex) != uint64(c.ValidatorIndex) || [48]byte(m.FromBLSPubkey) != [48]byte(c.FromBLSPublicKey) ||
			[20]byte(m.ToExecutionAddress) != [20]byte(c.ToExecutionAddress) || [96]byte(changes[0].Signature) != [96]byte(entry.Signature) {
			t.Fatalf("%s was read as %+v", text, m)
		}
	}
}

// reencode reads text into v and writes it again.
func reencode(text []byte, v any) (string, error) {
	if err := json.Unmarshal(text, v); err != nil {
		return "", err
	}
	again, err := json.Marshal(v)
	return string(again), err
}

// strip takes out the blanks after commas and colons.
func strip(text []byte) string {
	return strings.NewReplacer(", ", ",", ": ", ":").Replace(string(text))
}

func testKey(t *testing.T, r *rand.Rand) *bls.SecretKey {
	t.Helper()
	raw := make([]byte, 32)
	fill(r, raw[1:])
	b, err := secret.From(raw)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	sk, err := bls.SecretKeyFromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sk.Close)
	return sk
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
