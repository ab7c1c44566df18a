package postgres

import (
	"context"
	"io"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// transact runs what is done by hand, in one transaction.
func (s *Store) transact(ctx context.Context, do func(tx pgx.Tx) error) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return s.undecided(err)
	}
	defer conn.Release()
	s.warned.Delete(conn.Conn().PgConn())
	tx, err := conn.Begin(ctx)
	if err != nil {
		return unreachable(err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	if err := do(tx); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return unreachable(err)
	}
	return s.unwarned(conn.Conn().PgConn())
}

// change is transact on a store that exists, is of this server, and whose clock
// did not go back.
func (s *Store) change(ctx context.Context, do func(tx pgx.Tx, now time.Time) error) error {
	if err := s.usable(); err != nil {
		return err
	}
	return s.locked(ctx, func(tx pgx.Tx, now time.Time) error {
		var durable bool
		if err := tx.QueryRow(ctx, "select ethkey.durable($1::text::pg_lsn)", s.reached()).Scan(&durable); err != nil {
			return unreachable(err)
		}
		if !durable {
			return s.whyNot(ctx, tx, unreachable(errNotDurable))
		}
		return do(tx, now)
	})
}

// locked keeps signers from deciding: the lock waits for those that are at it
// and holds up the next. It is stronger than what locks rows, or a signer that
// has locked its rows and the one who waits to write them wait for each other.
func (s *Store) locked(ctx context.Context, do func(tx pgx.Tx, now time.Time) error) error {
	now, position := s.now(), ""
	err := s.transact(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "lock table ethkey.validator in exclusive mode"); err != nil {
			return unreachable(err)
		}
		var seen int64
		if err := tx.QueryRow(ctx, "select seen from ethkey.store for update").Scan(&seen); err != nil {
			return unreachable(err)
		}
		latest := time.Unix(seen, 0)
		if err := s.chain.CheckClock(now, latest); err != nil {
			return err
		}
		if latest.After(now) {
			now = latest
		}
		if _, err := tx.Exec(ctx, "update ethkey.store set seen = greatest(seen, $1)", now.Unix()); err != nil {
			return unreachable(err)
		}
		if err := do(tx, now); err != nil {
			return err
		}
		return wrap(tx.QueryRow(ctx, "select pg_current_wal_insert_lsn()::text").Scan(&position))
	})
	if err == nil {
		s.advance(position)
	}
	return err
}

// Info says what the store is.
func (s *Store) Info(ctx context.Context) (*slashingdb.Info, error) {
	if s.closed.Load() {
		return nil, s.usable()
	}
	info := &slashingdb.Info{Kind: "postgres", Version: version, Chain: s.chain, Foreign: s.foreign.Load() != nil}
	err := s.pool.QueryRow(ctx, "select count(*), count(*) filter (where disabled) from ethkey.validator").Scan(&info.Keys, &info.Disabled)
	if err != nil {
		return nil, unreachable(err)
	}
	info.HighWatermark, err = readMark(ctx, s.pool)
	return info, err
}

func readMark(ctx context.Context, q querier) (*slashingdb.HighWatermark, error) {
	var slot, epoch *int64
	if err := q.QueryRow(ctx, "select high_slot, high_epoch from ethkey.store").Scan(&slot, &epoch); err != nil {
		return nil, unreachable(err)
	}
	if slot == nil || epoch == nil {
		return nil, nil
	}
	return &slashingdb.HighWatermark{Slot: beacon.Slot(*slot), Epoch: beacon.Epoch(*epoch)}, nil
}

// Records returns the records of keys, sorted by key; nil is all.
func (s *Store) Records(ctx context.Context, keys []slashingdb.PublicKey) ([]slashingdb.Record, error) {
	if s.closed.Load() {
		return nil, s.usable()
	}
	return readRecords(ctx, s.pool, keys)
}

// Export writes the records of keys as an interchange file; nil is all.
func (s *Store) Export(ctx context.Context, w io.Writer, keys []slashingdb.PublicKey) error {
	records, err := s.Records(ctx, keys)
	if err != nil {
		return err
	}
	if err := complete(records, keys); err != nil {
		return err
	}
	return s.write(w, records)
}

// complete refuses keys without a record.
func complete(records []slashingdb.Record, keys []slashingdb.PublicKey) error {
	for _, key := range keys {
		if find(records, key) == nil {
			return fault.New(fault.Refused, "the store has no record of key %s", key)
		}
	}
	return nil
}

// find returns the record of a key among sorted ones, nil when there is none.
func find(records []slashingdb.Record, key slashingdb.PublicKey) *slashingdb.Record {
	i, ok := slices.BinarySearchFunc(records, key, func(r slashingdb.Record, k slashingdb.PublicKey) int {
		return slashingdb.CompareKeys(r.Key, k)
	})
	if !ok {
		return nil
	}
	return &records[i]
}

func (s *Store) write(w io.Writer, records []slashingdb.Record) error {
	out := slashingdb.NewWriter(w, s.chain.GenesisValidatorsRoot)
	for _, r := range records {
		if err := out.LastSigned(r.Key, r.LastSigned); err != nil {
			return err
		}
	}
	return out.Close()
}

// Import raises records to a file's: all of it, or with an error nothing.
func (s *Store) Import(ctx context.Context, r io.Reader, opts slashingdb.ImportOptions) (*slashingdb.ImportReport, error) {
	if err := s.usable(); err != nil {
		return nil, err
	}
	// The file is read to its end first, so that no lock waits for a pipe.
	table, err := s.chain.ReadHistory(ctx, r, s.now(), opts)
	if err != nil {
		return nil, err
	}
	return s.cover(ctx, these(table.Sorted()), func(key slashingdb.PublicKey) slashingdb.LastSigned { return table.Keys[key] })
}

// these returns keys that were named, so that none is not taken for all.
func these(keys []slashingdb.PublicKey) []slashingdb.PublicKey {
	return append([]slashingdb.PublicKey{}, keys...)
}

// Raise raises the records of keys; nil is all that there are.
func (s *Store) Raise(ctx context.Context, keys []slashingdb.PublicKey, to slashingdb.LastSigned) (*slashingdb.ImportReport, error) {
	return s.cover(ctx, keys, func(slashingdb.PublicKey) slashingdb.LastSigned { return to })
}

// cover raises the records of keys, nil being all, to what history says of each.
func (s *Store) cover(ctx context.Context, keys []slashingdb.PublicKey, history func(slashingdb.PublicKey) slashingdb.LastSigned) (*slashingdb.ImportReport, error) {
	report := &slashingdb.ImportReport{}
	err := s.change(ctx, func(tx pgx.Tx, _ time.Time) error {
		before, err := readRecords(ctx, tx, keys)
		if err != nil {
			return err
		}
		if keys == nil {
			for _, r := range before {
				keys = append(keys, r.Key)
			}
		}
		var next []slashingdb.Record
		for _, key := range slashingdb.SortKeys(keys) {
			had := find(before, key)
			covered := had.Cover(key, history(key))
			report.Add(had, covered)
			if had == nil || *had != covered {
				next = append(next, covered)
			}
		}
		return writeRecords(ctx, tx, next)
	})
	if err != nil {
		return nil, err
	}
	return report, nil
}

// Admit lets keys sign that would be refused: all, or with an error none.
func (s *Store) Admit(ctx context.Context, keys []slashingdb.PublicKey, how slashingdb.Admission) (*slashingdb.Fence, error) {
	var fence *slashingdb.Fence
	err := s.change(ctx, func(tx pgx.Tx, now time.Time) error {
		f := s.chain.FenceAt(now)
		if how == slashingdb.NoHistory {
			fence = &f
		}
		before, err := readRecords(ctx, tx, these(keys))
		if err != nil {
			return err
		}
		var next []slashingdb.Record
		for _, key := range slashingdb.SortKeys(keys) {
			r, err := find(before, key).Admit(key, how, f)
			if err != nil {
				return err
			}
			next = append(next, r)
		}
		return writeRecords(ctx, tx, next)
	})
	if err != nil {
		return nil, err
	}
	return fence, nil
}

// Disable refuses keys from now on, and then writes their records.
func (s *Store) Disable(ctx context.Context, w io.Writer, keys []slashingdb.PublicKey) error {
	var records []slashingdb.Record
	err := s.change(ctx, func(tx pgx.Tx, _ time.Time) error {
		var err error
		if records, err = readRecords(ctx, tx, these(keys)); err != nil {
			return err
		}
		if err := complete(records, keys); err != nil {
			return err
		}
		for i, r := range records {
			records[i] = r.Disable()
		}
		return writeRecords(ctx, tx, records)
	})
	if err != nil {
		return err
	}
	return s.write(w, records)
}

// SetHighWatermark refuses all keys from an epoch on; nil lifts that.
func (s *Store) SetHighWatermark(ctx context.Context, mark *slashingdb.HighWatermark) error {
	return s.change(ctx, func(tx pgx.Tx, _ time.Time) error {
		var slot, epoch *int64
		if mark != nil {
			var err error
			slot, epoch = number(uint64(mark.Slot), &err), number(uint64(mark.Epoch), &err)
			if err != nil {
				return fault.New(fault.Usage, "the high watermark: %w", err)
			}
		}
		_, err := tx.Exec(ctx, "update ethkey.store set high_slot = $1, high_epoch = $2", slot, epoch)
		return wrap(err)
	})
}

// Adopt binds the store to the server as it is now, and fences every record.
func (s *Store) Adopt(ctx context.Context) (*slashingdb.Fence, error) {
	if s.closed.Load() {
		return nil, s.usable()
	}
	server, err := look(ctx, s.pool)
	if err != nil {
		return nil, err
	}
	if err := server.check(); err != nil {
		return nil, err
	}
	var fence slashingdb.Fence
	err = s.locked(ctx, func(tx pgx.Tx, now time.Time) error {
		id, err := readIdentity(ctx, tx)
		if err != nil {
			return err
		}
		if s.foreign.Load() == nil && id.standbys == server.standbys {
			return fault.New(fault.Refused, "the store is this PostgreSQL server's already")
		}
		fence = s.chain.FenceAt(now)
		records, err := readRecords(ctx, tx, nil)
		if err != nil {
			return err
		}
		for i := range records {
			records[i].LastSigned = records[i].Raise(fence.LastSigned())
		}
		if err := writeRecords(ctx, tx, records); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "update ethkey.store set system_identifier = $1, timeline = $2, standbys = $3",
			server.systemIdentifier, server.timeline, server.standbys)
		return wrap(err)
	})
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.position = ""
	s.mu.Unlock()
	s.foreign.Store(nil)
	return &fence, nil
}
