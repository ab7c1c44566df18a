package main

import (
	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/pkg/validator"
)

func newGenerateBLSToExecutionChangeKeystore(e *env, g *globalFlags) *cobra.Command {
	o := &signOptions{}
	cmd := &cobra.Command{
		Use:     "generate-bls-to-execution-change-keystore",
		GroupID: "dropin",
		Short:   "sign a wish for a withdrawal address with a validator's signing key",
		Long: `Signs EthStaker's own message, by which the holder of a keystore states a
withdrawal address, into bls_to_execution_changes_keystore under
--output_folder. The beacon chain does not know this message: without the phrase
the credentials themselves cannot be changed.

EXAMPLES
  ethkey generate-bls-to-execution-change-keystore
  ethkey generate-bls-to-execution-change-keystore --non_interactive \
    --chain mainnet --keystore FILE --keystore-password-file pw \
    --validator_index 123456 --withdrawal_address 0x...`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			s := e.session(cmd, g)
			c := dropin.NewKeystoreChange(s, e.machine())
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
			plan, warnings, err := validator.PlanKeystoreChange(e.machine(), req)
			if err != nil {
				return err
			}
			return o.run(ctx, e, g, func(width int) string {
				return keystoreChangeSummary(&plan.Summary, warnings, width)
			}, plan)
		},
	}
	f := cmd.Flags()
	addChainFlags(f)
	addKeystoreFlags(f)
	f.String("validator_index", "", "the validator's `INDEX` on the beacon chain")
	f.String("withdrawal_address", "", "execution `ADDRESS`, with its EIP-55 checksum\n(also --execution_address, --eth1_withdrawal_address)")
	o.add(f, "output_folder", validator.KeystoreChangeFolder)
	return cmd
}
