package main

import (
	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/pkg/validator"
)

func newPartialDeposit(e *env, g *globalFlags) *cobra.Command {
	o := &signOptions{}
	var version string
	cmd := &cobra.Command{
		Use:     "partial-deposit",
		GroupID: "dropin",
		Short:   "make deposit data from a keystore, to top up or to deposit in parts",
		Long: `Makes deposit data for the key of a keystore into partial_deposits under
--output_folder. The first deposit of a key sets its credentials for ever; a
later one only adds to the balance.

EXAMPLES
  ethkey partial-deposit
  ethkey partial-deposit --non_interactive --chain mainnet --keystore FILE \
    --keystore-password-file pw --amount 1 --withdrawal_address 0x... \
    --regular-withdrawal`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			s := e.session(cmd, g)
			u := dropin.NewTopUp(s, e.machine())
			defer u.Close()
			if err := e.resolve(ctx, g, s, u.Options()); err != nil {
				return err
			}
			req, err := u.Request()
			if err != nil {
				return err
			}
			req.DepositCLIVersion = version
			if req.Folder, err = o.target(); err != nil {
				return err
			}
			plan, warnings, err := validator.PlanTopUp(e.machine(), req)
			if err != nil {
				return err
			}
			return o.run(ctx, e, g, func(width int) string {
				return topUpSummary(&plan.Summary, warnings, width)
			}, plan)
		},
	}
	f := cmd.Flags()
	addChainFlags(f)
	addKeystoreFlags(f)
	f.String("amount", "", "`DEPOSIT` in ETH or GNO; what activates a validator if not given")
	f.String("withdrawal_address", "", "the validator's execution `ADDRESS`, with its EIP-55 checksum\n(also --execution_address, --eth1_withdrawal_address)")
	f.String("compounding", "", "0x02 credentials")
	f.Lookup("compounding").NoOptDefVal = "true"
	f.String("regular-withdrawal", "", "0x01 credentials")
	f.Lookup("regular-withdrawal").NoOptDefVal = "true"
	f.StringVar(&version, "deposit-cli-version", validator.DepositCLIVersion, "deposit_cli_version `VERSION` in the deposit data")
	o.add(f, "output_folder", validator.TopUpFolder)
	return cmd
}
