package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/desk"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/sshsig"
	"github.com/ethkey/ethkey/pkg/backup"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/validator"
)

// drillOptions are the flags of "backup drill".
type drillOptions struct {
	desk      deskOptions
	sign      signerOptions
	record    string
	keystores []string
	password  string
	present   []string
	reports   string

	due    string
	period string

	verify  bool
	allowed string
	json    bool
}

func newBackupDrill(e *env, g *globalFlags) *cobra.Command {
	o := &drillOptions{}
	cmd := &cobra.Command{
		Use:   "drill",
		Short: "prove that a set restores, without exposing it; list what is due; verify reports",
		Long: `Restores from sheets, compares what they make with the record, forgets the
secret again, and adds a report to the history beside the record. With
--keystores it also proves that what was restored opens, or makes, keystores of
the fleet. The report is signed with --sign-key or --sign-in; else it says that
it is unsigned.

--due lists the sets of a folder whose last drill is older than --period.
--verify checks record, history and reports against each other and, with
--allowed-signers, against the signatures; without them nobody's word is taken.

EXAMPLES
  ethkey backup drill --record backup-7QK42.json --sign-key id_ed25519
  ethkey backup drill --record backup-7QK42.json --pictures scans \
    --keystores validator_keys/keystore-0.json
  ethkey backup drill --due records --period 365
  ethkey backup drill --verify --record backup-7QK42.json \
    --allowed-signers signers report.json`,
		Args: o.reportsOnly,
		RunE: func(cmd *cobra.Command, names []string) error {
			switch {
			case o.due != "" && o.verify:
				return fault.New(fault.Usage, "--due and --verify were both given; expected one")
			case o.due != "":
				return o.listDue(e)
			case o.record == "":
				return fault.New(fault.Usage, "missing: --record").WithHint("the record says what a restore must reproduce")
			case o.verify:
				return o.verifyHistory(e, names)
			}
			return o.drill(cmd, e, g)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.record, "record", "", "the `RECORD` of the set; its history is beside it")
	f.StringSliceVar(&o.keystores, "keystores", nil, "keystores of the fleet to open with what was restored, or to compare with it: a `LIST` of files")
	f.StringVar(&o.password, "keystore-password-file", "", "`FILE` that holds their password; not needed where the sheets hold it")
	f.StringSliceVar(&o.present, "present", nil, "`NAMES` of the people who are there, for the report; they are public")
	f.StringVar(&o.reports, "reports", "", "existing `FOLDER` for the report; that of the record if not given")
	f.StringVar(&o.due, "due", "", "list the sets whose records are in this `FOLDER` and that are due")
	f.StringVar(&o.period, "period", "365", "a drill is due `DAYS` after the last one")
	f.BoolVar(&o.verify, "verify", false, "verify the history of --record, and the reports named behind the flags")
	f.StringVar(&o.allowed, "allowed-signers", "", "`FILE` of the SSH keys whose signatures count, as ssh-keygen reads it")
	o.desk.add(f)
	o.sign.add(f)
	f.BoolVar(&o.json, "json", false, "print the report as JSON")
	return cmd
}

// reportsOnly takes arguments for --verify alone.
func (o *drillOptions) reportsOnly(cmd *cobra.Command, args []string) error {
	if o.verify {
		return nil
	}
	return noArgs(cmd, args)
}

// drill restores and reports.
func (o *drillOptions) drill(cmd *cobra.Command, e *env, g *globalFlags) error {
	ctx := cmd.Context()
	req := backup.DrillRequest{Record: o.record, Present: o.present, Reports: o.reports, Tool: versionLine()}
	for _, name := range o.keystores {
		data, err := e.readAll(name, keystore.MaxFile)
		if err != nil {
			return err
		}
		req.Keystores = append(req.Keystores, validator.File{Name: name, Data: data})
	}
	if o.password != "" {
		password, err := e.secretFile(o.password)
		if err != nil {
			return err
		}
		defer password.Close()
		req.KeystorePassword = password
	}
	var err error
	if req.Sign, err = o.sign.signer(ctx, e, g); err != nil {
		return err
	}
	plan, warnings, err := backup.PlanDrill(e.backupMachine(), req)
	if err != nil {
		return err
	}
	e.warn(warnings)
	d := desk.New(o.desk.of(e, g))
	defer d.Close()
	result, err := plan.Run(ctx, d)
	if err != nil {
		return err
	}
	return printReport(e, o.json, result, filepath.Dir(result.History), func(width int) string { return drillReport(result, width) })
}

// listDue lists the sets that are due. It ends with code 1 when one is.
func (o *drillOptions) listDue(e *env) error {
	days, err := strconv.Atoi(o.period)
	if err != nil || days < 1 || days > 36500 {
		return fault.New(fault.Usage, "--period: expected days, from 1 to 36500")
	}
	due, err := backup.Due(e.backupMachine(), o.due, time.Duration(days)*24*time.Hour)
	if err != nil {
		return err
	}
	if due == nil {
		due = []backup.DueSet{}
	}
	if err := printResult(e, o.json, due, func(width int) string { return dueText(due, days, width) }); err != nil {
		return err
	}
	if len(due) > 0 {
		return fault.New(fault.Refused, "%d set(s) need attention", len(due)).WithHint("'ethkey backup drill --record RECORD' makes a drill")
	}
	return nil
}

func dueText(due []backup.DueSet, days, width int) string {
	p := &page{width: width}
	for _, d := range due {
		text := fmt.Sprintf("set %s, %s: ", d.Set, d.Record)
		switch {
		case d.Problem != "":
			text += d.Problem
		case d.Retired != "":
			text += "to be destroyed; set " + d.Retired + " has taken its place"
		case d.Last == "":
			text += fmt.Sprintf("never drilled, made %s, %d days ago", d.Made, d.Days)
		default:
			text += fmt.Sprintf("last drill %s, %d days ago", d.Last, d.Days)
		}
		p.line(text, 2)
	}
	if len(due) == 0 {
		p.line(fmt.Sprintf("no set is due: each was made, or had a drill, within %d days", days), 2)
	}
	return p.String()
}

// verifyHistory verifies the record, the history and reports.
func (o *drillOptions) verifyHistory(e *env, names []string) error {
	req := backup.VerifyRequest{Record: o.record}
	for _, name := range names {
		report := backup.ReportFile{Name: name}
		var err error
		if report.Data, err = e.readAll(name, maxRecord); err != nil {
			return err
		}
		if report.Signature, err = e.readAll(name+".sig", 1<<16); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		req.Reports = append(req.Reports, report)
	}
	if o.allowed != "" {
		data, err := e.readAll(o.allowed, 1<<20)
		if err != nil {
			return err
		}
		if req.Allowed, err = sshsig.ParseAllowedSigners(data); err != nil {
			return err
		}
	}
	result, err := backup.Verify(e.backupMachine(), req)
	if err != nil {
		return err
	}
	if err := printResult(e, o.json, result, func(width int) string { return verifyHistoryText(result, width) }); err != nil {
		return err
	}
	return result.Err()
}

func verifyHistoryText(r *backup.VerifyResult, width int) string {
	p := &page{width: width}
	p.mode(r.Mode)
	p.line(fmt.Sprintf("set %s: %d entries, %d of them vouched for by a signature that counts", r.Set, len(r.Entries), r.Authentic), 2)
	for _, entry := range r.Entries {
		by := "unsigned"
		switch {
		case entry.SignedBy != "":
			by = "signed by " + entry.SignedBy
		case entry.Key != "":
			by = "signed by " + entry.Key + ", which does not count"
			if entry.Problem != "" {
				by += ": " + entry.Problem
			}
		}
		p.line(strings.Join([]string{fmt.Sprintf("%4d. %s", entry.Number, entry.Time), entry.Event, by}, ", "), 6)
	}
	p.row("its head", r.Head)
	for _, s := range r.Says {
		p.line(s, 2)
	}
	return p.String()
}
