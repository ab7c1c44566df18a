package main

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/pkg/network"
	"github.com/ethkey/ethkey/pkg/validator"
)

func newCredentials(e *env, g *globalFlags) *cobra.Command {
	return newGroup("credentials", "change withdrawal credentials, or look at changes", newCredentialsChange(e, g), newCredentialsVerify(e, g))
}

func newCredentialsChange(e *env, g *globalFlags) *cobra.Command {
	o := &signOptions{own: true}
	cmd := &cobra.Command{
		Use:   "change",
		Short: "change 0x00 credentials to an execution address, for one validator or thousands",
		Long: `Signs BLS-to-execution changes into bls_to_execution_changes under --folder.
--validators names a file with a line for each validator, its index on the
beacon chain and its present 0x00 credentials; the withdrawal keys are looked
for in the phrase, so that nobody has to know which key is whose.

A change can be made once, and the address can never be changed after it.

EXAMPLES
  ethkey credentials change --chain mainnet --validators list \
    --withdrawal-address 0x...`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			s := e.session(cmd, g)
			s.AsGiven = true // the summary shows the address
			c := dropin.NewCredentialsChange(s)
			defer c.Close()
			if err := s.Resolve(ctx, c.Options()); err != nil {
				return err
			}
			return o.change(ctx, e, g, c)
		},
	}
	f := cmd.Flags()
	addChainFlags(f)
	addOwnPhraseFlags(f)
	o.addChange(f)
	return cmd
}

// addChange adds what signs changes, wherever the phrase comes from.
func (o *signOptions) addChange(f *pflag.FlagSet) {
	f.String("path", "", "`PATH` of the withdrawal keys, with the letter i where the index belongs; m/12381/3600/i/0 if not given")
	f.String("validators", "", "`FILE` with a line for each validator: its index, its 0x00 credentials")
	f.String("withdrawal-address", "", "execution `ADDRESS`, with its EIP-55 checksum")
	f.String("start", "", "key `INDEX` to begin at; 0 if not given")
	f.String("scan-limit", "", "look for the credentials among `N` keys; 1024 if not given")
	o.add(f, "folder", validator.ChangeFolder)
}

// change signs what c gathered, once it is agreed to.
func (o *signOptions) change(ctx context.Context, e *env, g *globalFlags, c *dropin.CredentialsChange) error {
	req, err := c.Request()
	if err != nil {
		return err
	}
	if req.Folder, err = o.target(); err != nil {
		return err
	}
	plan, warnings, err := validator.PlanChange(ctx, e.machine(), req, e.term.Progress("keys"))
	if err != nil {
		return err
	}
	defer plan.Close()
	return o.run(ctx, e, g, func(width int) string { return changeSummary(&plan.Summary, warnings, width) }, plan)
}

func newCredentialsVerify(e *env, g *globalFlags) *cobra.Command {
	o := &verifyOptions{}
	cmd := &cobra.Command{
		Use:   "verify FILE...",
		Short: "prove that changes are signed by their withdrawal keys, for the address you expect",
		Long: `Checks the signature of every change, its network, and, where given, the address
and that its withdrawal key belongs to one of --credentials. It ends with code 1
when one is bad.

EXAMPLES
  ethkey credentials verify --chain mainnet --withdrawal-address 0x... \
    bls_to_execution_changes/*.json`,
		Args: fileArgs,
		RunE: func(cmd *cobra.Command, names []string) error {
			f := cmd.Flags()
			return o.run(e, g, cmd, names, func(_ *dropin.Session, n network.Network, files []validator.File) (*validator.VerifyReport, error) {
				var want validator.ChangeWants
				var err error
				if want.Address, err = wantedAddress(f); err != nil {
					return nil, err
				}
				if want.Credentials, err = wantedCredentials(f); err != nil {
					return nil, err
				}
				return validator.VerifyChanges(cmd.Context(), e.machine(), n, files, want)
			})
		},
	}
	f := cmd.Flags()
	o.add(f)
	f.String("withdrawal-address", "", "the execution `ADDRESS` of every change")
	f.String("credentials", "", "the 0x00 `CREDENTIALS` that every change belongs to one of")
	return cmd
}
