package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/desk"
	"github.com/ethkey/ethkey/pkg/backup"
)

func newBackupCheck(e *env, g *globalFlags) *cobra.Command {
	o, record, passphrase, asJSON := &deskOptions{}, "", false, false
	cmd := &cobra.Command{
		Use:   "check",
		Short: "check one sheet: undamaged, original, which of which set",
		Long: `Reads one sheet and says whether it is undamaged and which sheet of which set it
is; with the record also whether it is the very sheet that was made. It needs no
other sheet and shows nothing of this one: each holder can do it alone, once a
year, on any machine without a network.

EXAMPLES
  ethkey backup check --record backup-7QK42.json
  ethkey backup check --record backup-7QK42.json --pictures photo.jpg`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			d := desk.New(o.of(e, g))
			defer d.Close()
			result, err := backup.Check(cmd.Context(), e.backupMachine(), backup.CheckRequest{Record: record, Passphrase: passphrase}, d)
			if err != nil {
				return err
			}
			if err := printResult(e, asJSON, result, func(width int) string { return sheetCheckText(result, width) }); err != nil {
				return err
			}
			return result.Err()
		},
	}
	f := cmd.Flags()
	f.StringVar(&record, "record", "", "the `RECORD` of the set; without it nobody can tell whether the sheet is the original")
	f.BoolVar(&passphrase, "passphrase", false, "try the passphrase of the sheet too, if it has one")
	o.add(f)
	f.BoolVar(&asJSON, "json", false, "print the report as JSON")
	return cmd
}

func sheetCheckText(r *backup.CheckResult, width int) string {
	p := &page{width: width}
	p.mode(r.Mode)
	of := fmt.Sprintf("any %d restore", r.Threshold)
	if r.Groups > 1 {
		of = fmt.Sprintf("%d of its group, and %d of %d groups", r.Threshold, r.GroupThreshold, r.Groups)
	}
	p.line(fmt.Sprintf("%s of set %s: %s", r.Name, r.Set, of), 2)
	switch {
	case !r.Undamaged:
		p.line("DAMAGED", 2)
	case r.Corrected > 0:
		p.line(fmt.Sprintf("undamaged but for %d character(s) that you agreed to", r.Corrected), 2)
	default:
		p.line("undamaged", 2)
	}
	switch {
	case r.Original == nil:
	case *r.Original:
		p.line("the original: the record has its fingerprint", 2)
	default:
		p.line("NOT THE ORIGINAL: the record has another fingerprint", 2)
	}
	switch {
	case r.Opened:
		p.line("its passphrase opens it", 2)
	case r.Passphrase:
		p.line("it has a passphrase, which was not tried", 2)
	}
	if r.RecordHash != "" {
		p.line("the record's hash, as it has to stand on the sheet:", 2)
		for half := range slices.Chunk([]byte(r.RecordHash), 32) {
			p.line("  "+string(bytes.Join(slices.Collect(slices.Chunk(half, 4)), []byte(" "))), 2)
		}
	}
	if r.Retired != "" {
		p.line("TO BE DESTROYED: set "+r.Retired+" has taken its place", 2)
	}
	if len(r.Unknown) > 0 {
		p.line("what this cannot tell: "+strings.Join(r.Unknown, "; "), 2)
	}
	return p.String()
}
