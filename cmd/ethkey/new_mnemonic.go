package main

import (
	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/internal/fault"
)

func newNewMnemonic(e *env, g *globalFlags) *cobra.Command {
	o := &createOptions{fresh: true}
	cmd := &cobra.Command{
		Use:     "new-mnemonic",
		GroupID: "dropin",
		Short:   "make a phrase of 24 words, then its keystores and deposit data",
		Long: `Makes a new BIP-39 phrase of 24 words, shows it on a page that is wiped, has you
type it again, and then makes keystores and deposit data as existing-mnemonic
does. The phrase is stored nowhere: write it on paper.

A person must read the phrase, so this command cannot run unattended;
generate-mnemonic with --output_file can.

EXAMPLES
  ethkey new-mnemonic
  ethkey new-mnemonic --chain hoodi --num_validators 1`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if g.nonInteractive && !e.term.Interactive() {
				return fault.New(fault.Usage, "new-mnemonic needs a person who writes the phrase down").
					WithHint("unattended: generate-mnemonic --output_file FILE, then existing-mnemonic --mnemonic-file FILE")
			}
			if err := e.term.CanShow(); err != nil {
				return err // before a person has answered ten questions
			}
			ctx := cmd.Context()
			s := e.session(cmd, g)
			c := dropin.NewCreate(s)
			defer c.Close()
			if err := e.resolve(ctx, g, s, c.Fresh()); err != nil {
				return err
			}
			if err := c.NewPhrase(ctx, e.rand, o.check(e)); err != nil {
				return err
			}
			return o.create(ctx, e, g, c)
		},
	}
	f := cmd.Flags()
	f.String("mnemonic_language", "", "`LANGUAGE` of the new phrase, such as english")
	o.add(f)
	return cmd
}
