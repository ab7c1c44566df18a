package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func newMnemonic(e *env, g *globalFlags) *cobra.Command {
	return newGroup("mnemonic", "make, check and repair a phrase",
		newMnemonicNew(e, g), newMnemonicCheck(e, g), newMnemonicRepair(e, g))
}

// addPhraseFiles adds where a phrase and its passphrase come from.
func addPhraseFiles(f *pflag.FlagSet) {
	f.String("mnemonic-file", "", "file that holds the phrase")
	f.String("mnemonic-fd", "", "descriptor to read the phrase from")
	f.String("mnemonic-password-file", "", "file that holds the BIP-39 passphrase")
	f.String("mnemonic-password-fd", "", "descriptor to read the passphrase from")
	f.String("mnemonic_language", "", "language of the phrase; found by itself if not given")
}
