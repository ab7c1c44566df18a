package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/pkg/network"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

func newSlashingInspect(e *env, g *globalFlags) *cobra.Command {
	h := &history{e: e, g: g}
	cmd := &cobra.Command{
		Use:        "inspect FILE",
		SuggestFor: []string{"summary", "show"},
		Short:      "say what a history holds: chain, keys, what each signed last, and when",
		Long: `Reads an interchange file of any size and says what it holds: the chain, and for
each key the last slot, source and target, how many messages, how many of them
with their signing root, gaps, and how long ago the newest message was due, by
this machine's clock.

EXAMPLES
  ethkey slashing inspect history.json
  zcat history.json.gz | ethkey slashing inspect --json -`,
		Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := h.chain(cmd)
			if err != nil {
				return err
			}
			o := slashingdb.InspectOptions{Chains: slashingdb.Chains(network.Builtin()), Now: e.now()}
			if n != nil {
				o.Chains = []slashingdb.Chain{chainOf(*n)}
				o.GenesisValidatorsRoot = n.GenesisValidatorsRoot
			}
			var s *slashingdb.Summary
			err = h.read(args[0], func(r io.Reader) (err error) {
				s, err = slashingdb.Inspect(cmd.Context(), r, o)
				return err
			})
			if err != nil {
				return err
			}
			return h.print(s, inspectText(s))
		},
		Annotations: map[string]string{noSecrets: "true"},
	}
	addChainFlags(cmd.Flags())
	h.addReport(cmd.Flags())
	return cmd
}

func inspectText(s *slashingdb.Summary) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "PUBLIC KEY\tSLOT\tSOURCE\tTARGET\tNEWEST\tBLOCKS\tATTESTATIONS\tNOTES\n")
	for _, k := range s.Keys {
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%s\n", k.Key, lastText(&k.Last), orDash(k.Age), k.Blocks, k.Attestations, orDash(keyNotes(k)))
	}
	_ = w.Flush()
	chain := s.Network
	if chain == "" {
		chain = unknownChain
	}
	fmt.Fprintf(&b, "%s, version %d, %d bytes: %s, %s, %s", chain, s.Version, s.Bytes, some(len(s.Keys), "key"), some(s.Blocks, "block"), some(s.Attestations, "attestation"))
	if s.Newest != nil {
		fmt.Fprintf(&b, "; the newest is due %s (%s)", s.Newest.UTC().Format("2006-01-02 15:04:05 UTC"), s.Age)
	}
	fmt.Fprintf(&b, "\ngenesis_validators_root: %s\n", orDash(s.GenesisValidatorsRoot))
	fmt.Fprintf(&b, "signing roots: %d with, %d without\n", s.Roots.With, s.Roots.Without)
	b.WriteString(deviationText(s.Deviations))
	return trimLines(b.String())
}

// keyNotes is what is remarkable about one key.
func keyNotes(k slashingdb.KeySummary) string {
	var notes []string
	if k.Entries > 1 {
		notes = append(notes, fmt.Sprintf("%d entries", k.Entries))
	}
	if k.Roots.Without > 0 {
		notes = append(notes, fmt.Sprintf("%d without root", k.Roots.Without))
	}
	if k.Gaps != nil && k.Gaps.Count > 0 {
		notes = append(notes, fmt.Sprintf("%s, the widest epochs %d to %d", some(k.Gaps.Count, "gap"), k.Gaps.Widest[0], k.Gaps.Widest[1]))
	}
	if k.Blocks+k.Attestations == 0 {
		notes = append(notes, "no message")
	}
	return strings.Join(notes, "; ")
}

// deviationText lists what a file has that EIP-3076 has not.
func deviationText(all []slashingdb.Deviation) string {
	var b strings.Builder
	for _, d := range all {
		breaks := ""
		if d.Name.Breaks() {
			breaks = ", against EIP-3076"
		}
		fmt.Fprintf(&b, "%s: %s (%s, first at %s)%s\n", d.Name, d.What, some(d.Count, "time"), d.First, breaks)
	}
	return b.String()
}
