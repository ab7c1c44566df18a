// Package keyfolder reads and writes folders of keystores as the clients keep
// them: which file lies where, which password belongs to which keystore. The
// layouts and their sources are in docs/client-layouts.md.
//
//	folder, err := keyfolder.Read(fsys, "")       // "" finds the layout
//	for i := range folder.Items { ... folder.Password(i) ... }
//
//	w := keyfolder.NewWriter(keyfolder.Teku, set, "", unix)
//	name, err := w.Add(entry)
//	err = w.Finish()
//
// Reading goes through an atomicfile.FS, that is os.Root: no name in a file
// of the folder leads out of it. A keystore that cannot be read does not end
// the reading; it is an Item with an Err. Nothing is decrypted here, and
// writing goes to whatever takes files, whole or not at all.
//
// A Prysm wallet is one encrypted file with all secret keys; see Wallet.
package keyfolder
