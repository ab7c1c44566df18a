package main

import (
	"context"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/validator"
)

// signPlan is a plan that signs messages and writes them to a folder.
type signPlan interface {
	Run(ctx context.Context, progress validator.Progress) (*validator.SignResult, error)
}

// signOptions are the flags of every command that signs and that nobody is
// asked for.
type signOptions struct {
	folder string
	json   bool
	own    bool // a command of ours, which asks before it writes
	yes    bool
}

func (o *signOptions) add(f *pflag.FlagSet, folderFlag, made string) {
	f.StringVar(&o.folder, folderFlag, ".", "existing `FOLDER` in which "+made+" is made")
	f.BoolVar(&o.json, "json", false, "print the report as JSON")
	if o.own {
		f.BoolVar(&o.yes, "yes", false, "agree to the summary beforehand")
	}
}

// target is the folder as the summary shows it.
func (o *signOptions) target() (string, error) {
	folder, err := filepath.Abs(o.folder)
	if err != nil {
		return "", fault.New(fault.Environment, "the output folder: %w", err)
	}
	return folder, nil
}

// run shows the summary, has it agreed to, signs, and reports.
func (o *signOptions) run(ctx context.Context, e *env, g *globalFlags, summary func(width int) string, plan signPlan) error {
	e.term.Show(summary(e.term.Width()))
	if err := o.agree(ctx, e, g); err != nil {
		return err
	}
	result, err := plan.Run(ctx, e.term.Progress("messages"))
	if err != nil {
		return err
	}
	return printReport(e, o.json, result, result.Folder, func(width int) string { return signReport(result, width) })
}

// agree has the summary agreed to: by a key, as with the anchor, or, by a
// command of ours, by a yes.
func (o *signOptions) agree(ctx context.Context, e *env, g *globalFlags) error {
	switch {
	case o.own:
		return agree(ctx, e, g, o.yes)
	case g.nonInteractive:
		return nil
	default:
		return e.term.Pause(ctx, agreement)
	}
}

// addOwnPhraseFlags adds the flags by which our own commands take a phrase,
// none of which holds a secret itself.
func addOwnPhraseFlags(f *pflag.FlagSet) {
	f.String("mnemonic-file", "", "`FILE` that holds the phrase")
	f.String("mnemonic-fd", "", "descriptor `N` to read the phrase from")
	f.String("mnemonic-password-file", "", "`FILE` that holds the phrase's BIP-39 passphrase")
	f.String("mnemonic-password-fd", "", "descriptor `N` to read the passphrase from")
	f.String("mnemonic-language", "", "`LANGUAGE` of the phrase; found by itself if not given")
}

// addPhraseFlags adds the flags that give a mnemonic.
func addPhraseFlags(f *pflag.FlagSet) {
	f.Var(new(dropin.Argument), "mnemonic", "the `PHRASE` itself, in quotes; it stays in the shell's history")
	f.String("mnemonic-file", "", "`FILE` that holds the phrase")
	f.String("mnemonic-fd", "", "descriptor `N` to read the phrase from")
	f.Var(new(dropin.Argument), "mnemonic_password", "BIP-39 `PASSPHRASE` of the phrase; it stays in the shell's history")
	f.String("mnemonic-password-file", "", "`FILE` that holds the passphrase")
	f.String("mnemonic-password-fd", "", "descriptor `N` to read the passphrase from")
	f.String("mnemonic_language", "", "`LANGUAGE` of the phrase; found by itself if not given")
}

// addKeystoreFlags adds the flags that give a keystore.
func addKeystoreFlags(f *pflag.FlagSet) {
	f.String("keystore", "", "the keystore `FILE`")
	f.Var(new(dropin.Argument), "keystore_password", "its `PASSWORD`; it stays in the shell's history")
	f.String("keystore-password-file", "", "`FILE` that holds the password")
	f.String("keystore-password-fd", "", "descriptor `N` to read the password from")
}

// addChainFlags adds the flags that give a network.
func addChainFlags(f *pflag.FlagSet) {
	f.String("chain", "", "`NETWORK`: mainnet, sepolia, hoodi, holesky, ephemery, gnosis, chiado, rehearsal")
	f.String("devnet_chain_setting", "", "custom network as `JSON`")
	f.String("chain-file", "", "`FILE` that holds the JSON of a custom network")
}
