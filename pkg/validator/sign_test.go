package validator_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/message"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/network"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/validator"
)

// signCase is a case of the anchor's exits, changes and partial deposits.
type signCase struct {
	ID    string
	Input struct {
		Mnemonic, Keystore, Chain, Amount string
		Passphrase                        string `json:"mnemonic_password"`
		Start                             uint64 `json:"validator_start_index"`
		Indices                           string `json:"validator_indices"`
		Index                             uint64 `json:"validator_index"`
		Credentials                       string `json:"bls_withdrawal_credentials_list"`
		Address                           string `json:"withdrawal_address"`
		Compounding                       bool
	}
	Exits []struct {
		File string
		Text string `json:"text_exact"`
	}
	Changes []json.RawMessage
	Deposit json.RawMessage
	Text    string `json:"text_exact"`
	Files   []string
}

func signCases(t *testing.T, file string) []signCase {
	t.Helper()
	var all struct{ Cases []signCase }
	testkit.Decode(t, "deposit-cli/"+file, &all)
	if len(all.Cases) == 0 {
		t.Fatal("no cases")
	}
	return all.Cases
}

// keys are those that the case signs with, at the program's own KDF costs.
func (c signCase) keys(t *testing.T, n int) validator.KeySource {
	t.Helper()
	if c.Input.Keystore == "" {
		indices, err := validator.Consecutive(c.Input.Start, uint64(n))
		if err != nil {
			t.Fatal(err)
		}
		return mnemonicKeys(t, c.Input.Mnemonic, derive.Template{}, indices...)
	}
	var file struct {
		Made []struct {
			ID, Password string
			Text         string `json:"text_exact"`
		} `json:"made_by_program"`
	}
	testkit.Decode(t, "deposit-cli/keystores.json", &file)
	for _, k := range file.Made {
		if k.ID == c.Input.Keystore {
			return opened(t, hidden(t, k.Password), validator.File{Name: k.ID, Data: []byte(k.Text)})
		}
	}
	t.Fatalf("no keystore %s", c.Input.Keystore)
	return nil
}

func opened(t testing.TB, password *secret.Buffer, files ...validator.File) *validator.OpenedKeystores {
	t.Helper()
	o, err := validator.OpenKeystores(context.Background(), machine(), files, func(string) (*secret.Buffer, error) { return password, nil }, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.Close)
	return o
}

func phrase(t testing.TB, words string) *mnemonic.Mnemonic {
	t.Helper()
	m, err := mnemonic.Parse([]byte(words), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m
}

func mnemonicKeys(t testing.TB, words string, at derive.Template, indices ...uint32) *validator.MnemonicKeys {
	t.Helper()
	k, err := validator.NewMnemonicKeys(phrase(t, words), nil, at, indices)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	return k
}

func chain(t testing.TB, name string) network.Network {
	t.Helper()
	n, err := network.Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// holds compares what is in dir with the published files: "path mode", and text.
func holds(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	found := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			found++
		}
		return err
	})
	if err != nil || found != len(want) {
		t.Errorf("%d files, want %d: %v", found, len(want), err)
	}
	for file, text := range want {
		name, mode, _ := strings.Cut(strings.ReplaceAll(file, "<unix_seconds>", fmt.Sprint(unix)), " ")
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || fmt.Sprintf("%o", info.Mode()) != mode {
			t.Errorf("%s: mode %o, want %s", name, info.Mode(), mode)
		}
		if string(got) != text {
			t.Errorf("%s differs\n got %s\nwant %s", name, got, text)
		}
	}
}

// The published exits are written byte for byte, from a mnemonic and from a
// keystore.
func TestPublishedExitsByteForByte(t *testing.T) {
	for _, c := range signCases(t, "exits.json") {
		t.Run(c.ID, func(t *testing.T) {
			indices := []beacon.ValidatorIndex{beacon.ValidatorIndex(c.Input.Index)}
			if c.Input.Indices != "" {
				var err error
				if indices, err = validator.ParseValidatorIndices(c.Input.Indices); err != nil {
					t.Fatal(err)
				}
			}
			dir := t.TempDir()
			plan, _, err := validator.PlanExit(machine(), validator.ExitRequest{
				Network: chain(t, c.Input.Chain), Keys: c.keys(t, len(indices)), ValidatorIndices: indices, Folder: dir,
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := plan.Run(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			want := map[string]string{}
			for _, e := range c.Exits {
				want[e.File] = e.Text
			}
			holds(t, dir, want)
		})
	}
}

// compact is a published value as the program's own file lays it out: Python's
// separators, and members as they stand, but for those that the vectors added.
func compact(t *testing.T, raw json.RawMessage, added ...string) string {
	t.Helper()
	text := string(raw)
	for _, name := range added {
		from := strings.Index(text, `"`+name+`"`)
		if from < 0 {
			t.Fatalf("no member %s", name)
		}
		head := strings.TrimRight(text[:from], ", \n\t")
		end := from + strings.IndexAny(text[from:], "\n}")
		if cut := strings.Index(text[from:end], ", "); cut >= 0 {
			end = from + cut
		}
		text = head + text[end:]
	}
	var out strings.Builder
	quoted := false
	for _, r := range text {
		if r == '"' {
			quoted = !quoted
		}
		if !quoted && (r == ' ' || r == '\n' || r == '\t') {
			continue
		}
		out.WriteRune(r)
		if !quoted && (r == ',' || r == ':') {
			out.WriteByte(' ')
		}
	}
	return out.String()
}

// The published changes of credentials are written byte for byte, the keys by
// their start index, and found by their credentials.
func TestPublishedChangesByteForByte(t *testing.T) {
	for _, c := range signCases(t, "bls_to_execution_changes.json") {
		for _, limit := range []uint64{0, 300} {
			t.Run(fmt.Sprintf("%s/scan=%d", c.ID, limit), func(t *testing.T) {
				dir := t.TempDir()
				r := changeRequest(t, dir)
				r.Mnemonic, r.StartIndex, r.ScanLimit = phrase(t, c.Input.Mnemonic), c.Input.Start, limit
				r.Network, r.Address = chain(t, c.Input.Chain), *parseAddress(t, c.Input.Address)
				var err error
				if r.ValidatorIndices, err = validator.ParseValidatorIndices(c.Input.Indices); err != nil {
					t.Fatal(err)
				}
				if r.OldCredentials, err = validator.ParseOldCredentials(c.Input.Credentials); err != nil {
					t.Fatal(err)
				}
				if _, err := change(t, machine(), r); err != nil {
					t.Fatal(err)
				}
				var entries []string
				for _, e := range c.Changes {
					entries = append(entries, compact(t, e, "_signing_root"))
				}
				holds(t, dir, map[string]string{c.Files[0]: "[" + strings.Join(entries, ", ") + "]"})
			})
		}
	}
}

func change(t testing.TB, m validator.Machine, r validator.ChangeRequest) (*validator.SignResult, error) {
	t.Helper()
	plan, _, err := validator.PlanChange(context.Background(), m, r, nil)
	if err != nil {
		return nil, err
	}
	defer plan.Close()
	return plan.Run(context.Background(), nil)
}

// changeRequest changes the credentials of two validators on mainnet.
func changeRequest(t testing.TB, dir string) validator.ChangeRequest {
	t.Helper()
	return validator.ChangeRequest{
		Network: chain(t, "mainnet"), Mnemonic: phrase(t, abandon), ValidatorIndices: []beacon.ValidatorIndex{10, 11},
		OldCredentials: [][32]byte{oldCredentials(t, 0), oldCredentials(t, 1)}, Address: *parseAddress(t, address), Folder: dir,
	}
}

// oldCredentials are the 0x00 credentials of a key index of abandon.
func oldCredentials(t testing.TB, index uint32) [32]byte {
	t.Helper()
	return message.BLSCredentials(publicKey(t, derive.WithdrawalTemplate(), index))
}

// publicKey is that of a key index of abandon.
func publicKey(t testing.TB, at derive.Template, index uint32) bls.PublicKey {
	t.Helper()
	sk, err := mnemonicKeys(t, abandon, at, index).Key(0)
	if err != nil {
		t.Fatal(err)
	}
	defer sk.Close()
	return sk.PublicKey()
}

// The published change by keystore is written byte for byte.
func TestPublishedKeystoreChangesByteForByte(t *testing.T) {
	for _, c := range signCases(t, "bls_to_execution_change_keystore.json") {
		t.Run(c.ID, func(t *testing.T) {
			dir := t.TempDir()
			plan, warnings, err := validator.PlanKeystoreChange(machine(), validator.KeystoreChangeRequest{
				Network: chain(t, c.Input.Chain), Keys: c.keys(t, 1), ValidatorIndices: []beacon.ValidatorIndex{beacon.ValidatorIndex(c.Input.Index)},
				Address: *parseAddress(t, c.Input.Address), Folder: dir,
			})
			if err != nil {
				t.Fatal(err)
			}
			if !said(warnings, "no network takes") {
				t.Errorf("not said that it is of no use today: %v", warnings)
			}
			if _, err := plan.Run(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			holds(t, dir, map[string]string{c.Files[0]: c.Text})
		})
	}
}

// The published partial deposits are written byte for byte.
func TestPublishedPartialDepositsByteForByte(t *testing.T) {
	for _, c := range signCases(t, "partial_deposits.json") {
		t.Run(c.ID, func(t *testing.T) {
			dir := t.TempDir()
			n := chain(t, c.Input.Chain)
			amount, err := n.ParseAmount(c.Input.Amount)
			if err != nil {
				t.Fatal(err)
			}
			plan, _, err := validator.PlanTopUp(machine(), validator.TopUpRequest{
				Network: n, Keys: c.keys(t, 1), Amount: &amount, Address: parseAddress(t, c.Input.Address), Compounding: c.Input.Compounding, Folder: dir,
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := plan.Run(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			want := strings.TrimSuffix(compact(t, c.Deposit, "signing_root"), "}") + `, "deposit_cli_version": "1.3.0"}`
			holds(t, dir, map[string]string{c.Files[0]: "[" + want + "]"})
		})
	}
}

// exitRequest exits two validators on mainnet.
func exitRequest(t testing.TB, dir string) validator.ExitRequest {
	t.Helper()
	return validator.ExitRequest{
		Network: chain(t, "mainnet"), Keys: mnemonicKeys(t, abandon, derive.Template{}, 0, 1),
		ValidatorIndices: []beacon.ValidatorIndex{10, 11}, Folder: dir,
	}
}

func exit(m validator.Machine, r validator.ExitRequest) (*validator.SignResult, error) {
	plan, _, err := validator.PlanExit(m, r)
	if err != nil {
		return nil, err
	}
	return plan.Run(context.Background(), nil)
}

// topUpRequest tops two validators up on gnosis.
func topUpRequest(t testing.TB, dir string) validator.TopUpRequest {
	t.Helper()
	return validator.TopUpRequest{
		Network: chain(t, "gnosis"), Keys: mnemonicKeys(t, abandon, derive.Template{}, 0, 1), Address: parseAddress(t, address), Folder: dir,
	}
}

func topUp(m validator.Machine, r validator.TopUpRequest) (*validator.SignResult, error) {
	plan, _, err := validator.PlanTopUp(m, r)
	if err != nil {
		return nil, err
	}
	return plan.Run(context.Background(), nil)
}

// keystoreChangeRequest signs the change of two validators by their keys.
func keystoreChangeRequest(t testing.TB, dir string) validator.KeystoreChangeRequest {
	t.Helper()
	return validator.KeystoreChangeRequest{
		Network: chain(t, "mainnet"), Keys: mnemonicKeys(t, abandon, derive.Template{}, 0, 1),
		ValidatorIndices: []beacon.ValidatorIndex{10, 11}, Address: *parseAddress(t, address), Folder: dir,
	}
}

func keystoreChange(m validator.Machine, r validator.KeystoreChangeRequest) (*validator.SignResult, error) {
	plan, _, err := validator.PlanKeystoreChange(m, r)
	if err != nil {
		return nil, err
	}
	return plan.Run(context.Background(), nil)
}
