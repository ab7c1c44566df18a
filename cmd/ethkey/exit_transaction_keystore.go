package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/pkg/validator"
)

func newExitTransactionKeystore(e *env, g *globalFlags) *cobra.Command {
	o := &signOptions{}
	cmd := &cobra.Command{
		Use:     "exit-transaction-keystore",
		GroupID: "dropin",
		Short:   "sign the exit of a validator whose key is in a keystore",
		Long: `Signs a voluntary exit into exit_transactions under --output_folder.

An exit holds for ever (EIP-7044): whoever has the file can end the validator.

EXAMPLES
  ethkey exit-transaction-keystore
  ethkey exit-transaction-keystore --non_interactive --chain mainnet \
    --keystore FILE --keystore-password-file pw --validator_index 123456`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s := e.session(cmd, g)
			x := dropin.NewExit(s, e.machine())
			defer x.Close()
			if err := e.resolve(cmd.Context(), g, s, x.FromKeystore()); err != nil {
				return err
			}
			return o.exit(cmd.Context(), e, g, x)
		},
	}
	f := cmd.Flags()
	addChainFlags(f)
	addKeystoreFlags(f)
	f.String("validator_index", "", "the validator's `INDEX` on the beacon chain")
	f.String("epoch", "", "earliest `EPOCH` of the exit; 0 if not given")
	o.add(f, "output_folder", validator.ExitFolder)
	return cmd
}

// exit plans and runs an exit, whatever its keys come from.
func (o *signOptions) exit(ctx context.Context, e *env, g *globalFlags, x *dropin.Exit) error {
	req, keys, err := x.Request()
	if err != nil {
		return err
	}
	if keys != nil {
		defer keys.Close()
	}
	if req.Folder, err = o.target(); err != nil {
		return err
	}
	plan, warnings, err := validator.PlanExit(e.machine(), req)
	if err != nil {
		return err
	}
	return o.run(ctx, e, g, func(width int) string {
		return exitSummary(&plan.Summary, warnings, width)
	}, plan)
}
