package validator

import (
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/message"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/network"
	"github.com/ethkey/ethkey/pkg/secret"
)

// What a medium changes is found by its hash; the checks of this file are for
// what was wrong before it was written. So they are called with a run that has
// made something else than it was asked for.

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// begun is a run for one validator, with an address unless edit takes it away,
// that has written nothing yet.
func begun(t *testing.T, edit func(*CreateRequest)) *run {
	t.Helper()
	phrase := must[*mnemonic.Mnemonic](t)(mnemonic.Parse([]byte(strings.Repeat("abandon ", 11)+"about"), mnemonic.English))
	t.Cleanup(phrase.Close)
	password := must[*secret.Buffer](t)(secret.From([]byte("MyPasswordIs1")))
	t.Cleanup(password.Close)
	m := Machine{
		Open: func(folder string) (atomicfile.FS, error) { return atomicfile.OpenRoot(folder) },
		Rand: rand.NewChaCha8([32]byte{1}), Now: func() time.Time { return time.Unix(1700000000, 0) }, Workers: 1,
		KDF: func(_ bool, salt []byte) keystore.Params {
			return keystore.Params{Function: keystore.Scrypt, N: 2, R: 8, P: 1, Salt: salt}
		},
	}
	req := CreateRequest{
		Mnemonic: phrase, Count: 1, Network: must[network.Network](t)(network.Lookup("hoodi")),
		Address: &beacon.ExecutionAddress{0: 0xaa, 19: 0xbb}, Password: password, Folder: t.TempDir(),
	}
	edit(&req)
	plan, _, err := PlanCreate(m, req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(plan.Close)
	fsys := must[atomicfile.FS](t)(m.Open(req.Folder))
	r := &run{CreatePlan: plan, unix: 1700000000, set: must[*atomicfile.Set](t)(atomicfile.Begin(fsys, KeysFolder)), salts: map[string]bool{}}
	t.Cleanup(func() { _ = r.set.Abort() })
	t.Cleanup(r.close)
	if err := r.deriveShared(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *run) key(t *testing.T, index uint32) *bls.SecretKey {
	t.Helper()
	sk := must[*bls.SecretKey](t)(r.tree.Signing(index))
	t.Cleanup(sk.Close)
	return sk
}

func asIs(*CreateRequest) {}

// A keystore that does not open, or holds another key than its deposit or its
// own public key says, ends the run.
func TestWrongKeystoreIsFound(t *testing.T) {
	for _, c := range []struct {
		name       string
		secret, of uint32 // index of the key inside, and of the public key named
		spoil      func(t *testing.T, r *run)
		want       string // "" for none
	}{
		{"right", 0, 0, nil, ""},
		{"key and public key of another", 1, 1, nil, "does not hold the key of its deposit"},
		{"key of another", 1, 0, nil, "does not hold the key of its deposit"},
		{"public key of another", 0, 1, nil, "does not hold the key of its deposit"},
		{"another password", 0, 0, func(t *testing.T, r *run) {
			r.password.Close()
			r.password = must[*secret.Buffer](t)(secret.From([]byte("MyPasswordIs2")))
			if r.shared != nil {
				right := must[*keystore.Key](t)(r.shared.second.wait())
				defer right.Close()
				r.shared.second.key = must[*keystore.Key](t)(keystore.Derive(r.password, right.Params()))
			}
		}, "the password does not open"},
		{"a cost that is not the standard's", 0, 0, func(_ *testing.T, r *run) { r.machine.KDF = nil }, "weak cost"},
	} {
		for _, unique := range []bool{false, true} {
			t.Run(c.name, func(t *testing.T) {
				r := begun(t, func(req *CreateRequest) { req.UniqueSalts = unique })
				m := r.one(t)
				spoilt := *m
				spoilt.secret, spoilt.entry.PublicKey = r.key(t, c.secret), r.key(t, c.of).PublicKey()
				r.put(t, must[[]byte](t)(r.encrypt(&spoilt)), m.entry)
				if c.spoil != nil {
					c.spoil(t, r)
				}
				r.found(t, c.want)
			})
		}
	}
}

// one makes the validator of index 0.
func (r *run) one(t *testing.T) *made {
	t.Helper()
	m := &made{draw: must[draw](t)(r.draw())}
	t.Cleanup(m.close)
	if err := r.make(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	return m
}

// put writes both files of a run of one validator.
func (r *run) put(t *testing.T, text []byte, entry message.DepositEntry) {
	t.Helper()
	r.names, r.made = []string{KeystoreName(derive.SigningPath(0), r.unix)}, []message.DepositEntry{entry}
	if err := errors.Join(r.set.Add(r.names[0], text), r.set.Add(DepositDataName(r.unix), message.MarshalDepositData(r.made))); err != nil {
		t.Fatal(err)
	}
}

// found commits the run, which must fail with an integrity fault that says
// what is expected, and put nothing in place; or succeed, when want is empty.
func (r *run) found(t *testing.T, want string) {
	t.Helper()
	_, err := r.commit(t.Context())
	if want == "" {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	if err == nil || fault.KindOf(err) != fault.Integrity || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want an integrity fault with %q", err, want)
	}
	if _, err := os.Lstat(r.Target()); err == nil {
		t.Error("the folder is in place all the same")
	}
}

// A deposit that is not the one asked for, or not the validator's, ends the
// run, however well it is signed.
func TestWrongDepositIsFound(t *testing.T) {
	withdrawalKey := func(req *CreateRequest) { req.Address = nil }
	compounding := func(req *CreateRequest) { req.Compounding = true }
	const credentials, asked = "withdrawal credentials are not the ones asked for", "amount or network is not the one asked for"
	for _, c := range []struct {
		name    string
		request func(*CreateRequest)
		signed  func(*message.DepositMessage)                      // edits what is signed; may be nil
		entry   func(key1 *bls.SecretKey, e *message.DepositEntry) // edits what was signed; may be nil
		want    string
	}{
		{"right, 0x00", withdrawalKey, nil, nil, ""},
		{"right, 0x01", asIs, nil, nil, ""},
		{"right, 0x02", compounding, nil, nil, ""},
		{"0x01 for 0x02", compounding, func(m *message.DepositMessage) { m.WithdrawalCredentials[0] = 1 }, nil, credentials},
		{"0x02 for 0x01", asIs, func(m *message.DepositMessage) { m.WithdrawalCredentials[0] = 2 }, nil, credentials},
		{"not zero before the address", asIs, func(m *message.DepositMessage) { m.WithdrawalCredentials[11] = 1 }, nil, credentials},
		{"another address", asIs, func(m *message.DepositMessage) { m.WithdrawalCredentials[31] ^= 1 }, nil, credentials},
		{"the signing key's credentials", withdrawalKey, func(m *message.DepositMessage) { m.WithdrawalCredentials = message.BLSCredentials(m.PublicKey) }, nil, credentials},
		{"another amount", asIs, func(m *message.DepositMessage) { m.Amount-- }, nil, asked},
		{"another network's name", asIs, nil, func(_ *bls.SecretKey, e *message.DepositEntry) {
			e.NetworkName = "mainnet"
		}, asked},
		{"a signature of another key", asIs, nil, func(key1 *bls.SecretKey, e *message.DepositEntry) {
			e.Signature = key1.Sign([]byte("anything"))
			e.DepositDataRoot = e.Data().HashTreeRoot()
		}, "signature"},
		{"a root that is not the fields'", asIs, nil, func(_ *bls.SecretKey, e *message.DepositEntry) {
			e.DepositDataRoot[0] ^= 1
		}, "deposit_data_root"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := begun(t, c.request)
			m := r.one(t)
			e := m.entry
			if c.signed != nil {
				deposit := e.Data().Message()
				c.signed(&deposit)
				e = message.NewDepositEntry(r.key(t, 0), deposit, e.ForkVersion, e.NetworkName, e.DepositCLIVersion)
			}
			if c.entry != nil {
				c.entry(r.key(t, 1), &e)
			}
			r.put(t, must[[]byte](t)(r.encrypt(m)), e)
			r.found(t, c.want)
		})
	}
}

// A deposit for another chain is found, and so is a file that does not hold
// what the run made.
func TestDepositOfAnotherRunIsFound(t *testing.T) {
	r := begun(t, asIs)
	m := r.one(t)
	ours := m.entry
	others := message.NewDepositEntry(r.key(t, 0), ours.Data().Message(), beacon.Version{}, ours.NetworkName, ours.DepositCLIVersion)
	r.put(t, must[[]byte](t)(r.encrypt(m)), others)
	r.made = []message.DepositEntry{ours}
	r.found(t, "it is not what was written")
	r.made = []message.DepositEntry{others}
	if _, err := r.commit(t.Context()); err == nil || !strings.Contains(err.Error(), "fork_version") {
		t.Errorf("another chain's deposit: %v", err)
	}
}

// A closed plan holds no password any more.
func TestClosedPlanHoldsNoPassword(t *testing.T) {
	r := begun(t, asIs)
	r.close() // as Run does, before the plan can be closed
	r.CreatePlan.Close()
	if r.password.Len() != 0 {
		t.Error("the password is still there")
	}
}

// Memory bounds how many key derivations run at a time, but one always may.
func TestMemoryBoundsKeyDerivations(t *testing.T) {
	scrypt, pbkdf2 := keystore.DefaultScrypt(nil), keystore.DefaultPBKDF2(nil)
	for _, c := range []struct {
		memory uint64
		params keystore.Params
		want   int
	}{
		{0, scrypt, 8}, {1, scrypt, 1}, {1 << 30, scrypt, 3}, {1 << 34, scrypt, 8}, {1, pbkdf2, 8},
	} {
		if got := (Machine{Workers: 8, Memory: c.memory}).kdfWorkers(c.params); got != c.want {
			t.Errorf("%d bytes, %s: %d workers, want %d", c.memory, c.params.Function, got, c.want)
		}
	}
	for _, c := range []struct {
		req  CreateRequest
		want int
	}{{CreateRequest{}, 8}, {CreateRequest{UniqueSalts: true}, 1}, {CreateRequest{PBKDF2: true}, 8}} {
		if got := (&CreatePlan{machine: Machine{Workers: 8, Memory: 1}, req: c.req}).workers(); got != c.want {
			t.Errorf("unique salts %t, pbkdf2 %t: %d workers, want %d", c.req.UniqueSalts, c.req.PBKDF2, got, c.want)
		}
	}
}

// Verification from memory does without the password once the keystores are
// made, and says so; by default the password is what opens them.
func TestVerifyFromMemory(t *testing.T) {
	for _, way := range []struct{ pbkdf2, unique bool }{{false, false}, {false, true}, {true, false}} {
		for _, memory := range []bool{true, false} {
			r := begun(t, func(req *CreateRequest) {
				req.PBKDF2, req.UniqueSalts, req.VerifyFromMemory = way.pbkdf2, way.unique, memory
			})
			if err := r.makeAll(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := r.set.Add(DepositDataName(r.unix), message.MarshalDepositData(r.made)); err != nil {
				t.Fatal(err)
			}
			if r.shared != nil {
				_, _ = r.shared.second.wait()
			}
			r.password.Close() // another one now: the empty password
			result, err := r.commit(t.Context())
			if opens := memory || r.shared != nil; (err == nil) != opens {
				t.Errorf("%+v, from memory %t: %v", way, memory, err)
			}
			if err == nil && strings.Contains(result.Verified[0], "without deriving it") != memory {
				t.Errorf("%+v, from memory %t: %q", way, memory, result.Verified[0])
			}
			if (r.Summary.Verify == VerifyMemory) != memory {
				t.Errorf("summary: %q", r.Summary.Verify)
			}
			if r.shared != nil && (r.shared.second.key == nil) != memory {
				t.Errorf("from memory %t, but the key was derived otherwise", memory)
			}
		}
	}
}
