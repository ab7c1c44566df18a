package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// helpOf returns the help of every command by its path.
func helpOf(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		var b bytes.Buffer
		cmd.Root().SetOut(&b)
		if err := cmd.Help(); err != nil {
			t.Fatal(err)
		}
		out[cmd.CommandPath()] = b.String()
		for _, c := range cmd.Commands() {
			walk(c)
		}
	}
	walk(newRoot(&env{}))
	return out
}

func TestHelpFitsAndEndsWithTheExitCodes(t *testing.T) {
	for path, text := range helpOf(t) {
		if !strings.HasSuffix(text, exitCodes) {
			t.Errorf("%s: no exit codes", path)
		}
		if strings.HasPrefix(path, "ethkey completion ") {
			continue // cobra's own words
		}
		for _, line := range strings.Split(text, "\n") {
			if len(line) > helpWidth {
				t.Errorf("%s: longer than %d columns: %s", path, helpWidth, line)
			}
		}
	}
}

// The guides' spelling, and ours for what is ours.
func TestHelpSpellsFlagsAsGuidesDo(t *testing.T) {
	text := helpOf(t)["ethkey existing-mnemonic"]
	for _, flag := range strings.Fields(`--language --non_interactive --ignore_connectivity --mnemonic --mnemonic_language --mnemonic_password
		--num_validators --validator_start_index --folder --chain --keystore_password --withdrawal_address --execution_address
		--eth1_withdrawal_address --compounding --regular-withdrawal --amount --pbkdf2 --devnet_chain_setting
		--mnemonic-file --keystore-password-fd --unique-salts --deposit-cli-version --allow-degraded`) {
		if !strings.Contains(strings.ReplaceAll(text, ",", " "), flag+" ") && !strings.Contains(text, flag+")") {
			t.Errorf("%s is not in the help", flag)
		}
	}
	for _, odd := range []string{`[="true"]`, " string", "--num-validators"} {
		if strings.Contains(text, odd) {
			t.Errorf("the help holds %q", odd)
		}
	}
}
