package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/desk"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/backup"
)

// reissueOptions are the flags of "backup reissue".
type reissueOptions struct {
	desk    deskOptions
	sheets  sheetOptions
	sign    signerOptions
	record  string
	lost    string
	protect bool
	yes     bool
	json    bool
}

func newBackupReissue(e *env, g *globalFlags) *cobra.Command {
	o := &reissueOptions{}
	cmd := &cobra.Command{
		Use:   "reissue",
		Short: "make a lost sheet again from others of its set",
		Long: `Makes a lost sheet again, byte for byte, from as many others as restore. The
secret is not computed. Like a new sheet it is printed and read back.

A sheet that turns up again is then there twice. When people change, make a new
set instead: restore, and split with --replaces.

EXAMPLES
  ethkey backup reissue --record backup-7QK42.json --sheet 2
  ethkey backup reissue --record backup-7QK42.json --sheet 1.3 --protect`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), e, g) },
	}
	f := cmd.Flags()
	f.StringVar(&o.record, "record", "", "the `RECORD` of the set")
	f.StringVar(&o.lost, "sheet", "", "the `NUMBER` of the lost sheet, or 1.2 for sheet 2 of group 1")
	f.BoolVar(&o.protect, "protect", false, "give it a new passphrase, which is written on it by hand")
	o.sheets.add(f)
	o.desk.add(f)
	o.sign.add(f)
	f.BoolVar(&o.yes, "yes", false, "agree beforehand, and to --no-check")
	f.BoolVar(&o.json, "json", false, "print the report as JSON")
	return cmd
}

// run plans, has the summary agreed to, makes the sheet, and reports.
func (o *reissueOptions) run(ctx context.Context, e *env, g *globalFlags) error {
	req, err := o.request(ctx, e, g)
	if err != nil {
		return err
	}
	plan, warnings, err := backup.PlanReissue(e.backupMachine(), req)
	if err != nil {
		return err
	}
	kept, err := e.inMemory(req.Sheets)
	if err != nil {
		return err
	}
	e.term.Show(reissueSummary(plan, req.Sheets, kept, warnings, e.term.Width()))
	if err := agree(ctx, e, g, o.yes); err != nil {
		return err
	}
	at := o.desk.of(e, g)
	at.Agreed = o.sheets.agreedTo(g, o.yes)
	d := desk.New(at)
	defer d.Close()
	result, err := plan.Run(ctx, d)
	if err != nil {
		return err
	}
	if err := printResult(e, o.json, result, func(width int) string { return reissueText(result, width) }); err != nil {
		return err
	}
	return notSigned(result.Name+" of set "+result.Set+" is made", result.Unsigned)
}

// request puts the flags into a request, and has the folder agreed to.
func (o *reissueOptions) request(ctx context.Context, e *env, g *globalFlags) (req backup.ReissueRequest, err error) {
	if o.record == "" {
		return req, fault.New(fault.Usage, "missing: --record").WithHint("the record has the place of the lost share")
	}
	if o.lost == "" {
		return req, fault.New(fault.Usage, "missing: --sheet").WithHint("it says which sheet is lost: 2, or 1.2 for sheet 2 of group 1")
	}
	known, err := e.readRecord(o.record)
	if err != nil {
		return req, err
	}
	req.Record, req.Protect, req.NoCheck = o.record, o.protect, o.sheets.noCheck
	if req.Lost, err = parseSheet(o.lost, len(known.Scheme.Groups)); err != nil {
		return req, fault.New(fault.Refused, "--sheet: %w", err).WithHint("write 2, or 1.2 for sheet 2 of group 1")
	}
	if req.Paper, err = paperSize(o.sheets.paper); err != nil {
		return req, err
	}
	if req.Text, err = asText(o.sheets.format); err != nil {
		return req, err
	}
	if req.Sheets, err = o.sheets.target(e); err != nil {
		return req, err
	}
	if err = o.sheets.agreed(ctx, e, g, req.Sheets); err != nil {
		return req, err
	}
	req.OnDisk = o.sheets.onDisk // by its flag, or agreed to
	req.Sign, err = o.sign.signer(ctx, e, g)
	return req, err
}

func reissueSummary(plan *backup.ReissuePlan, folder string, inMemory bool, warnings []backup.Warning, width int) string {
	p := newSummary(width)
	p.mode(plan.Record.Mode)
	again := plan.Name + " of set " + plan.Record.Set
	if plan.Same {
		p.row("sheet", again+", to the last character")
	} else {
		p.row("sheet", again+", with a new passphrase, so with another text")
	}
	p.row("from", "the sheets that you are asked for next")
	where := folder + ", in memory, until it is read back"
	if !inMemory {
		where = folder + ", which may OUTLAST the power"
	}
	p.row("sheet to", where)
	return p.closing(nil, warnings)
}

func reissueText(r *backup.ReissueResult, width int) string {
	p := &page{width: width}
	p.mode(r.Mode)
	p.line(fmt.Sprintf("%s of set %s is made again from %s", r.Name, r.Set, strings.Join(r.Used, ", ")), 2)
	if r.Same {
		p.line("it is the same, character for character, as the lost one", 2)
	}
	if r.ReadBack == "no" {
		p.line("UNCHECKED: it was not read back", 2)
	}
	p.row("fingerprint", r.Fingerprint)
	p.row("history", r.History)
	if r.SignedBy != "" {
		p.row("signed by", r.SignedBy)
	}
	p.unsigned(r.Unsigned)
	return p.String()
}
