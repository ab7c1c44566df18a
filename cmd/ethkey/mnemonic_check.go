package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/dropin"
)

func newMnemonicCheck(e *env, g *globalFlags) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "check",
		Short: "read a phrase, check its words and checksum, and show what keys it makes",
		Long: `Reads a phrase and checks that its words are in the list and that its checksum
holds. It shows nothing of the phrase and writes nothing.

A phrase with a wrong word can still have a checksum that holds: one in 16 of
12 words, one in 256 of 24. Its keys cannot be wrong: compare them.

EXAMPLES
  ethkey mnemonic check
  ethkey mnemonic check --count 3
  ethkey mnemonic check --mnemonic-file phrase --count 1 \
    --path m/12381/3600/i/0`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s := e.session(cmd, g)
			c := dropin.NewChecked(s)
			defer c.Close()
			if err := c.Check(); err != nil {
				return err
			}
			if err := s.Resolve(cmd.Context(), c.Options()); err != nil {
				return c.Explain(err)
			}
			result, err := c.Run(cmd.Context(), e.machine(), e.term.Progress("keys"))
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(e.stdout).Encode(result)
			}
			_, err = e.stdout.WriteString(checkText(result))
			return err
		},
	}
	f := cmd.Flags()
	addOwnPhraseFlags(f)
	f.String("count", "", "show `N` keys")
	f.String("start", "", "`INDEX` of the first of them; 0 if not given")
	f.String("path", "", "`PATH` of the keys, with the letter i where the index belongs; m/12381/3600/i/0/0 if not given")
	f.BoolVar(&asJSON, "json", false, "print the report as JSON")
	return cmd
}

func checkText(r *dropin.CheckResult) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d words, %s; the checksum holds\n", r.Words, r.Language)
	for i, k := range r.Keys {
		if i == 0 && r.Passphrase {
			b.WriteString("with the passphrase:\n")
		}
		fmt.Fprintf(&b, "%s\n  public key        %s\n", k.Path, k.PublicKey)
		if k.Credentials != "" {
			fmt.Fprintf(&b, "  0x00 credentials  0x%s\n", k.Credentials)
		}
	}
	return b.String()
}
