package main

import (
	"fmt"
	"io"
	"strings"

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
	var text strings.Builder
	invalid := 0
	for _, name := range names {
		err := h.read(name, func(r io.Reader) error {
			report, err := slashingdb.Check(cmd.Context(), r, o)
			if err != nil {
				return err
			}
			all = append(all, checked{name, report})
			text.WriteString(checkFileText(name, report))
			if !report.Valid {
				invalid++
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if err := h.print(all, text.String()); err != nil {
		return err
	}
	if invalid > 0 {
		return fault.New(fault.Refused, "%d of %d files are not as EIP-3076 has them", invalid, len(names)).
			WithHint("'ethkey slashing repair' mends what is named there; what else is wrong is damage, and a new export is the remedy")
	}
	return nil
}

func checkFileText(name string, r *slashingdb.CheckReport) string {
	var b strings.Builder
	for _, f := range r.Faults {
		fmt.Fprintf(&b, "%s: FAULT: %s\n", name, f)
	}
	if more := r.FaultCount - int64(len(r.Faults)); more > 0 {
		fmt.Fprintf(&b, "%s: %d further faults\n", name, more)
	}
	for _, line := range strings.SplitAfter(deviationText(r.Deviations), "\n") {
		if line != "" {
			fmt.Fprintf(&b, "%s: %s", name, line)
		}
	}
	verdict := "valid"
	if !r.Valid {
		verdict = "NOT VALID"
	}
	fmt.Fprintf(&b, "%s: %s: version %d, %d bytes, %s, %s, %s\n",
		name, verdict, r.Version, r.Bytes, some(r.Keys, "key"), some(r.Blocks, "block"), some(r.Attestations, "attestation"))
	return b.String()
}
