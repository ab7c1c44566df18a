package main

import (
	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/pkg/validator"
)

func newExitTransactionMnemonic(e *env, g *globalFlags) *cobra.Command {
	o := &signOptions{}
	cmd := &cobra.Command{
		Use:     "exit-transaction-mnemonic",
		GroupID: "dropin",
		Short:   "sign exits of validators whose keys come from a phrase",
		Long: `Signs voluntary exits, one file a validator, into exit_transactions under
--output_folder. The keys are those of --validator_start_index and the indices
after it, in the order of --validator_indices.

An exit holds for ever (EIP-7044): whoever has the file can end the validator.

EXAMPLES
  ethkey exit-transaction-mnemonic
  ethkey exit-transaction-mnemonic --non_interactive --chain mainnet \
    --mnemonic-file phrase --validator_start_index 0 \
    --validator_indices 123456,123457`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s := e.session(cmd, g)
			x := dropin.NewExit(s, e.machine())
			defer x.Close()
			if err := e.resolve(cmd.Context(), g, s, x.FromMnemonic()); err != nil {
				return err
			}
			return o.exit(cmd.Context(), e, g, x)
		},
	}
	f := cmd.Flags()
	addChainFlags(f)
	addPhraseFlags(f)
	f.String("validator_start_index", "", "`INDEX` of the first validator's key")
	f.String("validator_indices", "", "the validators' `INDICES` on the beacon chain, with commas between")
	f.String("epoch", "", "earliest `EPOCH` of the exit; 0 if not given")
	o.add(f, "output_folder", validator.ExitFolder)
	return cmd
}
