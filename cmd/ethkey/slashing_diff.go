package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

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
			if err := h.print(d, diffText(d)); err != nil {
				return err
			}
			if d.Same {
				return nil
			}
			return fault.New(fault.Refused, "the files differ in %s", some(len(d.Keys), "key"))
		},
		Annotations: map[string]string{noSecrets: "true"},
	}
	h.addReport(cmd.Flags())
	return cmd
}

func diffText(d *slashingdb.DiffReport) string {
	var b strings.Builder
	if d.Chains[0] != d.Chains[1] {
		fmt.Fprintf(&b, "CHAINS DIFFER: %s and %s\n", orDash(d.Chains[0]), orDash(d.Chains[1]))
	}
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	if len(d.Keys) > 0 {
		fmt.Fprint(w, "PUBLIC KEY\tIN\tSLOT\tSOURCE\tTARGET\tBLOCKS\tATTESTATIONS\tSECOND IS\n")
	}
	for _, k := range d.Keys {
		fmt.Fprintf(w, "%s\tfirst\t%s\t%s\n", k.Key, sideText(k.First), directionText(k))
		fmt.Fprintf(w, "\tsecond\t%s\t\n", sideText(k.Second))
	}
	_ = w.Flush()
	fmt.Fprintf(&b, "keys that differ: %d, the same: %d\n", len(d.Keys), d.Equal)
	return trimLines(b.String())
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
