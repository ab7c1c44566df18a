package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/backup"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// damages are what --damage takes.
var damages = []backup.Damage{backup.DamageStain, backup.DamageTypo, backup.DamageMissing, backup.DamageMixed}

func newBackupPractise(e *env, g *globalFlags) *cobra.Command {
	folder, size, damage := ".", "a4", []string(nil)
	threshold, sheets, asJSON := 2, 3, false
	cmd := &cobra.Command{
		Use:   "practise",
		Short: "make a set of a published secret to train with, damaged if you like",
		Long: `Makes a set of sheets of a phrase that is published, into a new folder: PDFs to
print, pictures and texts. Restore it with 'backup restore --practice', which
says whether you got the published phrase. Such sheets are marked and never
combine with real ones.

EXAMPLES
  ethkey backup practise
  ethkey backup practise --threshold 3 --sheets 5 --damage stain,typo,mixed`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			req := backup.PractiseRequest{Scheme: shamir.Single(threshold, sheets)}
			if err := req.Scheme.Check(); err != nil {
				return err
			}
			var err error
			if req.Folder, err = filepath.Abs(folder); err != nil {
				return fault.New(fault.Environment, "--folder: %w", err)
			}
			if req.Paper, err = paperSize(size); err != nil {
				return err
			}
			if req.Damage, err = parseDamage(damage); err != nil {
				return err
			}
			plan, warnings, err := backup.PlanPractise(e.backupMachine(), req)
			if err != nil {
				return err
			}
			e.warn(warnings)
			result, err := plan.Run(cmd.Context(), e.term.Progress("sheets"))
			if err != nil {
				return err
			}
			return printReport(e, asJSON, result, result.Folder, func(width int) string { return practiseText(result, width) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&folder, "folder", ".", "existing `FOLDER` in which a new one is made; this one if not given")
	f.StringVar(&size, "paper", "a4", "`SIZE` of the paper: a4 or letter")
	f.IntVar(&sheets, "sheets", 3, "`N` sheets")
	f.IntVar(&threshold, "threshold", 2, "`T` of them restore")
	f.StringSliceVar(&damage, "damage", nil, "what happens to them: a `LIST` of stain, typo, missing, mixed")
	f.BoolVar(&asJSON, "json", false, "print the report as JSON")
	return cmd
}

func parseDamage(names []string) ([]backup.Damage, error) {
	var list []backup.Damage
	for _, name := range names {
		damage := backup.Damage(strings.TrimSpace(name))
		if !slices.Contains(damages, damage) {
			return nil, fault.New(fault.Usage, "--damage: \"%s\" is not known", name).WithHint("expected stain, typo, missing or mixed")
		}
		list = append(list, damage)
	}
	return list, nil
}

func practiseText(r *backup.PractiseResult, width int) string {
	p := &page{width: width}
	p.line(fmt.Sprintf("PRACTICE set %s, of %s", r.Set, r.Vector), 2)
	p.row("folder", r.Folder)
	p.files(r.Files, "files")
	p.row("record", r.Record)
	for _, t := range r.Task {
		p.line(t, 2)
	}
	p.line("  ethkey backup restore --practice --record "+r.Record+" --pictures "+r.Folder, 4)
	p.line("it asks for more when the pictures are used up: t lets you type one of the texts", 2)
	return p.String()
}
