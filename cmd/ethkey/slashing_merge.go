package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// merged is what merge reports.
type merged struct {
	*slashingdb.MergeReport
	Shaped *slashingdb.Shaped `json:"shaped,omitempty"`
	Out    string             `json:"out"`
}

func newSlashingMerge(e *env, g *globalFlags) *cobra.Command {
	h := &history{e: e, g: g}
	keep, refuse := false, false
	cmd := &cobra.Command{
		Use:   "merge FILE...",
		Short: "make one history of several, which refuses all that any of them refuses",
		Long: `Writes what each key signed last in any of the files, or with --keep-messages
every message of all of them. The order of the files does not matter, and a file
that is merged twice adds nothing. All must be of one chain.

Messages that contradict each other are listed: a key that lived twice. They do
not keep the result from protecting. With --refuse-conflicts nothing is written
then, nor when a missing signing root leaves it open. Of more than 65536
messages in all only the last ones of each file are compared, which is said;
--refuse-conflicts and --keep-messages hold and compare all.

EXAMPLES
  ethkey slashing merge lighthouse.json teku.json --out both.json
  ethkey slashing merge --for web3signer *.json --out all.json
  cat a.json | ethkey slashing merge --keep-messages - b.json --out union.json`,
		Args: historyArgs(1, 0, "the files to merge"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if keep && h.client != "" {
				return fault.New(fault.Usage, "--for shapes what was signed last; it does not go with --keep-messages")
			}
			if h.over != "" && h.client == "" {
				return fault.New(fault.Usage, "--over belongs to --for")
			}
			if err := h.canWrite(); err != nil {
				return err
			}
			n, err := h.chain(cmd)
			if err != nil {
				return err
			}
			o := slashingdb.MergeOptions{KeepMessages: keep, CompareAll: refuse, ReadOptions: slashingdb.ReadOptions{GenesisValidatorsRoot: rootOf(n)}}
			if refuse {
				o.Refuse = refuseConflicts
			}
			return h.merge(cmd.Context(), args, o)
		},
		Annotations: map[string]string{noSecrets: "true"},
	}
	f := cmd.Flags()
	f.BoolVar(&keep, "keep-messages", false, "write every message, not only the last ones")
	f.BoolVar(&refuse, "refuse-conflicts", false, "write nothing when messages contradict each other")
	h.addFor(f)
	addChainFlags(f)
	h.addOut(f)
	return cmd
}

func refuseConflicts(r *slashingdb.MergeReport) error {
	if r.ConflictCount == 0 {
		return nil
	}
	return fault.New(fault.Refused, "%s of messages contradict each other or may, the first: %s", some(r.ConflictCount, "pair"), gravest(r.Conflicts)).
		WithHint("'ethkey slashing audit' lists them in the result of 'merge --keep-messages'")
}

// gravest is the first pair that is certain, or the first at all, in one line.
func gravest(pairs []slashingdb.Pair) string {
	i := max(0, slices.IndexFunc(pairs, func(p slashingdb.Pair) bool { return p.Certain }))
	return strings.Join(pairText(pairs[i]), ";")
}

func (h *history) merge(ctx context.Context, names []string, o slashingdb.MergeOptions) error {
	r := merged{Out: h.out}
	combine := func(w io.Writer) error {
		return h.inputs(names, func(files []slashingdb.Input) (err error) {
			r.MergeReport, err = slashingdb.Merge(ctx, files, w, o)
			return err
		})
	}
	if o.KeepMessages {
		if err := h.write(ctx, combine); err != nil {
			return err
		}
		return h.reportMerge(r)
	}
	var small bytes.Buffer
	if err := combine(&small); err != nil {
		return err
	}
	t, _, err := slashingdb.ReadTable(ctx, &small, slashingdb.ReadOptions{})
	if err != nil {
		return err
	}
	shaped, did, err := h.shape(ctx, t)
	if err != nil {
		return err
	}
	if err := h.write(ctx, shaped.Write); err != nil {
		return err
	}
	r.Shaped = did
	return h.reportMerge(r)
}

// inputs opens files one inside the other, so that each is closed.
func (h *history) inputs(names []string, use func(files []slashingdb.Input) error) error {
	var open func(rest []string, files []slashingdb.Input) error
	open = func(rest []string, files []slashingdb.Input) error {
		if len(rest) == 0 {
			return use(files)
		}
		return h.stream(rest[0], func(shown string, r io.Reader) error {
			return open(rest[1:], append(files, slashingdb.Input{Name: shown, Reader: r}))
		})
	}
	return open(names, nil)
}

func (h *history) reportMerge(r merged) error {
	var lines []string
	for _, f := range r.Files {
		lines = append(lines, fmt.Sprintf("%s: %s, %s, %s", f.Name, some(f.Keys, "key"), some(f.Blocks, "block"), some(f.Attestations, "attestation")))
		for _, d := range f.Deviations {
			lines = append(lines, fmt.Sprintf("note: %s: %s (%s)", f.Name, d.What, some(d.Count, "time")))
		}
	}
	lines = append(lines, pairLines(r.Conflicts, r.ConflictCount-r.PossibleCount, r.PossibleCount)...)
	if n := r.ConflictCount - r.PossibleCount; n > 0 {
		lines = append(lines, fmt.Sprintf("WARNING: %s of messages contradict each other: a key lived twice", some(n, "pair")))
	}
	if r.PossibleCount > 0 {
		lines = append(lines, fmt.Sprintf("note: %s may be one message twice: a signing root is missing", some(r.PossibleCount, "pair")))
	}
	if !r.AllCompared {
		lines = append(lines, "note: only the last messages of each file were compared, for there are many; --refuse-conflicts compares all")
	}
	lines = append(lines, fmt.Sprintf("%s: %s, %s, %s", h.shownOut(), some(r.Keys, "key"), some(r.Blocks, "block"), some(r.Attestations, "attestation")))
	if r.Shaped != nil {
		lines = append(lines, r.Shaped.Notes...)
	}
	return h.report(r, lines...)
}
