package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/dropin"
)

func newGenerateMnemonic(e *env, g *globalFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "generate-mnemonic",
		GroupID: "dropin",
		Short:   "make a phrase of 24 words and nothing else",
		Long: `Makes a new BIP-39 phrase of 24 words. With --output_file it is written there in
clear text, readable by its owner alone; without, it is shown on a page that is
wiped.

EXAMPLES
  ethkey generate-mnemonic
  ethkey generate-mnemonic --non_interactive --mnemonic_language english \
    --output_file phrase`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			s := e.session(cmd, g)
			p := dropin.NewPhrase(s)
			if err := e.resolve(ctx, g, s, p.Options()); err != nil {
				return err
			}
			file, err := p.Run(ctx, e.machine())
			if err == nil && file != "" {
				_, err = fmt.Fprintln(e.stdout, file)
			}
			return err
		},
	}
	f := cmd.Flags()
	f.String("mnemonic_language", "", "`LANGUAGE` of the phrase, such as english")
	f.String("output_file", "", "new `FILE` for the phrase, in clear text")
	return cmd
}
