package storetest

import (
	"bytes"
	"context"
	"time"

	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

func unknownKey(s *suite) {
	store, key := s.new(), Keys(s, 1)[0]
	s.expect(store, block(key, 1, 1), slashingdb.NoRecord)
	s.expect(store, attestation(key, 1, 2, 1), slashingdb.NoRecord)
	s.absent(store, key)
}

func rules(s *suite) {
	store, k := s.new(), Keys(s, 2)
	s.admit(store, k...)
	for _, c := range []struct {
		duty slashingdb.Duty
		want slashingdb.Verdict
	}{
		{block(k[0], 10, 1), slashingdb.Sign},
		{block(k[0], 10, 1), slashingdb.Repeat},
		{block(k[0], 10, 2), slashingdb.SlotNotAbove},
		{block(k[0], 10, 0), slashingdb.SlotNotAbove},
		{block(k[0], 9, 3), slashingdb.SlotNotAbove},
		{block(k[0], 11, 0), slashingdb.Sign},
		{block(k[0], 11, 0), slashingdb.SlotNotAbove}, // no root: not provably the same
		{block(k[1], 10, 1), slashingdb.Sign},
		{attestation(k[0], 5, 6, 1), slashingdb.Sign},
		{attestation(k[0], 5, 6, 1), slashingdb.Repeat},
		{attestation(k[0], 5, 6, 2), slashingdb.TargetNotAbove},
		{attestation(k[0], 4, 7, 3), slashingdb.SourceBelow},
		{attestation(k[0], 8, 7, 3), slashingdb.SourceAboveTarget},
		{attestation(k[0], 5, 7, 4), slashingdb.Sign},
		{attestation(k[0], 5, 6, 1), slashingdb.TargetNotAbove}, // not the last any more
		{attestation(k[0], 7, 8, 0), slashingdb.Sign},
		{attestation(k[0], 7, 8, 0), slashingdb.TargetNotAbove},
		{attestation(k[1], 0, 0, 1), slashingdb.Sign}, // the first epoch is no less than nothing
	} {
		s.expect(store, c.duty, c.want)
	}
	// No file holds numbers of 2^63 or more, so that no record does.
	for _, n := range []uint64{1 << 63, 1<<64 - 1} {
		s.expect(store, block(k[1], beacon.Slot(n), 1), slashingdb.Undecided)
		s.expect(store, attestation(k[1], 0, beacon.Epoch(n), 1), slashingdb.Undecided)
		s.expect(store, attestation(k[1], beacon.Epoch(n), beacon.Epoch(n), 1), slashingdb.Undecided)
	}
	s.expect(store, block(k[1], 1<<63-1, 1), slashingdb.Sign)
	s.expect(store, block(k[1], 1<<63-1, 1), slashingdb.Repeat)
	s.expect(store, attestation(k[1], 1<<63-1, 1<<63-1, 1), slashingdb.Sign)
	s.expect(store, attestation(k[1], 1<<63-1, 1<<63-1, 1), slashingdb.Repeat)
	var file bytes.Buffer
	s.must(store.Export(context.Background(), &file, nil))
	_, _, err := slashingdb.ReadTable(context.Background(), &file, slashingdb.ReadOptions{})
	s.must(err)
	if _, err := store.Decide(context.Background(), []slashingdb.Duty{{Key: k[0]}}); err == nil {
		s.Error("a duty without a message was answered")
	}
	if v, err := store.Decide(context.Background(), nil); err != nil || len(v) != 0 {
		s.Errorf("no duties: %v, %v", v, err)
	}
}

func batch(s *suite) {
	store, k := s.new(), Keys(s, 3)
	s.admit(store, k[:2]...)
	verdicts, err := store.Decide(context.Background(), []slashingdb.Duty{
		block(k[0], 5, 1), block(k[0], 5, 2), block(k[0], 5, 1), block(k[2], 5, 1), block(k[1], 5, 1),
		attestation(k[0], 1, 2, 1), attestation(k[0], 2, 3, 2), attestation(k[0], 1, 4, 3), attestation(k[1], 1, 2, 1),
	})
	s.must(err)
	want := []slashingdb.Verdict{
		slashingdb.Sign, slashingdb.SlotNotAbove, slashingdb.Repeat, slashingdb.NoRecord, slashingdb.Sign,
		slashingdb.Sign, slashingdb.Sign, slashingdb.SourceBelow, slashingdb.Sign,
	}
	if len(verdicts) != len(want) {
		s.Fatalf("%d verdicts for %d duties", len(verdicts), len(want))
	}
	for i := range want {
		if verdicts[i] != want[i] {
			s.Errorf("duty %d: %s; expected: %s", i, verdicts[i], want[i])
		}
	}
}

func durable(s *suite) {
	store, k := s.new(), Keys(s, 2)
	s.admit(store, k...)
	s.expect(store, block(k[0], 7, 1), slashingdb.Sign)
	s.expect(store, attestation(k[1], 3, 4, 2), slashingdb.Sign)
	s.must(store.SetHighWatermark(context.Background(), &slashingdb.HighWatermark{Slot: 100, Epoch: 50}))
	s.must(store.Disable(context.Background(), discard{}, k[1:]))
	before, err := store.Records(context.Background(), nil)
	s.must(err)
	for range 2 {
		store = s.h.Reopen(s.T, store)
		after, err := store.Records(context.Background(), nil)
		s.must(err)
		if len(after) != 2 || after[0] != before[0] || after[1] != before[1] {
			s.Errorf("records %+v; expected %+v", after, before)
		}
		info, err := store.Info(context.Background())
		s.must(err)
		if info.Chain != chain || info.Foreign || info.Keys != 2 || info.Disabled != 1 ||
			info.HighWatermark == nil || *info.HighWatermark != (slashingdb.HighWatermark{Slot: 100, Epoch: 50}) {
			s.Errorf("info %+v", info)
		}
	}
	s.expect(store, block(k[0], 7, 1), slashingdb.Repeat)
	s.expect(store, block(k[0], 7, 2), slashingdb.SlotNotAbove)
	s.expect(store, attestation(k[1], 3, 4, 2), slashingdb.KeyDisabled)
	_ = store.Close()
}

func highWatermark(s *suite) {
	store, k := s.new(), Keys(s, 1)
	s.admit(store, k...)
	mark := &slashingdb.HighWatermark{Slot: 320, Epoch: 10}
	s.must(store.SetHighWatermark(context.Background(), mark))
	mark.Slot = 1 // the caller's own
	s.expect(store, block(k[0], 320, 1), slashingdb.AboveHighWatermark)
	s.expect(store, block(k[0], 321, 1), slashingdb.AboveHighWatermark)
	s.expect(store, block(k[0], 319, 1), slashingdb.Sign)
	s.expect(store, attestation(k[0], 9, 10, 1), slashingdb.AboveHighWatermark)
	s.expect(store, attestation(k[0], 8, 9, 1), slashingdb.Sign)
	s.must(store.SetHighWatermark(context.Background(), nil))
	s.expect(store, block(k[0], 320, 1), slashingdb.Sign)
	s.expect(store, attestation(k[0], 9, 10, 1), slashingdb.Sign)
	info, err := store.Info(context.Background())
	s.must(err)
	if info.HighWatermark != nil {
		s.Errorf("the high watermark was lifted, and stands: %+v", info.HighWatermark)
	}
}

func closed(s *suite) {
	store, k := s.new(), Keys(s, 1)
	s.admit(store, k...)
	s.must(store.Close())
	_, err := store.Decide(context.Background(), []slashingdb.Duty{block(k[0], 1, 1)})
	s.refused("a closed store", err, slashingdb.ErrClosed)
	ended, cancel := context.WithTimeout(context.Background(), -time.Second)
	defer cancel()
	store = s.new()
	s.admit(store, k...)
	_, err = store.Decide(ended, []slashingdb.Duty{block(k[0], 1, 1)})
	s.refused("a context that has ended", err, context.DeadlineExceeded)
}
