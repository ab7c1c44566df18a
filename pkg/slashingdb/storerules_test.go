package slashingdb_test

import (
	"testing"
	"time"

	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

var timed = slashingdb.Chain{GenesisTime: 1_600_000_000, SecondsPerSlot: 12, SlotsPerEpoch: 32}

func TestTimesOfAChain(t *testing.T) {
	for at, want := range map[int64]beacon.Slot{
		-5: 0, 0: 0, 1_599_999_999: 0, 1_600_000_000: 0, 1_600_000_011: 0, 1_600_000_012: 1, 1_600_000_384: 32,
	} {
		moment := time.Unix(at, 0)
		if slot, epoch := timed.SlotAt(moment), timed.EpochAt(moment); slot != want || epoch != beacon.Epoch(want/32) {
			t.Errorf("%d: slot %d, epoch %d", at, slot, epoch)
		}
	}
	const last = beacon.Slot(1<<64 - 1)
	for epoch, want := range map[beacon.Epoch]beacon.Slot{
		0: 0, 1: 32, 1<<59 - 1: last - 31, 1 << 59: last, 1<<59 + 1: last, 1<<64 - 1: last,
	} {
		if slot := timed.FirstSlot(epoch); slot != want {
			t.Errorf("epoch %d begins with slot %d", epoch, slot)
		}
	}
	if at := timed.Start(1 << 59); !at.IsZero() {
		t.Error(at)
	}
	// Before genesis a fence stands in the first epochs.
	if f := timed.FenceAt(time.Unix(0, 0)); f.Epoch != 2 || f.Slot != 95 {
		t.Errorf("%+v", f)
	}
}

// A clock may be behind by a slot, which two machines' clocks are.
func TestClockBehindWhatTheStoreSaw(t *testing.T) {
	seen := time.Unix(1_700_000_000, 0)
	for behind, fine := range map[time.Duration]bool{
		-time.Hour: true, 0: true, 12 * time.Second: true, 13 * time.Second: false, time.Hour: false,
	} {
		if err := timed.CheckClock(seen.Add(-behind), seen); (err == nil) != fine {
			t.Errorf("%s behind: %v", behind, err)
		}
	}
}

// Each number of a history may lie a day ahead, and no further.
func TestFutureOfEachNumber(t *testing.T) {
	now := time.Unix(1_600_000_000+10_000*384, 0)
	slot, epoch := timed.SlotAt(now)+24*3600/12, timed.EpochAt(now)+24*3600/384
	for _, c := range []struct {
		l    slashingdb.LastSigned
		fine bool
	}{
		{slashingdb.LastSigned{HasBlock: true, Slot: slot, HasAttestation: true, Source: epoch, Target: epoch}, true},
		{slashingdb.LastSigned{HasBlock: true, Slot: slot + 1}, false},
		{slashingdb.LastSigned{HasAttestation: true, Source: 1, Target: epoch + 1}, false},
		{slashingdb.LastSigned{HasAttestation: true, Source: epoch + 1, Target: 1}, false},
		{slashingdb.LastSigned{HasAttestation: true, Source: epoch + 1, Target: epoch + 1}, false},
	} {
		if err := timed.CheckFuture(slashingdb.PublicKey{}, c.l, now); (err == nil) != c.fine {
			t.Errorf("%+v: %v", c.l, err)
		}
	}
}

func TestDutyIsOneMessage(t *testing.T) {
	block, vote := &slashingdb.Block{}, &slashingdb.Attestation{}
	for _, c := range []struct {
		d    slashingdb.Duty
		fine bool
	}{
		{slashingdb.Duty{Block: block}, true}, {slashingdb.Duty{Attestation: vote}, true},
		{slashingdb.Duty{}, false}, {slashingdb.Duty{Block: block, Attestation: vote}, false},
	} {
		if err := c.d.Check(); (err == nil) != c.fine {
			t.Errorf("%+v: %v", c.d, err)
		}
	}
}
