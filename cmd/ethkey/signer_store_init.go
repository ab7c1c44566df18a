package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/slashingdb"
	"github.com/ethkey/ethkey/pkg/slashingdb/bolt"
	"github.com/ethkey/ethkey/pkg/slashingdb/postgres"
)

func newSignerStoreInit(e *env, g *globalFlags) *cobra.Command {
	o := newStoreOptions(e, g)
	cmd := &cobra.Command{
		Use:   "init",
		Short: "make an empty store for one chain; nothing else ever makes one",
		Long: `Makes an empty store, bound for good to the genesis validators root of a chain
and to this machine. The signer never makes one by itself: a store that is gone
is an error, not an empty history.

In an empty store every key is refused. Import the history of keys that were
used elsewhere.

EXAMPLES
  ethkey signer store init --store /var/lib/ethkey/history --chain mainnet
  ethkey signer store init --postgres postgres://ethkey@localhost/ethkey \
    --chain mainnet`,
		Args:        noArgs,
		Annotations: onStore(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			n, err := o.chain(cmd)
			if err != nil {
				return err
			}
			if n == nil {
				return fault.New(fault.Usage, "missing: --chain or --chain-file").WithHint("a store is bound to one chain")
			}
			c, err := slashingdb.ChainOf(*n)
			if err != nil {
				return err
			}
			if err := o.create(cmd, c); err != nil {
				return err
			}
			return o.use(cmd, true, func(_ context.Context, _ slashingdb.Store, i *slashingdb.Info) error {
				return o.made(i)
			})
		},
	}
	o.addStore(cmd.Flags())
	addChainFlags(cmd.Flags())
	o.addReport(cmd.Flags())
	return cmd
}

func (o *storeOptions) create(cmd *cobra.Command, c slashingdb.Chain) error {
	if err := o.which(cmd); err != nil {
		return err
	}
	if o.postgres != "" {
		s, err := o.inPostgres(cmd.Context(), func(config postgres.Config) (slashingdb.Store, error) {
			return postgres.Init(cmd.Context(), config, c)
		})
		if err != nil {
			return err
		}
		return s.Close()
	}
	options, err := o.bolt()
	if err != nil {
		return err
	}
	return bolt.Create(cmd.Context(), options, c)
}

func (o *storeOptions) made(i *slashingdb.Info) error {
	return o.print(o.info(i), lines(fmt.Sprintf("%s is made: an empty store for %s", o.name(), i.Name),
		"genesis_validators_root: "+i.GenesisValidatorsRoot.String(), "every key is refused until its history is imported"))
}
