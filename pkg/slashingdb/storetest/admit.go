package storetest

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/ethkey/ethkey/pkg/slashingdb"
)

func admitFresh(s *suite) {
	store, k := s.new(), Keys(s, 2)
	fence, err := store.Admit(context.Background(), k[:1], slashingdb.Fresh)
	s.must(err)
	if fence != nil {
		s.Errorf("a fresh key is fenced: %+v", fence)
	}
	_, err = store.Admit(context.Background(), []slashingdb.PublicKey{k[1], k[0]}, slashingdb.Fresh)
	s.refused("a key that has a record, as fresh", err, nil)
	s.absent(store, k[1]) // all or none
	_, err = store.Admit(context.Background(), k[1:], "somehow")
	s.refused("an admission that does not exist", err, nil)
	s.absent(store, k[1])
	s.expect(store, block(k[0], 0, 1), slashingdb.Sign)
	s.expect(store, attestation(k[0], 0, 0, 1), slashingdb.Sign)
}

func admitNoHistory(s *suite) {
	store, k := s.new(), Keys(s, 2)
	s.importFile(store, s.file(history{k[1], last(5, 1, 2)}))
	fence, err := store.Admit(context.Background(), k, slashingdb.NoHistory)
	s.must(err)
	if fence == nil || fence.Epoch != fenceEpoch || fence.Slot != fenceSlot || !fence.Until.Equal(start.Add(3*32*12*time.Second)) {
		s.Fatalf("fence %+v", fence)
	}
	for _, key := range k {
		s.fenced(store, key)
	}
	// A fence lowers nothing.
	ahead := Keys(s, 3)[2:]
	s.importFile(store, s.file(history{ahead[0], last(fenceSlot+50, 3, fenceEpoch+1)}))
	_, err = store.Admit(context.Background(), ahead, slashingdb.NoHistory)
	s.must(err)
	if got := s.record(store, ahead[0]).LastSigned; got != last(fenceSlot+50, fenceEpoch, fenceEpoch+1) {
		s.Errorf("fenced to %+v", got)
	}
}

// fenced wants a key that signs nothing up to the fence of the start, and
// signs after it.
func (s *suite) fenced(store slashingdb.Store, key slashingdb.PublicKey) {
	s.Helper()
	s.expect(store, block(key, fenceSlot, 1), slashingdb.SlotNotAbove)
	s.expect(store, attestation(key, fenceEpoch-1, fenceEpoch+1, 1), slashingdb.SourceBelow)
	s.expect(store, attestation(key, fenceEpoch, fenceEpoch, 1), slashingdb.TargetNotAbove)
	s.expect(store, block(key, fenceSlot+1, 1), slashingdb.Sign)
	s.expect(store, attestation(key, fenceEpoch, fenceEpoch+1, 1), slashingdb.Sign)
}

func admitReturned(s *suite) {
	store, k := s.new(), Keys(s, 2)
	s.admit(store, k...)
	ctx := context.Background()
	_, err := store.Admit(ctx, k[:1], slashingdb.Returned)
	s.refused("a key that never left", err, nil)
	s.must(store.Disable(ctx, discard{}, k))
	_, err = store.Admit(ctx, k[:1], slashingdb.Returned)
	s.refused("a key that comes back without its history", err, nil)
	_, err = store.Admit(ctx, k[:1], slashingdb.Fresh)
	s.refused("a key that was handed over, as fresh", err, nil)
	// A file says nothing of the keys that it does not name.
	s.importFile(store, s.file())
	s.importFile(store, s.file(history{k[1], slashingdb.LastSigned{}}))
	_, err = store.Admit(ctx, k[:1], slashingdb.Returned)
	s.refused("a key that comes back with the history of another", err, nil)
	s.must(store.Disable(ctx, discard{}, k[1:]))
	report := s.importFile(store, s.file(history{k[0], last(30, 3, 4)}))
	if report.Disabled != 1 || !report.Keys[0].Disabled {
		s.Errorf("the report does not say that the key stays disabled: %+v", report)
	}
	s.expect(store, block(k[0], 31, 1), slashingdb.KeyDisabled)
	_, err = store.Admit(ctx, k, slashingdb.Returned)
	s.refused("two keys, one of them without its history", err, nil)
	s.expect(store, block(k[0], 31, 1), slashingdb.KeyDisabled)
	_, err = store.Admit(ctx, k[:1], slashingdb.Returned)
	s.must(err)
	s.importFile(store, s.file(history{k[0], last(30, 3, 4)}))
	if got := s.record(store, k[0]); got.Disabled || got.Covered {
		s.Errorf("a key that came back: %+v", got)
	}
	s.expect(store, block(k[0], 30, 1), slashingdb.SlotNotAbove)
	s.expect(store, block(k[0], 31, 1), slashingdb.Sign)
	// What was imported before it left again does not count.
	s.must(store.Disable(ctx, discard{}, k[:1]))
	_, err = store.Admit(ctx, k[:1], slashingdb.Returned)
	s.refused("a key that left again", err, nil)
	_, err = store.Admit(ctx, k[:1], slashingdb.NoHistory)
	s.must(err)
	s.fenced(store, k[0])
}

func disable(s *suite) {
	store, k := s.new(), Keys(s, 3)
	ctx := context.Background()
	s.admit(store, k[:2]...)
	s.expect(store, block(k[0], 7, 1), slashingdb.Sign)
	s.expect(store, attestation(k[0], 3, 4, 2), slashingdb.Sign)
	s.refused("a key without a record", store.Disable(ctx, discard{}, k), nil)
	s.must(store.Disable(ctx, discard{}, nil))          // none, not all
	s.expect(store, block(k[0], 8, 1), slashingdb.Sign) // all or none
	var first, again bytes.Buffer
	s.must(store.Disable(ctx, &first, k[:1]))
	s.expect(store, block(k[0], 8, 1), slashingdb.KeyDisabled) // not even a repeat
	s.expect(store, attestation(k[0], 4, 5, 2), slashingdb.KeyDisabled)
	s.expect(store, block(k[1], 8, 1), slashingdb.Sign)
	s.must(store.Disable(ctx, &again, k[:1]))
	if !bytes.Equal(first.Bytes(), again.Bytes()) {
		s.Errorf("exported\n%s\nthen\n%s", first.String(), again.String())
	}
	second := s.new()
	s.importFile(second, first.Bytes())
	if r := s.record(second, k[0]); r.LastSigned != s.record(store, k[0]).LastSigned || r.Slot != 8 || r.Target != 4 {
		s.Errorf("exported %+v", r)
	}
}

// fullWriter takes nothing.
type fullWriter struct{}

func (fullWriter) Write([]byte) (int, error) { return 0, errors.New("no space") }

func disableUnwritten(s *suite) {
	store, k := s.new(), Keys(s, 1)
	s.admit(store, k...)
	s.refused("a medium that is full", store.Disable(context.Background(), fullWriter{}, k), nil)
	s.expect(store, block(k[0], 8, 1), slashingdb.KeyDisabled)
	var file bytes.Buffer
	s.must(store.Export(context.Background(), &file, k))
}

func clockBack(s *suite) {
	store, k := s.new(), Keys(s, 3)
	s.admit(store, k[0])
	s.clock.add(time.Hour)
	s.expect(store, block(k[0], 1, 1), slashingdb.Sign) // the store sees the time
	s.clock.add(-2 * time.Hour)
	_, err := store.Admit(context.Background(), k[1:2], slashingdb.NoHistory)
	s.refused("a fence by a clock that was moved back", err, nil)
	s.absent(store, k[1])
	s.expect(store, block(k[0], 2, 1), slashingdb.Sign) // deciding needs no clock
	store = s.h.Reopen(s.T, store)
	defer store.Close()
	_, err = store.Admit(context.Background(), k[1:2], slashingdb.NoHistory)
	s.refused("the same in another process", err, nil)
	s.clock.add(2 * time.Hour)
	fence, err := store.Admit(context.Background(), k[1:2], slashingdb.NoHistory)
	s.must(err)
	if want := chain.FenceAt(start.Add(time.Hour)); *fence != want {
		s.Errorf("fence %+v; expected %+v", fence, want)
	}
	// Two clocks differ a little: the later one counts. The next epoch has just
	// begun when the store sees it, and has not a second before.
	epoch := time.Duration(chain.SecondsPerSlot*chain.SlotsPerEpoch) * time.Second
	ahead := epoch - time.Hour%epoch
	s.clock.add(ahead)
	_, err = store.Raise(context.Background(), k[:1], last(0, 0, 0))
	s.must(err)
	_, err = store.Admit(context.Background(), k[:1], slashingdb.NoHistory)
	s.must(err)
	s.clock.add(-time.Second)
	fence, err = store.Admit(context.Background(), k[2:], slashingdb.NoHistory)
	s.must(err)
	if want := chain.FenceAt(start.Add(time.Hour + ahead)); *fence != want {
		s.Errorf("fence %+v; expected %+v", fence, want)
	}
}

func adopt(s *suite) {
	store, k := s.new(), Keys(s, 3)
	ctx := context.Background()
	s.importFile(store, s.file(history{k[0], last(10, 1, 2)}, history{k[1], last(10, 1, 2)}, history{k[2], last(fenceSlot+50, 3, fenceEpoch+1)}))
	s.must(store.Disable(ctx, discard{}, k[1:2]))
	_, err := store.Adopt(ctx)
	s.refused("a store that is this machine's", err, nil)
	store = s.h.Elsewhere(s.T, store)
	info, err := store.Info(ctx)
	s.must(err)
	if !info.Foreign {
		s.Error("a store from elsewhere does not say so")
	}
	s.foreign(store, k)
	if r, err := store.Records(ctx, nil); err != nil || len(r) != 3 {
		s.Errorf("records of a store from elsewhere: %+v, %v", r, err)
	}
	s.must(store.Export(ctx, discard{}, nil))
	fence, err := store.Adopt(ctx)
	s.must(err)
	if *fence != chain.FenceAt(start) {
		s.Errorf("fence %+v", fence)
	}
	s.fenced(store, k[0])
	if r := s.record(store, k[1]); !r.Disabled || r.LastSigned != fence.LastSigned() {
		s.Errorf("a disabled key became %+v", r)
	}
	if r := s.record(store, k[2]); r.LastSigned != last(fenceSlot+50, fenceEpoch, fenceEpoch+1) {
		s.Errorf("what was beyond the fence became %+v", r)
	}
	if info, err = store.Info(ctx); err != nil || info.Foreign {
		s.Errorf("adopted, and still from elsewhere: %+v, %v", info, err)
	}
	_ = store.Close()
}

func (s *suite) foreign(store slashingdb.Store, k []slashingdb.PublicKey) {
	s.Helper()
	ctx := context.Background()
	_, err := store.Decide(ctx, []slashingdb.Duty{block(k[0], 11, 1)})
	s.refused("Decide", err, slashingdb.ErrForeign)
	_, err = store.Import(ctx, bytes.NewReader(s.file(history{k[0], last(20, 3, 4)})), slashingdb.ImportOptions{})
	s.refused("Import", err, slashingdb.ErrForeign)
	_, err = store.Admit(ctx, k[2:], slashingdb.Fresh)
	s.refused("Admit", err, slashingdb.ErrForeign)
	_, err = store.Raise(ctx, nil, last(20, 3, 4))
	s.refused("Raise", err, slashingdb.ErrForeign)
	s.refused("Disable", store.Disable(ctx, discard{}, k[:1]), slashingdb.ErrForeign)
	s.refused("SetHighWatermark", store.SetHighWatermark(ctx, nil), slashingdb.ErrForeign)
	if r := s.record(store, k[0]); r.LastSigned != last(10, 1, 2) || r.Disabled {
		s.Errorf("a refused call changed a record: %+v", r)
	}
}
