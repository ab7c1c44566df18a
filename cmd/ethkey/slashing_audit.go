package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

func newSlashingAudit(e *env, g *globalFlags) *cobra.Command {
	h := &history{e: e, g: g}
	cmd := &cobra.Command{
		Use:   "audit FILE",
		Short: "find messages of a key that contradict each other, that is, slashable pairs",
		Long: `Looks for pairs of messages that slash a key: two blocks of one slot, two votes
for one target, one vote that surrounds another. It names both. It ends with
code 1 when a pair is certain: then the key lived twice, or the history is of
two keys.

A pair of which a signing root is missing may be one message that stands twice;
it is listed as possible.

EXAMPLES
  ethkey slashing audit history.json
  ethkey slashing merge --keep-messages a.json b.json --out both.json
  ethkey slashing audit both.json`,
		Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := h.chain(cmd)
			if err != nil {
				return err
			}
			var a *slashingdb.AuditReport
			err = h.read(args[0], func(r io.Reader) (err error) {
				a, err = slashingdb.Audit(cmd.Context(), r, slashingdb.ReadOptions{GenesisValidatorsRoot: rootOf(n)})
				return err
			})
			if err != nil {
				return err
			}
			if err := h.print(a, func(p *page) { auditText(p, a) }); err != nil {
				return err
			}
			if a.Slashable > 0 {
				return fault.New(fault.Refused, "%s", some(a.Slashable, "slashable pair")).
					WithHint("find out where these keys lived twice before any of them signs again; 'ethkey slashing minify' protects from more of it")
			}
			return nil
		},
		Annotations: map[string]string{noSecrets: "true"},
	}
	addChainFlags(cmd.Flags())
	h.addReport(cmd.Flags())
	return cmd
}

func auditText(p *page, a *slashingdb.AuditReport) {
	for _, line := range pairLines(a.Pairs, a.Slashable, a.Possible) {
		p.line(line, 4)
	}
	p.line(fmt.Sprintf("%s, %s, %s: %s, %d possible", some(a.Keys, "key"), some(a.Blocks, "block"), some(a.Attestations, "attestation"), some(a.Slashable, "slashable pair"), a.Possible), 2)
}

// mostPairs is how many pairs of a sort are shown to a person.
const mostPairs = 10

// pairLines names pairs, the certain ones last, where they are seen above the
// sum, and says how many it does not name.
func pairLines(pairs []slashingdb.Pair, slashable, possible int64) []string {
	var lines []string
	for _, sort := range []struct {
		certain bool
		all     int64
		what    string
	}{{false, possible, "possible"}, {true, slashable, "slashable"}} {
		shown := int64(0)
		for _, pair := range pairs {
			if pair.Certain == sort.certain && shown < mostPairs {
				lines = append(lines, pairText(pair)...)
				shown++
			}
		}
		if more := sort.all - shown; more > 0 {
			lines = append(lines, fmt.Sprintf("%d further %s pairs; --json lists a thousand", more, sort.what))
		}
	}
	return lines
}

// pairText names both messages and where they stand.
func pairText(p slashingdb.Pair) []string {
	certain := "SLASHABLE"
	if !p.Certain {
		certain = "possible"
	}
	return []string{fmt.Sprintf("%s: %s of key %s", certain, p.Offence, p.Key), " " + messageText(p.First), " " + messageText(p.Second)}
}

func messageText(m slashingdb.Message) string {
	var parts []string
	if m.Slot != nil {
		parts = append(parts, fmt.Sprintf("block of slot %d", uint64(*m.Slot)))
	}
	if m.Source != nil && m.Target != nil {
		parts = append(parts, fmt.Sprintf("attestation %d=>%d", uint64(*m.Source), uint64(*m.Target)))
	}
	if m.Root != nil {
		parts = append(parts, "root "+*m.Root)
	} else {
		parts = append(parts, "without root")
	}
	if m.File != "" {
		parts = append(parts, m.File)
	}
	if m.Place.Path != "" {
		parts = append(parts, fmt.Sprintf("%s (byte %d)", m.Place.Path, m.Place.Offset))
	}
	return strings.Join(parts, ", ")
}
