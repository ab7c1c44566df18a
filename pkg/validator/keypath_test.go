package validator_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/validator"
)

// ethdo's wallets have signing keys where EIP-2334 has withdrawal keys: the
// published withdrawal keys are those that such a run must come to.
func TestCreateElsewhere(t *testing.T) {
	var published struct {
		Vectors []struct {
			Language, Mnemonic, Passphrase string
			Keys                           []struct {
				Index            uint64
				WithdrawalPath   string `json:"withdrawal_path"`
				WithdrawalPubkey string `json:"withdrawal_pubkey"`
				WithdrawalSK     string `json:"withdrawal_sk"`
			}
		}
	}
	testkit.Decode(t, "deposit-cli/mnemonics.json", &published)
	checked := 0
	for _, v := range published.Vectors {
		for _, k := range v.Keys {
			folder := t.TempDir()
			r := elsewhere(t, folder, "m/12381/3600/i/0")
			m, err := mnemonic.Parse([]byte(v.Mnemonic), mnemonic.Language(v.Language))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(m.Close)
			r.Mnemonic, r.StartIndex, r.Count = m, k.Index, 1
			if v.Passphrase != "" {
				r.Passphrase = buffer(t, v.Passphrase)
			}
			result := createAll(t, r)
			name := "keystore-" + strings.ReplaceAll(k.WithdrawalPath, "/", "_") + "-1700000000.json"
			if len(result.Keystores) != 1 || result.Keystores[0] != name {
				t.Fatalf("made %v, want %s", result.Keystores, name)
			}
			data, err := os.ReadFile(filepath.Join(folder, validator.KeysFolder, name))
			if err != nil {
				t.Fatal(err)
			}
			opened, err := validator.TestKeystore(data, r.Password)
			if err != nil || opened.Path != k.WithdrawalPath || opened.PublicKey != "0x"+k.WithdrawalPubkey {
				t.Errorf("%s: %+v %v, want %s at %s", name, opened, err, k.WithdrawalPubkey, k.WithdrawalPath)
			}
			checked++
		}
	}
	if checked < 10 {
		t.Errorf("%d published keys, want more", checked)
	}
}

// The whole path of one key, and EIP-2334's own written out.
func TestCreateAtPath(t *testing.T) {
	whole := elsewhere(t, t.TempDir(), "m/12381/3600/7/0/0")
	whole.Count, whole.StartIndex = 1, 0
	own := request(t, t.TempDir())
	own.Count, own.StartIndex = 1, 7
	own.Path = template(t, "m/12381/3600/i/0/0")
	own.Address = nil // EIP-2334 says where its withdrawal key is
	a, b := createAll(t, whole).Keystores[0], createAll(t, own).Keystores[0]
	if a != b || a != validator.KeystoreName(derive.SigningPath(7), unix) {
		t.Errorf("made %s and %s", a, b)
	}
}

func TestPathRefused(t *testing.T) {
	for want, change := range map[string]func(*validator.CreateRequest){
		"no standard says where": func(r *validator.CreateRequest) { r.Address = nil },
		"names one key":          func(r *validator.CreateRequest) { r.Path, r.Count = template(t, "m/12381/3600/1/0"), 2 },
		"whatever the start":     func(r *validator.CreateRequest) { r.Path, r.Count, r.StartIndex = template(t, "m/12381/60/0/0"), 1, 3 },
	} {
		r := elsewhere(t, t.TempDir(), "m/12381/3600/i/0")
		change(&r)
		if _, _, err := validator.PlanCreate(machine(), r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want one with %q", err, want)
		}
	}
}

// A second run is told of keys that the folder has on any path.
func TestElsewhereAgain(t *testing.T) {
	folder := t.TempDir()
	createAll(t, elsewhere(t, folder, "m/12381/3600/i/0"))
	plan, warnings, err := validator.PlanCreate(machine(), elsewhere(t, folder, "m/12381/3600/i/0"))
	if err != nil {
		t.Fatal(err)
	}
	defer plan.Close()
	if !said(warnings, "already in this folder") {
		t.Errorf("warnings %v say nothing of the keys that are there", warnings)
	}
	if plan.Summary.Path != "m/12381/3600/i/0" {
		t.Errorf("the summary says path %s", plan.Summary.Path)
	}
}

func elsewhere(t *testing.T, folder, path string) validator.CreateRequest {
	t.Helper()
	r := request(t, folder)
	a, err := beacon.ParseExecutionAddress(address)
	if err != nil {
		t.Fatal(err)
	}
	r.Address, r.Path = &a, template(t, path)
	return r
}

func template(t *testing.T, path string) derive.Template {
	t.Helper()
	p, err := derive.ParseTemplate(path)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func buffer(t *testing.T, text string) *secret.Buffer {
	t.Helper()
	b, err := secret.From([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func createAll(t *testing.T, r validator.CreateRequest) *validator.Result {
	t.Helper()
	plan, _, err := validator.PlanCreate(machine(), r)
	if err != nil {
		t.Fatal(err)
	}
	defer plan.Close()
	result, err := plan.Run(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return result
}
