package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

func newSlashingExplain(e *env, g *globalFlags) *cobra.Command {
	h := &history{e: e, g: g}
	cmd := &cobra.Command{
		Use:   "explain FILE",
		Short: "say what a client would make of this very file, and what to do about it",
		Long: `Names the traps that a client sets to this file: what it would lose, refuse or
misread, for which keys, and the command that closes it. With the client's own
export in --over it also says what the two make of each other.

danger: the client could sign what the key must not. stops: the import fails, or
the key stops signing. note: what to do in any case. docs/slashing.md describes
each trap by its number.

EXAMPLES
  ethkey slashing explain --for dirk history.json
  ethkey slashing explain --for prysm --over prysm.json history.json`,
		Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			if h.client == "" {
				return fault.New(fault.Usage, "missing: --for").WithHint("name the client: %s", slashingdb.ClientNames())
			}
			client, err := slashingdb.ParseClient(h.client)
			if err != nil {
				return err
			}
			over, err := h.export(cmd.Context())
			if err != nil {
				return err
			}
			var facts *slashingdb.Facts
			err = h.read(args[0], func(r io.Reader) (err error) {
				facts, err = slashingdb.ReadFacts(cmd.Context(), r, slashingdb.ReadOptions{})
				return err
			})
			if err != nil {
				return err
			}
			x, err := slashingdb.Explain(facts, client, over)
			if err != nil {
				return err
			}
			return h.print(x, func(p *page) { explainText(p, x) })
		},
		Annotations: map[string]string{noSecrets: "true"},
	}
	cmd.Flags().StringVar(&h.client, "for", "", "the `CLIENT`: "+slashingdb.ClientNames())
	h.addOver(cmd.Flags())
	h.addReport(cmd.Flags())
	return cmd
}

func explainText(p *page, x *slashingdb.Explanation) {
	p.line(fmt.Sprintf("%s, for %s", some(x.Keys, "key"), x.Client.Label()), 2)
	for _, f := range x.Findings {
		what := f.What
		if f.Keys > 0 {
			what = fmt.Sprintf("%d of %s %s", f.Keys, some(x.Keys, "key"), what)
		}
		p.line(fmt.Sprintf("%-6s  trap %d: %s", f.Gravity, f.Trap, what), 8)
		if len(f.Examples) > 0 {
			p.line("        keys: "+strings.Join(examples(f, p.width), ", ")+more(f), 8)
		}
		p.line("        do: "+f.Do, 8)
	}
}

// examples are the first keys of a finding, shortened where a line cannot hold
// one.
func examples(f slashingdb.Finding, width int) []string {
	keys := slices.Clone(f.Examples)
	for i, key := range keys {
		if width != 0 && width < 8+len(key) {
			keys[i] = shortKey(key)
		}
	}
	return keys
}

// more says that not all keys are listed.
func more(f slashingdb.Finding) string {
	if f.Keys > len(f.Examples) {
		return ", ..."
	}
	return ""
}
