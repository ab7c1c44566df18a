package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// minified is what minify reports.
type minified struct {
	Network string             `json:"network"`
	Keys    int                `json:"keys"`
	Shaped  *slashingdb.Shaped `json:"shaped,omitempty"`
	Out     string             `json:"out"`
}

func newSlashingMinify(e *env, g *globalFlags) *cobra.Command {
	h := &history{e: e, g: g}
	cmd := &cobra.Command{
		Use:   "minify FILE",
		Short: "reduce a history to what each key signed last, as any client takes it",
		Long: `Writes what each key signed last: one block and one attestation a key, each with
the greatest values of the file. It protects against all that it replaces, and
every client reads it at once.

--for shapes it for a client, so that nothing is lost there: 'ethkey slashing
explain' says what could be. Where that client has a history already, give its
export with --over. No value is ever lowered.

EXAMPLES
  ethkey slashing minify history.json --out small.json
  ethkey slashing minify --for prysm history.json --out for-prysm.json
  ethkey slashing minify --for dirk --over dirk.json history.json \
    --out for-dirk.json`,
		Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := h.canWrite(); err != nil {
				return err
			}
			t, err := h.table(cmd.Context(), args[0], slashingdb.ReadOptions{})
			if err != nil {
				return err
			}
			return h.finish(cmd, t)
		},
		Annotations: map[string]string{noSecrets: "true"},
	}
	h.addFor(cmd.Flags())
	addChainFlags(cmd.Flags())
	h.addOut(cmd.Flags())
	return cmd
}

// finish names the chain of a table, shapes it, writes it and reports.
func (h *history) finish(cmd *cobra.Command, t *slashingdb.Table) error {
	c, err := h.named(cmd, t)
	if err != nil {
		return err
	}
	shaped, did, err := h.shape(cmd.Context(), t)
	if err != nil {
		return err
	}
	if err := h.write(cmd.Context(), shaped.Write); err != nil {
		return err
	}
	r := minified{Network: c.Name, Keys: len(shaped.Keys), Shaped: did, Out: h.out}
	lines := []string{fmt.Sprintf("%s: %s on %s, what each signed last", h.shownOut(), some(r.Keys, "key"), r.Network)}
	if did != nil {
		lines[0] += ", as " + h.client + " takes it"
		for _, n := range did.Notes {
			lines = append(lines, "note: "+n)
		}
	}
	return h.report(r, lines...)
}

// shownOut names the file that was written.
func (h *history) shownOut() string {
	if h.out == standardStream {
		return "standard output"
	}
	return h.out
}
