package main

import "github.com/spf13/cobra"

func newMnemonic(e *env, g *globalFlags) *cobra.Command {
	return newGroup("mnemonic", "make, check and repair a phrase",
		newMnemonicNew(e, g), newMnemonicCheck(e, g), newMnemonicRepair(e, g))
}
