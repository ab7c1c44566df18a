package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

func newSlashingVerifyImport(e *env, g *globalFlags) *cobra.Command {
	h := &history{e: e, g: g}
	cmd := &cobra.Command{
		Use:   "verify-import FILE EXPORT",
		Short: "prove by a client's own export that it took all of a history",
		Long: `Compares a file with what the client exports after importing it: for every key
of the file the export's last slot, source and target must not be lower. It ends
with code 1 when one is, or a key is missing: then the import failed, whatever
the client said. Do not start it. A file without any key proves nothing, and
ends it too.

FILE is best the history as it left the old side: that proves every step that
lies between, shaping too.

EXAMPLES
  ethkey slashing verify-import history.json export.json && start`,
		Args: historyArgs(2, 2, "the file that was imported and the client's export"),
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := h.table(cmd.Context(), args[0], slashingdb.ReadOptions{})
			if err != nil {
				return err
			}
			export, err := h.table(cmd.Context(), args[1], slashingdb.ReadOptions{})
			if err != nil {
				return err
			}
			if len(file.Keys) == 0 {
				return fault.New(fault.Refused, "%s holds no key: nothing was imported, and nothing is proven", args[0]).
					WithHint("compare with the history that left the old side")
			}
			check, err := slashingdb.VerifyImport(file, export)
			if err != nil {
				return err
			}
			if err := h.print(check, importText(check)); err != nil {
				return err
			}
			if check.OK {
				return nil
			}
			return fault.New(fault.Refused, "the import failed; keys missing from the export: %d, lower in it: %d", check.Missing, check.Lowered).
				WithHint("do not start the client; 'ethkey slashing explain --for CLIENT FILE' says what may have happened")
		},
		Annotations: map[string]string{noSecrets: "true"},
	}
	h.addReport(cmd.Flags())
	return cmd
}

func importText(c *slashingdb.ImportCheck) string {
	var b strings.Builder
	if len(c.Problems) > 0 {
		w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		fmt.Fprint(w, "PUBLIC KEY\tIN\tSLOT\tSOURCE\tTARGET\tPROBLEM\n")
		for _, p := range c.Problems {
			fmt.Fprintf(w, "%s\tfile\t%s\t%s\n", p.Key, lastText(&p.File), p.What)
			if p.Export != nil {
				fmt.Fprintf(w, "\texport\t%s\t\n", lastText(p.Export))
			}
		}
		_ = w.Flush()
	}
	fmt.Fprintf(&b, "%d of %s held at least as high; %d missing, %d lower; %s more in the export\n", c.Held, some(c.Keys, "key"), c.Missing, c.Lowered, some(c.Extra, "key"))
	return trimLines(b.String())
}
