package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// repaired is what repair reports.
type repaired struct {
	*slashingdb.RepairReport
	Out string `json:"out,omitempty"` // empty when nothing was written
}

func newSlashingRepair(e *env, g *globalFlags) *cobra.Command {
	h := &history{e: e, g: g}
	var mend []string
	cmd := &cobra.Command{
		Use:   "repair FILE",
		Short: "write a history as EIP-3076 has it, with every message, and say what was mended",
		Long: `Writes a file as the standard has it: version 5, one entry a key, both lists in
each, numbers as strings, every message that was there. What it mends it says;
what cannot be mended without guessing it lists, and then writes nothing.

` + mendingsText() + `
EXAMPLES
  ethkey slashing repair dirk.json --out mended.json
  ethkey slashing repair --chain mainnet teku.json --out mended.json
  ethkey slashing repair --mend json-number,missing-0x odd.json \
    --out mended.json`,
		Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := h.canWrite(); err != nil {
				return err
			}
			o, err := h.repairOptions(cmd, mend)
			if err != nil {
				return err
			}
			return h.repair(cmd.Context(), args[0], o)
		},
		Annotations: map[string]string{noSecrets: "true"},
	}
	cmd.Flags().StringSliceVar(&mend, "mend", nil, "make these `MENDINGS` alone of those that reading refuses; all if not given")
	addChainFlags(cmd.Flags())
	h.addOut(cmd.Flags())
	return cmd
}

// mendingsText lists the mendings for help.
func mendingsText() string {
	var b strings.Builder
	for _, m := range slashingdb.Mendings() {
		fmt.Fprintf(&b, "  %-21s%s\n", m, m.What())
	}
	return b.String()
}

func (h *history) repairOptions(cmd *cobra.Command, mend []string) (slashingdb.RepairOptions, error) {
	var o slashingdb.RepairOptions
	known := map[string]bool{}
	var names []string
	for _, m := range slashingdb.Mendings() {
		known[string(m)] = true
		names = append(names, string(m))
	}
	for _, name := range mend {
		if !known[name] {
			return o, fault.New(fault.Usage, "--mend: \"%s\" is no mending", name).WithHint("the mendings are %s", strings.Join(names, ", "))
		}
		o.Mend = append(o.Mend, slashingdb.Mending(name))
	}
	n, err := h.chain(cmd)
	if n != nil {
		o.GenesisValidatorsRoot = n.GenesisValidatorsRoot
	}
	return o, err
}

func (h *history) repair(ctx context.Context, name string, o slashingdb.RepairOptions) error {
	var report *slashingdb.RepairReport
	err := h.write(ctx, func(w io.Writer) error {
		return h.read(name, func(r io.Reader) error {
			again, err := twice(name, r)
			if err == nil {
				report, err = slashingdb.Repair(ctx, again, w, o)
			}
			return err
		})
	})
	if err != nil {
		return errors.Join(h.faults(name, report), err)
	}
	lines := []string{fmt.Sprintf("%s: %s, %s, %s", h.shownOut(), some(report.Keys, "key"), some(report.Blocks, "block"), some(report.Attestations, "attestation"))}
	for _, d := range report.Mended {
		lines = append(lines, fmt.Sprintf("mended: %s (%s, first at %s)", d.What, some(d.Count, "time"), d.First))
	}
	if len(report.Mended) == 0 {
		lines = append(lines, "there was nothing to mend")
	}
	return h.report(repaired{report, h.out}, lines...)
}

// faults prints what could not be mended.
func (h *history) faults(name string, report *slashingdb.RepairReport) error {
	if report == nil || len(report.Faults) == 0 {
		return nil
	}
	if h.json {
		return json.NewEncoder(h.e.stdout).Encode(repaired{RepairReport: report})
	}
	for _, f := range report.Faults {
		h.e.term.Note(name + ": FAULT: " + f.Error())
	}
	return nil
}

// maxHeld bounds what is held of a pipe.
const maxHeld = 2 << 30

// twice makes a reader that can be read again: a pipe is held.
func twice(name string, r io.Reader) (io.ReadSeeker, error) {
	if s, ok := r.(io.ReadSeeker); ok && name != standardStream {
		return s, nil
	}
	data, err := io.ReadAll(io.LimitReader(r, maxHeld+1))
	if err == nil && len(data) > maxHeld {
		err = fault.New(fault.Refused, "larger than the %d GiB that are held of a pipe", maxHeld>>30).WithHint("save it to a file, and name that")
	}
	return bytes.NewReader(data), err
}
