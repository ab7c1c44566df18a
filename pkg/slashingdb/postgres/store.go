package postgres

import (
	"context"
	"crypto/tls"
	_ "embed" // the migrations
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// version is the version of the tables that this code works on.
const version = 1

//go:embed migrations/001_store.sql
var migration001 string

// Config says where the store is.
type Config struct {
	// URL is a connection string of PostgreSQL, without a password.
	URL string
	// Password of the role, nil where the server asks for none or a password
	// file has it. The driver keeps a copy for as long as the store is open.
	Password *secret.Buffer
	// Sessions is the greatest number of connections; 0 stands for 8.
	Sessions int
	// Now is the clock, for fences.
	Now func() time.Time
}

// Store is a slashingdb.Store in a PostgreSQL database.
type Store struct {
	pool     *pgxpool.Pool
	now      func() time.Time
	chain    slashingdb.Chain
	patience time.Duration

	closed  atomic.Bool
	foreign atomic.Pointer[error] // why, until Adopt

	queue      sync.Mutex
	waiting    []*call
	committing int // how many committers run

	warned sync.Map // *pgconn.PgConn -> true: the server warned on that session

	mu       sync.Mutex
	position string // the furthest point of the server's log that a commit of ours is known at
}

var _ slashingdb.Store = (*Store)(nil)

// querier is a session, a transaction, or the pool.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// parse turns the configuration into the driver's. Over a network the server
// must prove by a certificate who it is.
func (c Config) parse() (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(c.URL)
	if err != nil {
		return nil, fault.New(fault.Usage, "the address of the PostgreSQL store cannot be read").
			WithHint("expected postgres://ROLE@HOST/DATABASE?sslmode=verify-full&sslrootcert=FILE")
	}
	target := &config.ConnConfig.Config
	if !verified(target.TLSConfig, target.Host) {
		return nil, fault.New(fault.Usage, "the PostgreSQL store is on another machine (%s), and the connection would not prove which", target.Host).
			WithHint("add ?sslmode=verify-full&sslrootcert=FILE to its address")
	}
	for _, f := range target.Fallbacks {
		if !verified(f.TLSConfig, f.Host) {
			return nil, fault.New(fault.Usage, "the PostgreSQL store is on another machine (%s), and the connection would not prove which", f.Host).
				WithHint("add ?sslmode=verify-full&sslrootcert=FILE to its address")
		}
	}
	if c.Password != nil {
		target.Password = string(c.Password.Bytes())
	}
	target.RuntimeParams["application_name"] = "ethkey"
	if target.ConnectTimeout == 0 {
		target.ConnectTimeout = patience / 2 // with TLS, and without where that may be
	}
	config.MaxConns = 8
	if c.Sessions > 0 {
		config.MaxConns = int32(min(c.Sessions, 1000))
	}
	return config, nil
}

// verified: loopback and Unix sockets need no certificate.
func verified(t *tls.Config, host string) bool {
	if t != nil && !t.InsecureSkipVerify && t.ServerName != "" {
		return true
	}
	ip := net.ParseIP(host)
	return host == "localhost" || len(host) > 0 && host[0] == '/' || ip != nil && ip.IsLoopback()
}

// Init makes a store in a database that has none, for one chain, on the server
// as it is now.
func Init(ctx context.Context, c Config, chain slashingdb.Chain) (*Store, error) {
	if err := chain.Check(); err != nil {
		return nil, err
	}
	s, err := connect(ctx, c)
	if err != nil {
		return nil, err
	}
	if err := s.create(ctx, chain); err != nil {
		s.pool.Close()
		return nil, err
	}
	return s, nil
}

// Open opens the store of a database. A store of another server is opened too,
// for Info, Records, Export and Adopt alone.
func Open(ctx context.Context, c Config) (*Store, error) {
	s, err := connect(ctx, c)
	if err != nil {
		return nil, err
	}
	if err := s.load(ctx); err != nil {
		s.pool.Close()
		return nil, err
	}
	return s, nil
}

// connect makes the pool and one session of it, which shows that the server
// makes durable what it commits.
func connect(ctx context.Context, c Config) (*Store, error) {
	config, err := c.parse()
	if err != nil {
		return nil, err
	}
	s := &Store{now: c.Now, patience: patience}
	config.AfterConnect = s.greet
	config.ConnConfig.OnNotice = s.notice
	if s.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, unreachable(err)
	}
	if err := s.pool.Ping(ctx); err != nil {
		s.pool.Close()
		return nil, unreachable(err)
	}
	return s, nil
}

// greet runs at the beginning of every session, so after every reconnection.
func (s *Store) greet(ctx context.Context, conn *pgx.Conn) error {
	if err := begin(ctx, conn); err != nil {
		return err
	}
	there, err := exists(ctx, conn)
	if err != nil {
		return err
	}
	server, err := look(ctx, conn)
	if err != nil {
		return err
	}
	if err := server.check(); err != nil {
		return err
	}
	if !there {
		return nil
	}
	return s.compare(ctx, conn, server)
}

// exists says whether the database has a store. A store of another version is
// an error.
func exists(ctx context.Context, q querier) (bool, error) {
	var there bool
	if err := q.QueryRow(ctx, "select to_regclass('ethkey.store') is not null").Scan(&there); err != nil || !there {
		return false, wrap(err)
	}
	var found int
	if err := q.QueryRow(ctx, "select coalesce(max(version), 0) from ethkey.migration").Scan(&found); err != nil {
		return false, unreachable(err)
	}
	if found != version {
		return false, fault.New(fault.Environment, "the PostgreSQL store has version %d, this ethkey works on version %d", found, version).
			WithHint("use the ethkey that the store belongs to")
	}
	var unlogged int
	if err := q.QueryRow(ctx, "select count(*) from pg_class where relnamespace = 'ethkey'::regnamespace and relkind = 'r' and relpersistence <> 'p'").Scan(&unlogged); err != nil {
		return false, unreachable(err)
	}
	if unlogged > 0 {
		return false, damaged("a table is unlogged, so that a crash empties it")
	}
	return true, nil
}

func wrap(err error) error {
	if err == nil {
		return nil
	}
	return unreachable(err)
}

// compare holds the server against the store's row, and notes a standby that
// took over and held everything.
func (s *Store) compare(ctx context.Context, conn *pgx.Conn, server *server) error {
	id, err := readIdentity(ctx, conn)
	if err != nil {
		return err
	}
	tookOver, err := id.recognise(server)
	if err == nil {
		err = s.notBehind(ctx, conn)
	}
	if err != nil {
		s.foreign.Store(&err)
		return nil
	}
	if tookOver {
		_, err := conn.Exec(ctx, "update ethkey.store set timeline = $1 where timeline = $2", server.timeline, id.timeline)
		return wrap(err)
	}
	return nil
}

func readIdentity(ctx context.Context, q querier) (identity, error) {
	var id identity
	err := q.QueryRow(ctx, "select system_identifier, timeline, standbys from ethkey.store").
		Scan(&id.systemIdentifier, &id.timeline, &id.standbys)
	if errors.Is(err, pgx.ErrNoRows) {
		return id, damaged("the row that says what the store is bound to is gone")
	}
	return id, wrap(err)
}

// notBehind refuses a server whose log ends before a commit that it, or the
// one before it, has answered us.
func (s *Store) notBehind(ctx context.Context, q querier) error {
	var behind bool
	if err := q.QueryRow(ctx, "select pg_current_wal_lsn() < $1::text::pg_lsn", s.reached()).Scan(&behind); err != nil {
		return unreachable(err)
	}
	if behind {
		return foreign("the PostgreSQL server lacks records that were committed: it is a copy, or was set back")
	}
	return nil
}

// create makes the tables and the row, in one transaction.
func (s *Store) create(ctx context.Context, chain slashingdb.Chain) error {
	server, err := look(ctx, s.pool)
	if err != nil {
		return err
	}
	s.chain = chain
	return s.transact(ctx, func(tx pgx.Tx) error {
		there, err := exists(ctx, tx)
		if err != nil {
			return err
		}
		if there {
			return fault.New(fault.Refused, "this database has a store already").
				WithHint("'ethkey signer store status' shows it; a store is never made anew over another")
		}
		_, err = tx.Exec(ctx, migration001)
		if err != nil {
			return unreachable(err)
		}
		if _, err := tx.Exec(ctx, `create table ethkey.migration (version int primary key);
			insert into ethkey.migration values (1)`); err != nil {
			return unreachable(err)
		}
		_, err = tx.Exec(ctx, `insert into ethkey.store (chain, genesis_validators_root, genesis_time, seconds_per_slot, slots_per_epoch,
			system_identifier, timeline, standbys, seen) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			chain.Name, chain.GenesisValidatorsRoot[:], int64(chain.GenesisTime), int64(chain.SecondsPerSlot), int64(chain.SlotsPerEpoch),
			server.systemIdentifier, server.timeline, server.standbys, s.now().Unix())
		return wrap(err)
	})
}

// load reads what the store is bound to.
func (s *Store) load(ctx context.Context) error {
	there, err := exists(ctx, s.pool)
	if err != nil {
		return err
	}
	if !there {
		return fault.New(fault.Refused, "this database has no store").
			WithHint("'ethkey signer store init' makes one; a signer that had one before must not start with a new one: find out where it is")
	}
	var root []byte
	var time, seconds, slots int64
	err = s.pool.QueryRow(ctx, "select chain, genesis_validators_root, genesis_time, seconds_per_slot, slots_per_epoch from ethkey.store").
		Scan(&s.chain.Name, &root, &time, &seconds, &slots)
	if err != nil {
		return unreachable(err)
	}
	s.chain.GenesisValidatorsRoot = beacon.Root(root)
	s.chain.GenesisTime, s.chain.SecondsPerSlot, s.chain.SlotsPerEpoch = uint64(time), uint64(seconds), uint64(slots)
	if err := s.chain.Check(); err != nil {
		return damaged("the row that says what the store is bound to is not whole")
	}
	return nil
}

// Close ends all sessions.
func (s *Store) Close() error {
	if !s.closed.Swap(true) {
		s.pool.Close()
	}
	return nil
}

// usable refuses a store that is closed or of another server.
func (s *Store) usable() error {
	if s.closed.Load() {
		return fault.New(fault.Refused, "%w", slashingdb.ErrClosed)
	}
	if why := s.foreign.Load(); why != nil {
		return *why
	}
	return nil
}
