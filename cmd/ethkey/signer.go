package main

import "github.com/spf13/cobra"

func newSigner(e *env, g *globalFlags) *cobra.Command {
	return newGroup("signer", "the store of signing history that a signer decides by", newSignerStore(e, g))
}

func newSignerStore(e *env, g *globalFlags) *cobra.Command {
	return newGroup("store", "make, fill, look at and hand over a store of signing history",
		newSignerStoreInit(e, g), newSignerStoreStatus(e, g), newSignerStoreImport(e, g), newSignerStoreExport(e, g),
		newSignerStoreAdopt(e, g), newSignerStoreRaise(e, g), newSignerStoreHighWatermark(e, g), newSignerStoreCheck(e, g))
}
