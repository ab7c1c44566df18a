package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// filtered is what filter reports.
type filtered struct {
	*slashingdb.FilterReport
	Out string `json:"out"`
}

func newSlashingFilter(e *env, g *globalFlags) *cobra.Command {
	h := &history{e: e, g: g}
	without := false
	cmd := &cobra.Command{
		Use:   "filter FILE",
		Short: "take the history of some keys out of a file, with every message",
		Long: `Writes the entries of the keys that are named, with all their messages. A key
that the file does not hold is an error: it would go without protection. With
--without the named keys are left out and all others stay.

EXAMPLES
  ethkey slashing filter --keystores validator_keys all.json --out mine.json
  ethkey slashing filter --public-keys 0x... --without all.json --out rest.json`,
		Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			wanted, err := h.wanted(cmd)
			if err != nil {
				return err
			}
			if wanted == nil {
				return fault.New(fault.Usage, "no key is named").WithHint("use --public-keys, --public-keys-file, --keystores or --deposit-data")
			}
			if err := h.canWrite(); err != nil {
				return err
			}
			n, err := h.chain(cmd)
			if err != nil {
				return err
			}
			return h.filter(cmd.Context(), args[0], wanted, without, rootOf(n))
		},
		Annotations: map[string]string{noSecrets: "true"},
	}
	addKeyWays(cmd.Flags())
	cmd.Flags().BoolVar(&without, "without", false, "leave the named keys out instead")
	addChainFlags(cmd.Flags())
	h.addOut(cmd.Flags())
	return cmd
}

// filter copies what is wanted. A file whose metadata stands behind its data
// is read once more, a pipe cannot be.
func (h *history) filter(ctx context.Context, name string, wanted []slashingdb.Wanted, without bool, root *beacon.Root) error {
	report, err := h.filterOnce(ctx, name, wanted, without, root)
	if errors.Is(err, slashingdb.ErrMetadataLast) && name != standardStream {
		t, readErr := h.table(ctx, name, slashingdb.ReadOptions{})
		if readErr != nil {
			return readErr
		}
		if t.GenesisValidatorsRoot == nil {
			return fault.New(fault.Refused, "%s: the file names no chain", name).WithHint("name it with --chain")
		}
		report, err = h.filterOnce(ctx, name, wanted, without, t.GenesisValidatorsRoot)
	}
	switch {
	case errors.Is(err, slashingdb.ErrMetadataLast):
		return fault.New(fault.Refused, "standard input: %w, or names no chain", err).WithHint("name the chain with --chain, or the file itself")
	case err != nil:
		return err
	}
	return h.report(filtered{report, h.out}, fmt.Sprintf("%s: %s with %s and %s; %s left out", h.shownOut(), some(report.Kept, "key"),
		some(report.Blocks, "block"), some(report.Attestations, "attestation"), some(report.Dropped, "key")))
}

func (h *history) filterOnce(ctx context.Context, name string, wanted []slashingdb.Wanted, without bool, root *beacon.Root) (*slashingdb.FilterReport, error) {
	missing := map[slashingdb.PublicKey]bool{}
	for _, w := range wanted {
		missing[w.Key] = true
	}
	named := len(missing)
	chosen := make(map[slashingdb.PublicKey]bool, named)
	for key := range missing {
		chosen[key] = true
	}
	var report *slashingdb.FilterReport
	err := h.write(ctx, func(w io.Writer) error {
		return h.read(name, func(r io.Reader) error {
			var reading *slashingdb.Reading
			var err error
			report, reading, err = slashingdb.Filter(ctx, r, w, slashingdb.ReadOptions{GenesisValidatorsRoot: root}, root, func(key slashingdb.PublicKey) bool {
				delete(missing, key)
				return chosen[key] != without
			})
			if err != nil {
				return err
			}
			h.deviations(name, reading)
			if !without && len(missing) > 0 {
				return missingKeys(missing, named)
			}
			return nil
		})
	})
	return report, err
}

func missingKeys(missing map[slashingdb.PublicKey]bool, named int) error {
	var keys []slashingdb.PublicKey
	for key := range missing {
		keys = append(keys, key)
	}
	return fault.New(fault.Refused, "%d of %d keys are not in the file, the first of them %s", len(keys), named, slashingdb.SortKeys(keys)[0]).
		WithHint("'ethkey slashing cover' lists them; 'ethkey slashing raise' protects a key whose history is lost")
}
