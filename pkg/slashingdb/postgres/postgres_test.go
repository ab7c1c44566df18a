package postgres

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// testChain began a million slots before testNow.
var testChain = slashingdb.Chain{
	Name: "test", GenesisValidatorsRoot: beacon.Root{31: 7},
	GenesisTime: 1_600_000_000, SecondsPerSlot: 12, SlotsPerEpoch: 32,
}

func testNow() time.Time { return time.Unix(1_600_000_000+12_000_000, 0) }

func testConfig(url string) Config { return Config{URL: url, Now: testNow} }

// testKey returns a valid public key, another for each number.
func testKey(t testing.TB, n uint64) slashingdb.PublicKey {
	t.Helper()
	var scalar [32]byte
	binary.BigEndian.PutUint64(scalar[24:], n+1)
	b, err := secret.From(scalar[:])
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	sk, err := bls.SecretKeyFromBytes(b)
	if err != nil {
		t.Fatal(err)
	}
	defer sk.Close()
	return sk.PublicKey()
}

func testKeys(t testing.TB, n int) []slashingdb.PublicKey {
	t.Helper()
	keys := make([]slashingdb.PublicKey, n)
	for i := range keys {
		keys[i] = testKey(t, uint64(i))
	}
	return keys
}

// initStore makes a store with fresh keys.
func initStore(t testing.TB, url string, keys ...slashingdb.PublicKey) *Store {
	t.Helper()
	s, err := Init(t.Context(), testConfig(url), testChain)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if len(keys) > 0 {
		if _, err := s.Admit(t.Context(), keys, slashingdb.Fresh); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func openStore(t testing.TB, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), testConfig(url))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func block(key slashingdb.PublicKey, slot uint64, root byte) slashingdb.Duty {
	return slashingdb.Duty{Key: key, Block: &slashingdb.Block{Slot: beacon.Slot(slot), Root: beacon.Root{root}, HasRoot: true}}
}

func attestation(key slashingdb.PublicKey, source, target uint64, root byte) slashingdb.Duty {
	return slashingdb.Duty{Key: key, Attestation: &slashingdb.Attestation{
		Source: beacon.Epoch(source), Target: beacon.Epoch(target), Root: beacon.Root{root}, HasRoot: true}}
}

func decide(t testing.TB, s *Store, duties ...slashingdb.Duty) []slashingdb.Verdict {
	t.Helper()
	verdicts, err := s.Decide(t.Context(), duties)
	if err != nil {
		t.Fatal(err)
	}
	return verdicts
}

func TestDecide(t *testing.T) {
	t.Parallel()
	_, _, url := sharedServer(t)
	keys := testKeys(t, 3)
	s := initStore(t, url, keys[:2]...)
	a, b, unknown := keys[0], keys[1], keys[2]
	for i, step := range []struct {
		duties []slashingdb.Duty
		want   []slashingdb.Verdict
	}{
		{[]slashingdb.Duty{block(a, 10, 1), attestation(a, 1, 2, 1), block(b, 10, 1)}, []slashingdb.Verdict{slashingdb.Sign, slashingdb.Sign, slashingdb.Sign}},
		{[]slashingdb.Duty{block(a, 10, 1), block(a, 10, 2), block(a, 9, 1)}, []slashingdb.Verdict{slashingdb.Repeat, slashingdb.SlotNotAbove, slashingdb.SlotNotAbove}},
		{[]slashingdb.Duty{attestation(a, 1, 2, 1), attestation(a, 1, 2, 2), attestation(a, 0, 3, 1)}, []slashingdb.Verdict{slashingdb.Repeat, slashingdb.TargetNotAbove, slashingdb.SourceBelow}},
		{[]slashingdb.Duty{attestation(a, 4, 3, 1), block(unknown, 1, 1)}, []slashingdb.Verdict{slashingdb.SourceAboveTarget, slashingdb.NoRecord}},
		// Two duties of one key in one call: the second sees the first.
		{[]slashingdb.Duty{block(b, 11, 1), block(b, 11, 2), block(b, 12, 1), block(b, 12, 1)}, []slashingdb.Verdict{slashingdb.Sign, slashingdb.SlotNotAbove, slashingdb.Sign, slashingdb.Repeat}},
		{[]slashingdb.Duty{block(a, 1<<63, 1), attestation(a, 1, 1<<63, 1)}, []slashingdb.Verdict{slashingdb.Undecided, slashingdb.Undecided}},
	} {
		if got := decide(t, s, step.duties...); !slices.Equal(got, step.want) {
			t.Errorf("step %d: %v, expected %v", i, got, step.want)
		}
	}
}

func TestServerThatLosesCommitsIsRefused(t *testing.T) {
	t.Parallel()
	server := testkit.StartPostgres(t)
	url := server.Database("signer")
	key := testKey(t, 0)
	s := initStore(t, url, key)
	for _, setting := range []string{"fsync", "full_page_writes"} {
		server.Set(setting + " = off")
		server.Reload()
		server.WaitFor("select current_setting('" + setting + "') = 'off'")
		// The session that is open sees it too.
		if v, err := s.Decide(t.Context(), []slashingdb.Duty{block(key, 1, 1)}); err == nil || !strings.Contains(err.Error(), setting) {
			t.Errorf("open session: %v, %v", v, err)
		}
		if _, err := Open(t.Context(), testConfig(url)); fault.KindOf(err) != fault.Environment || !strings.Contains(err.Error(), setting+" = off") {
			t.Errorf("open: %v", err)
		}
		if _, err := s.Raise(t.Context(), nil, slashingdb.LastSigned{HasBlock: true, Slot: 9}); err == nil {
			t.Error("raise: no error")
		}
		if _, err := s.Adopt(t.Context()); fault.KindOf(err) != fault.Environment || !strings.Contains(err.Error(), setting) {
			t.Errorf("adopt: %v", err)
		}
		server.Set(setting + " = on")
		server.Reload()
		server.WaitFor("select current_setting('" + setting + "') = 'on'")
	}
	// What each session sets for itself does not depend on the server's choice.
	server.Set("synchronous_commit = off", "default_transaction_read_only = on", "default_transaction_isolation = 'serializable'")
	server.Reload()
	server.WaitFor("select current_setting('synchronous_commit') = 'off'")
	if got := decide(t, openStore(t, url), block(key, 10, 1)); got[0] != slashingdb.Sign {
		t.Error(got)
	}
}

// TestPoolerThatForgetsTheSession: a pooler between us and the server may hand
// the statement to a session that was never set up.
func TestPoolerThatForgetsTheSession(t *testing.T) {
	t.Parallel()
	_, _, url := sharedServer(t)
	key := testKey(t, 0)
	s := initStore(t, url, key)
	for range 8 {
		if _, err := s.pool.Exec(t.Context(), "set synchronous_commit = off"); err != nil {
			t.Fatal(err)
		}
	}
	v, err := s.Decide(t.Context(), []slashingdb.Duty{block(key, 1, 1)})
	if err == nil || v != nil {
		t.Errorf("%v, %v", v, err)
	}
}

func TestStoreIsMadeOnce(t *testing.T) {
	t.Parallel()
	server, database, url := sharedServer(t)
	if _, err := Open(t.Context(), testConfig(url)); fault.KindOf(err) != fault.Refused {
		t.Errorf("open without a store: %v", err)
	}
	initStore(t, url)
	if _, err := Init(t.Context(), testConfig(url), testChain); fault.KindOf(err) != fault.Refused {
		t.Errorf("second init: %v", err)
	}
	if s := openStore(t, url); s.chain != testChain {
		t.Errorf("chain %+v", s.chain)
	}
	server.Exec(database, "update ethkey.migration set version = 2")
	if _, err := Open(t.Context(), testConfig(url)); fault.KindOf(err) != fault.Environment {
		t.Errorf("newer version: %v", err)
	}
}

// TestForeignHands: who changes rows by hand is refused by the database where
// it falls, and found by the sum where the guard was taken away.
func TestForeignHands(t *testing.T) {
	t.Parallel()
	server, database, url := sharedServer(t)
	key := testKey(t, 0)
	s := initStore(t, url, key)
	decide(t, s, block(key, 10, 1), attestation(key, 3, 4, 1))
	for _, statement := range []string{
		"update ethkey.validator set slot = 9",
		"update ethkey.validator set slot = null, block_root = null",
		"update ethkey.validator set source = 2",
		"update ethkey.validator set target = 3",
		"update ethkey.validator set source = null, target = null, attestation_root = null",
		"update ethkey.validator set public_key = set_byte(public_key, 5, 7)",
		"delete from ethkey.validator",
		"truncate ethkey.validator",
	} {
		if _, err := s.pool.Exec(t.Context(), statement); err == nil || !strings.Contains(err.Error(), "signing record") {
			t.Errorf("%s: %v", statement, err)
		}
	}
	server.Exec(database, "alter table ethkey.validator disable trigger all; create table public.kept as select * from ethkey.validator")
	for _, change := range []string{
		"slot = 5", "slot = null, block_root = null", "block_root = null", "block_root = set_byte(block_root, 31, 9)",
		"source = 1", "target = 3", "source = null, target = null, attestation_root = null",
		"attestation_root = null", "attestation_root = set_byte(attestation_root, 31, 9)",
		"disabled = true", "covered = true",
	} {
		server.Exec(database, "update ethkey.validator set "+change)
		for _, d := range []slashingdb.Duty{block(key, 10, 2), block(key, 11, 1), attestation(key, 3, 4, 2), attestation(key, 5, 6, 1)} {
			if v, err := s.Decide(t.Context(), []slashingdb.Duty{d}); !errors.Is(err, slashingdb.ErrDamaged) {
				t.Errorf("%s: %v, %v", change, v, err)
			}
		}
		if _, err := s.Raise(t.Context(), nil, slashingdb.LastSigned{HasBlock: true, Slot: 20}); !errors.Is(err, slashingdb.ErrDamaged) {
			t.Errorf("%s: raise: %v", change, err)
		}
		server.Exec(database, "delete from ethkey.validator; insert into ethkey.validator select * from public.kept")
	}
	if got := decide(t, s, block(key, 10, 1), attestation(key, 3, 4, 1)); got[0] != slashingdb.Repeat || got[1] != slashingdb.Repeat {
		t.Error(got)
	}
	// Another key's row, whole as it is.
	server.Exec(database, "update ethkey.validator set public_key = '\\x"+testKey(t, 1).Hex()+"'")
	if v, err := s.Decide(t.Context(), []slashingdb.Duty{block(testKey(t, 1), 11, 1)}); !errors.Is(err, slashingdb.ErrDamaged) {
		t.Errorf("%v, %v", v, err)
	}
}

func TestUnloggedTableIsRefused(t *testing.T) {
	t.Parallel()
	server, database, url := sharedServer(t)
	initStore(t, url).Close()
	server.Exec(database, "alter table ethkey.validator set unlogged")
	if _, err := Open(t.Context(), testConfig(url)); !errors.Is(err, slashingdb.ErrDamaged) {
		t.Errorf("%v", err)
	}
}

// TestDumpElsewhereRefuses: the same rows in another server are a copy.
func TestDumpElsewhereRefuses(t *testing.T) {
	t.Parallel()
	first, database, from := sharedServer(t)
	key := testKey(t, 0)
	decide(t, initStore(t, from, key), block(key, 10, 1))
	url := testkit.StartPostgres(t).Database("signer")
	first.CopyTo(database, url)
	s := openStore(t, url)
	if _, err := s.Decide(t.Context(), []slashingdb.Duty{block(key, 11, 1)}); !errors.Is(err, slashingdb.ErrForeign) {
		t.Fatalf("%v", err)
	}
	adoptAndSign(t, s, key)
}

// adoptAndSign wants a fence of two epochs after Adopt.
func adoptAndSign(t *testing.T, s *Store, key slashingdb.PublicKey) {
	t.Helper()
	fence, err := s.Adopt(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := decide(t, s, block(key, uint64(fence.Slot), 1), block(key, uint64(fence.Slot)+1, 1))
	if want := []slashingdb.Verdict{slashingdb.SlotNotAbove, slashingdb.Sign}; !slices.Equal(got, want) {
		t.Errorf("after adoption: %v, expected %v", got, want)
	}
}

func TestAddressOverANetworkNeedsACertificate(t *testing.T) {
	for url, fine := range map[string]bool{
		"postgres://a@127.0.0.1/x?sslmode=disable":        true,
		"postgres://a@[::1]/x":                            true,
		"postgres:///x?host=/run/postgresql":              true,
		"postgres://a@db.example/x?sslmode=verify-full":   true,
		"postgres://a@db.example/x":                       false,
		"postgres://a@db.example/x?sslmode=require":       false,
		"postgres://a@10.0.0.1/x?sslmode=disable":         false,
		"postgres://a@localhost,10.0.0.1/x?sslmode=allow": false,
		"nonsense %%": false,
	} {
		_, err := Config{URL: url}.parse()
		if (err == nil) != fine {
			t.Errorf("%s: %v", url, err)
		}
		if err != nil && fault.KindOf(err) != fault.Usage {
			t.Errorf("%s: kind %v", url, fault.KindOf(err))
		}
	}
}

func TestAllSynchronous(t *testing.T) {
	for setting, want := range map[string][]string{
		"":                   nil,
		"a":                  {"a"},
		"A":                  {"a"},
		"a, b":               nil,
		"2 (a, b)":           {"a", "b"},
		"FIRST 2 (a,b)":      {"a", "b"},
		"ANY 2 (a, \"b c\")": {"a", "b c"},
		"ANY 1 (a, b)":       nil,
		"1 (a)":              {"a"},
		"*":                  nil,
		"1 (*)":              nil,
		"2 (a, a)":           nil,
		"FIRST 2 (a, b":      nil,
		"2 (\"a,b\")":        nil,
		"2 (\"a\"\"b\", c)":  nil,
		"2 (a, \"b\")":       {"a", "b"},
		"FIRST 2 (a, \"*\")": nil,
		"ANY 3 (a, b)":       {"a", "b"},
		"(a)":                nil,
	} {
		if got := allSynchronous(setting); !slices.Equal(got, want) {
			t.Errorf("%q: %q, expected %q", setting, got, want)
		}
	}
}

func TestLogPosition(t *testing.T) {
	if !after("1/0", "0/FFFFFFFF") || after("0/1", "0/1") || !after("0/A", "") || after("", "0/0") ||
		!after("0/10000000", "0/FFFFFFF") || !after("10/0", "9/0") {
		t.Error("order of positions in the log")
	}
}

// Who is not let in reads what the server said, on one line.
func TestRefusedConnectionsAreSaidPlainly(t *testing.T) {
	server := testkit.StartPostgres(t)
	url := strings.Replace(server.Database("known"), "/known?", "/unknown?", 1)
	_, err := Open(t.Context(), Config{URL: url, Now: time.Now})
	if err == nil || !strings.Contains(err.Error(), `lets nobody in so: database "unknown" does not exist`) || fault.KindOf(err) != fault.Environment {
		t.Errorf("%v", err)
	}
	_, err = Open(t.Context(), Config{URL: "postgres://a@127.0.0.1:1/b", Now: time.Now})
	if err == nil || strings.Contains(err.Error(), "\n") || strings.Count(err.Error(), "refused") != 1 {
		t.Errorf("%v", err)
	}
}

// A server that takes a connection and never answers is given up.
func TestConnectingEnds(t *testing.T) {
	for url, want := range map[string]time.Duration{
		"postgres://a@127.0.0.1/x":                   patience / 2,
		"postgres://a@127.0.0.1/x?connect_timeout=3": 3 * time.Second,
	} {
		config, err := Config{URL: url}.parse()
		if err != nil || config.ConnConfig.ConnectTimeout != want {
			t.Errorf("%s: %v, %v", url, config.ConnConfig.ConnectTimeout, err)
		}
	}
}

// What keeps a connection from being made is said so that a person can act.
func TestWhyThereIsNoConnection(t *testing.T) {
	unknown := &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}
	for _, c := range []struct {
		err        error
		what, hint string
	}{
		{fmt.Errorf("tls: %w", unknown), "does not prove to be the one in the address", "sslrootcert=FILE"},
		{errors.New("dial\nrefused\ndial"), "the PostgreSQL store: dial refused", "look at the server"},
	} {
		err := unreachable(c.err)
		if fault.KindOf(err) != fault.Environment || !strings.Contains(err.Error(), c.what) || !strings.Contains(fault.HintOf(err), c.hint) {
			t.Errorf("%v: %v (%s)", c.err, err, fault.HintOf(err))
		}
	}
}
