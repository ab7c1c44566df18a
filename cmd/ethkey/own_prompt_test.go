package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// listFile writes a list of validators for --validators.
func listFile(t *testing.T, dir, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "list"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A summary that is not agreed to writes nothing; one that is signs.
func TestExitSignAsked(t *testing.T) {
	for answer, code := range map[string]int{"no": 1, "yes": 0} {
		p, dir := person(t, "exit", "sign")
		p.Expect("network: mainnet")
		p.SendLine("hodi")
		p.Expect(`did you mean "hoodi"`)
		p.SendLine("hoodi")
		typePhrase(p)
		p.Expect("validator indices on the beacon chain")
		p.SendLine("7")
		p.Expect("exits        1")
		p.Expect("cannot be taken back")
		p.Expect("write these files?")
		p.SendLine(answer)
		p.ExpectExit(code)
		if got := made(t, dir); len(got) != 1-code {
			t.Errorf("%s: made %v", answer, got)
		}
		clean(t, p, "scheme", "borrow")
	}
}

func TestExitSignKeystoresAsked(t *testing.T) {
	dir, store := aKeystore(t)
	p := atTerminal(t, ethkey(t, dir, "exit", "sign", "--chain", "mainnet", "--keystores", store, "--validator-indices", "42"))
	p.ExpectHidden("password of the keystores")
	p.SendLine("wrong horse battery")
	p.Expect("does not open")
	p.ExpectHidden("password of the keystores")
	p.SendLine(password)
	p.Expect("write these files?")
	p.SendLine("yes")
	p.ExpectExit(0)
	if got := strings.Join(made(t, dir), " "); !strings.Contains(got, "signed_exit_transaction-42-") {
		t.Errorf("made %v", got)
	}
	clean(t, p)
}

// An address that is typed is typed twice; the summary shows it, and ctrl-c
// there leaves nothing.
func TestCredentialsChangeAsked(t *testing.T) {
	for _, agreed := range []bool{true, false} {
		p, dir := person(t, "credentials", "change")
		p.Expect("network: mainnet")
		p.SendLine("")
		typePhrase(p)
		p.Expect("file with a line for each validator")
		p.SendLine("nowhere")
		p.Expect("error: ")
		p.Expect("file with a line for each validator")
		listFile(t, dir, "5 "+credentials0+"\n")
		p.SendLine("list")
		p.Expect("the execution address for withdrawals")
		p.SendLine(strings.ToLower(address))
		p.Expect("error: ")
		p.SendLine(address)
		p.Expect("repeat the address")
		p.SendLine(address)
		p.Expect(address)
		p.Expect("write these files?")
		if agreed {
			p.SendLine("yes")
			p.ExpectExit(0)
		} else {
			p.Interrupt()
			p.ExpectExit(130)
		}
		if got := made(t, dir); (len(got) == 1) != agreed {
			t.Errorf("agreed %v: made %v", agreed, got)
		}
		clean(t, p, "scheme", "borrow")
	}
}
