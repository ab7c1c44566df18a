package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/dropin"
)

func newDerive(e *env, g *globalFlags) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "derive",
		Short: "list the public keys of a phrase, on any path",
		Long: `Lists public keys that a phrase holds; no secret is printed. Without --path they
are the signing keys of EIP-2334, m/12381/3600/i/0/0, each with the 0x00
credentials of the withdrawal key of its index. Other tools keep their keys on
other paths: ethdo's accounts are at m/12381/3600/i/0.

EXAMPLES
  ethkey derive --count 10
  ethkey derive --mnemonic-file phrase --path m/12381/3600/i/0 --count 5 \
    --json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			s := e.session(cmd, g)
			d := dropin.NewDerive(s)
			defer d.Close()
			if err := s.Resolve(ctx, d.Options()); err != nil {
				return err
			}
			keys, err := d.Run(ctx, e.machine(), e.term.Progress("keys"))
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(e.stdout).Encode(keys)
			}
			for _, k := range keys {
				line := k.Path + "  " + k.PublicKey
				if k.Credentials != "" {
					line += "  " + k.Credentials
				}
				if _, err := fmt.Fprintln(e.stdout, line); err != nil {
					return err
				}
			}
			return nil
		},
	}
	f := cmd.Flags()
	addOwnPhraseFlags(f)
	f.String("path", "", "`PATH` of the keys, with the letter i where the index belongs; m/12381/3600/i/0/0 if not given")
	f.String("start", "", "first `INDEX`; 0 if not given")
	f.String("count", "", "list `N` keys; 1 if not given")
	f.BoolVar(&asJSON, "json", false, "print them as JSON")
	return cmd
}
