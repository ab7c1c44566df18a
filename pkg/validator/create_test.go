package validator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/network"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/validator"
)

const (
	unix     = 1700000000
	password = "MyPasswordIs1"
	abandon  = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"
	address  = "0x00000000219ab540356cBB839Cbe05303d7705Fa"
)

// machine is a computer with known randomness, a stopped clock and cheap KDFs.
func machine() validator.Machine {
	return validator.Machine{
		Open:    func(folder string) (atomicfile.FS, error) { return atomicfile.OpenRoot(folder) },
		Rand:    rand.NewChaCha8([32]byte{1}),
		Now:     func() time.Time { return time.Unix(unix, 0) },
		Workers: 2,
		KDF: func(pbkdf2 bool, salt []byte) keystore.Params {
			if pbkdf2 {
				return keystore.Params{Function: keystore.PBKDF2, C: 2, Salt: salt}
			}
			return keystore.Params{Function: keystore.Scrypt, N: 2, R: 8, P: 1, Salt: salt}
		},
	}
}

// request asks for three validators on mainnet.
func request(t testing.TB, folder string) validator.CreateRequest {
	t.Helper()
	m, err := mnemonic.Parse([]byte(abandon), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	mainnet, err := network.Lookup("mainnet")
	if err != nil {
		t.Fatal(err)
	}
	return validator.CreateRequest{
		Mnemonic: m, Count: 3, Network: mainnet, Address: parseAddress(t, address),
		Password: hidden(t, password), Folder: folder,
	}
}

func hidden(t testing.TB, text string) *secret.Buffer {
	t.Helper()
	b, err := secret.From([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func parseAddress(t testing.TB, text string) *beacon.ExecutionAddress {
	t.Helper()
	a, err := beacon.ParseExecutionAddress(text)
	if err != nil {
		t.Fatal(err)
	}
	return &a
}

func create(m validator.Machine, r validator.CreateRequest) (*validator.Result, []validator.Warning, error) {
	plan, warnings, err := validator.PlanCreate(m, r)
	if err != nil {
		return nil, warnings, err
	}
	defer plan.Close()
	result, err := plan.Run(context.Background(), nil)
	return result, warnings, err
}

// published is a case of the anchor's deposits.json.
type published struct {
	ID    string
	Input struct {
		Mnemonic         string
		MnemonicPassword string `json:"mnemonic_password"`
		Start            uint64 `json:"validator_start_index"`
		Count            uint64 `json:"num_validators"`
		Chain            string
		Devnet           json.RawMessage `json:"devnet_chain_setting"`
		Address          string          `json:"withdrawal_address"`
		Compounding      bool
		Amount           string
		PBKDF2           bool
		Password         string `json:"keystore_password"`
	}
	Deposits []struct {
		PubKey      string
		Credentials string `json:"withdrawal_credentials"`
		Amount      uint64
		Signature   string
		MessageRoot string `json:"deposit_message_root"`
		DataRoot    string `json:"deposit_data_root"`
		Fork        string `json:"fork_version"`
		Network     string `json:"network_name"`
	}
	Files []string
}

func (p published) request(t *testing.T, folder string) validator.CreateRequest {
	in := p.Input
	r := request(t, folder)
	m, err := mnemonic.Parse([]byte(in.Mnemonic), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	r.Mnemonic, r.Passphrase, r.Password = m, hidden(t, in.MnemonicPassword), hidden(t, in.Password)
	r.StartIndex, r.Count, r.PBKDF2, r.Compounding = in.Start, in.Count, in.PBKDF2, in.Compounding
	if in.Chain == "" {
		r.Network, err = network.ParseDevnet(in.Devnet)
	} else {
		r.Network, err = network.Lookup(in.Chain)
	}
	if err != nil {
		t.Fatal(err)
	}
	r.Address = nil
	if in.Address != "" {
		r.Address = parseAddress(t, in.Address)
	}
	if in.Amount != "" {
		amount, err := r.Network.ParseAmount(in.Amount)
		if err != nil {
			t.Fatal(err)
		}
		r.Amount = &amount
	}
	return r
}

// text is the file as Python's json.dump lays it out.
func (p published) text() string {
	var entries []string
	for _, d := range p.Deposits {
		entries = append(entries, fmt.Sprintf(`{"pubkey": "%s", "withdrawal_credentials": "%s", "amount": %d, "signature": "%s", `+
			`"deposit_message_root": "%s", "deposit_data_root": "%s", "fork_version": "%s", "network_name": "%s", "deposit_cli_version": "1.3.0"}`,
			d.PubKey, d.Credentials, d.Amount, d.Signature, d.MessageRoot, d.DataRoot, d.Fork, d.Network))
	}
	return "[" + strings.Join(entries, ", ") + "]"
}

// The deposit data of the published cases comes out byte for byte, with the
// published file names and modes.
func TestPublishedDepositsByteForByte(t *testing.T) {
	var file struct{ Cases []published }
	testkit.Decode(t, "deposit-cli/deposits.json", &file)
	if len(file.Cases) == 0 {
		t.Fatal("no cases")
	}
	for _, c := range file.Cases {
		t.Run(c.ID, func(t *testing.T) {
			dir := t.TempDir()
			if _, _, err := create(machine(), c.request(t, dir)); err != nil {
				t.Fatal(err)
			}
			for _, want := range c.Files {
				name, mode, _ := strings.Cut(strings.ReplaceAll(want, "<unix_seconds>", fmt.Sprint(unix)), " ")
				info, err := os.Stat(filepath.Join(dir, name))
				if err != nil {
					t.Fatal(err)
				}
				if got := fmt.Sprintf("%o", info.Mode()); got != mode {
					t.Errorf("%s has mode %s, want %s", name, got, mode)
				}
			}
			if got := len(listing(t, dir)); got != len(c.Files) {
				t.Errorf("%d files, want %d", got, len(c.Files))
			}
			got := read(t, dir, validator.DepositDataName(unix))
			if string(got) != c.text() {
				t.Errorf("deposit data differs\n got %s\nwant %s", got, c.text())
			}
		})
	}
}

func read(t testing.TB, dir, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, validator.KeysFolder, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// listing returns the names below the keys folder, hidden ones too.
func listing(t testing.TB, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, validator.KeysFolder))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// The same randomness gives the same files on any number of workers, in each
// way of salting; and only a shared salt is shared.
func TestFilesDoNotDependOnWorkers(t *testing.T) {
	for _, way := range []struct {
		name           string
		pbkdf2, unique bool
		salts          int
	}{{"shared scrypt", false, false, 1}, {"unique scrypt", false, true, 3}, {"pbkdf2", true, false, 3}} {
		t.Run(way.name, func(t *testing.T) {
			var texts [2][]byte
			for i, workers := range []int{1, 4} {
				dir := t.TempDir()
				m := machine()
				m.Workers = workers
				r := request(t, dir)
				r.PBKDF2, r.UniqueSalts = way.pbkdf2, way.unique
				result, _, err := create(m, r)
				if err != nil {
					t.Fatal(err)
				}
				salts, ivs, ids := map[string]bool{}, map[[16]byte]bool{}, map[string]bool{}
				for _, name := range result.Keystores {
					text := read(t, dir, name)
					ks, _, err := keystore.Parse(text)
					if err != nil {
						t.Fatal(err)
					}
					salts[string(ks.Params().Salt)], ivs[ks.IV], ids[ks.UUID] = true, true, true
					texts[i] = append(texts[i], text...)
				}
				if len(salts) != way.salts || len(ivs) != 3 || len(ids) != 3 {
					t.Errorf("%d salts, %d ivs, %d uuids", len(salts), len(ivs), len(ids))
				}
			}
			if !bytes.Equal(texts[0], texts[1]) {
				t.Error("files differ between one and four workers")
			}
		})
	}
}

// More keys than a batch holds come out in order, all of them verified.
func TestManyKeysKeepTheirOrder(t *testing.T) {
	dir := t.TempDir()
	r := request(t, dir)
	r.Count, r.StartIndex = 300, 7
	var last, total int
	plan, _, err := validator.PlanCreate(machine(), r)
	if err != nil {
		t.Fatal(err)
	}
	defer plan.Close()
	if got := len(plan.Summary.Keys); got != 20 || plan.Summary.Omitted != 280 || plan.Summary.Keys[19].Index != 306 {
		t.Errorf("summary shows %d keys, omits %d", got, plan.Summary.Omitted)
	}
	result, err := plan.Run(context.Background(), func(d, n int) { last, total = d, n })
	if err != nil {
		t.Fatal(err)
	}
	if last != total || total != 600 {
		t.Errorf("progress ended at %d of %d", last, total)
	}
	for i, name := range result.Keystores {
		if want := validator.KeystoreName(derive.SigningPath(uint32(7+i)), unix); name != want {
			t.Fatalf("keystore %d is %s, want %s", i, name, want)
		}
	}
}

// What PlanCreate refuses, and that nothing is written then.
func TestPlanRefuses(t *testing.T) {
	gwei := func(n beacon.Gwei) *beacon.Gwei { return &n }
	for _, c := range []struct {
		name string
		edit func(*validator.CreateRequest)
		want string
	}{
		{"no validators", func(r *validator.CreateRequest) { r.Count = 0 }, "at least 1"},
		{"start past the end", func(r *validator.CreateRequest) { r.StartIndex = 1 << 32 }, "below 2^32"},
		{"range past the end", func(r *validator.CreateRequest) { r.StartIndex, r.Count = 1<<32-2, 3 }, "past the last key index"},
		{"range that overflows", func(r *validator.CreateRequest) { r.StartIndex, r.Count = 2, 1<<64-1 }, "past the last key index"},
		{"zero address", func(r *validator.CreateRequest) { r.Address = &beacon.ExecutionAddress{} }, "zero address"},
		{"compounding without address", func(r *validator.CreateRequest) { r.Address, r.Compounding = nil, true }, "0x02 credentials need one"},
		{"amount without compounding", func(r *validator.CreateRequest) { r.Amount = gwei(64e9) }, "without compounding"},
		{"amount too low", func(r *validator.CreateRequest) { r.Compounding, r.Amount = true, gwei(1e9-1) }, "takes from"},
		{"amount too high", func(r *validator.CreateRequest) { r.Compounding, r.Amount = true, gwei(2048e9+1) }, "takes from"},
		{"short password", func(r *validator.CreateRequest) { r.Password = hidden(t, "elevenchars") }, "12 characters"},
		{"password short once processed", func(r *validator.CreateRequest) { r.Password = hidden(t, "abc\b\b\b\b\b\b\b\b\b") }, "12 characters"},
		{"password not UTF-8", func(r *validator.CreateRequest) { r.Password = hidden(t, "\xff\xfeMyPasswordIs1") }, "UTF-8"},
		{"no such folder", func(r *validator.CreateRequest) { r.Folder = filepath.Join(r.Folder, "missing") }, "missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			r := request(t, dir)
			c.edit(&r)
			_, _, err := create(machine(), r)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want an error with %q", err, c.want)
			}
			if left, _ := os.ReadDir(dir); len(left) != 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// The last index of the tree can be used, and no more.
func TestLastIndex(t *testing.T) {
	r := request(t, t.TempDir())
	r.StartIndex, r.Count = 1<<32-1, 1
	result, _, err := create(machine(), r)
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("keystore-m_12381_3600_4294967295_0_0-%d.json", unix); result.Keystores[0] != want {
		t.Errorf("got %s", result.Keystores[0])
	}
}

// A second run for the same keys is warned of, and one within the same second
// is refused: nothing is overwritten.
func TestReusedKeysAreSaid(t *testing.T) {
	dir := t.TempDir()
	if _, _, err := create(machine(), request(t, dir)); err != nil {
		t.Fatal(err)
	}
	before := listing(t, dir)
	_, warnings, err := create(machine(), request(t, dir))
	if fault.KindOf(err) != fault.Refused || err == nil {
		t.Errorf("the same names were not refused: %v", err)
	}
	if !said(warnings, "already in this folder: index 0") {
		t.Errorf("reuse is not said: %v", warnings)
	}
	if after := listing(t, dir); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("the folder changed: %v", after)
	}
	later := machine()
	later.Now = func() time.Time { return time.Unix(unix+1, 0) }
	other := request(t, dir)
	other.StartIndex = 3
	_, warnings, err = create(later, other)
	if err != nil || said(warnings, "already in this folder") {
		t.Errorf("other keys: %v %v", err, warnings)
	}
}

// Of many keys each is looked for, also those that the summary leaves out.
func TestReusedKeyAmongManyIsSaid(t *testing.T) {
	dir := t.TempDir()
	one := request(t, dir)
	one.StartIndex, one.Count = 25, 1
	if _, _, err := create(machine(), one); err != nil {
		t.Fatal(err)
	}
	many := request(t, dir)
	many.Count = 50
	plan, warnings, err := validator.PlanCreate(machine(), many)
	if err != nil {
		t.Fatal(err)
	}
	plan.Close()
	if !said(warnings, "already in this folder: index 25 (") {
		t.Errorf("reuse is not said: %v", warnings)
	}
}

// What a person should think about is said before anything is written, and
// nothing else is.
func TestWarnings(t *testing.T) {
	gwei := func(n beacon.Gwei) *beacon.Gwei { return &n }
	for _, c := range []struct {
		name string
		edit func(*validator.CreateRequest)
		want []string
	}{
		{"0x00", func(r *validator.CreateRequest) { r.Address = nil }, []string{"0x00 credentials"}},
		{"0x01", func(*validator.CreateRequest) {}, []string{"for ever"}},
		{"the activation amount", func(r *validator.CreateRequest) { r.Amount = gwei(32e9) }, []string{"for ever"}},
		{"less", func(r *validator.CreateRequest) { r.Compounding, r.Amount = true, gwei(31e9) },
			[]string{"for ever", "31 ETH is less than the 32 ETH"}},
		{"more", func(r *validator.CreateRequest) { r.Compounding, r.Amount = true, gwei(2048e9) }, []string{"for ever"}},
	} {
		r := request(t, t.TempDir())
		c.edit(&r)
		plan, warnings, err := validator.PlanCreate(machine(), r)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		plan.Close()
		if len(warnings) != len(c.want) {
			t.Errorf("%s: %v", c.name, warnings)
		}
		for _, want := range c.want {
			if !said(warnings, want) {
				t.Errorf("%s: %q is not said: %v", c.name, want, warnings)
			}
		}
	}
}

// Keystores that a run left without its deposit data are named by the next.
func TestCutShortRunIsNamed(t *testing.T) {
	dir := t.TempDir()
	if _, _, err := create(machine(), request(t, dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, validator.KeysFolder, validator.DepositDataName(unix))); err != nil {
		t.Fatal(err)
	}
	r := request(t, dir)
	r.StartIndex = 10
	plan, warnings, err := validator.PlanCreate(machine(), r)
	if err != nil {
		t.Fatal(err)
	}
	plan.Close()
	if !said(warnings, "without deposit data") || !said(warnings, validator.KeystoreName(derive.SigningPath(0), unix)) {
		t.Errorf("not named: %v", warnings)
	}
}

func said(warnings []validator.Warning, text string) bool {
	for _, w := range warnings {
		if strings.Contains(w.What, text) {
			return true
		}
	}
	return false
}

// A cancelled run leaves nothing.
func TestCancelLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	plan, _, err := validator.PlanCreate(machine(), request(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	defer plan.Close()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := plan.Run(ctx, nil); err == nil || fault.KindOf(err) != fault.Interrupted {
		t.Fatalf("got %v, want an interruption", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A rehearsal says so in every file.
func TestRehearsalMarksEveryFile(t *testing.T) {
	dir := t.TempDir()
	r := request(t, dir)
	r.Network, _ = network.Lookup("rehearsal")
	result, _, err := create(machine(), r)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(result.Keystores, result.DepositData) {
		if text := strings.ToLower(string(read(t, dir, name))); !strings.Contains(text, "rehearsal") {
			t.Errorf("%s does not say that it is a rehearsal", name)
		}
	}
	if !bytes.Contains(read(t, dir, result.DepositData), []byte(`"fork_version": "eeeeeeee"`)) {
		t.Error("the fork version is not the rehearsal's")
	}
}
