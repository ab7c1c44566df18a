package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/network"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// checked is one file's part of check's report.
type checked struct {
	File string `json:"file"`
	*slashingdb.CheckReport
}

func newSlashingCheck(e *env, g *globalFlags) *cobra.Command {
	h := &history{e: e, g: g}
	anyTime := false
	cmd := &cobra.Command{
		Use:        "check FILE...",
		SuggestFor: []string{"validate"},
		Short:      "list everything in a history that is not as EIP-3076 has it",
		Long: `Reads whole files and lists every fault with its line, byte and path, not only
the first: broken JSON, repeated names, keys that are no points, numbers that no
chain has reached, entries of another chain. It ends with code 1 when a file is
not as the standard has it.

What clients are known to write and what loses nothing is listed with the name
under which 'ethkey slashing repair' mends it. A message more than a day ahead
of this machine's clock is a fault.

EXAMPLES
  ethkey slashing check history.json
  ethkey slashing check --chain mainnet --json *.json`,
		Args: historyArgs(1, 0, "the files to look at"),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := h.chain(cmd)
			if err != nil {
				return err
			}
			o := slashingdb.ReadOptions{}
			chains := slashingdb.Chains(network.Builtin())
			if n != nil {
				o.GenesisValidatorsRoot = n.GenesisValidatorsRoot
				chains = []slashingdb.Chain{chainOf(*n)}
			}
			if !anyTime {
				o.Limits = slashingdb.Believe(chains, e.now())
			}
			return h.check(cmd, args, o)
		},
		Annotations: map[string]string{noSecrets: "true"},
	}
	cmd.Flags().BoolVar(&anyTime, "any-time", false, "believe messages ahead of the clock, for a machine whose clock is wrong")
	addChainFlags(cmd.Flags())
	h.addReport(cmd.Flags())
	return cmd
}

func (h *history) check(cmd *cobra.Command, names []string, o slashingdb.ReadOptions) error {
	var all []checked
	invalid := 0
	for _, name := range names {
		err := h.read(name, func(r io.Reader) error {
			report, err := slashingdb.Check(cmd.Context(), r, o)
			if err != nil {
				return err
			}
			all = append(all, checked{name, report})
			if !report.Valid {
				invalid++
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if err := h.print(all, func(p *page) { faultsText(p, all) }); err != nil {
		return err
	}
	if invalid > 0 {
		what := "the file is not as EIP-3076 has it"
		if len(names) > 1 {
			what = fmt.Sprintf("%d of %d files are not as EIP-3076 has them", invalid, len(names))
		}
		return fault.New(fault.Refused, "%s", what).WithHint("%s", checkNext(all))
	}
	return nil
}

// checkNext is what to do about the first fault that no mending sets right.
func checkNext(all []checked) string {
	for _, c := range all {
		for _, f := range c.Faults {
			if f.Mend == "" {
				return f.Next()
			}
		}
	}
	return "'ethkey slashing repair' mends all that is named there"
}

func faultsText(p *page, all []checked) {
	for _, c := range all {
		for _, f := range c.Faults {
			p.line(fmt.Sprintf("%s: FAULT: %s", c.File, f), 2)
		}
		if more := c.FaultCount - int64(len(c.Faults)); more > 0 {
			p.line(fmt.Sprintf("%s: %d further faults", c.File, more), 2)
		}
		for _, line := range deviationLines(c.Deviations) {
			p.line(c.File+": "+line, 2)
		}
		verdict := "NOT VALID"
		if c.Valid {
			verdict = fmt.Sprintf("valid: version %d", c.Version)
		}
		p.line(fmt.Sprintf("%s: %s, %d bytes, %s, %s, %s", c.File, verdict, c.Bytes, some(c.Keys, "key"), some(c.Blocks, "block"), some(c.Attestations, "attestation")), 2)
	}
}
