package main

import (
	"fmt"
	"io"
	"strings"

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
			return h.print(s, func(p *page) { inspectText(p, s) })
		},
		Annotations: map[string]string{noSecrets: "true"},
	}
	addChainFlags(cmd.Flags())
	h.addReport(cmd.Flags())
	return cmd
}

func inspectText(p *page, s *slashingdb.Summary) {
	rows := [][]string{cells("PUBLIC KEY\tSLOT\tSOURCE\tTARGET\tNEWEST\tBLOCKS\tATTESTATIONS\tNOTES")}
	for _, k := range s.Keys {
		rows = append(rows, cells("%s\t%s\t%s\t%d\t%d\t%s", k.Key, lastText(&k.Last), orDash(k.Age), k.Blocks, k.Attestations, orDash(keyNotes(k))))
	}
	p.table(rows)
	chain := s.Network
	if chain == "" {
		chain = unknownChain
	}
	sum := fmt.Sprintf("%s, version %d, %d bytes: %s, %s, %s", chain, s.Version, s.Bytes, some(len(s.Keys), "key"), some(s.Blocks, "block"), some(s.Attestations, "attestation"))
	if s.Newest != nil {
		verb := "was"
		if s.AgeSeconds != nil && *s.AgeSeconds < 0 {
			verb = "is"
		}
		sum += fmt.Sprintf("; the newest %s due %s (%s)", verb, timeText(*s.Newest), s.Age)
	}
	p.line(sum, 2)
	p.line("genesis_validators_root: "+orDash(s.GenesisValidatorsRoot), 2)
	p.line(fmt.Sprintf("signing roots: %d with, %d without", s.Roots.With, s.Roots.Without), 2)
	for _, line := range deviationLines(s.Deviations) {
		p.line(line, 2)
	}
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

// deviationLines list what a file has that EIP-3076 has not.
func deviationLines(all []slashingdb.Deviation) []string {
	var lines []string
	for _, d := range all {
		breaks := ""
		if d.Name.Breaks() {
			breaks = ", against EIP-3076"
		}
		lines = append(lines, fmt.Sprintf("%s: %s (%s, first at %s)%s", d.Name, d.What, some(d.Count, "time"), d.First, breaks))
	}
	return lines
}
