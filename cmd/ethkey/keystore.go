package main

import (
	"context"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
)

func newKeystore(e *env, g *globalFlags) *cobra.Command {
	return newGroup("keystore", "list, prove, re-encrypt and export folders of keystores",
		newKeystoreList(e, g), newKeystoreVerify(e, g), newKeystorePasswd(e, g), newKeystoreExport(e, g))
}

// addKeyFolder adds which folder of keystores is read.
func addKeyFolder(f *pflag.FlagSet) {
	f.String("keystores", "", "`FOLDER` of keystores, as any client keeps them")
	f.String("layout", "", "`CLIENT` whose layout it has; found by itself if not given")
}

// addUnlock adds what opens the keystores.
func addUnlock(f *pflag.FlagSet, tryForms *bool) {
	f.String("keystore-password-file", "", "`FILE` that holds the password; without it those in the folder are used, if it has them")
	f.String("keystore-password-fd", "", "descriptor `N` to read the password from")
	f.BoolVar(tryForms, "try-forms", false, "when the password opens nothing, try forms that other programs made of it")
}

// addNewPassword adds where a new password comes from.
func addNewPassword(f *pflag.FlagSet) {
	f.String("new-password-file", "", "`FILE` that holds the new password, at least 12 characters")
	f.String("new-password-fd", "", "descriptor `N` to read the new password from")
}

// agree has a person agree to a summary; --yes does so beforehand, and is
// needed where nobody can be asked.
func agree(ctx context.Context, e *env, g *globalFlags, yes bool) error {
	if yes {
		return nil
	}
	if g.nonInteractive {
		return fault.New(fault.Usage, "missing: --yes").WithHint("it agrees to the summary above")
	}
	agreed, err := e.term.Confirm(ctx, term.Prompt{Text: "write these files?", Flag: "--yes", Default: "no"})
	if err == nil && !agreed {
		err = fault.New(fault.Refused, "not agreed to; nothing was written")
	}
	return err
}

// newFolder is the folder that a command makes, by its full path.
func newFolder(name string) (string, error) {
	if name == "" {
		return "", fault.New(fault.Refused, "missing: --folder").WithHint("name the new folder; it must not exist")
	}
	full, err := filepath.Abs(name)
	if err != nil {
		return "", fault.New(fault.Environment, "--folder: %w", err)
	}
	return full, nil
}
