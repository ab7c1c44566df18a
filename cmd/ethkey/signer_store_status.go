package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// storeInfo is what a store is: what init and check print.
type storeInfo struct {
	Store                 string                    `json:"store"`
	Kind                  string                    `json:"kind"`
	Version               int                       `json:"version"`
	Network               string                    `json:"network"`
	GenesisValidatorsRoot string                    `json:"genesis_validators_root"`
	Foreign               bool                      `json:"foreign"`
	HighWatermark         *slashingdb.HighWatermark `json:"high_watermark"`
	Keys                  int                       `json:"keys"`
	Disabled              int                       `json:"disabled"`
}

// storeStatus is what status prints.
type storeStatus struct {
	storeInfo
	Records []storeRecord `json:"records"`
}

// storeRecord is one key of a store.
type storeRecord struct {
	PublicKey string `json:"public_key"`
	slashingdb.Last
	Disabled bool `json:"disabled"`
}

func newSignerStoreStatus(e *env, g *globalFlags) *cobra.Command {
	o := newStoreOptions(e, g)
	cmd := &cobra.Command{
		Use:   "status",
		Short: "say what a store is and what each key signed last",
		Long: `Opens a store to look at it, proves it whole, and prints its chain, whether it
is this machine's, and for each key, or for those that are named, the last slot,
source and target. It changes nothing. A file is the signer's alone while that
runs: stop it first.

EXAMPLES
  ethkey signer store status --store /var/lib/ethkey/history
  ethkey signer store status --store /var/lib/ethkey/history --json \
    --public-keys 0x...`,
		Args:        noArgs,
		Annotations: onStore(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			keys, err := o.keys(cmd)
			if err != nil {
				return err
			}
			return o.use(cmd, true, func(ctx context.Context, s slashingdb.Store, i *slashingdb.Info) error {
				records, err := s.Records(ctx, keys)
				if err != nil {
					return err
				}
				if err := slashingdb.CheckAll(records, keys); err != nil {
					return err
				}
				status := o.status(i, records)
				return o.print(status, func(p *page) { statusText(p, status, spanText(i.Chain, lastOfRecords(status.Records), o.e.now())) })
			})
		},
	}
	o.addStore(cmd.Flags())
	addKeyWays(cmd.Flags())
	o.addReport(cmd.Flags())
	return cmd
}

func (o *storeOptions) info(i *slashingdb.Info) storeInfo {
	return storeInfo{
		Store: o.name(), Kind: i.Kind, Version: i.Version, Network: i.Name, GenesisValidatorsRoot: i.GenesisValidatorsRoot.String(),
		Foreign: i.Foreign, HighWatermark: i.HighWatermark, Keys: i.Keys, Disabled: i.Disabled,
	}
}

func (o *storeOptions) status(i *slashingdb.Info, records []slashingdb.Record) *storeStatus {
	s := &storeStatus{storeInfo: o.info(i), Records: []storeRecord{}}
	for _, r := range records {
		s.Records = append(s.Records, storeRecord{PublicKey: r.Key.String(), Last: slashingdb.LastOf(r.LastSigned), Disabled: r.Disabled})
	}
	return s
}

func lastOfRecords(records []storeRecord) []slashingdb.Last {
	var all []slashingdb.Last
	for _, r := range records {
		all = append(all, r.Last)
	}
	return all
}

// spanText says between which epochs keys attested last: with thousands of them
// nobody finds the one that stands low. It is empty where there is no key.
func spanText(c slashingdb.Chain, keys []slashingdb.Last, now time.Time) string {
	var targets []beacon.Epoch
	for _, l := range keys {
		if l.Target != nil {
			targets = append(targets, *l.Target)
		}
	}
	if len(keys) == 0 {
		return ""
	}
	text := "last targets: none"
	if len(targets) > 0 {
		low, high := slices.Min(targets), slices.Max(targets)
		text = "last targets: " + agedEpoch(c, low, now)
		if high != low {
			text = fmt.Sprintf("last targets: from %s to %s", agedEpoch(c, low, now), agedEpoch(c, high, now))
		}
	}
	if never := len(keys) - len(targets); never > 0 {
		text += fmt.Sprintf("; never attested: %s", some(never, "key"))
	}
	return text
}

// agedEpoch is an epoch and how long ago it began, where the chain has a clock.
func agedEpoch(c slashingdb.Chain, e beacon.Epoch, now time.Time) string {
	text := fmt.Sprintf("epoch %d", uint64(e))
	switch start := c.Start(e); {
	case c.Check() != nil:
	case start.IsZero():
		text += " (beyond any clock)"
	default:
		text += " (" + slashingdb.AgeInWords(start, now) + ")"
	}
	return text
}

func statusText(p *page, s *storeStatus, span string) {
	rows := [][]string{cells("PUBLIC KEY\tSLOT\tSOURCE\tTARGET\tNOTES")}
	for _, r := range s.Records {
		notes := "-"
		if r.Disabled {
			notes = "DISABLED: signs no more here"
		}
		rows = append(rows, cells("%s\t%s\t%s", r.PublicKey, lastText(&r.Last), notes))
	}
	p.table(rows)
	p.line(fmt.Sprintf("%s: %s, version %d, for %s: %s, %d of them disabled", s.Store, s.Kind, s.Version, s.Network, some(s.Keys, "key"), s.Disabled), 2)
	if span != "" {
		p.line(span, 2)
	}
	p.line("genesis_validators_root: "+s.GenesisValidatorsRoot, 2)
	if m := s.HighWatermark; m != nil {
		p.line(fmt.Sprintf("HIGH WATERMARK: nothing is signed from slot %d and epoch %d on", m.Slot, m.Epoch), 2)
	}
	if s.Foreign {
		p.line("NOT THIS MACHINE'S: nothing is signed until 'ethkey signer store adopt'", 2)
	}
}

func newSignerStoreCheck(e *env, g *globalFlags) *cobra.Command {
	o := newStoreOptions(e, g)
	cmd := &cobra.Command{
		Use:   "check",
		Short: "prove a store whole, and this machine's; the exit code says so",
		Long: `Reads all of a store from its medium and proves every page and every record of
it, and all of them together. It changes nothing. It ends with 4 when something
is damaged, with 1 when the store is another machine's or a copy.

What it cannot see is an older copy of the whole file that was written over the
store, or a disk or virtual machine that was set back: see docs/signer-store.md.

EXAMPLES
  ethkey signer store check --store /var/lib/ethkey/history`,
		Args:        noArgs,
		Annotations: onStore(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.use(cmd, true, func(_ context.Context, _ slashingdb.Store, i *slashingdb.Info) error {
				text := fmt.Sprintf("%s is whole: %s for %s, %d of them disabled", o.name(), some(i.Keys, "record"), i.Name, i.Disabled)
				if err := o.print(o.info(i), lines(text)); err != nil {
					return err
				}
				if i.Foreign {
					return slashingdb.Foreign(o.name())
				}
				return nil
			})
		},
	}
	o.addStore(cmd.Flags())
	o.addReport(cmd.Flags())
	return cmd
}
