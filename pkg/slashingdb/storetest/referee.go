package storetest

import (
	"bytes"
	"context"
	"sync"
	"sync/atomic"

	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// Random is splitmix64: the suite has its randomness by its seed alone.
type Random struct{ state uint64 }

// NewRandom begins a sequence.
func NewRandom(seed uint64) *Random { return &Random{state: seed} }

func (r *Random) next() uint64 {
	r.state += 0x9e3779b97f4a7c15
	z := r.state
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// Below draws a number below n.
func (r *Random) Below(n uint64) uint64 { return r.next() % n }

// Duty draws a message that others contradict: few slots, few roots, any
// order.
func (r *Random) Duty(keys []slashingdb.PublicKey, base uint64) slashingdb.Duty {
	key, root := keys[r.Below(uint64(len(keys)))], byte(r.Below(4))
	if r.Below(3) == 0 {
		return block(key, beacon.Slot(base+r.Below(8)), root)
	}
	target := base + r.Below(8)
	source := target - min(target, r.Below(6))
	// The root is bound to the message, as a signing root is.
	d := attestation(key, beacon.Epoch(source), beacon.Epoch(target), root)
	d.Attestation.Root[1], d.Attestation.Root[2] = byte(source), byte(source>>8)
	return d
}

// Referee sees every answer and knows what two signatures contradict.
type Referee struct {
	mu     sync.Mutex
	signed map[slashingdb.PublicKey]*slashingdb.History
	Signed int // distinct messages that were allowed
}

// Saw takes an allowed duty, and returns the verdict of EIP-3076's own
// conditions over all that was allowed before: only Sign and Repeat are sound.
func (r *Referee) Saw(d slashingdb.Duty) slashingdb.Verdict {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.signed == nil {
		r.signed = map[slashingdb.PublicKey]*slashingdb.History{}
	}
	h := r.signed[d.Key]
	if h == nil {
		h = &slashingdb.History{}
		r.signed[d.Key] = h
	}
	if d.Block != nil {
		for _, old := range h.Blocks {
			if slashingdb.IsDoubleBlock(*d.Block, old) {
				return slashingdb.DoubleBlock
			}
		}
		h.Blocks = append(h.Blocks, *d.Block)
	} else {
		for _, old := range h.Attestations {
			switch {
			case slashingdb.IsDoubleVote(*d.Attestation, old):
				return slashingdb.DoubleVote
			case slashingdb.IsSurround(*d.Attestation, old):
				return slashingdb.Surrounds
			case slashingdb.IsSurround(old, *d.Attestation):
				return slashingdb.Surrounded
			}
		}
		h.Attestations = append(h.Attestations, *d.Attestation)
	}
	r.Signed++
	return slashingdb.Sign
}

// LastSigned returns what was allowed for a key, in the minimal form.
func (r *Referee) LastSigned(key slashingdb.PublicKey) slashingdb.LastSigned {
	r.mu.Lock()
	defer r.mu.Unlock()
	if h := r.signed[key]; h != nil {
		return h.LastSigned()
	}
	return slashingdb.LastSigned{}
}

// Answers hands the referee the answers to a call.
func (r *Referee) Answers(duties []slashingdb.Duty, verdicts []slashingdb.Verdict) (contradiction slashingdb.Verdict, at int) {
	for i, v := range verdicts {
		if !v.Allowed() {
			continue
		}
		if found := r.Saw(duties[i]); found != slashingdb.Sign {
			return found, i
		}
	}
	return slashingdb.Sign, 0
}

func referee(s *suite) {
	store, k := s.new(), Keys(s, 4)
	s.admit(store, k...)
	const signers, rounds = 8, 25
	r := &Referee{}
	var all sync.WaitGroup
	for i := range signers {
		all.Go(func() {
			draw := NewRandom(s.h.Seed + uint64(i))
			for round := range rounds {
				duties := make([]slashingdb.Duty, 1+draw.Below(6))
				for j := range duties {
					duties[j] = draw.Duty(k, uint64(round))
				}
				verdicts, err := store.Decide(context.Background(), duties)
				if err != nil {
					s.Error(err)
					return
				}
				if found, at := r.Answers(duties, verdicts); found != slashingdb.Sign {
					s.Errorf("%s was allowed: %s", text(duties[at]), found)
				}
			}
		})
	}
	all.Wait()
	if r.Signed < rounds {
		s.Errorf("only %d messages were signed: the race proves nothing", r.Signed)
	}
	for _, key := range k {
		if have, want := s.record(store, key).LastSigned, r.LastSigned(key); !have.Covers(want) {
			s.Errorf("key %.6x: the store has %+v, and %+v was signed", key.Bytes(), have, want)
		}
	}
}

// disableReferee takes keys away while others sign with them: what the export
// says covers every signature.
func disableReferee(s *suite) {
	store, k := s.new(), Keys(s, 2)
	s.admit(store, k...)
	r := &Referee{}
	var signers sync.WaitGroup
	begun := make(chan struct{}, 4)
	var disabled atomic.Bool
	for i := range 4 {
		signers.Go(func() {
			for slot := beacon.Slot(1); ; slot++ {
				d := []slashingdb.Duty{block(k[i%2], slot, byte(1+i))}
				late := disabled.Load()
				v, err := store.Decide(context.Background(), d)
				if err != nil {
					s.Error(err)
					return
				}
				r.Answers(d, v)
				if slot == 3 {
					begun <- struct{}{}
				}
				if late && v[0] != slashingdb.KeyDisabled {
					s.Errorf("asked after Disable: %s", v[0])
				}
				if late || v[0] == slashingdb.KeyDisabled {
					return
				}
			}
		})
	}
	for range 4 {
		<-begun
	}
	var file bytes.Buffer
	err := store.Disable(context.Background(), &file, k)
	disabled.Store(true)
	signers.Wait()
	s.must(err)
	table, _, err := slashingdb.ReadTable(context.Background(), &file, slashingdb.ReadOptions{})
	s.must(err)
	for _, key := range k {
		if signed := r.LastSigned(key); !table.Keys[key].Covers(signed) || !signed.HasBlock {
			s.Errorf("key %.6x: exported %+v, and %+v was signed", key.Bytes(), table.Keys[key], signed)
		}
	}
}
