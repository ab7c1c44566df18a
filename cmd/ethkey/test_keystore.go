package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/internal/term"
)

func newTestKeystore(e *env, g *globalFlags) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "test-keystore",
		GroupID: "dropin",
		Short:   "prove that a password opens a keystore, and the right key",
		Long: `Opens a keystore of any client, checks its checksum, and compares the public key
that it names with that of the secret key inside. It writes nothing.

EXAMPLES
  ethkey test-keystore --keystore keystore-m_12381_3600_0_0_0-1700000000.json
  ethkey test-keystore --keystore FILE --keystore-password-file pw`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s := e.session(cmd, g)
			k := dropin.NewKeystoreTest(s)
			if err := e.resolve(cmd.Context(), g, s, k.Options()); err != nil {
				return err
			}
			result, err := k.Run()
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(e.stdout, "the password opens it; the key inside is %s, path %s\n", result.PublicKey, term.Safe(orNone(result.Path)))
			return err
		},
	}
	addKeystoreFlags(cmd.Flags())
	return cmd
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
