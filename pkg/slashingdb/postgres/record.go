package postgres

import (
	"context"
	"errors"
	"math"

	"github.com/jackc/pgx/v5"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

const recordColumns = "public_key, slot, block_root, source, target, attestation_root, disabled, covered, " +
	"sum = ethkey.record_sum(public_key, slot, block_root, source, target, attestation_root, disabled, covered)"

// readRecords returns the records of keys, sorted by key; nil is all.
func readRecords(ctx context.Context, q querier, keys []slashingdb.PublicKey) ([]slashingdb.Record, error) {
	rows, err := q.Query(ctx, "select "+recordColumns+` from ethkey.validator
		where $1::bytea[] is null or public_key = any($1) order by public_key`, keyBytes(keys))
	if err != nil {
		return nil, unreachable(err)
	}
	records, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (slashingdb.Record, error) { return scanRecord(row) })
	if err != nil {
		return nil, unreachable(err)
	}
	return records, nil
}

// keyBytes returns keys as the driver takes them; nil stays nil.
func keyBytes(keys []slashingdb.PublicKey) [][]byte {
	if keys == nil {
		return nil
	}
	all := make([][]byte, len(keys))
	for i, k := range keys {
		all[i] = k.Bytes()
	}
	return all
}

// scanRecord reads one row and proves it by its sum. More columns may follow.
func scanRecord(row pgx.Row, more ...any) (slashingdb.Record, error) {
	var key, blockRoot, attestationRoot []byte
	var slot, source, target *int64
	var r slashingdb.Record
	var whole bool
	columns := []any{&key, &slot, &blockRoot, &source, &target, &attestationRoot, &r.Disabled, &r.Covered, &whole}
	if err := row.Scan(append(columns, more...)...); err != nil {
		return r, err
	}
	var err error
	if r.Key, err = bls.PublicKeyFromBytes(key); err != nil || !whole {
		return r, damaged("the record of key 0x%x does not fit its checksum", key)
	}
	if slot != nil {
		r.HasBlock, r.Slot = true, beacon.Slot(*slot)
		r.HasBlockRoot = copy(r.BlockRoot[:], blockRoot) > 0
	}
	if source != nil && target != nil {
		r.HasAttestation, r.Source, r.Target = true, beacon.Epoch(*source), beacon.Epoch(*target)
		r.HasAttestationRoot = copy(r.AttestationRoot[:], attestationRoot) > 0
	}
	return r, nil
}

func damaged(format string, args ...any) error {
	return fault.New(fault.Integrity, "the PostgreSQL store: "+format+": %w", append(args, slashingdb.ErrDamaged)...).
		WithHint("something else than a signer wrote to the database; make a new store, import the newest export of every key, then raise all keys past anything that was signed since with 'ethkey signer store raise --to now+2'")
}

// rowOf is a record as columns. Absent values are null.
type rowOf struct {
	key                        []byte
	slot, source, target       *int64
	blockRoot, attestationRoot []byte
	disabled, covered          bool
}

func columnsOf(r slashingdb.Record) (rowOf, error) {
	row := rowOf{key: r.Key.Bytes(), disabled: r.Disabled, covered: r.Covered}
	var err error
	if b, ok := r.Block(); ok {
		row.slot = number(uint64(b.Slot), &err)
		row.blockRoot = root(b.Root, b.HasRoot)
	}
	if a, ok := r.Attestation(); ok {
		row.source, row.target = number(uint64(a.Source), &err), number(uint64(a.Target), &err)
		row.attestationRoot = root(a.Root, a.HasRoot)
	}
	return row, err
}

// errTooLarge is not told to a person: no clock lets such a number pass.
var errTooLarge = errors.New("a slot or an epoch of 2^63 or more")

func number(v uint64, err *error) *int64 {
	if v > math.MaxInt64 {
		*err = errTooLarge
	}
	n := int64(v)
	return &n
}

func root(r beacon.Root, has bool) []byte {
	if !has {
		return nil
	}
	return r[:]
}

// writeRecords inserts or replaces records. The database refuses to lower one.
func writeRecords(ctx context.Context, tx pgx.Tx, records []slashingdb.Record) error {
	const chunk = 5000
	for len(records) > 0 {
		n := min(chunk, len(records))
		if err := writeChunk(ctx, tx, records[:n]); err != nil {
			return err
		}
		records = records[n:]
	}
	return nil
}

func writeChunk(ctx context.Context, tx pgx.Tx, records []slashingdb.Record) error {
	var keys, blockRoots, attestationRoots [][]byte
	var slots, sources, targets []*int64
	var disabled, covered []bool
	for _, r := range records {
		row, err := columnsOf(r)
		if err != nil {
			return fault.New(fault.Refused, "key %s: %w", r.Key, err)
		}
		keys, blockRoots, attestationRoots = append(keys, row.key), append(blockRoots, row.blockRoot), append(attestationRoots, row.attestationRoot)
		slots, sources, targets = append(slots, row.slot), append(sources, row.source), append(targets, row.target)
		disabled, covered = append(disabled, row.disabled), append(covered, row.covered)
	}
	_, err := tx.Exec(ctx, `insert into ethkey.validator
		select k, s, br, so, t, ar, d, c, ethkey.record_sum(k, s, br, so, t, ar, d, c)
		from unnest($1::bytea[], $2::bigint[], $3::bytea[], $4::bigint[], $5::bigint[], $6::bytea[], $7::boolean[], $8::boolean[])
			as r(k, s, br, so, t, ar, d, c)
		on conflict (public_key) do update set (slot, block_root, source, target, attestation_root, disabled, covered, sum) =
			(excluded.slot, excluded.block_root, excluded.source, excluded.target, excluded.attestation_root,
			 excluded.disabled, excluded.covered, excluded.sum)`,
		keys, slots, blockRoots, sources, targets, attestationRoots, disabled, covered)
	if err != nil {
		return unreachable(err)
	}
	return nil
}
