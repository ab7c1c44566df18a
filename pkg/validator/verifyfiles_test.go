package validator_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/message"
	"github.com/ethkey/ethkey/pkg/validator"
)

// written reads the files of a result.
func written(t testing.TB, result *validator.SignResult, err error) []validator.File {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var files []validator.File
	for _, name := range result.Files {
		data, err := os.ReadFile(filepath.Join(result.Folder, name))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, validator.File{Name: name, Data: data})
	}
	return files
}

func exitFiles(t testing.TB) []validator.File {
	result, err := exit(machine(), exitRequest(t, t.TempDir()))
	return written(t, result, err)
}

func owners(t testing.TB) map[beacon.ValidatorIndex]bls.PublicKey {
	at := derive.SigningTemplate()
	return map[beacon.ValidatorIndex]bls.PublicKey{10: publicKey(t, at, 0), 11: publicKey(t, at, 1)}
}

// problems is a report's items in short: the problem of each, "" where good.
func problems(t testing.TB, r *validator.VerifyReport, err error) []string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, item := range r.Items {
		out = append(out, item.Problem)
	}
	if good := slices.Index(append(slices.Clone(out), ""), ""); r.Good+r.Bad != len(out) || (r.Err() == nil) != (r.Bad == 0) || (good < len(out)) != (r.Good > 0) {
		t.Errorf("%d good, %d bad of %q: %v", r.Good, r.Bad, out, r.Err())
	}
	return out
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d items, want %d: %q", len(got), len(want), got)
	}
	for i := range want {
		if (want[i] == "") != (got[i] == "") || !strings.Contains(got[i], want[i]) {
			t.Errorf("item %d: %q, want %q", i, got[i], want[i])
		}
	}
}

// Exits are good for their owners on their network, and for nobody else; where
// they are good elsewhere, that is said.
func TestVerifyExits(t *testing.T) {
	files, at, mainnet := exitFiles(t), derive.SigningTemplate(), chain(t, "mainnet")
	verify := func(network string, files []validator.File, want validator.ExitWants) []string {
		r, err := validator.VerifyExits(t.Context(), machine(), chain(t, network), files, want)
		return problems(t, r, err)
	}
	candidates := validator.ExitWants{PublicKeys: []bls.PublicKey{publicKey(t, at, 7), publicKey(t, at, 1), publicKey(t, at, 0)}}
	expect(t, verify("mainnet", files, validator.ExitWants{Owners: owners(t)}), "", "")
	expect(t, verify("mainnet", files, candidates), "", "")
	expect(t, verify("hoodi", files, candidates), "signed for mainnet", "signed for mainnet")
	swapped := map[beacon.ValidatorIndex]bls.PublicKey{10: publicKey(t, at, 1), 11: publicKey(t, at, 1)}
	expect(t, verify("mainnet", files, validator.ExitWants{Owners: swapped}), "not the validator's on mainnet", "")
	expect(t, verify("mainnet", files, validator.ExitWants{PublicKeys: candidates.PublicKeys[:1]}), "none of the 1 public key", "none of the 1 public key")
	damaged := []validator.File{{Name: "x.json", Data: []byte("{}")}, files[0]}
	expect(t, verify("mainnet", damaged, candidates), "message: missing", "")
	edited := []validator.File{{Name: files[0].Name, Data: []byte(strings.Replace(string(files[0].Data), `"epoch": "0"`, `"epoch": "1"`, 1))}}
	expect(t, verify("mainnet", edited, candidates), "none of the 3 public keys")
	if _, err := validator.VerifyExits(t.Context(), machine(), mainnet, files, validator.ExitWants{}); err == nil || !strings.Contains(err.Error(), "names no public key") {
		t.Errorf("without keys: %v", err)
	}
	if _, err := validator.VerifyExits(t.Context(), machine(), chain(t, "ephemery"), files, candidates); err == nil {
		t.Error("verified without a root")
	}
	r, err := validator.VerifyExits(t.Context(), machine(), mainnet, append(files, files[0]), candidates)
	if err != nil || len(r.Items[2].Notes) != 1 || !strings.Contains(r.Items[2].Notes[0], files[0].Name) {
		t.Errorf("twice: %+v, %v", r, err)
	}
	if r, err := validator.VerifyExits(t.Context(), machine(), mainnet, nil, candidates); err != nil || r.Err() == nil {
		t.Error("nothing passed")
	}
}

// Changes are compared with the network, the address and the credentials.
func TestVerifyChanges(t *testing.T) {
	result, err := change(t, machine(), changeRequest(t, t.TempDir()))
	files := written(t, result, err)
	text := string(files[0].Data)
	as := func(edit func([]message.ChangeEntry)) []validator.File {
		entries, _, err := message.ParseChanges([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		edit(entries)
		return []validator.File{{Name: "edited.json", Data: message.MarshalChanges(entries)}}
	}
	for _, c := range []struct {
		name, network string
		files         []validator.File
		want          validator.ChangeWants
		problems      []string
	}{
		{"good", "mainnet", files, validator.ChangeWants{}, []string{"", ""}},
		{"all compared", "mainnet", files, validator.ChangeWants{
			Address: parseAddress(t, address), Credentials: [][32]byte{oldCredentials(t, 1), oldCredentials(t, 0)},
		}, []string{"", ""}},
		{"other address", "mainnet", files, validator.ChangeWants{Address: &beacon.ExecutionAddress{1}}, []string{"to_execution_address", "to_execution_address"}},
		{"one of other credentials", "mainnet", files, validator.ChangeWants{Credentials: [][32]byte{oldCredentials(t, 1)}}, []string{"from_bls_pubkey", ""}},
		{"other network", "hoodi", files, validator.ChangeWants{}, []string{"genesis_validators_root", "genesis_validators_root"}},
		{"edited index", "mainnet", as(func(e []message.ChangeEntry) { e[1].Message.ValidatorIndex = 99 }), validator.ChangeWants{}, []string{"", "signature"}},
		{"edited address", "mainnet", as(func(e []message.ChangeEntry) { e[0].Message.ToExecutionAddress[0] ^= 1 }), validator.ChangeWants{}, []string{"signature", ""}},
		{"no metadata", "mainnet", as(func(e []message.ChangeEntry) { e[0].NoMetadata = true }), validator.ChangeWants{}, []string{"", ""}},
		{"no metadata, other network", "hoodi", as(func(e []message.ChangeEntry) { e[0].NoMetadata, e[1].NoMetadata = true, true }), validator.ChangeWants{}, []string{"signature", "signature"}},
		{"no list", "mainnet", exitFiles(t)[:1], validator.ChangeWants{}, []string{"want a JSON array"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := validator.VerifyChanges(t.Context(), machine(), chain(t, c.network), c.files, c.want)
			expect(t, problems(t, r, err), c.problems...)
		})
	}
}

// Deposits are compared with the network and with what is wanted of them.
func TestVerifyDeposits(t *testing.T) {
	result, err := topUp(machine(), topUpRequest(t, t.TempDir()))
	files := written(t, result, err)
	at := derive.SigningTemplate()
	as := func(edit func([]message.DepositEntry)) []validator.File {
		entries, _, err := message.ParseDepositData(files[0].Data)
		if err != nil {
			t.Fatal(err)
		}
		edit(entries)
		return []validator.File{{Name: "edited.json", Data: message.MarshalDepositData(entries)}}
	}
	gwei := func(n beacon.Gwei) *beacon.Gwei { return &n }
	for _, c := range []struct {
		name, network string
		files         []validator.File
		want          validator.DepositWants
		problems      []string
	}{
		{"good", "gnosis", files, validator.DepositWants{}, []string{"", ""}},
		{"all compared", "gnosis", files, validator.DepositWants{
			PublicKeys: []bls.PublicKey{publicKey(t, at, 1), publicKey(t, at, 0)}, Address: parseAddress(t, address), Amount: gwei(32e9),
			Credentials: [][32]byte{message.ExecutionCredentials(*parseAddress(t, address))},
		}, []string{"", ""}},
		{"other network", "chiado", files, validator.DepositWants{}, []string{"fork_version", "fork_version"}},
		{"other key", "gnosis", files, validator.DepositWants{PublicKeys: []bls.PublicKey{publicKey(t, at, 1)}}, []string{"pubkey", ""}},
		{"other address", "gnosis", files, validator.DepositWants{Address: &beacon.ExecutionAddress{1}}, []string{"not for", "not for"}},
		{"other credentials", "gnosis", files, validator.DepositWants{Credentials: [][32]byte{{}}}, []string{"withdrawal_credentials", "withdrawal_credentials"}},
		{"other amount", "gnosis", files, validator.DepositWants{Amount: gwei(1e9)}, []string{"amount", "amount"}},
		{"too much", "gnosis", as(func(e []message.DepositEntry) { e[0].Amount = 1 << 50 }), validator.DepositWants{}, []string{"takes from", ""}},
		{"edited amount", "gnosis", as(func(e []message.DepositEntry) { e[1].Amount++ }), validator.DepositWants{}, []string{"", "deposit_message_root"}},
		{"edited root", "gnosis", as(func(e []message.DepositEntry) { e[0].DepositDataRoot[0] ^= 1 }), validator.DepositWants{}, []string{"deposit_data_root", ""}},
		{"no deposit data", "gnosis", exitFiles(t)[:1], validator.DepositWants{}, []string{"want a JSON array"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := validator.VerifyDeposits(t.Context(), machine(), chain(t, c.network), c.files, c.want)
			expect(t, problems(t, r, err), c.problems...)
		})
	}
	r, err := validator.VerifyDeposits(t.Context(), machine(), chain(t, "gnosis"), files, validator.DepositWants{
		PublicKeys: []bls.PublicKey{publicKey(t, at, 0), publicKey(t, at, 1), publicKey(t, at, 2)},
	})
	expect(t, problems(t, r, err), "", "", "no file has a deposit")
	if len(r.Items) == 3 && r.Items[2].PublicKey != publicKey(t, at, 2).String() {
		t.Errorf("a key without a deposit: %+v", r.Items[2])
	}
}

// What --json prints of a verification keeps its shape.
func TestGoldenVerification(t *testing.T) {
	files := exitFiles(t)
	files[1].Data = []byte("{}")
	r, err := validator.VerifyExits(t.Context(), machine(), chain(t, "mainnet"), files, validator.ExitWants{Owners: owners(t)})
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "verify_exits.json", string(got))
}
