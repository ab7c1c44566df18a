package main

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/pkg/network"
	"github.com/ethkey/ethkey/pkg/validator"
)

func newExit(e *env, g *globalFlags) *cobra.Command {
	return newGroup("exit", "sign voluntary exits, or look at them", newExitSign(e, g), newExitVerify(e, g))
}

func newExitSign(e *env, g *globalFlags) *cobra.Command {
	o := &signOptions{own: true}
	cmd := &cobra.Command{
		Use:   "sign",
		Short: "sign exits of one validator or thousands, from a phrase or a folder of keystores",
		Long: `Signs voluntary exits, one file a validator, into exit_transactions under
--folder. The keys come from a phrase, or from --keystores: a keystore, or a
folder in any client's layout that one password opens. --validators names a file
with a line for each validator, its index on the beacon chain and its public
key; the keys are then looked for. Without it, --validator-indices belong to the
keys from --start on.

An exit holds for ever (EIP-7044): whoever has the file can end the validator.

EXAMPLES
  ethkey exit sign --chain mainnet --keystores validator_keys \
    --validators list
  ethkey exit sign --chain mainnet --mnemonic-file phrase --validators list \
    --yes
  ethkey exit sign --chain mainnet --path m/12381/3600/i/0 \
    --validator-indices 7`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			s := e.session(cmd, g)
			x := dropin.NewExitSign(s, e.machine())
			defer x.Close()
			if err := s.Resolve(ctx, x.Options()); err != nil {
				return err
			}
			return o.exits(ctx, e, g, x)
		},
	}
	f := cmd.Flags()
	addChainFlags(f)
	f.String("keystores", "", "keystore, or `FOLDER` of keystores, in place of a phrase")
	f.String("keystore-password-file", "", "`FILE` that holds the password of the keystores")
	f.String("keystore-password-fd", "", "descriptor `N` to read the password from")
	addOwnPhraseFlags(f)
	o.addExit(f)
	return cmd
}

// addExit adds what signs exits, wherever the keys come from.
func (o *signOptions) addExit(f *pflag.FlagSet) {
	f.String("path", "", "`PATH` of the keys, with the letter i where the index belongs; m/12381/3600/i/0/0 if not given")
	f.String("validators", "", "`FILE` with a line for each validator: its index, its public key")
	f.String("validator-indices", "", "`INDICES` on the beacon chain, with commas between")
	f.String("start", "", "key `INDEX` to begin at; 0 if not given")
	f.String("scan-limit", "", "look for the keys of --validators among `N` keys; 1024 if not given")
	f.String("epoch", "", "earliest `EPOCH` of the exits; 0 if not given")
	o.add(f, "folder", validator.ExitFolder)
}

// exits signs what x gathered, once it is agreed to.
func (o *signOptions) exits(ctx context.Context, e *env, g *globalFlags, x *dropin.ExitSign) error {
	req, err := x.Request(ctx, e.term.Progress("keys"))
	if err != nil {
		return err
	}
	if req.Folder, err = o.target(); err != nil {
		return err
	}
	plan, warnings, err := validator.PlanExit(e.machine(), req)
	if err != nil {
		return err
	}
	return o.run(ctx, e, g, func(width int) string { return exitSummary(&plan.Summary, warnings, width) }, plan)
}

func newExitVerify(e *env, g *globalFlags) *cobra.Command {
	o := &verifyOptions{}
	cmd := &cobra.Command{
		Use:   "verify FILE...",
		Short: "prove that exits are signed by the validators' keys",
		Long: `Checks the signature of every exit against the key of its validator, which
--validators names, or against each of --public-keys. It ends with code 1 when
one is bad.

EXAMPLES
  ethkey exit verify --chain mainnet --validators list \
    exit_transactions/*.json
  ethkey exit verify --chain mainnet --public-keys 0x... FILE`,
		Args: fileArgs,
		RunE: func(cmd *cobra.Command, names []string) error {
			f := cmd.Flags()
			return o.run(e, g, cmd, names, func(s *dropin.Session, n network.Network, files []validator.File) (*validator.VerifyReport, error) {
				var want validator.ExitWants
				var err error
				if want.PublicKeys, err = dropin.ParsePublicKeys(f.Lookup("public-keys").Value.String()); err != nil {
					return nil, err
				}
				if name := f.Lookup("validators").Value.String(); name != "" {
					if want.Owners, err = dropin.Owners(s, name); err != nil {
						return nil, err
					}
				}
				return validator.VerifyExits(cmd.Context(), e.machine(), n, files, want)
			})
		},
	}
	f := cmd.Flags()
	o.add(f)
	f.String("validators", "", "`FILE` with a line for each validator: its index, its public key")
	f.String("public-keys", "", "`KEYS` of which each is tried, with commas between")
	return cmd
}
