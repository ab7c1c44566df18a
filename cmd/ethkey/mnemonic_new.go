package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/dropin"
)

func newMnemonicNew(e *env, g *globalFlags) *cobra.Command {
	asJSON, dice, diceOnly := false, false, false
	cmd := &cobra.Command{
		Use:   "new",
		Short: "make a phrase from the system's randomness, from dice, or from both",
		Long: `Makes a new BIP-39 phrase. It is shown on a page that is wiped and typed again
from the paper, or written in clear text to --output-file.

With --dice the system draws its part and shows a commitment to it before a roll
is typed; both parts are hashed together, so that the better of the two decides.
With --dice-only the rolls are all there is, as in Coldcard and SeedSigner.
docs/dice.md has the recipe, to recompute with sha256sum.

EXAMPLES
  ethkey mnemonic new
  ethkey mnemonic new --dice
  ethkey mnemonic new --words 12 --dice-only --dice-file rolls \
    --output-file phrase`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s := e.session(cmd, g)
			f := dropin.NewFresh(s, e.machine())
			defer f.Close()
			f.Dice, f.DiceOnly = dice, diceOnly
			if err := f.Check(); err != nil {
				return err
			}
			if err := s.Resolve(cmd.Context(), f.Options()); err != nil {
				return err
			}
			result, err := f.Run(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return json.NewEncoder(e.stdout).Encode(result)
			}
			_, err = e.stdout.WriteString(freshText(result))
			return err
		},
	}
	f := cmd.Flags()
	f.String("words", "", "a phrase of `N` words: 12, 15, 18, 21 or 24; 24 if not given")
	f.String("mnemonic_language", "", "`LANGUAGE` of the phrase; english if not given")
	f.BoolVar(&dice, "dice", false, "mix rolls of a die with the system's randomness")
	f.BoolVar(&diceOnly, "dice-only", false, "make the phrase of rolls of a die alone")
	f.String("dice-file", "", "`FILE` that holds the rolls, digits 1 to 6")
	f.String("dice-fd", "", "descriptor `N` to read the rolls from")
	f.String("output_file", "", "new `FILE` for the phrase, in clear text")
	f.BoolVar(&asJSON, "json", false, "print the report as JSON")
	return cmd
}

func freshText(r *dropin.FreshResult) string {
	text := fmt.Sprintf("%d words, %s, from: %s", r.Words, r.Language, r.Entropy)
	if r.Rolls > 0 {
		text += fmt.Sprintf(" (%d rolls)", r.Rolls)
	}
	text += "\n"
	if r.Commitment != "" {
		text += "commitment to the system's part: " + r.Commitment + "\n"
	}
	if r.File != "" {
		text += "written to " + r.File + "\n"
	}
	return text
}
