package main

import (
	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/pkg/network"
	"github.com/ethkey/ethkey/pkg/validator"
)

func newDeposit(e *env, g *globalFlags) *cobra.Command {
	return newGroup("deposit", "look at deposit data", newDepositVerify(e, g))
}

func newDepositVerify(e *env, g *globalFlags) *cobra.Command {
	o := &verifyOptions{}
	cmd := &cobra.Command{
		Use:   "verify FILE...",
		Short: "prove that deposit data is what you think it is, before money follows it",
		Long: `Checks every deposit of the files, whoever made them: network, public key,
withdrawal credentials, amount, both roots and the signature, and against what
you expect of them. It ends with code 1 when one is bad.

EXAMPLES
  ethkey deposit verify --chain mainnet validator_keys/deposit_data-*.json
  ethkey deposit verify --chain mainnet --withdrawal-address 0x... --amount 32 \
    FILE`,
		Args: fileArgs,
		RunE: func(cmd *cobra.Command, names []string) error {
			f := cmd.Flags()
			return o.run(e, g, cmd, names, func(_ *dropin.Session, n network.Network, files []validator.File) (*validator.VerifyReport, error) {
				var want validator.DepositWants
				var err error
				if want.PublicKeys, err = dropin.ParsePublicKeys(f.Lookup("public-keys").Value.String()); err != nil {
					return nil, err
				}
				if want.Address, err = wantedAddress(f); err != nil {
					return nil, err
				}
				if want.Credentials, err = wantedCredentials(f); err != nil {
					return nil, err
				}
				if text := f.Lookup("amount").Value.String(); text != "" {
					amount, err := n.ParseAmount(text)
					if err != nil {
						return nil, err
					}
					want.Amount = &amount
				}
				return validator.VerifyDeposits(cmd.Context(), e.machine(), n, files, want)
			})
		},
	}
	f := cmd.Flags()
	o.add(f)
	f.String("public-keys", "", "the `KEYS` that must all be there, and no others, with commas between")
	f.String("withdrawal-address", "", "the execution `ADDRESS` of every deposit")
	f.String("credentials", "", "the withdrawal `CREDENTIALS` that every deposit has one of")
	f.String("amount", "", "the `AMOUNT` of every deposit, in ETH or GNO")
	return cmd
}
