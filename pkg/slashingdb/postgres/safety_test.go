package postgres

import (
	"context"
	"errors"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// TestCommitThatFails: what a statement recorded is nothing before the commit.
func TestCommitThatFails(t *testing.T) {
	t.Parallel()
	server, database, address := sharedServer(t)
	key := testKey(t, 0)
	s := initStore(t, address, key)
	server.Exec(database, `create function public.no() returns trigger language plpgsql as $$ begin raise exception 'not now'; end $$;
		create constraint trigger no after update on ethkey.validator deferrable initially deferred for each row execute function public.no()`)
	if v, err := s.Decide(t.Context(), []slashingdb.Duty{block(key, 5, 1)}); err == nil || v != nil {
		t.Errorf("%v, %v", v, err)
	}
	if err := s.Disable(t.Context(), failingWriter{t}, []slashingdb.PublicKey{key}); err == nil {
		t.Error("a key was disabled by a commit that failed")
	}
	server.Exec(database, "drop function public.no cascade")
	if got := decide(t, s, block(key, 5, 2)); got[0] != slashingdb.Sign {
		t.Error(got)
	}
}

// failingWriter is not to be written to.
type failingWriter struct{ t *testing.T }

func (w failingWriter) Write(p []byte) (int, error) {
	w.t.Errorf("written: %s", p)
	return len(p), nil
}

// TestPoolerThatSwitchesServers: behind a pooler a session that was proven may
// end up on another server. Each statement proves that itself.
func TestPoolerThatSwitchesServers(t *testing.T) {
	t.Parallel()
	server, database, address := sharedServer(t)
	key := testKey(t, 0)
	for name, c := range map[string]struct {
		foul func(*Store)
		want error
	}{
		"another system":   {func(*Store) { server.Exec(database, "update ethkey.store set system_identifier = '1'") }, slashingdb.ErrForeign},
		"another timeline": {func(*Store) { server.Exec(database, "update ethkey.store set timeline = '00000007'") }, slashingdb.ErrForeign},
		"set back":         {func(s *Store) { s.advance("FFFFFF/0") }, slashingdb.ErrForeign},
		"other standbys":   {func(*Store) { server.Exec(database, "update ethkey.store set standbys = 'x'") }, nil},
		"no warnings":      {everywhere("set client_min_messages = error"), nil},
		"no wait":          {everywhere("set synchronous_commit = local"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := openOrInit(t, address, key)
			row := server.Exec(database, "select system_identifier || ' ' || timeline from ethkey.store")
			system, timeline, _ := strings.Cut(row, " ")
			decide(t, s, attestation(key, 1, 2, 1)) // Sign at first, then Repeat
			c.foul(s)
			for _, d := range []slashingdb.Duty{block(key, 5, 1), attestation(key, 1, 2, 1), attestation(key, 2, 3, 1)} {
				v, err := s.Decide(t.Context(), []slashingdb.Duty{d})
				if err == nil && v[0].Allowed() || c.want != nil && !errors.Is(err, c.want) {
					t.Errorf("%v, %v", v, err)
				}
			}
			if _, err := s.Raise(t.Context(), nil, slashingdb.LastSigned{}); err == nil {
				t.Error("a raise was made")
			}
			server.Exec(database, "update ethkey.store set standbys = '', system_identifier = '"+system+"', timeline = '"+timeline+"'")
		})
	}
}

func openOrInit(t *testing.T, address string, key slashingdb.PublicKey) *Store {
	t.Helper()
	if s, err := Open(t.Context(), testConfig(address)); err == nil {
		t.Cleanup(func() { s.Close() })
		return s
	}
	return initStore(t, address, key)
}

// everywhere runs a statement on all sessions of a store.
func everywhere(statement string) func(*Store) {
	return func(s *Store) {
		var held []*pgxpool.Conn
		for range s.pool.Config().MaxConns {
			conn, err := s.pool.Acquire(context.Background())
			if err != nil {
				continue
			}
			held = append(held, conn)
			_, _ = conn.Exec(context.Background(), statement)
		}
		for _, conn := range held {
			conn.Release()
		}
	}
}

// TestRoleThatHidesWarnings: a commit that did not wait is told by a warning
// alone, which a setting of the role may keep back.
func TestRoleThatHidesWarnings(t *testing.T) {
	t.Parallel()
	server := testkit.StartPostgres(t)
	key := testKey(t, 0)
	address := server.Database("signer")
	server.Exec("postgres", "alter role signer set client_min_messages = error")
	s := initStore(t, address, key)
	server.Set("synchronous_standby_names = 'ghost'")
	server.Reload()
	untilCommitsWait(t, server)
	var wg sync.WaitGroup
	wg.Go(func() {
		server.WaitFor("select count(*) = 1 from pg_stat_activity where wait_event = 'SyncRep'")
		server.Exec("postgres", "select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'")
	})
	v, err := s.Decide(t.Context(), []slashingdb.Duty{block(key, 5, 1)})
	wg.Wait()
	if err == nil {
		t.Error(v)
	}
}

// TestServerThatNeverAnswers: the store gives up, and what stood behind the
// duty is not lost to others.
func TestServerThatNeverAnswers(t *testing.T) {
	t.Parallel()
	server := testkit.StartPostgres(t)
	key := testKey(t, 0)
	s := initStore(t, server.Database("signer"), key)
	s.patience = 300 * time.Millisecond
	server.Set("synchronous_standby_names = 'ghost'")
	server.Reload()
	untilCommitsWait(t, server)
	if v, err := s.Decide(context.Background(), []slashingdb.Duty{block(key, 5, 1)}); fault.KindOf(err) != fault.Environment {
		t.Errorf("%v, %v", v, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if v, err := s.Decide(ended, []slashingdb.Duty{block(key, 9, 1)}); err == nil {
		t.Error(v)
	}
	server.Set("synchronous_standby_names = ''")
	server.Reload()
	server.WaitFor("select current_setting('synchronous_standby_names') = ''")
	s.patience = time.Minute
	for {
		if v, err := s.Decide(t.Context(), []slashingdb.Duty{block(key, 5, 2), block(key, 6, 1)}); err == nil {
			if v[0] != slashingdb.SlotNotAbove || v[1] != slashingdb.Sign {
				t.Error(v)
			}
			return
		}
	}
}

// TestWithoutSendersNothingWaits: such a server does not wait for the standbys
// that it names.
func TestWithoutSendersNothingWaits(t *testing.T) {
	t.Parallel()
	server := testkit.StartPostgres(t)
	key := testKey(t, 0)
	address := server.Database("signer")
	initStore(t, address, key).Close()
	server.Stop("fast")
	server.Set("max_wal_senders = 0", "wal_level = minimal", "synchronous_standby_names = 'second'")
	server.Start()
	server.Exec("signer", "update ethkey.store set standbys = 'second'")
	s := openStore(t, address)
	if v, err := s.Decide(t.Context(), []slashingdb.Duty{block(key, 5, 1)}); err == nil || !strings.Contains(err.Error(), "max_wal_senders") {
		t.Error(v, err)
	}
}

// TestRestoredToAnEarlierPoint: a backup of the synchronous standby, restored
// up to some moment, has its name and a newer timeline, and lacks records.
func TestRestoredToAnEarlierPoint(t *testing.T) {
	t.Parallel()
	id := identity{systemIdentifier: "7", timeline: "00000001", standbys: "second"}
	after := server{systemIdentifier: "7", timeline: "00000002", cluster: "second"}
	if tookOver, err := id.recognise(&after); !tookOver || err != nil {
		t.Errorf("the standby: %v", err)
	}
	for name, change := range map[string]func(*server){
		"target":       func(s *server) { s.target = "2026-11-20" },
		"another name": func(s *server) { s.cluster = "third" },
		"no name":      func(s *server) { s.cluster = "" },
		"system":       func(s *server) { s.systemIdentifier = "8" },
		"timeline":     func(s *server) { s.timeline = "00000000" },
	} {
		other := after
		change(&other)
		if tookOver, err := id.recognise(&other); tookOver || !errors.Is(err, slashingdb.ErrForeign) {
			t.Errorf("%s: %v, %v", name, tookOver, err)
		}
	}
}

// TestWorkByHandBesideSigners: neither ends in a deadlock.
func TestWorkByHandBesideSigners(t *testing.T) {
	t.Parallel()
	_, _, address := sharedServer(t)
	keys := testKeys(t, 6)
	s, other := initStore(t, address, keys...), openStore(t, address)
	done := make(chan struct{})
	var signers sync.WaitGroup
	for worker := range 4 {
		signers.Go(func() {
			for n := uint64(worker); ; n += 4 {
				select {
				case <-done:
					return
				default:
				}
				var duties []slashingdb.Duty
				for _, key := range keys {
					duties = append(duties, block(key, n, 1), attestation(key, n, n+1, 1))
				}
				if _, err := []*Store{s, other}[worker%2].Decide(t.Context(), duties); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for n := range uint64(25) {
		if _, err := other.Raise(t.Context(), nil, slashingdb.LastSigned{HasBlock: true, Slot: beacon.Slot(10_000 * (n + 1))}); err != nil {
			t.Error(n, err)
		}
		if err := s.SetHighWatermark(t.Context(), nil); err != nil {
			t.Error(n, err)
		}
	}
	close(done)
	signers.Wait()
	s.position = ""
	if _, err := s.Raise(t.Context(), nil, slashingdb.LastSigned{HasBlock: true, Slot: 1 << 40}); err != nil || s.reached() == "0/0" {
		t.Errorf("a server that was set back to before a raise would not be noticed: %v", err)
	}
}

// TestRepeatIsOfTheRecordThatIsCommitted: between the look and the commit the
// key may be handed over, or its row changed.
func TestRepeatIsOfTheRecordThatIsCommitted(t *testing.T) {
	t.Parallel()
	server, database, address := sharedServer(t)
	key := testKey(t, 0)
	s := initStore(t, address, key)
	d := []slashingdb.Duty{block(key, 5, 1), block(key, 5, 2)}
	repeat := func() (slashingdb.Verdict, error) {
		v := make([]slashingdb.Verdict, 2)
		err := s.repeat(t.Context(), d, v, []int{0})
		return v[0], err
	}
	decide(t, s, d[0])
	if v, err := repeat(); v != slashingdb.Repeat || err != nil {
		t.Errorf("%v, %v", v, err)
	}
	decide(t, s, block(key, 6, 1))
	if v, err := repeat(); v != slashingdb.SlotNotAbove || err != nil {
		t.Errorf("after another block: %v, %v", v, err)
	}
	d[0] = block(key, 6, 1)
	if err := s.Disable(t.Context(), discard{}, []slashingdb.PublicKey{key}); err != nil {
		t.Fatal(err)
	}
	if v, err := repeat(); v != slashingdb.KeyDisabled || err != nil {
		t.Errorf("handed over: %v, %v", v, err)
	}
	server.Exec(database, "update ethkey.validator set disabled = false")
	if v, err := repeat(); v.Allowed() || !errors.Is(err, slashingdb.ErrDamaged) {
		t.Errorf("changed by hand: %v, %v", v, err)
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// TestRightsOfASigner: a role that does not own the tables signs, and can
// neither take the guards away nor forget.
func TestRightsOfASigner(t *testing.T) {
	t.Parallel()
	server, database, address := sharedServer(t)
	key := testKey(t, 0)
	initStore(t, address, key)
	role := database + "_role"
	server.Exec(database, "create role "+role+" login")
	rights := regexp.MustCompile("(?m)^grant .* to signer;$").FindAllString(docs(t), -1)
	if len(rights) != 4 {
		t.Fatalf("docs/signer-store.md grants %q", rights)
	}
	for _, grant := range rights {
		server.Exec(database, strings.Replace(grant, "to signer", "to "+role, 1))
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.User(role)
	s := openStore(t, u.String())
	decide(t, s, block(key, 5, 1), attestation(key, 1, 2, 1))
	if got := decide(t, s, block(key, 5, 1), block(key, 5, 2)); got[0] != slashingdb.Repeat || got[1] != slashingdb.SlotNotAbove {
		t.Error(got)
	}
	if _, err := s.Raise(t.Context(), testKeys(t, 2), slashingdb.LastSigned{HasBlock: true, Slot: 9}); err != nil {
		t.Error(err)
	}
	if err := s.Disable(t.Context(), discard{}, testKeys(t, 1)); err != nil {
		t.Error(err)
	}
	for _, statement := range []string{
		"alter table ethkey.validator disable trigger all", "delete from ethkey.validator", "truncate ethkey.validator",
		"drop table ethkey.validator", "delete from ethkey.store", "create or replace function ethkey.durable(pg_lsn) returns boolean language sql as 'select true'",
	} {
		if _, err := s.pool.Exec(t.Context(), statement); err == nil {
			t.Errorf("%s: no error", statement)
		}
	}
}

func docs(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../../../docs/signer-store.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// TestGroupedCallsGetTheirOwnAnswers: calls of differing sizes share
// transactions, and each gets its own verdicts.
func TestGroupedCallsGetTheirOwnAnswers(t *testing.T) {
	t.Parallel()
	_, _, address := sharedServer(t)
	keys := testKeys(t, 40)
	s := initStore(t, address, keys[:20]...)
	var callers sync.WaitGroup
	for caller := range 20 {
		callers.Go(func() {
			own, unknown := keys[caller], keys[20+caller]
			for n := uint64(1); n < 12; n++ {
				duties := []slashingdb.Duty{block(own, n, 1), block(unknown, n, 1), attestation(own, n, n-1, 1)}
				want := []slashingdb.Verdict{slashingdb.Sign, slashingdb.NoRecord, slashingdb.SourceAboveTarget}
				if caller%2 == 0 {
					duties, want = duties[:1+int(n)%3], want[:1+int(n)%3]
				}
				got, err := s.Decide(t.Context(), duties)
				if err != nil || len(got) != len(want) {
					t.Errorf("%v, %v", got, err)
					return
				}
				for i := range want {
					if got[i] != want[i] {
						t.Errorf("caller %s, duty %d: %v", strconv.Itoa(caller), i, got)
					}
				}
			}
		})
	}
	callers.Wait()
}

// TestWhatWasNotRecordedIsNotAllowed: a duty that no statement recorded, and
// that the record would let pass, was refused by the server for its own reason.
func TestWhatWasNotRecordedIsNotAllowed(t *testing.T) {
	t.Parallel()
	_, _, address := sharedServer(t)
	key := testKey(t, 0)
	s := initStore(t, address, key)
	d := []slashingdb.Duty{block(key, 5, 1)}
	v := make([]slashingdb.Verdict, 1)
	if err := s.explain(t.Context(), d, v); err != nil || v[0] != slashingdb.Undecided {
		t.Errorf("explained: %v, %v", v, err)
	}
	if err := s.repeat(t.Context(), d, v, []int{0}); err != nil || v[0] != slashingdb.Undecided {
		t.Errorf("repeated: %v, %v", v, err)
	}
}

// TestCallerWhoLeavesBreaksNoOther: the transaction of a group is nobody's own.
func TestCallerWhoLeavesBreaksNoOther(t *testing.T) {
	t.Parallel()
	server, database, address := sharedServer(t)
	keys := testKeys(t, 2)
	s := initStore(t, address, keys...)
	holder, err := s.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Rollback(context.Background())
	if _, err := holder.Exec(t.Context(), "lock table ethkey.validator in exclusive mode"); err != nil {
		t.Fatal(err)
	}
	leaving, leave := context.WithCancel(t.Context())
	calls := []*call{
		{ctx: leaving, duties: []slashingdb.Duty{block(keys[0], 5, 1)}, done: make(chan struct{})},
		{ctx: t.Context(), duties: []slashingdb.Duty{block(keys[1], 5, 1)}, done: make(chan struct{})},
	}
	go s.decideGroup(calls)
	server.WaitFor("select count(*) = 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = '" + database + "'")
	leave()
	if err := holder.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if <-calls[1].done; calls[1].err != nil || calls[1].verdicts[0] != slashingdb.Sign {
		t.Errorf("who stayed: %v, %v", calls[1].verdicts, calls[1].err)
	}
}
