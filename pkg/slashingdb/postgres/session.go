package postgres

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// server is what a session finds out about the server that it talks to.
type server struct {
	systemIdentifier string
	timeline         string // 8 hexadecimal digits
	standbys         string // synchronous_standby_names
	cluster          string // cluster_name
	senders          string // max_wal_senders
	target           string // of a recovery that was to end before the end of the log
	settings         map[string]string
	recovering       bool
	position         string // in its log (pg_lsn)
}

// durableSettings must read so, or a commit that is answered may be lost.
var durableSettings = []struct {
	name, value, why string
	ours             bool // every session of ours sets it
}{
	{"fsync", "on", "what it commits may be lost when its machine stops", false},
	{"full_page_writes", "on", "a page torn by a crash cannot be mended", false},
	{"synchronous_commit", "on", "it answers before a commit is on the disk", true},
	{"client_min_messages", "warning", "a commit that did not wait for a standby is answered as if it had", true},
}

// begin sets up a session: everything is named in full, isolation is what the
// statements are written for, and a commit waits for the disk.
func begin(ctx context.Context, conn *pgx.Conn) error {
	for _, set := range []string{
		"set search_path = pg_catalog",
		"set default_transaction_isolation = 'read committed'",
		"set default_transaction_read_only = off",
		"set synchronous_commit = on",
		"set client_min_messages = warning",
	} {
		if _, err := conn.Exec(ctx, set); err != nil {
			return unreachable(err)
		}
	}
	return nil
}

// look asks the server who and how it is.
func look(ctx context.Context, q querier) (*server, error) {
	s := &server{settings: map[string]string{}}
	if err := q.QueryRow(ctx, "select pg_is_in_recovery()").Scan(&s.recovering); err != nil {
		return nil, unreachable(err)
	}
	if s.recovering {
		return s, nil
	}
	err := q.QueryRow(ctx, `select (select system_identifier::text from pg_control_system()),
		substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8), pg_current_wal_lsn()::text,
		current_setting('synchronous_standby_names'), current_setting('cluster_name'), current_setting('max_wal_senders'),
		concat(current_setting('recovery_target'), current_setting('recovery_target_lsn'), current_setting('recovery_target_name'),
			current_setting('recovery_target_time'), current_setting('recovery_target_xid'))`).
		Scan(&s.systemIdentifier, &s.timeline, &s.position, &s.standbys, &s.cluster, &s.senders, &s.target)
	if err != nil {
		return nil, unreachable(err)
	}
	for _, want := range durableSettings {
		var value string
		if err := q.QueryRow(ctx, "select current_setting($1)", want.name).Scan(&value); err != nil {
			return nil, unreachable(err)
		}
		s.settings[want.name] = value
	}
	return s, nil
}

// check refuses a server that may lose what it commits.
func (s *server) check() error {
	if s.recovering {
		return fault.New(fault.Environment, "the PostgreSQL server is a standby in recovery: it records nothing").
			WithHint("connect to the primary; to make a standby the primary see docs/signer-store.md")
	}
	for _, want := range durableSettings {
		if s.settings[want.name] == want.value {
			continue
		}
		f := fault.New(fault.Environment, "the PostgreSQL server has %s = %s: %s", want.name, s.settings[want.name], want.why)
		if want.ours {
			return f.WithHint("every session sets this: a pooler in between must leave a session on one server (pool_mode = session)")
		}
		return f.WithHint("set %s = %s in postgresql.conf", want.name, want.value)
	}
	return nil
}

// ErrPassword marks the refusal of a server that wants a password, or another
// one.
var ErrPassword = errors.New("the PostgreSQL server refused the password")

// wrongPassword is invalid_password in PostgreSQL's list of error codes.
const wrongPassword = "28P01"

// unreachable says that the server did not answer as it should. The error's
// text is the driver's, which names no password.
func unreachable(err error) error {
	var ours *fault.Error
	if errors.As(err, &ours) {
		return err
	}
	var connecting *pgconn.ConnectError
	var refused *pgconn.PgError
	if errors.As(err, &connecting) && errors.As(err, &refused) {
		f := fault.New(fault.Environment, "the PostgreSQL server lets nobody in so: %s", refused.Message)
		if refused.Code == wrongPassword {
			f.Err = ErrPassword
		}
		return f.WithHint("look at the database, the role and its password (--postgres-password-file), and at pg_hba.conf of the server; nothing was signed")
	}
	var certificate *tls.CertificateVerificationError
	if errors.As(err, &certificate) {
		return fault.New(fault.Environment, "the PostgreSQL server does not prove to be the one in the address: %w", certificate.Err).
			WithHint("sslrootcert=FILE in the address names the certificate of who vouches for the server, and the host must be a name in the server's certificate")
	}
	return fault.New(fault.Environment, "the PostgreSQL store: %w", oneLine{err}).
		WithHint("look at the server and its log; nothing was signed")
}

// oneLine is an error of the driver, which lists its attempts on lines, and
// the same one twice where it tries with TLS and without.
type oneLine struct{ error }

// Error implements error.
func (e oneLine) Error() string {
	var lines []string
	for _, line := range strings.Split(e.error.Error(), "\n") {
		if line = strings.TrimSpace(line); !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, " ")
}

// Unwrap returns the driver's error.
func (e oneLine) Unwrap() error { return e.error }

// identity is the server that the store's row names.
type identity struct {
	systemIdentifier, timeline, standbys string
}

// recognise compares the server with the one that the store was left on. It
// returns whether the store's row must be brought up to date, because this is a
// standby that took over and held everything.
func (id identity) recognise(s *server) (tookOver bool, err error) {
	switch {
	case id.systemIdentifier != s.systemIdentifier:
		return false, foreign("the store was made on another PostgreSQL server, and this is a copy of it")
	case id.timeline == s.timeline:
		return false, nil
	case s.timeline < id.timeline:
		return false, foreign("the store was last used on timeline %s of this PostgreSQL server, which is now on %s", id.timeline, s.timeline)
	case s.target != "":
		return false, foreign("the PostgreSQL server %q was restored to an earlier point (recovery_target is set)", s.cluster)
	case !holdsEverything(id.standbys, s.cluster):
		return false, foreign("the PostgreSQL server %q took over (timeline %s, before %s), and it is not certain that it holds every record: "+
			"synchronous_standby_names of the server before was '%s'", s.cluster, s.timeline, id.timeline, id.standbys)
	}
	return true, nil
}

// foreign makes the error that stands until Adopt.
func foreign(format string, args ...any) error {
	what := fmt.Sprintf(format, args...)
	return fault.New(fault.Refused, "%s: %w", what, slashingdb.ErrForeign).
		WithHint("make sure that the server before is off for good, then 'ethkey signer store adopt': no key signs until two epochs later")
}

// keepsPromise refuses a server whose standbys are fewer than the store's row
// promises the one who comes after it.
func (id identity) keepsPromise(s *server) error {
	switch {
	case id.standbys == "":
		return nil
	case s.senders == "0":
		return fault.New(fault.Environment, "the PostgreSQL server has max_wal_senders = 0: it waits for none of its standbys").
			WithHint("set max_wal_senders to 10 and start the server again")
	case id.standbys == s.standbys:
		return nil
	}
	return fault.New(fault.Environment, "synchronous_standby_names is '%s', and was '%s' when the store was made or adopted", s.standbys, id.standbys).
		WithHint("set it back; to go on with it as it is now: 'ethkey signer store adopt', when no standby from before can take over any more")
}

// notice remembers a session on which the server warned. A commit whose wait
// for a standby is cut short is answered so, and not as an error.
func (s *Store) notice(conn *pgconn.PgConn, n *pgconn.Notice) {
	if n.SeverityUnlocalized != "NOTICE" && n.SeverityUnlocalized != "INFO" {
		s.warned.Store(conn, true)
	}
}

// unwarned refuses what a session was warned of.
func (s *Store) unwarned(conn *pgconn.PgConn) error {
	if _, warned := s.warned.LoadAndDelete(conn); !warned {
		return nil
	}
	return fault.New(fault.Environment, "the PostgreSQL server answered a commit with a warning: its standbys may lack the record").
		WithHint("nothing was signed; look at the server's log")
}

// after says whether a place in the server's log (pg_lsn, two hexadecimal
// numbers) is further than another; an empty one is before all.
func after(a, b string) bool { return logPosition(a) > logPosition(b) }

func logPosition(text string) uint64 {
	high, low, _ := strings.Cut(text, "/")
	h, errHigh := strconv.ParseUint(high, 16, 32)
	l, errLow := strconv.ParseUint(low, 16, 32)
	if errHigh != nil || errLow != nil {
		return 0
	}
	return h<<32 | l
}
