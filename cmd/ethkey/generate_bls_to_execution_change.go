package main

import (
	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/pkg/validator"
)

func newGenerateBLSToExecutionChange(e *env, g *globalFlags) *cobra.Command {
	o := &signOptions{}
	cmd := &cobra.Command{
		Use:     "generate-bls-to-execution-change",
		GroupID: "dropin",
		Short:   "sign changes of 0x00 credentials to an execution address",
		Long: `Signs BLS-to-execution changes, all in one file, into bls_to_execution_changes
under --bls_to_execution_changes_folder. The withdrawal keys are those of
--validator_start_index and the indices after it; each must belong to the
present credentials that you name, and what does not fit is said.

A change can be made once, and the address can never be changed after it.

EXAMPLES
  ethkey generate-bls-to-execution-change
  ethkey generate-bls-to-execution-change --non_interactive --chain mainnet \
    --mnemonic-file phrase --validator_start_index 0 --validator_indices 123 \
    --bls_withdrawal_credentials_list 00... --withdrawal_address 0x...`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			s := e.session(cmd, g)
			c := dropin.NewChange(s)
			defer c.Close()
			if err := e.resolve(ctx, g, s, c.Options()); err != nil {
				return err
			}
			req, err := c.Request()
			if err != nil {
				return err
			}
			if req.Folder, err = o.target(); err != nil {
				return err
			}
			plan, warnings, err := validator.PlanChange(ctx, e.machine(), req, nil)
			if err != nil {
				return err
			}
			defer plan.Close()
			return o.run(ctx, e, g, func(width int) string {
				return changeSummary(&plan.Summary, warnings, width)
			}, plan)
		},
	}
	f := cmd.Flags()
	addChainFlags(f)
	addPhraseFlags(f)
	f.String("validator_start_index", "", "`INDEX` of the first validator's key")
	f.String("validator_indices", "", "the validators' `INDICES` on the beacon chain, with commas between")
	f.String("bls_withdrawal_credentials_list", "", "their present 0x00 `CREDENTIALS`, with commas between")
	f.String("withdrawal_address", "", "execution `ADDRESS`, with its EIP-55 checksum\n(also --execution_address, --eth1_withdrawal_address)")
	o.add(f, "bls_to_execution_changes_folder", validator.ChangeFolder)
	return cmd
}
