package selftest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/testvectors"
)

// published reads one of the files that the embedded figures were taken from.
func published[T any](t *testing.T, path string) T {
	t.Helper()
	var file T
	testkit.Decode(t, path, &file)
	return file
}

// embedded returns the cases of one of our files.
func embedded(t *testing.T, name string) []*block {
	t.Helper()
	for _, s := range suites() {
		if s.file == name {
			j, err := s.load(testvectors.Files())
			if err != nil {
				t.Fatal(err)
			}
			return j.cases
		}
	}
	t.Fatalf("no suite reads %s", name)
	return nil
}

// equal compares the figures of a case, all of them, with the published ones.
func equal(t *testing.T, b *block, want map[string]string) {
	t.Helper()
	for _, key := range b.keys {
		if key != "kind" && key != "section" && b.values[key] != want[key] {
			t.Errorf("%s: %s is %q, published is %q", b.where, key, b.values[key], want[key])
		}
	}
}

func TestPublishedBIP39(t *testing.T) {
	trezor := published[map[string][][]string](t, "bip39/vectors.json")
	japanese := published[[]struct{ Entropy, Mnemonic, Passphrase, Seed string }](t, "bip39/test_JP_BIP39.json")
	languages := map[string]bool{}
	for _, b := range embedded(t, "bip39.txt") {
		place := strings.Split(b.text("section"), ", ")
		n, err := strconv.Atoi(place[len(place)-1])
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"language": "japanese"}
		if place[0] == "vectors.json" {
			v := trezor[place[1]][n-1]
			want = map[string]string{"language": place[1], "entropy": v[0], "mnemonic": norm.NFKD.String(v[1]), "passphrase": "TREZOR", "seed": v[2]}
		} else {
			v := japanese[n-1]
			want["entropy"], want["mnemonic"], want["passphrase"], want["seed"] = v.Entropy, norm.NFKD.String(v.Mnemonic), v.Passphrase, v.Seed
		}
		equal(t, b, want)
		languages[want["language"]] = true
	}
	if len(languages) != 10 {
		t.Errorf("%d languages, expected 10", len(languages))
	}
}

func TestPublishedEIP2333(t *testing.T) {
	file := published[struct {
		Cases []struct {
			Name     string `json:"name"`
			Seed     string `json:"seed"`
			MasterSK string `json:"master_SK"`
			Index    uint64 `json:"child_index"`
			ChildSK  string `json:"child_SK"`
		} `json:"cases"`
	}](t, "eip2333/tree_kdf.json")
	ours := embedded(t, "eip2333.txt")
	if len(ours) != len(file.Cases) {
		t.Fatalf("%d cases, published are %d", len(ours), len(file.Cases))
	}
	for i, c := range file.Cases {
		equal(t, ours[i], map[string]string{
			"seed": bare(c.Seed), "master_sk": c.MasterSK, "child_index": strconv.FormatUint(c.Index, 10), "child_sk": c.ChildSK,
		})
	}
}

func TestPublishedEIP2335(t *testing.T) {
	file := published[struct {
		Password  string   `json:"password"`
		Encoded   string   `json:"encoded_password"`
		Secret    string   `json:"secret"`
		Pubkey    string   `json:"pubkey"`
		Keystores []string `json:"keystores"`
	}](t, "eip2335/cases.json")
	for i, b := range embedded(t, "eip2335.txt") {
		keystore := published[any](t, "eip2335/"+file.Keystores[i])
		var ours any
		if err := json.Unmarshal([]byte(b.text("keystore")), &ours); err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(ours) != fmt.Sprint(keystore) {
			t.Errorf("%s: keystore differs from the published one", b.where)
		}
		equal(t, b, map[string]string{
			"password": file.Password, "encoded_password": bare(file.Encoded), "secret": bare(file.Secret), "pubkey": file.Pubkey,
			"keystore": b.text("keystore"),
		})
	}
}

func TestPublishedBLS(t *testing.T) {
	type vector struct {
		Name          string
		Input, Output any
	}
	files := map[string][]vector{}
	for _, b := range embedded(t, "bls.txt") {
		handler := b.text("kind")
		if files[handler] == nil {
			files[handler] = published[struct{ Cases []vector }](t, "bls/"+handler+".json").Cases
		}
		i := slices.IndexFunc(files[handler], func(v vector) bool { return v.Name == b.text("section") })
		if i < 0 {
			t.Errorf("%s: %s is not published", b.where, b.text("section"))
			continue
		}
		equal(t, b, flat(handler, files[handler][i].Input, files[handler][i].Output))
	}
}

// flat writes a case of bls12-381-tests as our files do.
func flat(handler string, input, output any) map[string]string {
	want := map[string]string{"output": value(output)}
	switch handler {
	case "sign":
		want = map[string]string{"signature": value(output)}
	case "aggregate":
		want["signatures"] = value(input)
	}
	if fields, ok := input.(map[string]any); ok {
		for key, v := range fields {
			want[key] = value(v)
		}
	}
	return want
}

func value(v any) string {
	switch v := v.(type) {
	case string:
		return bare(v)
	case bool:
		return strconv.FormatBool(v)
	case []any:
		var all []string
		for _, item := range v {
			all = append(all, value(item))
		}
		if len(all) > 0 {
			return strings.Join(all, " ")
		}
	}
	return "none"
}

func bare(s string) string { return strings.ToLower(strings.TrimPrefix(s, "0x")) }

func TestPublishedDeposits(t *testing.T) {
	file := published[struct {
		Cases []struct {
			ID    string `json:"id"`
			Input struct {
				Mnemonic   string `json:"mnemonic"`
				Passphrase string `json:"mnemonic_password"`
				Start      int    `json:"validator_start_index"`
				Address    string `json:"withdrawal_address"`
			} `json:"input"`
			Deposits []map[string]any `json:"deposits"`
		} `json:"cases"`
	}](t, "deposit-cli/deposits.json")
	types, compared := map[string]bool{}, 0
	ours := embedded(t, "deposit.txt")
	for _, b := range ours {
		place := strings.Split(b.text("section"), ", ")
		n, err := strconv.Atoi(place[2])
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range file.Cases {
			if c.ID != place[1] {
				continue
			}
			want := map[string]string{
				"mnemonic": c.Input.Mnemonic, "index": strconv.Itoa(c.Input.Start + n - 1), "address": c.Input.Address,
				"language": b.text("language"), // detected there, the phrase itself is compared
			}
			for key, v := range c.Deposits[n-1] {
				want[key] = fmt.Sprint(v)
			}
			want["amount"] = strconv.FormatFloat(c.Deposits[n-1]["amount"].(float64), 'f', -1, 64)
			equal(t, b, want)
			compared++
			types[want["withdrawal_credentials"][:2]] = true
		}
	}
	if len(types) != 3 || compared != len(ours) {
		t.Errorf("credential types %v, expected 00, 01 and 02; compared %d of %d", types, compared, len(ours))
	}
}
