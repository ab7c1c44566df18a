package main

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/desk"
	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/backup"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/secret/source"
	"github.com/ethkey/ethkey/pkg/validator"
)

// restoreOptions are the flags of every command that restores.
type restoreOptions struct {
	desk     deskOptions
	record   string
	practice bool
	bip39    string
	words    bool // the words may be had without their BIP-39 passphrase

	known *backup.Record // what session read
}

func (o *restoreOptions) add(f *pflag.FlagSet) {
	f.StringVar(&o.record, "record", "", "the `RECORD` of the set, with which the result is compared")
	f.BoolVar(&o.practice, "practice", false, "the sheets are of a practice set")
	f.StringVar(&o.bip39, "mnemonic-password-file", "", "`FILE` that holds the phrase's BIP-39 passphrase")
	o.desk.add(f)
}

// restore gathers sheets and combines them. The caller closes what it returns.
func (o *restoreOptions) restore(ctx context.Context, e *env, g *globalFlags) (*backup.Restored, error) {
	at := o.desk.of(e, g)
	if o.bip39 != "" {
		var err error
		if at.Passphrase, err = e.secretFile(o.bip39); err != nil {
			return nil, err
		}
	}
	d := desk.New(at)
	defer d.Close()
	plan, warnings, err := backup.PlanRestore(e.backupMachine(), backup.RestoreRequest{Record: o.record, Practice: o.practice, WordsAlone: o.words})
	if err != nil {
		return nil, err
	}
	e.warn(warnings)
	return plan.Run(ctx, d)
}

// secretFile reads a file that holds a secret.
func (e *env) secretFile(name string) (*secret.Buffer, error) {
	value, warnings, err := source.File(e.readSecret, name)
	for _, w := range warnings {
		e.term.Warn(w)
	}
	return value, err
}

// warn says what a plan warns of.
func (e *env) warn(warnings []validator.Warning) {
	for _, w := range warnings {
		e.term.Warn(w.What)
		if w.Hint != "" {
			e.term.Note("hint: " + w.Hint)
		}
	}
}

func newBackupRestore(e *env, g *globalFlags) *cobra.Command {
	o := &restoreOptions{}
	h, asJSON := &handOverOptions{}, false
	cmd := &cobra.Command{
		Use:   "restore",
		Short: "restore a secret from enough sheets",
		Long: `Reads sheets, in any order and of several sets if need be, until one set is
complete, restores its secret and says what it makes: the public keys, compared
with the record. On a terminal it then asks whether to show the secret, on a
page that is wiped; --to-file writes it.

Where the BIP-39 passphrase of a phrase is lost it offers, on a terminal, the
words alone, whose keys it then cannot compare.

The commands below put a restored phrase or key straight into use, without its
being shown or written.

EXAMPLES
  ethkey backup restore --record backup-7QK42.json
  ethkey backup restore --record backup-7QK42.json --pictures scans --show
  ethkey backup restore keystores --record backup-7QK42.json --chain mainnet`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			if err := h.check(e, g); err != nil {
				return err
			}
			o.words = !g.nonInteractive && e.term.Interactive()
			restored, err := o.restore(ctx, e, g)
			if err != nil {
				return err
			}
			defer restored.Close()
			named := h.show || h.file != ""
			if h.file != "" {
				if err := h.give(ctx, e, restored); err != nil {
					return err
				}
			}
			if o.practice {
				if err := backup.PractiseVerdict(restored); err != nil {
					return err
				}
				e.term.Note("this is the published secret: well done")
			}
			result := restored.Result
			if err := printResult(e, asJSON, &result, func(width int) string { return restoreReport(&result, h.file, width) }); err != nil {
				return err
			}
			h.show = h.show || !named && !asJSON && !h.yes && canAsk(e, g)
			if !h.show {
				return nil
			}
			return h.give(ctx, e, restored)
		},
	}
	f := cmd.Flags()
	o.add(f)
	f.BoolVar(&h.show, "show", false, "show the secret on a page that is wiped")
	f.StringVar(&h.file, "to-file", "", "write the secret, in clear text, to this new `FILE`")
	f.StringVar(&h.envelope, "envelope", "", "open this encrypted `FILE` with the key that is restored; its contents go to --to-file")
	f.BoolVar(&h.yes, "yes", false, "agree to --show or --to-file beforehand")
	f.BoolVar(&asJSON, "json", false, "print the report as JSON")
	cmd.AddCommand(newBackupRestoreKeystores(e, g), newBackupRestoreKey(e, g), newBackupRestoreExit(e, g), newBackupRestoreCredentials(e, g))
	return cmd
}

// handOverOptions say how a secret is given to the person.
type handOverOptions struct {
	show     bool
	file     string
	envelope string
	yes      bool
}

// canAsk tells whether somebody sits there to whom a secret can be shown: the
// sheets were typed, and are not to be typed again for the sake of a flag.
func canAsk(e *env, g *globalFlags) bool {
	return !g.nonInteractive && e.term.Interactive() && e.term.CanShow() == nil
}

// check refuses what could not be done, before anything is asked for.
func (h *handOverOptions) check(e *env, g *globalFlags) error {
	switch {
	case h.show && h.file != "":
		return fault.New(fault.Usage, "--show and --to-file were both given; expected one")
	case h.envelope != "" && h.file == "":
		return fault.New(fault.Usage, "--envelope needs --to-file").WithHint("it names the new file for the contents")
	case g.nonInteractive && (h.show || h.file != "") && !h.yes:
		return fault.New(fault.Usage, "missing: --yes").WithHint("it agrees to handing the secret over in clear")
	case h.file != "":
		return validator.CheckNewFile(e.machine(), h.file)
	case h.show:
		return e.term.CanShow()
	}
	return nil
}

// agreed asks for the act of its own that handing a secret over is.
func (h *handOverOptions) agreed(ctx context.Context, e *env) (bool, error) {
	if h.yes {
		return true, nil
	}
	question := "show the secret on a page that is wiped?"
	if h.file != "" {
		question = "write the secret, in clear text, to " + h.file + "?"
	}
	agreed, err := e.term.Confirm(ctx, term.Prompt{Text: question, Flag: "--yes", Default: "no"})
	if err == nil && !agreed {
		e.term.Note("not agreed to: the secret is neither shown nor written")
		h.file = ""
	}
	return agreed, err
}

// give hands a restored secret over, if that was asked for.
func (h *handOverOptions) give(ctx context.Context, e *env, r *backup.Restored) error {
	if !h.show && h.file == "" {
		return nil
	}
	if yes, err := h.agreed(ctx, e); err != nil || !yes {
		return err
	}
	switch {
	case h.envelope != "":
		return h.unseal(ctx, e, r)
	case h.file != "":
		return r.WriteFile(ctx, e.backupMachine(), h.file)
	case r.Result.Kind == backup.KindMnemonic:
		return e.showRestoredPhrase(ctx, r)
	}
	text, err := r.Text()
	if err != nil {
		return err
	}
	defer text.Close()
	return desk.Show(ctx, e.term, backup.Page{Title: "The secret of set " + r.Result.Set + ": " + string(r.Result.Kind), Secret: text})
}

// showRestoredPhrase shows the words, each with its number.
func (e *env) showRestoredPhrase(ctx context.Context, r *backup.Restored) error {
	phrase, err := r.Mnemonic()
	if err != nil {
		return err
	}
	defer phrase.Close()
	below := "Whoever has these words has the validators' keys. Take no picture of them."
	if r.Result.Phrase != nil && r.Result.Phrase.Passphrase {
		below += " The BIP-39 passphrase that belongs to them is not shown."
	}
	return dropin.ShowPhrase(ctx, e.term, phrase, "The phrase of set "+r.Result.Set+", in this order", below)
}

// unseal opens the envelope into the file.
func (h *handOverOptions) unseal(ctx context.Context, e *env, r *backup.Restored) error {
	sealed, err := e.readAll(h.envelope, 2*backup.MaxEnvelope)
	if err != nil {
		return err
	}
	contents, err := r.Unseal(sealed)
	if err != nil {
		return err
	}
	defer secret.Wipe(contents)
	fsys, name, err := e.place(h.file)
	if err != nil {
		return err
	}
	_, err = atomicfile.WriteFile(ctx, fsys, name, contents)
	return err
}
