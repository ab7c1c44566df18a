package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// v4 is the name of the interchange format before version 5.
const v4 = "v4"

// converted is what convert reports.
type converted struct {
	From    string                `json:"from"`
	Network string                `json:"network"`
	Keys    int                   `json:"keys"`
	Read    *slashingdb.Converted `json:"read,omitempty"`
	Shaped  *slashingdb.Shaped    `json:"shaped,omitempty"`
	Out     string                `json:"out"`
}

func newSlashingConvert(e *env, g *globalFlags) *cobra.Command {
	h := &history{e: e, g: g}
	format := ""
	cmd := &cobra.Command{
		Use:   "convert PATH",
		Short: "make an interchange file of a client's own records, or of an older version",
		Long: `Reads what a client keeps on its disk, for when the client itself cannot export
any more, or an interchange file of version 4, and writes what each key signed
last as a file of version 5.

  v4             an interchange file of version 4, complete or minimal
  teku           the folder slashprotection, or a folder above it
  prysm-minimal  the folder slashing-protection of Prysm's minimal database, or
                 a folder above it

The client must be stopped. One record that is no use ends the command. Where
records name no chain, name it with --chain.

EXAMPLES
  ethkey slashing convert --from v4 old.json --out history.json
  ethkey slashing convert --from teku /data/teku --out history.json
  ethkey slashing convert --from prysm-minimal --for lighthouse /data/prysm \
    --out history.json`,
		Args: historyArgs(1, 1, "one file or folder"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := h.canWrite(); err != nil {
				return err
			}
			n, err := h.chain(cmd)
			if err != nil {
				return err
			}
			t, did, err := h.convert(cmd.Context(), format, args[0], rootOf(n))
			if err != nil {
				return err
			}
			return h.finishConvert(cmd, format, t, did)
		},
		Annotations: map[string]string{noSecrets: "true"},
	}
	cmd.Flags().StringVar(&format, "from", "", "`FORMAT`: v4, teku, prysm-minimal")
	h.addFor(cmd.Flags())
	addChainFlags(cmd.Flags())
	h.addOut(cmd.Flags())
	return cmd
}

func (h *history) convert(ctx context.Context, format, name string, root *beacon.Root) (*slashingdb.Table, *slashingdb.Converted, error) {
	switch format {
	case "":
		return nil, nil, fault.New(fault.Usage, "missing: --from").WithHint("one of v4, teku, prysm-minimal")
	case v4:
		t, err := h.table(ctx, name, slashingdb.ReadOptions{Version4: true})
		return t, nil, err
	case string(slashingdb.TekuRecords), string(slashingdb.PrysmRecords):
		fsys, err := h.e.open(name)
		if err != nil {
			return nil, nil, err
		}
		return slashingdb.Convert(fsys, slashingdb.Records(format), root)
	}
	return nil, nil, fault.New(fault.Usage, "--from: unknown format; expected v4, teku or prysm-minimal")
}

func (h *history) finishConvert(cmd *cobra.Command, format string, t *slashingdb.Table, did *slashingdb.Converted) error {
	c, err := h.named(cmd, t)
	if err != nil {
		return err
	}
	shaped, how, err := h.shape(cmd.Context(), t)
	if err != nil {
		return err
	}
	if err := h.write(cmd.Context(), shaped.Write); err != nil {
		return err
	}
	r := converted{From: format, Network: c.Name, Keys: len(shaped.Keys), Read: did, Shaped: how, Out: h.out}
	lines := []string{fmt.Sprintf("%s: %s on %s, what each signed last", h.shownOut(), some(r.Keys, "key"), r.Network)}
	if did != nil && did.Empty > 0 {
		lines = append(lines, fmt.Sprintf("note: %d of them signed nothing yet, by their records", did.Empty))
	}
	if did != nil && did.NoRoot > 0 {
		lines = append(lines, fmt.Sprintf("note: %s without the name of a chain, taken for %s", some(did.NoRoot, "record"), c.Name))
	}
	if did != nil && len(did.Ignored) > 0 {
		lines = append(lines, fmt.Sprintf("note: passed over %s beside the records: %s", some(len(did.Ignored), "file"), firstFew(did.Ignored)))
	}
	if how != nil {
		lines = append(lines, how.Notes...)
	}
	return h.report(r, lines...)
}

// firstFew names the first few of many.
func firstFew(names []string) string {
	if len(names) > 3 {
		return strings.Join(names[:3], ", ") + ", ..."
	}
	return strings.Join(names, ", ")
}
