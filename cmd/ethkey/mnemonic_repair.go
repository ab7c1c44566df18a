package main

import (
	"encoding/json"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/dropin"
)

func newMnemonicRepair(e *env, g *globalFlags) *cobra.Command {
	asJSON, yes := false, false
	cmd := &cobra.Command{
		Use:   "repair",
		Short: "find the phrase behind one wrong, missing or unreadable word, or two swapped ones",
		Long: `Reads a phrase as it stands on paper, with ? for a word or letters that cannot
be read, and finds the phrases that differ from it by one damage and whose
checksum holds, likeliest first: one word wrong, missing, unreadable or too
many, or any two words swapped. With a public key, 0x00 credentials, deposit
data or keystores of the phrase it finds the one that is right.

Nothing of a phrase is shown unless you agree: then on a page that is wiped, or
in --output-file.

EXAMPLES
  ethkey mnemonic repair --public-keys 0x8b7c...
  ethkey mnemonic repair \
    --deposit-data validator_keys/deposit_data-1700000000.json
  ethkey mnemonic repair --mnemonic-file damaged --keystores validator_keys \
    --output-file phrase`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			s := e.session(cmd, g)
			d := dropin.NewMend(s, e.machine())
			defer d.Close()
			d.Yes = yes
			if err := d.Check(); err != nil {
				return err
			}
			if err := s.Resolve(ctx, d.Options()); err != nil {
				return err
			}
			result, err := d.Run(ctx)
			if err != nil {
				return err
			}
			if asJSON {
				if err := d.HandOver(ctx, result); err != nil {
					return err
				}
				return json.NewEncoder(e.stdout).Encode(result)
			}
			if _, err := e.stdout.WriteString(strings.Join(result.Lines(), "\n") + "\n"); err != nil {
				return err
			}
			if err := d.HandOver(ctx, result); err != nil || result.File == "" {
				return err
			}
			_, err = e.stdout.WriteString("written to " + result.File + "\n")
			return err
		},
	}
	f := cmd.Flags()
	addOwnPhraseFlags(f)
	f.String("public-keys", "", "`KEYS`: public keys of the phrase, with commas between")
	f.String("credentials", "", "`CREDENTIALS`: 0x00 withdrawal credentials of the phrase, with commas between")
	f.String("deposit-data", "", "`FILE` of deposit data made from the phrase")
	f.String("keystores", "", "`FOLDER` of keystores made from the phrase, as any client keeps them")
	f.String("search-indices", "", "key `INDICES` to search, such as 0-9,100; if not given those that keystores name, and 0-9")
	f.String("path", "", "`PATH` of the signing keys, with the letter i where the index belongs; m/12381/3600/i/0/0 if not given")
	f.String("output_file", "", "new `FILE` for the phrase found, in clear text")
	f.BoolVar(&yes, "yes", false, "agree to writing --output-file")
	f.BoolVar(&asJSON, "json", false, "print the report as JSON")
	return cmd
}
