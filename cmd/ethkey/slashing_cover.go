package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

func newSlashingCover(e *env, g *globalFlags) *cobra.Command {
	h := &history{e: e, g: g}
	staleAfter, noExtra := "", false
	cmd := &cobra.Command{
		Use:   "cover FILE",
		Short: "prove that a history covers every key that is to sign",
		Long: `Compares keys, by their keystores, a list or deposit data, with a history. Each
key is covered, stale (its last attestation is older than allowed), missing, or
extra. It ends with code 1 when a key is missing or stale, so that a script
stops there, and with --no-extra also when the file holds further keys. With
--chain a file of another chain ends it too.

A key that the file names without any attestation is missing: to a client it is
one that never attested. Leave keys that were never used out of the list, or
raise them.

EXAMPLES
  ethkey slashing cover --keystores validator_keys --chain mainnet history.json
  ethkey slashing cover --keystores validator_keys --stale-after 30m \
    history.json
  ethkey slashing cover --public-keys-file keys.txt history.json && start`,
		Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			limit, err := parseAge(staleAfter)
			if err != nil {
				return err
			}
			wanted, err := h.wanted(cmd)
			if err != nil {
				return err
			}
			if wanted == nil {
				return fault.New(fault.Usage, "no key is named").WithHint("use --keystores, --public-keys, --public-keys-file or --deposit-data")
			}
			t, err := h.table(cmd.Context(), args[0], slashingdb.ReadOptions{})
			if err != nil {
				return err
			}
			c, err := h.named(cmd, t)
			if err != nil {
				return err
			}
			before, err := h.staleBefore(t, c, limit)
			if err != nil {
				return err
			}
			r := slashingdb.Cover(t, wanted, c, before)
			if err := h.print(r, func(p *page) { coverText(p, r, e.now()) }); err != nil {
				return err
			}
			return coverVerdict(r, noExtra)
		},
		Annotations: map[string]string{noSecrets: "true"},
	}
	addKeyWays(cmd.Flags())
	cmd.Flags().StringVar(&staleAfter, "stale-after", "", "a key whose last attestation is older than `AGE` is stale: 30m, 12h, 2d")
	cmd.Flags().BoolVar(&noExtra, "no-extra", false, "keys that are in the file and not named are a fault too")
	addChainFlags(cmd.Flags())
	h.addReport(cmd.Flags())
	return cmd
}

// staleBefore is the time before which a key's last attestation is stale. By a
// clock that the file is ahead of nothing can be called fresh.
func (h *history) staleBefore(t *slashingdb.Table, c slashingdb.Chain, limit time.Duration) (time.Time, error) {
	if limit == 0 {
		return time.Time{}, nil
	}
	if c.Check() != nil {
		return time.Time{}, fault.New(fault.Refused, "--stale-after: the clock of this chain is not known").WithHint("name the chain with --chain or --chain-file")
	}
	now := h.e.now()
	for _, key := range t.Sorted() {
		if err := c.CheckFuture(key, t.Keys[key], now); err != nil {
			return time.Time{}, fault.New(fault.Refused, "--stale-after: %w", err).
				WithHint("is the clock right, and is the file of %s? By this clock its age says nothing", c.Name)
		}
	}
	return now.Add(-limit), nil
}

// parseAge reads a length of time; days too.
func parseAge(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	wrong := fault.New(fault.Usage, "--stale-after: expected a length of time such as 30m, 12h or 2d")
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		if err != nil || n == 0 {
			return 0, wrong
		}
		return time.Duration(n) * 24 * time.Hour, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, wrong
	}
	return d, nil
}

func coverVerdict(r *slashingdb.CoverReport, noExtra bool) error {
	switch {
	case !r.OK:
		hint := "do not start a signer with them. Is their history in another file ('ethkey slashing merge')? Were they never used (leave them out of the list)? If it is lost, see 'ethkey slashing raise --help'"
		if r.Missing == 0 {
			hint = "do not start a signer with them. Is this the export that was made after the old side stopped? If there is none, see 'ethkey slashing raise --help'"
		}
		return fault.New(fault.Refused, "keys missing: %d, stale: %d, covered: %d", r.Missing, r.Stale, r.Covered).WithHint("%s", hint)
	case noExtra && r.Extra > 0:
		return fault.New(fault.Refused, "the file holds %s more", some(r.Extra, "key")).WithHint("'ethkey slashing filter' takes the named ones alone")
	}
	return nil
}

// coverText lists what is wrong last, where it is seen above the sum.
func coverText(p *page, r *slashingdb.CoverReport, now time.Time) {
	rows := [][]string{cells("RESULT\tPUBLIC KEY\tSLOT\tSOURCE\tTARGET\tATTESTED\tFROM")}
	for _, result := range []slashingdb.Coverage{slashingdb.Covered, slashingdb.Extra, slashingdb.Stale, slashingdb.Missing} {
		for _, k := range r.Keys {
			if k.Result == result {
				rows = append(rows, coverRow(k, now))
			}
		}
	}
	p.table(rows)
	p.line(fmt.Sprintf("on %s: %d covered, %d stale, %d missing, %d extra", r.Network, r.Covered, r.Stale, r.Missing, r.Extra), 2)
}

func coverRow(k slashingdb.CoverRow, now time.Time) []string {
	result := string(k.Result)
	if k.Result == slashingdb.Missing || k.Result == slashingdb.Stale {
		result = strings.ToUpper(result)
	}
	attested := "-"
	if k.Attested != nil {
		attested = slashingdb.AgeInWords(*k.Attested, now)
	}
	return append(cells("%s\t%s\t%s\t%s", result, k.Key, lastText(k.Last), attested), orDash(k.From))
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// lastText is slot, source and target as columns of a table.
func lastText(l *slashingdb.Last) string {
	if l == nil {
		l = &slashingdb.Last{}
	}
	slot, source, target := "-", "-", "-"
	if l.Slot != nil {
		slot = fmt.Sprint(uint64(*l.Slot))
	}
	if l.Source != nil {
		source, target = epochText(l.Source), epochText(l.Target)
	}
	return slot + "\t" + source + "\t" + target
}

func epochText(e *beacon.Epoch) string { return fmt.Sprint(uint64(*e)) }
