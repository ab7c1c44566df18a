package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/keyfolder"
	"github.com/ethkey/ethkey/pkg/validator"
)

func newKeystoreExport(e *env, g *globalFlags) *cobra.Command {
	o := &rewriteOptions{}
	client := ""
	cmd := &cobra.Command{
		Use:   "export",
		Short: "write a folder of keystores as another client keeps them",
		Long: `Writes the keys of a folder, of whatever layout, to a new folder as a client
keeps them: all, or nothing, and opened again before the folder appears. The
keystores go over as they are, under their password, unless a new one is given;
Prysm's wallet is encrypted anew.

Lighthouse, Teku, Lodestar and Web3Signer (also for Vero) read each password
from a file; such files are written with --with-passwords alone.

Clients: ` + clients() + `

EXAMPLES
  ethkey keystore export --for lighthouse --keystores validator_keys \
    --folder lighthouse --at /var/lib/lighthouse/mainnet --with-passwords
  ethkey keystore export --for prysm --keystores validator_keys \
    --folder wallet
  ethkey keystore export --for deposit-cli --keystores wallet --folder back`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if client == "" {
				return fault.New(fault.Refused, "missing: --for").WithHint("name the client: %s", strings.ReplaceAll(clients(), "\n", ""))
			}
			layout, err := keyfolder.ParseLayout(client)
			if err != nil {
				return err
			}
			return o.rewrite(cmd, e, g, func(k *dropin.KeyFolder, req *validator.RewriteRequest) error {
				req.Layout = layout
				return k.Unlock(cmd.Context(), k.NewPassword(false))
			})
		},
	}
	cmd.Flags().StringVar(&client, "for", "", "`CLIENT` that the folder is for")
	o.add(cmd.Flags())
	return cmd
}

// clients lists the names in two lines.
func clients() string {
	var names []string
	for _, l := range keyfolder.Layouts() {
		names = append(names, string(l))
	}
	return strings.Join(names[:6], ", ") + ",\n" + strings.Join(names[6:], ", ")
}
