package main

import (
	"strings"
	"testing"
)

// A wrong value on the command line is named and asked for again, as one that
// was typed at the question; where nothing asks for it, it ends the command.
func TestWrongGivenValueIsAskedAgain(t *testing.T) {
	p, dir := person(t, "existing-mnemonic", "--language", "english", "--chain", "hodi", "--num_validators", "0",
		"--keystore_password", "short", "--withdrawal_address", "", "--mnemonic", phrase, "--validator_start_index", "0")
	p.Expect("hoodi") // the hint
	p.Expect("network: ")
	p.SendLine("hoodi")
	p.Expect("error: number of validators")
	p.Expect("how many validators")
	p.SendLine("1")
	p.Expect("12 characters")
	p.ExpectHidden("password for the keystores")
	p.SendLine(password)
	p.ExpectHidden("repeat the password")
	p.SendLine(password)
	p.Expect("repeat the index")
	p.SendLine("0")
	p.Expect("press any key")
	p.Send(" ")
	p.ExpectExit(0)
	if made := keys(t, dir); len(made) != 2 {
		t.Errorf("made %v", made)
	}

	p, _ = person(t, "existing-mnemonic", "--language", "english", "--chain-file", "nowhere")
	p.Expect("nowhere")
	p.ExpectExit(1)
}

// What cannot be done is said before a person writes 24 words down for it.
func TestNewPhraseIsNotShownInVain(t *testing.T) {
	p, _ := person(t, "new-mnemonic", "--language", "english", "--mnemonic_language", "english", "--num_validators", "1",
		"--chain", "hoodi", "--withdrawal_address", "", "--folder", "nowhere")
	p.ExpectHidden("password for the keystores")
	p.SendLine(password)
	p.ExpectHidden("repeat the password")
	p.SendLine(password)
	p.ExpectExit(3)
	if strings.Contains(p.Transcript(), "\x1b[?1049h") {
		t.Error("a page of secrets was shown")
	}
}
