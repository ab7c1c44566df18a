package validator_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/ethkey/ethkey/pkg/keyfolder"
	"github.com/ethkey/ethkey/pkg/validator"
)

// goldenTree is what the folder of two keys looks like for each client: every
// file with its mode. -update writes the trees anew.
func TestGoldenTrees(t *testing.T) {
	source := keysFolder(t, 2, nil)
	want := proven(t, from(t, source, password))
	for _, layout := range keyfolder.Layouts() {
		t.Run(string(layout), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "new")
			req := validator.RewriteRequest{
				Source: from(t, source, password), Layout: layout, Folder: dir, PasswordFiles: layout.Passwords() != keyfolder.NoPasswords,
			}
			if layout == keyfolder.Lighthouse {
				req.At = "/var/lib/lighthouse/mainnet"
			}
			if _, _, err := rewriteKeys(machine(), req); err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", "layouts", string(layout)+".txtar")
			if *update {
				if err := os.WriteFile(golden, txtar.Format(archive(t, dir)), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			text, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got := txtar.Format(archive(t, dir)); !bytes.Equal(got, text) {
				t.Errorf("%s differs; got\n%s", golden, got)
			}
			readGolden(t, text, layout, want)
		})
	}
}

// readGolden lays the golden tree out and reads it: by the layout's name, and
// by what lies there.
func readGolden(t *testing.T, text []byte, layout keyfolder.Layout, want []string) {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse(text).Files {
		name, _, _ := strings.Cut(f.Name, " ")
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		// txtar ends every file with a line end, which clients pass over.
		if err := os.WriteFile(name, f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	typed := password
	if layout.Passwords() != keyfolder.NoPasswords {
		typed = ""
	}
	for _, as := range []keyfolder.Layout{"", layout} {
		s := validator.KeystoreSource{Folder: readFolder(t, dir, as)}
		if typed != "" {
			s.Password = hidden(t, typed)
		}
		if got := proven(t, s); !slices.Equal(got, want) {
			t.Errorf("as %q: %v", as, got)
		}
		if s.Folder.HasPasswords() != (typed == "") {
			t.Errorf("as %q: passwords %v", as, s.Folder.HasPasswords())
		}
	}
}

// archive is a folder as text, its modes behind the names.
func archive(t *testing.T, dir string) *txtar.Archive {
	files := tree(t, dir)
	a := &txtar.Archive{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		mode, data, _ := strings.Cut(files[name], "\n")
		a.Files = append(a.Files, txtar.File{Name: fmt.Sprintf("%s %s", name, mode), Data: []byte(data)})
	}
	return a
}

// A wallet that Python's hashlib and AES made opens, by the password as typed
// and by Prysm's reading of it, and becomes keystores with a new password.
func TestPrysmWalletOfAnotherMaker(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("testdata", "prysm-wallet.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, typed := range []string{"elegant wallet password", "\u00e9l\u00e9gant wallet password"} {
		dir := t.TempDir()
		name := filepath.Join(dir, filepath.FromSlash(keyfolder.WalletFile))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		keys := proven(t, from(t, dir, typed))
		if len(keys) != 1 || !strings.HasPrefix(keys[0], "0x9612d7a727c9d0a2") {
			t.Errorf("%q: keys %v", typed, keys)
		}
		fresh := filepath.Join(t.TempDir(), "new")
		_, _, err = rewriteKeys(machine(), validator.RewriteRequest{
			Source: from(t, dir, typed), Layout: keyfolder.PrysmImport, Folder: fresh, NewPassword: hidden(t, newPassword),
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := proven(t, from(t, fresh, newPassword)); !slices.Equal(got, keys) {
			t.Errorf("%v", got)
		}
	}
}

// inLighthouse makes a folder of Lighthouse with n keys, of which the first has
// another word in the definitions.
func inLighthouse(t *testing.T, folder string, n uint64, word, other string) {
	t.Helper()
	if _, _, err := rewriteKeys(machine(), validator.RewriteRequest{
		Source: from(t, keysFolder(t, n, nil), password), Layout: keyfolder.Lighthouse, Folder: folder, PasswordFiles: true,
	}); err != nil {
		t.Fatal(err)
	}
	definitions := filepath.Join(folder, "validators", "validator_definitions.yml")
	text, err := os.ReadFile(definitions)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(definitions, bytes.Replace(text, []byte(word), []byte(other), 1), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A key that its owner has disabled in Lighthouse stays disabled there, and
// goes nowhere else.
func TestDisabledKeys(t *testing.T) {
	dir := t.TempDir()
	first := filepath.Join(dir, "first")
	inLighthouse(t, first, 3, "enabled: true", "enabled: false")
	second := filepath.Join(dir, "second")
	if _, _, err := rewriteKeys(machine(), validator.RewriteRequest{
		Source: from(t, first, ""), Folder: second, PasswordFiles: true, NewPassword: hidden(t, newPassword),
	}); err != nil {
		t.Fatal(err)
	}
	disabled := 0
	for _, row := range validator.ListKeystores(readFolder(t, second, "")).Keystores {
		if row.Disabled {
			disabled++
		}
	}
	if disabled != 1 {
		t.Errorf("%d disabled keys", disabled)
	}
	result, warnings, err := rewriteKeys(machine(), validator.RewriteRequest{
		Source: from(t, second, ""), Layout: keyfolder.Nimbus, Folder: filepath.Join(dir, "third"),
	})
	if err != nil || result.Count != 2 || !strings.Contains(fmt.Sprint(warnings), "1 disabled keys are left out") {
		t.Errorf("%+v, %v, %v", result, warnings, err)
	}
}

// Keys that a remote signer signs for are left out of a new folder, and that
// is said, though their keystores lie there.
func TestRemoteKeysAreLeftOut(t *testing.T) {
	dir := t.TempDir()
	first := filepath.Join(dir, "first")
	inLighthouse(t, first, 2, "type: local_keystore", "type: web3signer")
	result, warnings, err := rewriteKeys(machine(), validator.RewriteRequest{
		Source: from(t, first, ""), Layout: keyfolder.Nimbus, Folder: filepath.Join(dir, "second"),
	})
	if err != nil || result.Count != 1 || !strings.Contains(fmt.Sprint(warnings), "remote signer") {
		t.Errorf("%+v, %v, %v", result, warnings, err)
	}
}
