package main

import (
	"context"
	"path/filepath"

	"github.com/spf13/pflag"

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
}

func (o *signOptions) add(f *pflag.FlagSet, folderFlag, made string) {
	f.StringVar(&o.folder, folderFlag, ".", "existing folder in which "+made+" is made")
	f.BoolVar(&o.json, "json", false, "print the report as JSON")
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
	if !g.nonInteractive {
		if err := e.term.Pause(ctx, agreement); err != nil {
			return err
		}
	}
	result, err := plan.Run(ctx, e.term.Progress("messages"))
	if err != nil {
		return err
	}
	return printReport(e, o.json, result, result.Folder, func(width int) string { return signReport(result, width) })
}

// addPhraseFlags adds the flags that give a mnemonic.
func addPhraseFlags(f *pflag.FlagSet) {
	f.String("mnemonic", "", "the phrase itself; it stays in the shell's history")
	f.String("mnemonic-file", "", "file that holds the phrase")
	f.String("mnemonic-fd", "", "descriptor to read the phrase from")
	f.String("mnemonic_password", "", "BIP-39 passphrase of the phrase; it stays in the shell's history")
	f.String("mnemonic-password-file", "", "file that holds the passphrase")
	f.String("mnemonic-password-fd", "", "descriptor to read the passphrase from")
	f.String("mnemonic_language", "", "language of the phrase; found by itself if not given")
}

// addKeystoreFlags adds the flags that give a keystore.
func addKeystoreFlags(f *pflag.FlagSet) {
	f.String("keystore", "", "the keystore file")
	f.String("keystore_password", "", "its password; it stays in the shell's history")
	f.String("keystore-password-file", "", "file that holds the password")
	f.String("keystore-password-fd", "", "descriptor to read the password from")
}

// addChainFlags adds the flags that give a network.
func addChainFlags(f *pflag.FlagSet) {
	f.String("chain", "", "network: mainnet, sepolia, hoodi, holesky, ephemery, gnosis, chiado, rehearsal")
	f.String("devnet_chain_setting", "", "custom network as JSON")
	f.String("chain-file", "", "file that holds the JSON of a custom network")
}
