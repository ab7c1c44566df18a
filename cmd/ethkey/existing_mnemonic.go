package main

import (
	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/dropin"
)

func newExistingMnemonic(e *env, g *globalFlags) *cobra.Command {
	o := &createOptions{}
	cmd := &cobra.Command{
		Use:     "existing-mnemonic",
		GroupID: "dropin",
		Short:   "make keystores and deposit data from a phrase that you have",
		Long: `Makes the keystores and the deposit data of one or more validators from an
existing BIP-39 phrase, into validator_keys under --folder.

The phrase is typed word by word; four letters of a word are enough, accents and
white space do not matter, and a wrong word is named at once. In scripts it
comes from --mnemonic-file or --mnemonic-fd.

EXAMPLES
  ethkey existing-mnemonic
  ethkey existing-mnemonic --chain hoodi --num_validators 5 \
    --validator_start_index 10
  ethkey existing-mnemonic --non_interactive --mnemonic-file phrase \
    --keystore-password-file pw --validator_start_index 0 --num_validators 1 \
    --chain mainnet --withdrawal_address 0x... --regular-withdrawal`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s := e.session(cmd, g)
			c := dropin.NewCreate(s)
			defer c.Close()
			if err := e.resolve(cmd.Context(), g, s, c.Existing()); err != nil {
				return err
			}
			return o.create(cmd.Context(), e, g, c)
		},
	}
	f := cmd.Flags()
	addPhraseFlags(f)
	f.String("validator_start_index", "", "`INDEX` of the first key")
	f.String("path", "", "`PATH` of keys that another tool made, with the letter i where the index belongs, as in m/12381/3600/i/0; needs --withdrawal_address")
	o.add(f)
	return cmd
}
