package slashingdb

import (
	"time"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
)

// RaiseReport says what raising did.
type RaiseReport struct {
	Raised    int           `json:"raised"`    // keys of which something was lower
	New       int           `json:"new"`       // keys that the file did not know
	Unchanged int           `json:"unchanged"` // keys that were there or beyond
	Others    int           `json:"others"`    // keys that were not named, and stay as they are
	Slot      *beacon.Slot  `json:"slot,omitempty"`
	Epoch     *beacon.Epoch `json:"epoch,omitempty"`
	// Resume is the first epoch in which a raised key may attest, provided
	// that the epoch of the mark is justified by then.
	Resume     *beacon.Epoch `json:"resume_epoch,omitempty"`
	ResumeTime *time.Time    `json:"resume_time,omitempty"`
}

// EpochMark is what stands for an unknown history up to and with an epoch: the
// last slot of it, and its number as source and as target. Whatever a client
// signed until then, nothing that is signed above this mark contradicts it.
func (c Chain) EpochMark(e beacon.Epoch) (LastSigned, error) {
	if c.SlotsPerEpoch == 0 || uint64(e) >= (1<<63-1)/c.SlotsPerEpoch {
		return LastSigned{}, fault.New(fault.Refused, "epoch %d: no chain has reached such an epoch", e)
	}
	return LastSigned{
		HasBlock: true, Slot: c.FirstSlot(e+1) - 1,
		HasAttestation: true, Source: e, Target: e,
	}, nil
}

// RaiseTo raises keys to a mark, known or not; nil is all keys of the table.
func (t *Table) RaiseTo(keys []PublicKey, mark LastSigned, c Chain) *RaiseReport {
	if keys == nil {
		keys = t.Sorted()
	}
	r := &RaiseReport{}
	if mark.HasBlock {
		r.Slot = &mark.Slot
	}
	if mark.HasAttestation {
		resume := mark.Target + 1
		r.Epoch, r.Resume = &mark.Target, &resume
		if at := c.Start(resume); c.GenesisTime != 0 && !at.IsZero() {
			r.ResumeTime = &at
		}
	}
	done := map[PublicKey]bool{}
	for _, key := range keys {
		if done[key] {
			continue
		}
		done[key] = true
		was, known := t.Keys[key]
		switch {
		case !known:
			r.New++
		case was.Covers(mark):
			r.Unchanged++
		default:
			r.Raised++
		}
		t.Raise(key, mark)
	}
	r.Others = len(t.Keys) - len(done)
	return r
}
