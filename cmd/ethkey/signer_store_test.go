package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/testkit"
)

const machineID = "0123456789abcdef0123456789abcdef"

// A store in a file is worked on behind the walls; only --postgres takes them
// away, and only in whole.
func TestStoreInAFileIsWalled(t *testing.T) {
	dir := testkit.TempDir(t)
	writeFile(t, dir, "machine", machineID)
	bin := program(t)
	for _, line := range [][]string{
		{"init", "--chain", "mainnet"}, {"status"}, {"raise", "--to", "100", "--public-keys", onlyKey, "--yes"}, {"export"}, {"check"},
		{"high-watermark", "--from", "5", "--yes"},
	} {
		args := append([]string{"signer", "store"}, append(line, "--store", "store", "--machine-id-file", "machine")...)
		cmd := exec.Command(bin)
		cmd.Args, cmd.Dir = append([]string{"ethkey"}, args...), dir
		cmd.Env = os.Environ()
		testkit.Unprivileged(t, cmd)
		calls, err := testkit.Trace(t, cmd)
		if err != nil {
			t.Errorf("ethkey %s: %v", strings.Join(args, " "), err)
		}
		checkTrace(t, strings.Join(args, " "), calls)
	}
}

func TestOnlyTheFlagTakesTheWallsAway(t *testing.T) {
	tree := func() *cobra.Command { return newRoot(&env{}) }
	for line, want := range map[string]bool{
		"signer store status --postgres postgres://localhost/x":    true,
		"signer store status --postgres=postgres://localhost/x":    true,
		"signer --language english store status --postgres x":      true,
		"signer store status --store --postgres":                   false, // a file of that name
		"signer store status --store x":                            false,
		"signer store status --postgres":                           false, // without a value
		"signer store status --postgres x --no-such-flag":          false,
		"signer store --postgres x":                                false,
		"slashing inspect --postgres x":                            false,
		"signer store status --postgres x --help":                  false,
		"signer store nonsense --postgres x":                       false,
		"keystore list --keystores x -- signer store --postgres x": false,
	} {
		if got := needsNetwork(tree(), tree, strings.Fields(line)); got != want {
			t.Errorf("ethkey %s: network %t, expected %t", line, got, want)
		}
	}
}

// The same commands on a store in PostgreSQL.
func TestStoreInPostgres(t *testing.T) {
	server := testkit.StartPostgres(t)
	url, dir := server.Database("signer"), testkit.TempDir(t)
	writeFile(t, dir, "history.json", historyOfOne)
	for _, step := range []struct{ line, want string }{
		{"init --chain mainnet", "/signer is made: an empty store for mainnet"},
		{"import history.json", "9000000  280000  280001  new"},
		{"raise --to 280002 --yes", "9000000  280002  280002  raised"},
		{"high-watermark --from 500000 --yes", "epoch 500000"},
		{"status", "HIGH WATERMARK"},
		{"export --out export.json", "1 key on mainnet"},
		{"check", "is whole: 1 record for mainnet"},
	} {
		args := append([]string{"signer", "store"}, strings.Fields(step.line)...)
		out, err := ethkey(t, dir, append(args, "--postgres", url)...).CombinedOutput()
		if err != nil || !strings.Contains(string(out), step.want) {
			t.Fatalf("signer store %s: %v\n%s", step.line, err, out)
		}
	}
}

// Who is asked and says no changes nothing.
func TestStoreChangesAreAgreedTo(t *testing.T) {
	dir := testkit.TempDir(t)
	writeFile(t, dir, "machine", machineID)
	store := func(args ...string) *exec.Cmd {
		return ethkey(t, dir, append([]string{"signer", "store"}, append(args, "--store", "store", "--machine-id-file", "machine")...)...)
	}
	if out, err := store("init", "--chain", "mainnet").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for answer, code := range map[string]int{"n": 1, "y": 0} {
		p := testkit.StartPTY(t, store("high-watermark", "--from", "500000"))
		p.Expect("nothing is signed from slot 16000000")
		p.Expect("do this?")
		p.SendLine(answer)
		p.ExpectExit(code)
		out, err := store("status").Output()
		if err != nil || strings.Contains(string(out), "HIGH WATERMARK") != (answer == "y") {
			t.Errorf("after %s: %v\n%s", answer, err, out)
		}
		if answer == "y" {
			if out, err := store("high-watermark", "--lift", "--yes").CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		}
	}
}

// What stands on a command line is everybody's on that machine.
func TestPasswordsInAddressesAreRefused(t *testing.T) {
	for address, want := range map[string]bool{
		"postgres://ethkey@localhost/ethkey":                         false,
		"postgres://ethkey@localhost/password=x":                     false,
		"postgres://ethkey:secret@localhost/ethkey":                  true,
		"postgres://ethkey:@localhost/ethkey":                        true,
		"postgres://ethkey@localhost/ethkey?password=secret":         true,
		"host=localhost user=ethkey dbname=password":                 false,
		"host=localhost user=ethkey password=secret":                 true,
		"Password = secret host=localhost":                           true,
		"host=localhost passfile=/etc/pass sslpassword_file=x user=": false,
	} {
		if hasPassword(address) != want {
			t.Errorf("%s: password %t, expected %t", address, !want, want)
		}
	}
	out, err := ethkey(t, testkit.TempDir(t), "signer", "store", "status", "--postgres", "postgres://a:hunter@127.0.0.1:1/x").CombinedOutput()
	if err == nil || strings.Contains(string(out), "hunter") || !strings.Contains(string(out), "--postgres-password-file") {
		t.Errorf("%v\n%s", err, out)
	}
}

// A descriptor can be read once, and init opens the store that it made.
func TestThePasswordOfThePostgresStoreIsReadOnce(t *testing.T) {
	server := testkit.StartPostgres(t)
	dir := testkit.TempDir(t)
	cmd := ethkey(t, dir, "signer", "store", "init", "--chain", "mainnet", "--postgres", server.Database("once"), "--postgres-password-fd", "0")
	cmd.Stdin = strings.NewReader("hunter and prey")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// A password that the server wants is asked for on a terminal, unseen; without
// one the flag is named.
func TestThePasswordOfThePostgresStoreIsAskedFor(t *testing.T) {
	server := testkit.StartPostgres(t)
	url, dir := server.Database("guarded"), testkit.TempDir(t)
	server.Exec("guarded", "alter role guarded password 'hunter and prey'")
	hba := filepath.Join(server.Folder, "pg_hba.conf")
	old, err := os.ReadFile(hba)
	if err == nil {
		err = os.WriteFile(hba, append([]byte("host all guarded 127.0.0.1/32 scram-sha-256\n"), old...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	server.Reload()
	if out, err := ethkey(t, dir, "signer", "store", "init", "--chain", "mainnet", "--postgres", url).CombinedOutput(); err == nil || !strings.Contains(string(out), "--postgres-password-file") {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, c := range []struct {
		answer, want string
		code         int
	}{
		{"prey", "password authentication failed", 3},
		{"hunter and prey", "an empty store for mainnet", 0},
	} {
		p := testkit.StartPTY(t, ethkey(t, dir, "signer", "store", "init", "--chain", "mainnet", "--postgres", url))
		p.ExpectHidden("password for the store in PostgreSQL")
		p.SendLine(c.answer)
		p.Expect(c.want)
		p.ExpectExit(c.code)
		if strings.Contains(p.Transcript(), c.answer+"\r") {
			t.Error("the password is shown")
		}
	}
}
