package postgres

import (
	"context"
	"errors"
	"math"

	"github.com/jackc/pgx/v5"

	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// Each statement records what lies above the record, of keys that may sign,
// where the row is whole and the server durable, and returns the keys of which
// it recorded a duty. The server's clock and order of arrival play no part.

const lockRows = "select from ethkey.validator where public_key = any($1::bytea[]) order by public_key for no key update"

const recordBlocks = `update ethkey.validator v set slot = d.slot, block_root = d.root,
	sum = ethkey.record_sum(v.public_key, d.slot, d.root, v.source, v.target, v.attestation_root, v.disabled, v.covered)
	from unnest($1::bytea[], $2::bigint[], $3::bytea[]) as d(key, slot, root), ethkey.store s
	where v.public_key = d.key and (v.slot is null or d.slot > v.slot)
	and not v.disabled and (s.high_slot is null or d.slot < s.high_slot)
	and v.sum = ethkey.record_sum(v.public_key, v.slot, v.block_root, v.source, v.target, v.attestation_root, v.disabled, v.covered)
	and (select ethkey.durable($4::text::pg_lsn))
	returning v.public_key, pg_current_wal_insert_lsn()::text`

const recordAttestations = `update ethkey.validator v set source = d.source, target = d.target, attestation_root = d.root,
	sum = ethkey.record_sum(v.public_key, v.slot, v.block_root, d.source, d.target, d.root, v.disabled, v.covered)
	from unnest($1::bytea[], $2::bigint[], $3::bigint[], $4::bytea[]) as d(key, source, target, root), ethkey.store s
	where v.public_key = d.key and d.source <= d.target
	and (v.target is null or d.target > v.target and d.source >= v.source)
	and not v.disabled and (s.high_epoch is null or d.target < s.high_epoch)
	and v.sum = ethkey.record_sum(v.public_key, v.slot, v.block_root, v.source, v.target, v.attestation_root, v.disabled, v.covered)
	and (select ethkey.durable($5::text::pg_lsn))
	returning v.public_key, pg_current_wal_insert_lsn()::text`

// Decide answers duties, in one transaction, perhaps together with those of
// other callers: see the package comment.
func (s *Store) Decide(ctx context.Context, duties []slashingdb.Duty) ([]slashingdb.Verdict, error) {
	if err := s.usable(); err != nil {
		return nil, err
	}
	for _, d := range duties {
		if err := d.Check(); err != nil {
			return nil, err
		}
	}
	c := &call{ctx: ctx, duties: duties, done: make(chan struct{})}
	s.group(c)
	select {
	case <-c.done:
	case <-ctx.Done():
		return nil, unreachable(ctx.Err())
	}
	if c.err != nil {
		return nil, unreachable(c.err)
	}
	return c.verdicts, nil
}

// record runs the conditional statements and marks what they recorded as Sign,
// all else as Undecided.
func (s *Store) record(ctx context.Context, duties []slashingdb.Duty, verdicts []slashingdb.Verdict) error {
	statements := prepare(duties)
	if len(statements) == 0 {
		return nil
	}
	batch := &pgx.Batch{}
	// Rows are locked in one order, or two signers could wait for each other.
	if keys := lockOrder(duties); len(keys) > 1 {
		batch.Queue(lockRows, keys)
	}
	var position string
	reached := s.reached()
	for _, st := range statements {
		batch.Queue(st.sql, append(st.args, reached)...).Query(func(rows pgx.Rows) error { return st.collect(rows, verdicts, &position) })
	}
	if err := s.commit(ctx, batch); err != nil {
		clear(verdicts)
		return err
	}
	s.advance(position)
	return nil
}

// commit sends a batch, which without a begin is one transaction: committed,
// and answered as durable, when Close returns.
func (s *Store) commit(ctx context.Context, batch *pgx.Batch) error {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return s.undecided(err)
	}
	defer conn.Release()
	// A session that began while we waited may have found another server.
	if err := s.usable(); err != nil {
		return err
	}
	s.warned.Delete(conn.Conn().PgConn())
	if err := conn.SendBatch(ctx, batch).Close(); err != nil {
		return s.undecided(err)
	}
	return s.unwarned(conn.Conn().PgConn())
}

// undecided is the error of a duty that may have been recorded or not.
func (s *Store) undecided(err error) error {
	if why := s.foreign.Load(); why != nil {
		return *why
	}
	return unreachable(err)
}

// advance notes how far the server's log reached in a statement of ours. Text
// of differing lengths is compared by the server, later.
func (s *Store) advance(position string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if after(position, s.position) {
		s.position = position
	}
}

// reached is how far a server's log must reach that has all that was answered.
func (s *Store) reached() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.position == "" {
		return "0/0"
	}
	return s.position
}

// statement is one update and the duties that it may record.
type statement struct {
	sql  string
	args []any
	duty map[slashingdb.PublicKey]int // key -> index of its duty
}

func (st statement) collect(rows pgx.Rows, verdicts []slashingdb.Verdict, position *string) error {
	var key []byte
	_, err := pgx.ForEachRow(rows, []any{&key, position}, func() error {
		if i, ok := st.duty[slashingdb.PublicKey(key)]; ok {
			verdicts[i] = slashingdb.Sign
		}
		return nil
	})
	return err
}

// prepare deals the duties out to statements, so that no statement has two
// duties of one key: the later one goes into a later statement, which sees what
// the earlier one recorded.
func prepare(duties []slashingdb.Duty) []statement {
	var rounds []round
	count := map[slashingdb.PublicKey][2]int{}
	for i, d := range duties {
		kind := 0
		if d.Attestation != nil {
			kind = 1
		}
		if !representable(d) {
			continue
		}
		n := count[d.Key]
		if n[kind] == len(rounds) {
			rounds = append(rounds, round{})
		}
		rounds[n[kind]].add(i, d)
		n[kind]++
		count[d.Key] = n
	}
	var statements []statement
	for _, r := range rounds {
		statements = append(statements, r.statements()...)
	}
	return statements
}

// representable: what does not fit a column lies centuries ahead, and stays
// Undecided.
func representable(d slashingdb.Duty) bool {
	if d.Block != nil {
		return d.Block.Slot <= math.MaxInt64
	}
	return d.Attestation.Source <= d.Attestation.Target && d.Attestation.Target <= math.MaxInt64
}

// round is a set of duties with at most one block and one attestation a key.
type round struct{ blocks, attestations dealt }

type dealt struct {
	duty                   map[slashingdb.PublicKey]int
	keys, roots            [][]byte
	slots, sources, target []int64
}

func (r *round) add(i int, d slashingdb.Duty) {
	if d.Block != nil {
		r.blocks.put(i, d.Key, root(d.Block.Root, d.Block.HasRoot))
		r.blocks.slots = append(r.blocks.slots, int64(d.Block.Slot))
		return
	}
	r.attestations.put(i, d.Key, root(d.Attestation.Root, d.Attestation.HasRoot))
	r.attestations.sources = append(r.attestations.sources, int64(d.Attestation.Source))
	r.attestations.target = append(r.attestations.target, int64(d.Attestation.Target))
}

func (d *dealt) put(i int, key slashingdb.PublicKey, root []byte) {
	if d.duty == nil {
		d.duty = map[slashingdb.PublicKey]int{}
	}
	d.duty[key] = i
	d.keys, d.roots = append(d.keys, key.Bytes()), append(d.roots, root)
}

func (r *round) statements() (all []statement) {
	if b := r.blocks; len(b.keys) > 0 {
		all = append(all, statement{sql: recordBlocks, args: []any{b.keys, b.slots, b.roots}, duty: b.duty})
	}
	if a := r.attestations; len(a.keys) > 0 {
		all = append(all, statement{sql: recordAttestations, args: []any{a.keys, a.sources, a.target, a.roots}, duty: a.duty})
	}
	return all
}

func lockOrder(duties []slashingdb.Duty) [][]byte {
	keys := make([]slashingdb.PublicKey, 0, len(duties))
	for _, d := range duties {
		keys = append(keys, d.Key)
	}
	return keyBytes(slashingdb.SortKeys(keys))
}

// explain gives every duty that was not recorded its verdict, from the record
// as it is now. Only an exact repeat is allowed by it: what the record would
// let pass was refused for a reason that lies elsewhere.
func (s *Store) explain(ctx context.Context, duties []slashingdb.Duty, verdicts []slashingdb.Verdict) error {
	var open []slashingdb.PublicKey
	for i, d := range duties {
		if verdicts[i] == slashingdb.Undecided {
			open = append(open, d.Key)
		}
	}
	if len(open) == 0 {
		return nil
	}
	records, mark, err := s.view(ctx, open)
	if err != nil {
		return err
	}
	var repeats []int
	for i, d := range duties {
		if verdicts[i] != slashingdb.Undecided {
			continue
		}
		v, _ := records[d.Key].Decide(d, mark)
		switch v {
		case slashingdb.Sign:
			if err := s.whyNot(ctx, s.pool, nil); err != nil {
				return err
			}
		case slashingdb.Repeat:
			repeats = append(repeats, i)
		default:
			verdicts[i] = v
		}
	}
	return s.repeat(ctx, duties, verdicts, repeats)
}

const touchRows = `update ethkey.validator set sum = sum
	where public_key = any($1::bytea[]) and (select ethkey.durable($2::text::pg_lsn)) returning ` + recordColumns + `, pg_current_wal_insert_lsn()::text`

// repeat allows exact repeats once a commit after them is durable. The record
// that is repeated may have been seen before its own commit was: its session
// may have broken while it waited for a standby. What counts is the record that
// this commit finds.
func (s *Store) repeat(ctx context.Context, duties []slashingdb.Duty, verdicts []slashingdb.Verdict, repeats []int) error {
	if len(repeats) == 0 {
		return nil
	}
	var keys []slashingdb.PublicKey
	for _, i := range repeats {
		keys = append(keys, duties[i].Key)
	}
	sorted := keyBytes(slashingdb.SortKeys(keys))
	batch := &pgx.Batch{}
	batch.Queue(lockRows, sorted)
	touched := map[slashingdb.PublicKey]*slashingdb.Record{}
	var position string
	batch.Queue(touchRows, sorted, s.reached()).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			r, err := scanRecord(rows, &position)
			if err != nil {
				return err
			}
			touched[r.Key] = &r
		}
		return rows.Err()
	})
	if err := s.commit(ctx, batch); err != nil {
		return err
	}
	s.advance(position)
	for _, i := range repeats {
		if r := touched[duties[i].Key]; r != nil {
			if v, _ := r.Decide(duties[i], nil); v != slashingdb.Sign {
				verdicts[i] = v
			}
		}
	}
	return nil
}

// view reads the records of keys and the high watermark.
func (s *Store) view(ctx context.Context, keys []slashingdb.PublicKey) (map[slashingdb.PublicKey]*slashingdb.Record, *slashingdb.HighWatermark, error) {
	list, err := readRecords(ctx, s.pool, slashingdb.SortKeys(keys))
	if err != nil {
		return nil, nil, err
	}
	mark, err := readMark(ctx, s.pool)
	if err != nil {
		return nil, nil, err
	}
	records := map[slashingdb.PublicKey]*slashingdb.Record{}
	for i := range list {
		records[list[i].Key] = &list[i]
	}
	return records, mark, nil
}

// errNotDurable stands where the server refuses and cannot be asked why.
var errNotDurable = errors.New("it does not make durable what it commits")

// whyNot looks for the reason that the server itself gives for a refusal, and
// returns other where there is none, such as a record that another signer
// changed in between.
func (s *Store) whyNot(ctx context.Context, q querier, other error) error {
	server, err := look(ctx, q)
	if err != nil {
		return err
	}
	if err := server.check(); err != nil {
		return err
	}
	id, err := readIdentity(ctx, q)
	if err != nil {
		return err
	}
	if _, err := id.recognise(server); err != nil {
		s.foreign.Store(&err)
		return err
	}
	if err := s.notBehind(ctx, q); err != nil {
		if errors.Is(err, slashingdb.ErrForeign) {
			s.foreign.Store(&err)
		}
		return err
	}
	if err := id.keepsPromise(server); err != nil {
		return err
	}
	return other
}
