package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ethkey/ethkey/internal/desk"
	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/backup"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// splitOptions are the flags of "backup split" that nobody is asked for.
type splitOptions struct {
	desk     deskOptions
	sign     signerOptions
	sheets   sheetOptions
	kind     string
	fresh    bool
	words    uint64
	protect  string
	records  string
	label    string
	replaces string
	yes      bool
	json     bool
}

// sheetOptions say how sheets are made, and where.
type sheetOptions struct {
	folder  string
	onDisk  bool
	paper   string
	format  string
	noCheck bool
}

func (o *sheetOptions) add(f *pflag.FlagSet) {
	f.StringVar(&o.folder, "folder", "", "`FOLDER` that the sheets go to until they are read back; in memory if not given")
	f.BoolVar(&o.onDisk, "on-disk", false, "the folder may be on a medium that outlasts the power: what was there can be found again")
	f.StringVar(&o.paper, "paper", "a4", "`SIZE` of the paper: a4 or letter")
	f.StringVar(&o.format, "format", "pdf", "`FORMAT` of the sheets: pdf, or txt for a printer that knows no PDF")
	f.BoolVar(&o.noCheck, "no-check", false, "do not ask for the sheets back; the record says so")
}

// target is the folder for the sheets.
func (o *sheetOptions) target(e *env) (string, error) {
	folder := o.folder
	if folder == "" {
		folder = e.sheetsFolder()
	}
	if folder == "" {
		return "", fault.New(fault.Environment, "no folder in memory for the sheets").
			WithHint("name one with --folder; on a disk that also needs --on-disk")
	}
	full, err := filepath.Abs(folder)
	if err != nil {
		return "", fault.New(fault.Environment, "--folder: %w", err)
	}
	return full, nil
}

// agreed has a folder that outlasts the power confirmed on its own.
func (o *sheetOptions) agreed(ctx context.Context, e *env, g *globalFlags, folder string) error {
	if o.noCheck && g.nonInteractive {
		return fault.New(fault.Usage, "--no-check and --non_interactive: nobody could say that the sheets are printed, and their files are removed then").
			WithHint("leave one of the two out")
	}
	kept, err := e.inMemory(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.Environment, "--folder: %w", err).WithHint("make the folder first, or name another")
	}
	if err != nil {
		return err
	}
	if !kept && !o.onDisk {
		text := folder + " is not in memory only: what the sheets say may be found there after they are removed"
		if g.nonInteractive {
			return fault.New(fault.Refused, "%s", text).WithHint("name a folder on a tmpfs of a machine without swap, or accept it with --on-disk")
		}
		e.term.Warn(text)
		if o.onDisk, err = e.term.Confirm(ctx, term.Prompt{Text: "put the sheets there all the same?", Flag: "--on-disk", Default: "no"}); err != nil {
			return err
		}
		if !o.onDisk {
			return fault.New(fault.Refused, "not agreed to; nothing was written")
		}
	}
	return nil
}

// agreedTo answers what is asked while sheets are printed. Where nobody is
// asked, that they were printed is seen when they are read back.
func (o *sheetOptions) agreedTo(g *globalFlags, yes bool) map[backup.QuestionID]bool {
	agreed := map[backup.QuestionID]bool{}
	if g.nonInteractive {
		agreed[backup.AskPrinted] = true
	}
	if yes {
		agreed[backup.AskUnchecked] = o.noCheck
	}
	return agreed
}

func newBackupSplit(e *env, g *globalFlags) *cobra.Command {
	o := &splitOptions{}
	cmd := &cobra.Command{
		Use:   "split",
		Short: "split a phrase, a password, a key or a file into sheets, and read them back",
		Long: `Splits a secret into sheets of paper, any T of which restore it and fewer of
which say nothing. One PDF a sheet goes to a folder in memory. Print each, give
it back by typing it or with --pictures, and the file is removed; only when
every sheet was read back does the set exist, and its record is written.

The record is public: what a restore must reproduce, and a fingerprint of each
sheet. Enough sheets on one disk, stick, phone or printer are the secret.

EXAMPLES
  ethkey backup split --chain mainnet --threshold 3 --sheets 5
  ethkey backup split --new --chain mainnet --threshold 2 --sheets 3
  ethkey backup split --kind password --groups 2of3,3of5 --group-threshold 2
  ethkey backup split --chain rehearsal --mnemonic-file phrase \
    --threshold 2 --sheets 3 --pictures scans --yes`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd, e, g) },
	}
	f := cmd.Flags()
	f.StringVar(&o.kind, "kind", string(backup.KindMnemonic), "`WHAT` is split: mnemonic, password, secret-key, age-identity, text, or file, which is encrypted and its key split")
	addOwnPhraseFlags(f)
	f.BoolVar(&o.fresh, "new", false, "make a new phrase in the same act; it is never shown")
	f.Uint64Var(&o.words, "words", 24, "words of the new phrase: `N` of 12, 15, 18, 21, 24")
	f.String("secret-file", "", "`FILE` that holds the password, the text or the identity")
	f.String("secret-fd", "", "descriptor `N` to read it from")
	f.String("keystore", "", "keystore `FILE` whose secret key is split")
	f.String("keystore-password-file", "", "`FILE` that holds its password")
	f.String("keystore-password-fd", "", "descriptor `N` to read the password from")
	f.String("file", "", "`FILE` to encrypt, at most 1 MiB; it goes beside the record")
	addChainFlags(f)
	f.String("validators", "", "keep the public keys of `N` validators in the record; 1 if not given")
	f.String("start", "", "`INDEX` of the first of them; 0 if not given")
	f.String("sheets", "", "`N` sheets")
	f.String("threshold", "", "`T` of them restore")
	f.String("groups", "", "groups of sheets, such as 2of3,3of5: a `LIST` of T of N")
	f.String("group-threshold", "", "how many `GROUPS` are needed")
	f.StringVar(&o.protect, "protect", "", "sheets that get a passphrase, written on them by hand: a `LIST` such as 2,5, or 1.2 for sheet 2 of group 1, or all")
	f.StringVar(&o.records, "records", ".", "existing `FOLDER` for the record, its history and the public pages")
	f.StringVar(&o.label, "label", "", "`NAME` for people, printed on the sheets; it is public")
	f.StringVar(&o.replaces, "replaces", "", "the `RECORD` of the set whose place this one takes; it is marked as to be destroyed")
	o.sheets.add(f)
	o.desk.add(f)
	o.sign.add(f)
	f.BoolVar(&o.yes, "yes", false, "agree to the summary beforehand, and to --no-check")
	f.BoolVar(&o.json, "json", false, "print the report as JSON")
	return cmd
}

// run gathers, plans, has the summary agreed to, splits, and reports.
func (o *splitOptions) run(cmd *cobra.Command, e *env, g *globalFlags) error {
	ctx := cmd.Context()
	s := e.session(cmd, g)
	b := dropin.NewBackupSplit(s, e.machine())
	defer b.Close()
	b.Kind, b.New, b.Words = backup.Kind(o.kind), o.fresh, o.words
	if err := b.Check(); err != nil {
		return err
	}
	folder, err := o.sheets.target(e)
	if err != nil {
		return err
	}
	if err := o.sheets.agreed(ctx, e, g, folder); err != nil {
		return err
	}
	signer, err := o.sign.signer(ctx, e, g)
	if err != nil {
		return err
	}
	b.Ready = func(sc shamir.Scheme) error {
		req := backup.SplitRequest{Scheme: sc, Sheets: folder}
		if _, err := o.complete(&req, e); err != nil {
			return err
		}
		return backup.CheckSplit(e.backupMachine(), req)
	}
	if err := s.Resolve(ctx, b.Options()); err != nil {
		return err
	}
	req, err := b.Request(e.rand)
	if err != nil {
		return err
	}
	defer req.Secret.Close()
	req.Sheets, req.Sign = folder, signer
	old, err := o.complete(&req, e)
	if err != nil {
		return err
	}
	return o.split(ctx, e, g, req, old)
}

// complete puts the flags into the request, and returns the record of the set
// that is replaced, or nil.
func (o *splitOptions) complete(req *backup.SplitRequest, e *env) (old *backup.Record, err error) {
	if req.Paper, err = paperSize(o.sheets.paper); err != nil {
		return nil, err
	}
	if req.Text, err = asText(o.sheets.format); err != nil {
		return nil, err
	}
	if req.Protect, err = parseProtect(o.protect, req.Scheme); err != nil {
		return nil, err
	}
	if req.Records, err = filepath.Abs(o.records); err != nil {
		return nil, fault.New(fault.Environment, "--records: %w", err)
	}
	req.Label, req.OnDisk, req.NoCheck = o.label, o.sheets.onDisk, o.sheets.noCheck
	if o.replaces != "" {
		if old, err = backup.OpenReplaced(e.backupMachine(), o.replaces); err != nil {
			return nil, err
		}
		req.Replaces = old.Set
	}
	return old, nil
}

// split runs the request.
func (o *splitOptions) split(ctx context.Context, e *env, g *globalFlags, req backup.SplitRequest, old *backup.Record) error {
	m := e.backupMachine()
	plan, warnings, err := backup.PlanSplit(m, req)
	if err != nil {
		return err
	}
	if old != nil {
		if err := backup.CheckReplaces(old, &plan.Summary); err != nil {
			return err
		}
	}
	e.term.Show(splitSummary(&plan.Summary, o.fresh, warnings, e.term.Width()))
	if err := agree(ctx, e, g, o.yes); err != nil {
		return err
	}
	at := o.desk.of(e, g)
	at.Agreed = o.sheets.agreedTo(g, o.yes)
	d := desk.New(at)
	defer d.Close()
	result, err := plan.Run(ctx, d, e.term.Progress("sheets"))
	if err != nil {
		return err
	}
	unsigned, what := result.Unsigned, "set "+result.Set+" exists"
	if o.replaces != "" {
		if old, err := o.retire(ctx, m, result, req.Sign); err != nil {
			return fault.New(fault.KindOf(err), "%s, but the history of the set that it replaces does not say so: %w", what, err).
				WithHint("%s; then write by hand, with the record of the old set, that its sheets are to be destroyed", fault.HintOf(err))
		} else if unsigned == "" {
			unsigned = old
		}
	}
	err = printReport(e, o.json, result, req.Records, func(width int) string { return splitReport(result, width) })
	if err != nil {
		return err
	}
	return notSigned(what, unsigned)
}

// retire marks the set that is replaced. Who did not sign for the new set is not
// asked again.
func (o *splitOptions) retire(ctx context.Context, m backup.Machine, made *backup.SplitResult, sign backup.Signer) (unsigned string, err error) {
	if made.Unsigned != "" {
		ctx, sign = context.WithoutCancel(ctx), nil
	}
	return backup.Retire(ctx, m, o.replaces, made.Set, sign)
}

// parseProtect reads which sheets get a passphrase.
func parseProtect(text string, sc shamir.Scheme) (refs []backup.SheetRef, err error) {
	if text == "" {
		return nil, nil
	}
	if text == "all" {
		for g, group := range sc.Groups {
			for n := range group.Sheets {
				refs = append(refs, backup.SheetRef{Group: g + 1, Number: n + 1})
			}
		}
		return refs, nil
	}
	for _, part := range strings.Split(text, ",") {
		ref, err := parseSheet(part, len(sc.Groups))
		if err != nil {
			return nil, fault.New(fault.Refused, "--protect: %w", err).WithHint("write 2, or 1.2 for sheet 2 of group 1, with commas between")
		}
		refs = append(refs, ref)
	}
	return refs, nil
}

// parseSheet reads the number of a sheet, or group and number.
func parseSheet(text string, groups int) (backup.SheetRef, error) {
	group, number, two := strings.Cut(strings.TrimSpace(text), ".")
	if !two {
		group, number = "1", group
	}
	gr, err1 := strconv.Atoi(group)
	n, err2 := strconv.Atoi(number)
	if err1 != nil || err2 != nil || gr < 1 || n < 1 || !two && groups > 1 {
		return backup.SheetRef{}, fmt.Errorf("\"%s\" names no sheet", text)
	}
	return backup.SheetRef{Group: gr, Number: n}, nil
}
