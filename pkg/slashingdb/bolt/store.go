package bolt

import (
	"bytes"
	"context"
	"io"
	"time"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// foreign says whether a state is another machine's, or another file's.
func (s *Store) foreign(now state) bool {
	return s.fileID.copyOf(now.File) || now.Machine != s.machine
}

// own submits a change that only the machine of the store may make.
func (s *Store) own(ctx context.Context, change func(*draft) error) error {
	return s.submit(ctx, func(d *draft) error {
		if s.foreign(d.current()) {
			return slashingdb.Foreign("store " + s.path)
		}
		return change(d)
	})
}

// Info implements slashingdb.Store.
func (s *Store) Info(context.Context) (*slashingdb.Info, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.dead != nil {
		return nil, s.dead
	}
	i := &slashingdb.Info{
		Kind: "bolt", Version: s.state.Version, Chain: s.state.Chain, Foreign: s.foreign(s.state),
		Keys: len(s.records), HighWatermark: s.state.Mark,
	}
	for _, r := range s.records {
		if r.Disabled {
			i.Disabled++
		}
	}
	return i, nil
}

// Decide implements slashingdb.Store.
func (s *Store) Decide(ctx context.Context, duties []slashingdb.Duty) ([]slashingdb.Verdict, error) {
	for _, d := range duties {
		if err := d.Check(); err != nil {
			return nil, err
		}
	}
	verdicts := make([]slashingdb.Verdict, len(duties))
	err := s.own(ctx, func(d *draft) error {
		mark := d.current().Mark
		for i, duty := range duties {
			record := d.get(duty.Key)
			var next slashingdb.LastSigned
			if verdicts[i], next = record.Decide(duty, mark); verdicts[i] != slashingdb.Sign {
				continue
			}
			changed := *record
			changed.LastSigned = next
			d.put(changed)
		}
		return nil
	})
	if err != nil {
		return nil, err // verdicts may still be written to by the writer
	}
	return verdicts, nil
}

// Import implements slashingdb.Store.
func (s *Store) Import(ctx context.Context, r io.Reader, o slashingdb.ImportOptions) (*slashingdb.ImportReport, error) {
	s.mu.RLock()
	chain := s.state.Chain
	s.mu.RUnlock()
	table, err := chain.ReadHistory(ctx, r, s.now(), o)
	if err != nil {
		return nil, err
	}
	report := &slashingdb.ImportReport{}
	err = s.own(ctx, func(d *draft) error {
		for _, key := range table.Sorted() {
			cover(d, report, key, table.Keys[key])
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return report, nil
}

// cover raises one record.
func cover(d *draft, report *slashingdb.ImportReport, key slashingdb.PublicKey, history slashingdb.LastSigned) {
	before := d.get(key)
	next := before.Cover(key, history)
	report.Add(before, next)
	d.put(next)
}

// Export implements slashingdb.Store.
func (s *Store) Export(ctx context.Context, w io.Writer, keys []slashingdb.PublicKey) error {
	records, err := s.Records(ctx, keys)
	if err != nil {
		return err
	}
	if err := slashingdb.CheckAll(records, keys); err != nil {
		return err
	}
	return slashingdb.WriteRecords(w, s.chain().GenesisValidatorsRoot, records)
}

func (s *Store) chain() slashingdb.Chain {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.state.Chain
}

// Records implements slashingdb.Store.
func (s *Store) Records(_ context.Context, keys []slashingdb.PublicKey) ([]slashingdb.Record, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.dead != nil {
		return nil, s.dead
	}
	if keys == nil {
		for key := range s.records {
			keys = append(keys, key)
		}
	}
	records := []slashingdb.Record{}
	for _, key := range slashingdb.SortKeys(keys) {
		if r, ok := s.records[key]; ok {
			records = append(records, r)
		}
	}
	return records, nil
}

// Admit implements slashingdb.Store.
func (s *Store) Admit(ctx context.Context, keys []slashingdb.PublicKey, how slashingdb.Admission) (*slashingdb.Fence, error) {
	var fence *slashingdb.Fence
	err := s.own(ctx, func(d *draft) error {
		var f slashingdb.Fence
		if how == slashingdb.NoHistory {
			var err error
			if f, err = s.fence(d); err != nil {
				return err
			}
			fence = &f
		}
		for _, key := range slashingdb.SortKeys(keys) {
			next, err := d.get(key).Admit(key, how, f)
			if err != nil {
				return err
			}
			d.put(next)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return fence, nil
}

// fence is that of the clock, or of the latest time that the store has seen.
func (s *Store) fence(d *draft) (slashingdb.Fence, error) {
	now, seen := s.now(), time.Unix(d.current().Seen, 0)
	chain := d.current().Chain
	if err := chain.CheckClock(now, seen); err != nil {
		return slashingdb.Fence{}, err
	}
	if seen.After(now) {
		now = seen
	}
	return chain.FenceAt(now), nil
}

// Disable implements slashingdb.Store.
func (s *Store) Disable(ctx context.Context, w io.Writer, keys []slashingdb.PublicKey) error {
	var disabled []slashingdb.Record
	err := s.own(ctx, func(d *draft) error {
		disabled = nil
		for _, key := range slashingdb.SortKeys(keys) {
			if r := d.get(key); r != nil {
				disabled = append(disabled, r.Disable())
			}
		}
		if err := slashingdb.CheckAll(disabled, keys); err != nil {
			return err
		}
		for _, r := range disabled {
			d.put(r)
		}
		return nil
	})
	if err != nil {
		return err
	}
	var file bytes.Buffer
	if err := slashingdb.WriteRecords(&file, s.chain().GenesisValidatorsRoot, disabled); err != nil {
		return err
	}
	if _, err := w.Write(file.Bytes()); err != nil {
		return fault.New(fault.Environment, "the keys are disabled, but their history cannot be written: %w", err).
			WithHint("export them again: what they signed last can no longer change")
	}
	return nil
}

// Raise implements slashingdb.Store.
func (s *Store) Raise(ctx context.Context, keys []slashingdb.PublicKey, to slashingdb.LastSigned) (*slashingdb.ImportReport, error) {
	report := &slashingdb.ImportReport{}
	err := s.own(ctx, func(d *draft) error {
		which := slashingdb.SortKeys(keys)
		if keys == nil {
			which = d.keys()
		}
		for _, key := range which {
			cover(d, report, key, to)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return report, nil
}

// SetHighWatermark implements slashingdb.Store.
func (s *Store) SetHighWatermark(ctx context.Context, mark *slashingdb.HighWatermark) error {
	return s.own(ctx, func(d *draft) error {
		next := d.current()
		next.Mark = nil
		if mark != nil {
			copied := *mark
			next.Mark = &copied
		}
		d.state = &next
		return nil
	})
}

// Adopt implements slashingdb.Store.
func (s *Store) Adopt(ctx context.Context) (*slashingdb.Fence, error) {
	var fence slashingdb.Fence
	err := s.submit(ctx, func(d *draft) error {
		next := d.current()
		if !s.foreign(next) {
			return fault.New(fault.Refused, "store %s is this machine's already", s.path)
		}
		var err error
		if fence, err = s.fence(d); err != nil {
			return err
		}
		for _, key := range d.keys() {
			r := *d.get(key)
			r.LastSigned = r.Raise(fence.LastSigned())
			d.put(r)
		}
		next.Machine, next.File = s.machine, s.fileID
		d.state = &next
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &fence, nil
}

// Close implements slashingdb.Store. Requests that wait fail.
func (s *Store) Close() error {
	var err error
	s.once.Do(func() {
		close(s.closing)
		s.turn <- struct{}{} // for good
		if s.db != nil {
			_, err = guarded(func() (struct{}, error) { return struct{}{}, s.db.Close() })
			return
		}
		err = s.file.Close()
	})
	return err
}
