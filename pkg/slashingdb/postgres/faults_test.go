package postgres

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// referee remembers every message that was allowed, and fails the test when two
// of them conflict.
type referee struct {
	mu           sync.Mutex
	blocks       map[string]byte // key/slot -> root
	attestations map[slashingdb.PublicKey][]slashingdb.Attestation
	allowed      int
	grew         chan struct{} // there may be more to count
}

func newReferee() *referee {
	return &referee{blocks: map[string]byte{}, attestations: map[slashingdb.PublicKey][]slashingdb.Attestation{}, grew: make(chan struct{}, 1)}
}

func (r *referee) saw(t testing.TB, d slashingdb.Duty) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.allowed++
	select {
	case r.grew <- struct{}{}:
	default:
	}
	if b := d.Block; b != nil {
		at := d.Key.String() + "/" + strconv.FormatUint(uint64(b.Slot), 10)
		if before, ok := r.blocks[at]; ok && before != b.Root[0] {
			t.Errorf("two blocks of slot %d were allowed", b.Slot)
		}
		r.blocks[at] = b.Root[0]
		return
	}
	a := *d.Attestation
	for _, o := range r.attestations[d.Key] {
		double := o.Target == a.Target && (o.Root != a.Root || o.Source != a.Source)
		if double || o.Source < a.Source && a.Target < o.Target || a.Source < o.Source && o.Target < a.Target {
			t.Errorf("attestations %d=>%d and %d=>%d were both allowed", o.Source, o.Target, a.Source, a.Target)
		}
	}
	r.attestations[d.Key] = append(r.attestations[d.Key], a)
}

// ask asks for a random duty near the front, and tells the referee.
func ask(ctx context.Context, t testing.TB, s *Store, rng *rand.Rand, keys []slashingdb.PublicKey, front uint64, r *referee) error {
	var duties []slashingdb.Duty
	for range 1 + rng.IntN(4) {
		key := keys[rng.IntN(len(keys))]
		at := front + uint64(rng.IntN(4))
		if rng.IntN(2) == 0 {
			duties = append(duties, block(key, at, byte(rng.IntN(3))))
		} else {
			duties = append(duties, attestation(key, at-uint64(rng.IntN(3)), at+uint64(rng.IntN(2)), byte(rng.IntN(3))))
		}
	}
	verdicts, err := s.Decide(ctx, duties)
	if err != nil {
		return err
	}
	for i, v := range verdicts {
		if v.Allowed() {
			r.saw(t, duties[i])
		}
	}
	return nil
}

// TestTwoSignersRace lets two stores on one database ask for conflicting
// messages of the same keys.
func TestTwoSignersRace(t *testing.T) {
	t.Parallel()
	_, _, url := sharedServer(t)
	keys := testKeys(t, 3)
	stores := []*Store{initStore(t, url, keys...), openStore(t, url)}
	r := newReferee()
	var front atomic.Uint64
	front.Store(10)
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(1, uint64(worker)))
			for range 200 {
				if err := ask(t.Context(), t, stores[worker%2], rng, keys, front.Add(1)/8, r); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if r.allowed < 50 {
		t.Errorf("%d messages allowed: the race did not happen", r.allowed)
	}
}

// TestKillServerUnderLoad stops the server as a crash would, again and again,
// while two signers ask.
func TestKillServerUnderLoad(t *testing.T) {
	t.Parallel()
	rounds := 5
	if text := os.Getenv("ETHKEY_KILL_ROUNDS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		rounds = max(2, n/20) // a round takes a second: a twentieth of them
	}
	server := testkit.StartPostgres(t)
	url := server.Database("signer")
	keys := testKeys(t, 4)
	stores := []*Store{initStore(t, url, keys...), openStore(t, url)}
	r := newReferee()
	var front, failed atomic.Uint64
	front.Store(10)
	for round := range rounds {
		stop := make(chan struct{})
		var wg sync.WaitGroup
		for worker := range 6 {
			wg.Go(func() {
				rng := rand.New(rand.NewPCG(uint64(round), uint64(worker)))
				for {
					select {
					case <-stop:
						return
					default:
					}
					if ask(context.Background(), t, stores[worker%2], rng, keys, front.Add(1)/8, r) != nil {
						failed.Add(1)
					}
				}
			})
		}
		waitFor(t, r, 20*(round+1))
		server.Stop("immediate")
		server.Start()
		close(stop)
		wg.Wait()
		wantRecords(t, stores[round%2], r)
	}
	t.Logf("%d rounds: %d messages allowed, %d calls failed", rounds, r.allowed, failed.Load())
	if failed.Load() == 0 {
		t.Error("no call failed: the server did not stop under load")
	}
}

// waitFor lets the load run until so many messages were allowed.
func waitFor(t *testing.T, r *referee, n int) {
	t.Helper()
	for {
		r.mu.Lock()
		done := r.allowed >= n || t.Failed()
		r.mu.Unlock()
		if done {
			return
		}
		<-r.grew
	}
}

// wantRecords wants no allowed message to be missing in the store.
func wantRecords(t *testing.T, s *Store, r *referee) {
	t.Helper()
	records, err := s.Records(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, record := range records {
		for _, a := range r.attestations[record.Key] {
			if !record.Covers(slashingdb.LastSigned{HasAttestation: true, Source: a.Source, Target: a.Target}) {
				t.Errorf("attestation %d=>%d was allowed and is not in the store: %+v", a.Source, a.Target, record.LastSigned)
			}
		}
	}
}

// cutter is a proxy that drops the server's answers on demand.
type cutter struct {
	listener net.Listener
	target   string
	deaf     atomic.Bool
}

func newCutter(t *testing.T, url string) (*cutter, string) {
	t.Helper()
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	target := net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port)))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{listener: l, target: target}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go c.serve(client)
		}
	}()
	return c, strings.Replace(url, target, l.Addr().String(), 1)
}

// serve passes bytes both ways. Deaf, it passes the question on, waits for the
// answer, and closes instead of passing it back.
func (c *cutter) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", c.target)
	if err != nil {
		return
	}
	defer server.Close()
	go io.Copy(server, client)
	buffer := make([]byte, 64<<10)
	for {
		n, err := server.Read(buffer)
		if err != nil || c.deaf.Load() {
			return
		}
		if _, err := client.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// TestConnectionCutBetweenCommitAndAnswer: the record stands, nothing is
// signed, and only the very same message may still be.
func TestConnectionCutBetweenCommitAndAnswer(t *testing.T) {
	t.Parallel()
	_, _, url := sharedServer(t)
	key := testKey(t, 0)
	direct := initStore(t, url, key)
	proxy, through := newCutter(t, url)
	s := openStore(t, through)
	decide(t, s, attestation(key, 1, 2, 1)) // so that the statement is known to the session
	proxy.deaf.Store(true)
	if v, err := s.Decide(t.Context(), []slashingdb.Duty{attestation(key, 1, 3, 1)}); err == nil {
		t.Fatalf("%v without an answer", v)
	}
	proxy.deaf.Store(false)
	got := decide(t, s, attestation(key, 1, 3, 2), attestation(key, 1, 3, 1))
	if want := []slashingdb.Verdict{slashingdb.TargetNotAbove, slashingdb.Repeat}; !slices.Equal(got, want) {
		t.Errorf("%v, expected %v", got, want)
	}
	if records, err := direct.Records(t.Context(), nil); err != nil || records[0].Target != 3 {
		t.Errorf("%+v, %v", records, err)
	}
}

// TestStandbyTakesOver: with every standby synchronous, the one that is
// promoted goes on; the signer that ran all the while, too.
func TestStandbyTakesOver(t *testing.T) {
	t.Parallel()
	first := testkit.StartPostgres(t)
	url := first.Database("signer")
	second := first.Standby("second")
	first.Set("synchronous_standby_names = 'second'")
	first.Reload()
	first.WaitFor("select count(*) = 1 from pg_stat_replication where sync_state = 'sync'")
	key := testKey(t, 0)
	s := initStore(t, url, key)
	decide(t, s, attestation(key, 1, 10, 1))
	first.Stop("immediate")
	second.Promote()
	after := strings.Replace(url, strconv.Itoa(first.Port), strconv.Itoa(second.Port), 1)
	_, err := Open(t.Context(), testConfig(after))
	if err != nil {
		t.Fatal(err)
	}
	next := openStore(t, after)
	// It promised the next one in line what the first one did.
	if _, err := next.Decide(t.Context(), []slashingdb.Duty{attestation(key, 1, 11, 1)}); fault.KindOf(err) != fault.Environment || !strings.Contains(err.Error(), "synchronous_standby_names") {
		t.Fatalf("without a standby of its own: %v", err)
	}
	adoptAndSign(t, next, key)
}

// TestAsynchronousStandbyPromoted refuses until adopted, and lacks a record to
// show why.
func TestAsynchronousStandbyPromoted(t *testing.T) {
	t.Parallel()
	first := testkit.StartPostgres(t)
	url := first.Database("signer")
	key := testKey(t, 0)
	s := initStore(t, url, key)
	decide(t, s, attestation(key, 1, 10, 1))
	second := first.Standby("second")
	second.Exec("postgres", "select pg_wal_replay_pause()")
	decide(t, s, attestation(key, 1, 11, 1))
	first.Stop("immediate")
	second.Promote()
	after := openStore(t, strings.Replace(url, strconv.Itoa(first.Port), strconv.Itoa(second.Port), 1))
	if v, err := after.Decide(t.Context(), []slashingdb.Duty{attestation(key, 1, 11, 2)}); !errors.Is(err, slashingdb.ErrForeign) {
		t.Fatalf("%v, %v", v, err)
	}
	if _, err := after.Import(t.Context(), strings.NewReader("{}"), slashingdb.ImportOptions{}); !errors.Is(err, slashingdb.ErrForeign) {
		t.Errorf("import: %v", err)
	}
	adoptAndSign(t, after, key)
}

func TestStandbyIsRefused(t *testing.T) {
	t.Parallel()
	first := testkit.StartPostgres(t)
	url := first.Database("signer")
	initStore(t, url)
	second := first.Standby("second")
	_, err := Open(t.Context(), testConfig(strings.Replace(url, strconv.Itoa(first.Port), strconv.Itoa(second.Port), 1)))
	if fault.KindOf(err) != fault.Environment || !strings.Contains(err.Error(), "standby") {
		t.Errorf("%v", err)
	}
}

// TestWaitForAStandbyCutShort: the server then answers with a warning although
// the standby lacks the record. It must not count, nor a repeat of it.
func TestWaitForAStandbyCutShort(t *testing.T) {
	t.Parallel()
	server := testkit.StartPostgres(t)
	key := testKey(t, 0)
	s := initStore(t, server.Database("signer"), key)
	server.Set("synchronous_standby_names = 'ghost'")
	server.Reload()
	untilCommitsWait(t, server)
	raise := func() error {
		_, err := s.Raise(t.Context(), nil, slashingdb.LastSigned{HasBlock: true, Slot: 9})
		return err
	}
	sign := func() error {
		_, err := s.Decide(t.Context(), []slashingdb.Duty{block(key, 5, 1)})
		return err
	}
	for _, ask := range []func() error{sign, sign, raise} {
		var wg sync.WaitGroup
		wg.Go(func() {
			server.WaitFor("select count(*) = 1 from pg_stat_activity where wait_event = 'SyncRep'")
			server.Exec("postgres", "select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'")
		})
		if err := ask(); err == nil {
			t.Error("no error")
		}
		wg.Wait()
	}
}

// untilCommitsWait: the server's checkpointer is the last to follow a change of
// synchronous_standby_names.
func untilCommitsWait(t *testing.T, server *testkit.Postgres) {
	t.Helper()
	for range 100 {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		conn, err := pgx.Connect(ctx, server.URL("postgres"))
		if err == nil {
			_, err = conn.Exec(ctx, "select pg_logical_emit_message(true, 'test', 'waits')")
			conn.Close(t.Context())
		}
		cancel()
		if err != nil {
			return
		}
	}
	t.Fatal("commits do not wait for a standby")
}

// TestServerSetBack: a copy of the data folder from before a commit, started in
// its place, is noticed by the signer that runs.
func TestServerSetBack(t *testing.T) {
	t.Parallel()
	server := testkit.StartPostgres(t)
	key := testKey(t, 0)
	s := initStore(t, server.Database("signer"), key)
	decide(t, s, block(key, 5, 1))
	server.Stop("fast")
	server.Save()
	server.Start()
	for slot := range uint64(30) {
		if v, err := decideAgain(t, s, block(key, 6+slot, 1)); err != nil || v[0] != slashingdb.Sign {
			t.Fatal(v, err)
		}
	}
	server.Stop("fast")
	server.Restore()
	server.Start()
	if v, err := decideAgain(t, s, block(key, 7, 2)); !errors.Is(err, slashingdb.ErrForeign) {
		t.Errorf("%v, %v", v, err)
	}
	adoptAndSign(t, s, key)
}

// decideAgain asks until the sessions that the server closed are replaced.
func decideAgain(t *testing.T, s *Store, d slashingdb.Duty) (v []slashingdb.Verdict, err error) {
	t.Helper()
	for range 20 {
		if v, err = s.Decide(t.Context(), []slashingdb.Duty{d}); err == nil || errors.Is(err, slashingdb.ErrForeign) {
			return v, err
		}
	}
	return v, err
}
