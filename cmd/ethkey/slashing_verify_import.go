package main

import (
	"fmt"

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
			if err := h.print(check, func(p *page) { importText(p, check) }); err != nil {
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

func importText(p *page, c *slashingdb.ImportCheck) {
	if len(c.Problems) > 0 {
		rows := [][]string{cells("PUBLIC KEY\tIN\tSLOT\tSOURCE\tTARGET\tPROBLEM")}
		for _, k := range c.Problems {
			rows = append(rows, cells("%s\tfile\t%s\t%s", k.Key, lastText(&k.File), k.What))
			if k.Export != nil {
				rows = append(rows, cells("\texport\t%s\t", lastText(k.Export)))
			}
		}
		p.table(rows)
	}
	p.line(fmt.Sprintf("%d of %s held at least as high; %d missing, %d lower; %s more in the export", c.Held, some(c.Keys, "key"), c.Missing, c.Lowered, some(c.Extra, "key")), 2)
}
