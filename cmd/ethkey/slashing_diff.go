package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

func newSlashingDiff(e *env, g *globalFlags) *cobra.Command {
	h := &history{e: e, g: g}
	cmd := &cobra.Command{
		Use:   "diff FIRST SECOND",
		Short: "compare what two histories say, not how they say it",
		Long: `Lists the keys of which two files say different things: order, spelling and
white space do not matter. It ends with code 1 when they differ. LOWER is a key
that could sign with the second file what the first refuses.

EXAMPLES
  ethkey slashing diff yesterday.json today.json`,
		Args: historyArgs(2, 2, "two files"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var d *slashingdb.DiffReport
			err := h.inputs(args, func(files []slashingdb.Input) (err error) {
				d, err = slashingdb.Diff(cmd.Context(), files[0].Reader, files[1].Reader, slashingdb.ReadOptions{})
				return err
			})
			if err != nil {
				return err
			}
			if err := h.print(d, func(p *page) { diffText(p, d) }); err != nil {
				return err
			}
			if d.Same {
				return nil
			}
			return differ(d)
		},
		Annotations: map[string]string{noSecrets: "true"},
	}
	h.addReport(cmd.Flags())
	return cmd
}

func differ(d *slashingdb.DiffReport) error {
	f := fault.New(fault.Refused, "the files differ in %s", some(len(d.Keys), "key"))
	switch {
	case d.Chains[0] != "" && d.Chains[1] != "" && d.Chains[0] != d.Chains[1]:
		return fault.New(fault.Refused, "the files are not of one chain").WithHint("a key signs on one chain; find out which file does not belong here")
	case slices.ContainsFunc(d.Keys, func(k slashingdb.KeyDiff) bool { return k.Lower }):
		return f.WithHint("where the second is LOWER it lets a key sign what the first refuses; 'ethkey slashing merge' makes one file that refuses what either does")
	}
	return f
}

func diffText(p *page, d *slashingdb.DiffReport) {
	if d.Chains[0] != d.Chains[1] {
		p.line(fmt.Sprintf("CHAINS DIFFER: %s and %s", orDash(d.Chains[0]), orDash(d.Chains[1])), 2)
	}
	if len(d.Keys) > 0 {
		rows := [][]string{cells("PUBLIC KEY\tIN\tSLOT\tSOURCE\tTARGET\tBLOCKS\tATTESTATIONS\tSECOND")}
		for _, k := range d.Keys {
			rows = append(rows, cells("%s\tfirst\t%s\t%s", k.Key, sideText(k.First), directionText(k)), cells("\tsecond\t%s\t", sideText(k.Second)))
		}
		p.table(rows)
	}
	p.line(fmt.Sprintf("keys that differ: %d, the same: %d", len(d.Keys), d.Equal), 2)
}

func sideText(s *slashingdb.KeySide) string {
	if s == nil {
		return "absent\t-\t-\t-\t-"
	}
	return fmt.Sprintf("%s\t%d\t%d", lastText(&s.Last), s.Blocks, s.Attestations)
}

func directionText(k slashingdb.KeyDiff) string {
	var words []string
	if k.Lower {
		words = append(words, "LOWER")
	}
	if k.Higher {
		words = append(words, "higher")
	}
	if k.Messages {
		words = append(words, "other messages")
	}
	if len(words) == 0 {
		words = append(words, "other roots")
	}
	return strings.Join(words, ", ")
}
