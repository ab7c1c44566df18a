package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
)

// credentials0 are the 0x00 credentials of the phrase's index 0.
const credentials0 = "00be1c8bb4535213e30a3eaba8dbed7fdfb5a754b6623963fd15282f68bdd85a"

// made lists the files that a signing command left.
func made(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// typePhrase enters the phrase of these tests.
func typePhrase(p *testkit.PTY) {
	onAlt(p, "your mnemonic phrase")
	p.Send(phrase + " ")
	finish(p)
	p.Expect("phrase read")
}

// aKeystore is a folder with a keystore of the phrase, made by this program.
func aKeystore(t *testing.T) (dir, path string) {
	t.Helper()
	dir = withSecrets(t)
	if out, err := ethkey(t, dir, unattended...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	stores, err := filepath.Glob(filepath.Join(dir, "validator_keys", "keystore-m_12381_3600_0_0_0-*"))
	if err != nil || len(stores) != 1 {
		t.Fatalf("%v %v", stores, err)
	}
	knowKeystore(t, stores[0])
	return dir, stores[0]
}

func TestExitFromMnemonicAsked(t *testing.T) {
	p, dir := person(t, "exit-transaction-mnemonic")
	p.Expect("language of the texts")
	p.SendLine("")
	p.Expect("network: mainnet")
	p.SendLine("ephemeral")
	p.Expect("error: ")
	p.SendLine("hoodi")
	typePhrase(p)
	p.Expect("index of the first validator's key")
	p.SendLine("")
	p.Expect("validator indices")
	p.SendLine("7, 8; 7")
	p.Expect("error: ")
	p.SendLine("[7, 8]")
	p.Expect("exits        2")
	p.Expect("press any key")
	p.Send(" ")
	p.ExpectExit(0)
	if got := made(t, dir); len(got) != 2 {
		t.Errorf("made %v", got)
	}
	clean(t, p, "scheme", "borrow")
}

func TestExitFromKeystoreAsked(t *testing.T) {
	dir, store := aKeystore(t)
	p := atTerminal(t, ethkey(t, dir, "exit-transaction-keystore"))
	p.Expect("language of the texts")
	p.SendLine("")
	p.Expect("network: mainnet")
	p.SendLine("")
	p.Expect("keystore file")
	p.SendLine("nowhere")
	p.Expect("error: ")
	p.SendLine(store)
	p.ExpectHidden("password of the keystore")
	p.SendLine("wrong horse battery")
	p.Expect("does not open this keystore")
	p.ExpectHidden("password of the keystore")
	p.SendLine(password)
	p.Expect("validator index")
	p.SendLine("-1")
	p.Expect("error: ")
	p.SendLine("42")
	p.Expect("press any key")
	p.Send(" ")
	p.ExpectExit(0)
	if got := made(t, filepath.Join(dir)); !strings.Contains(strings.Join(got, " "), "signed_exit_transaction-42-") {
		t.Errorf("made %v", got)
	}
	clean(t, p, "wrong horse battery")
}

func TestChangeAsked(t *testing.T) {
	p, dir := person(t, "generate-bls-to-execution-change", "--language", "english")
	p.Expect("network: mainnet")
	p.SendLine("")
	typePhrase(p)
	p.Expect("index of the first validator's key")
	p.SendLine("0")
	p.Expect("validator indices")
	p.SendLine("5")
	p.Expect("present withdrawal credentials")
	p.SendLine("01000000000000000000000000000000219ab540356cbb839cbe05303d7705fa")
	p.Expect("error: ")
	p.SendLine(credentials0)
	p.Expect("the execution address for withdrawals")
	p.SendLine(strings.ToUpper(address))
	p.Expect("error: ")
	p.SendLine(address)
	p.Expect("repeat the address")
	p.SendLine(address)
	p.Expect("press any key")
	p.Send(" ")
	p.ExpectExit(0)
	if got := made(t, dir); len(got) != 1 {
		t.Errorf("made %v", got)
	}
	clean(t, p, "scheme", "borrow")
}

func TestKeystoreChangeAndTopUpAsked(t *testing.T) {
	dir, store := aKeystore(t)
	p := atTerminal(t, ethkey(t, dir, "generate-bls-to-execution-change-keystore", "--language", "english",
		"--chain", "mainnet", "--keystore", store, "--keystore-password-file", "password"))
	p.Expect("validator index")
	p.SendLine("3")
	p.Expect("the execution address for withdrawals")
	p.SendLine(address)
	p.Expect("repeat the address")
	p.SendLine(address)
	p.Expect("press any key")
	p.Send(" ")
	p.ExpectExit(0)

	p = atTerminal(t, ethkey(t, dir, "partial-deposit", "--language", "english", "--chain", "gnosis",
		"--keystore", store, "--keystore-password-file", "password"))
	p.Expect("amount of the deposit")
	p.SendLine("3200")
	p.Expect("error: ")
	p.SendLine("0.5")
	p.Expect("the validator's withdrawal address")
	p.SendLine(address)
	p.Expect("repeat the address")
	p.SendLine(address)
	p.Expect("compounding")
	p.SendLine("yes")
	p.Expect("0.5 GNO")
	p.Expect("press any key")
	p.Send(" ")
	p.ExpectExit(0)
	for _, folder := range []string{"bls_to_execution_changes_keystore", "partial_deposits"} {
		if entries, err := os.ReadDir(filepath.Join(dir, folder)); err != nil || len(entries) != 1 {
			t.Errorf("%s: %v %v", folder, entries, err)
		}
	}
}
