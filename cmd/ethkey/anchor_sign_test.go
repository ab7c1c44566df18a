package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
)

// signInput is the input of a published case, whatever its command.
type signInput struct {
	Chain       string
	Devnet      json.RawMessage `json:"devnet_chain_setting"`
	Mnemonic    string
	Passphrase  string      `json:"mnemonic_password"`
	Start       json.Number `json:"validator_start_index"`
	Indices     string      `json:"validator_indices"`
	Index       json.Number `json:"validator_index"`
	Keystore    string
	Epoch       json.Number
	Credentials string `json:"bls_withdrawal_credentials_list"`
	Address     string `json:"withdrawal_address"`
	Amount      string
	Compounding *bool
}

// args are the flags of the case, secrets apart, which lie in files of dir.
func (in signInput) args(t *testing.T, dir string, stores map[string][2]string) []string {
	args := []string{"--non_interactive"}
	add := func(flag, value string) {
		if value != "" && value != "null" {
			args = append(args, flag, value)
		}
	}
	add("--chain", in.Chain)
	add("--devnet_chain_setting", string(in.Devnet))
	if in.Mnemonic != "" {
		writeFile(t, dir, "phrase", in.Mnemonic)
		args = append(args, "--mnemonic-file", "phrase")
		add("--validator_start_index", in.Start.String())
		add("--validator_indices", in.Indices)
	}
	if in.Passphrase != "" {
		writeFile(t, dir, "passphrase", in.Passphrase)
		args = append(args, "--mnemonic-password-file", "passphrase")
	}
	if in.Keystore != "" {
		writeFile(t, dir, "keystore", stores[in.Keystore][0])
		writeFile(t, dir, "password", stores[in.Keystore][1])
		args = append(args, "--keystore", "keystore", "--keystore-password-file", "password")
		add("--validator_index", in.Index.String())
	}
	add("--epoch", in.Epoch.String())
	add("--bls_withdrawal_credentials_list", in.Credentials)
	add("--withdrawal_address", in.Address)
	add("--amount", in.Amount)
	if in.Compounding != nil {
		args = append(args, map[bool]string{true: "--compounding", false: "--regular-withdrawal"}[*in.Compounding])
	}
	return args
}

// publishedStores are the published keystores and their passwords.
func publishedStores(t *testing.T) map[string][2]string {
	var file struct {
		Made []struct {
			ID, Password string
			Text         string `json:"text_exact"`
		} `json:"made_by_program"`
	}
	testkit.Decode(t, "deposit-cli/keystores.json", &file)
	stores := map[string][2]string{}
	for _, k := range file.Made {
		stores[k.ID] = [2]string{k.Text, k.Password}
	}
	return stores
}

// signed runs a command and returns the texts of the files it made.
func signed(t *testing.T, command string, in signInput, stores map[string][2]string) []string {
	dir := testkit.TempDir(t)
	args := append([]string{command}, in.args(t, dir, stores)...)
	if out, err := ethkey(t, dir, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(text))
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o400 {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
	}
	return texts
}

// each runs do for every case of a published file.
func each(t *testing.T, file string, do func(t *testing.T, raw json.RawMessage, in signInput)) {
	var all struct{ Cases []json.RawMessage }
	testkit.Decode(t, file, &all)
	if len(all.Cases) == 0 {
		t.Fatal("no cases")
	}
	for i, raw := range all.Cases {
		var c struct {
			ID    string
			Input signInput
		}
		if err := json.Unmarshal(raw, &c); err != nil {
			t.Fatal(err)
		}
		t.Run(fmt.Sprintf("%s/%d-%s", filepath.Base(file), i, c.ID), func(t *testing.T) { do(t, raw, c.Input) })
	}
}

func decode(t *testing.T, raw json.RawMessage, v any) {
	t.Helper()
	if err := json.Unmarshal(raw, v); err != nil {
		t.Fatal(err)
	}
}

func same(t *testing.T, got, want []string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("files differ\n got %q\nwant %q", got, want)
	}
}

// Exits, changes and top-ups of the published cases come out byte for byte.
func TestPublishedSignaturesByteForByte(t *testing.T) {
	stores := publishedStores(t)
	each(t, "deposit-cli/exits.json", func(t *testing.T, raw json.RawMessage, in signInput) {
		var c struct {
			Command string
			Exits   []struct {
				Text string `json:"text_exact"`
			}
		}
		decode(t, raw, &c)
		var want []string
		for _, x := range c.Exits {
			want = append(want, x.Text)
		}
		same(t, signed(t, c.Command, in, stores), want)
	})
	each(t, "deposit-cli/bls_to_execution_change_keystore.json", func(t *testing.T, raw json.RawMessage, in signInput) {
		var c struct {
			Text string `json:"text_exact"`
		}
		decode(t, raw, &c)
		same(t, signed(t, "generate-bls-to-execution-change-keystore", in, stores), []string{c.Text})
	})
	each(t, "deposit-cli/bls_to_execution_changes.json", func(t *testing.T, raw json.RawMessage, in signInput) {
		var c struct{ Changes []map[string]any }
		decode(t, raw, &c)
		for _, change := range c.Changes {
			delete(change, "_signing_root") // the vectors' own addition
		}
		sameJSON(t, signed(t, "generate-bls-to-execution-change", in, stores), c.Changes)
	})
	each(t, "deposit-cli/partial_deposits.json", func(t *testing.T, raw json.RawMessage, in signInput) {
		var c struct{ Deposit map[string]any }
		decode(t, raw, &c)
		delete(c.Deposit, "signing_root")
		c.Deposit["deposit_cli_version"] = "1.3.0"
		sameJSON(t, signed(t, "partial-deposit", in, stores), []map[string]any{c.Deposit})
	})
}

// sameJSON compares one file with values whose published layout is lost.
func sameJSON(t *testing.T, got []string, want []map[string]any) {
	t.Helper()
	if len(got) != 1 {
		t.Fatalf("%d files", len(got))
	}
	var have []map[string]any
	if err := json.Unmarshal([]byte(got[0]), &have); err != nil {
		t.Fatal(err)
	}
	a, _ := json.Marshal(have)
	b, _ := json.Marshal(want)
	if !bytes.Equal(a, b) {
		t.Errorf("got  %s\nwant %s", a, b)
	}
}
