package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/ethkey/ethkey/pkg/backup"
)

// What is split comes back, whatever kind it is: to the byte, in a file of mode
// 0400, from sheets of one level and of two.
func TestEveryKindComesBack(t *testing.T) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	large := bytes.Repeat([]byte("a file that fits on no sheet\x00"), 2000)
	for kind, c := range map[string]struct {
		secret string // as it comes back; empty: not compared
		args   []string
		back   []string
	}{
		"password":     {"correct horse battery", []string{"--secret-file", "secret"}, nil},
		"text":         {"the alarm's code is 4711", []string{"--secret-file", "secret", "--groups", "2of2,2of3", "--group-threshold", "2"}, nil},
		"age-identity": {identity.String(), []string{"--secret-file", "secret"}, nil},
		"secret-key":   {"", []string{"--keystore", "keystore", "--keystore-password-file", "password"}, nil},
		"file":         {string(large), []string{"--file", "large"}, []string{"--envelope"}},
	} {
		t.Run(kind, func(t *testing.T) {
			if kind == "password" || kind == "text" {
				secretsOf(t).Add("secret", []byte(c.secret))
			}
			dir, store := aKeystore(t)
			writeFile(t, dir, "secret", c.secret)
			writeFile(t, dir, "large", string(large))
			if err := os.Rename(store, filepath.Join(dir, "keystore")); err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"sheets", "records"} {
				if err := os.Mkdir(filepath.Join(dir, name), 0o777); err != nil {
					t.Fatal(err)
				}
				if err := os.Chmod(filepath.Join(dir, name), 0o777); err != nil {
					t.Fatal(err)
				}
			}
			args := append([]string{"backup", "split", "--kind", kind, "--folder", "sheets", "--records", "records", "--on-disk", "--format", "txt", "--yes"}, c.args...)
			if !strings.Contains(strings.Join(args, " "), "--groups") {
				args = append(args, "--sheets", "3", "--threshold", "2")
			}
			p := atTerminal(t, ethkey(t, dir, args...))
			p.Expect("is every sheet printed?")
			sheets := printed(t, dir)
			p.SendLine("yes")
			var texts []string
			for _, text := range sheets {
				typeSheet(p, text)
				p.Expect("its file is removed\r\n")
				texts = append(texts, "EK1"+text)
			}
			p.ExpectExit(0)
			writeFile(t, dir, "texts", strings.Join(texts, "\n"))
			args = []string{"backup", "restore", "--record", theRecord(t, dir), "--sheet-file", "texts", "--to-file", "back", "--yes", "--non_interactive"}
			for _, flag := range c.back {
				sealed, err := filepath.Glob(filepath.Join(dir, "records", "*.age"))
				if err != nil || len(sealed) != 1 {
					t.Fatalf("%v, %v", sealed, err)
				}
				args = append(args, flag, filepath.Join("records", filepath.Base(sealed[0])))
			}
			if out, err := ethkey(t, dir, args...).CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			back, err := os.ReadFile(filepath.Join(dir, "back"))
			if err != nil || c.secret != "" && string(back) != c.secret {
				t.Errorf("%v: %d bytes came back, expected %d", err, len(back), len(c.secret))
			}
			straightIntoAKeystore(t, dir, kind)
		})
	}
}

// straightIntoAKeystore restores a key into a keystore that holds the key of
// the record, and no other kind into any.
func straightIntoAKeystore(t *testing.T, dir, kind string) {
	t.Helper()
	record := theRecord(t, dir)
	args := func(what string, more ...string) []string {
		return append([]string{"backup", "restore", what, "--record", record, "--sheet-file", "texts", "--non_interactive", "--yes"}, more...)
	}
	restore := args("key", "--folder", "new", "--new-password-file", "password")
	out, err := ethkey(t, dir, restore...).CombinedOutput()
	if kind != "secret-key" {
		if err == nil || !strings.Contains(string(out), "not a secret-key") {
			t.Errorf("a %s as a key: %v\n%s", kind, err, out)
		}
		return
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if out, err := ethkey(t, dir, restore...).CombinedOutput(); err == nil || !strings.Contains(string(out), "exists already") {
		t.Errorf("twice: %v\n%s", err, out)
	}
	verify := []string{"keystore", "verify", "--keystores", "new", "--keystore-password-file", "password", "--json", "--non_interactive"}
	out, err = ethkey(t, dir, verify...).Output()
	text, readErr := os.ReadFile(filepath.Join(dir, record))
	if err != nil || readErr != nil {
		t.Fatalf("%v, %v\n%s", err, readErr, out)
	}
	known, err := backup.ParseRecord(text)
	if err != nil || !strings.Contains(string(out), known.Restores.PublicKey) {
		t.Errorf("another key: %v\n%s", err, out)
	}
	phrase := args("keystores", "--chain", "hoodi", "--num_validators", "1", "--validator_start_index", "0", "--withdrawal_address", "", "--keystore-password-file", "password")
	if out, err := ethkey(t, dir, phrase...).CombinedOutput(); err == nil || !strings.Contains(string(out), "'ethkey backup restore key'") {
		t.Errorf("a key as a phrase: %v\n%s", err, out)
	}
}
