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

// raised is what raise reports.
type raised struct {
	*slashingdb.RaiseReport
	Shaped *slashingdb.Shaped `json:"shaped,omitempty"`
	Out    string             `json:"out"`
}

// raiseOptions are the flags of raise.
type raiseOptions struct {
	history
	to, slot    string
	allowFuture bool
}

func newSlashingRaise(e *env, g *globalFlags) *cobra.Command {
	o := &raiseOptions{history: history{e: e, g: g}}
	cmd := &cobra.Command{
		Use:        "raise [FILE]",
		SuggestFor: []string{"bump", "watermark"},
		Short:      "raise what keys signed last to an epoch, for a history that is lost or doubtful",
		Long: `Writes a history in which every key, or with the ways to name keys these alone,
signed everything up to and with an epoch: its last slot as block, its number as
source and target. Keys that the file does not know are added, so that a lost
history can be replaced. Nothing is lowered.

The mark must not lie before the last moment at which the keys may have signed
anywhere. 'now+2' is two epochs after the current one, by this machine's clock;
it is right when every signer has been stopped. It says when signing resumes.
An attestation also needs a source that is not below the mark: the chain must
have justified that epoch, which it does within one epoch when all is well.

EXAMPLES
  ethkey slashing raise --to now+2 history.json --out raised.json
  ethkey slashing raise --to now+2 --chain mainnet --keystores validator_keys \
    --out new.json
  ethkey slashing raise --to 412345 --public-keys 0x... history.json \
    --out raised.json`,
		Args:        historyArgs(0, 1, "one file or none"),
		RunE:        o.run,
		Annotations: map[string]string{noSecrets: "true"},
	}
	f := cmd.Flags()
	f.StringVar(&o.to, "to", "", "the `EPOCH`: a number, now, or now+N")
	f.StringVar(&o.slot, "slot", "", "the `SLOT` for blocks instead of the last one of the epoch; without --to blocks alone are raised")
	f.BoolVar(&o.allowFuture, "allow-future", false, "allow a mark more than a day ahead of the clock")
	addKeyWays(f)
	o.addFor(f)
	addChainFlags(f)
	o.addOut(f)
	return cmd
}

func (o *raiseOptions) run(cmd *cobra.Command, args []string) error {
	if o.to == "" && o.slot == "" {
		return fault.New(fault.Usage, "missing: --to").WithHint("an epoch, or now+2 when every signer is stopped")
	}
	wanted, err := o.wanted(cmd)
	if err != nil {
		return err
	}
	if wanted == nil && len(args) == 0 {
		return fault.New(fault.Usage, "neither a file nor a key is named").WithHint("name the keys of a lost history with --keystores, --public-keys, --public-keys-file or --deposit-data")
	}
	if err := o.canWrite(); err != nil {
		return err
	}
	t := slashingdb.NewTable(nil)
	if len(args) == 1 {
		if t, err = o.table(cmd.Context(), args[0], slashingdb.ReadOptions{}); err != nil {
			return err
		}
	}
	c, err := o.named(cmd, t)
	if err != nil {
		return err
	}
	mark, err := o.mark(c)
	if err != nil {
		return err
	}
	r := t.RaiseTo(keysOnly(wanted), mark, c)
	if wanted == nil {
		if err := someKeys(args[0], len(t.Keys)); err != nil {
			return err
		}
	}
	shaped, did, err := o.shape(cmd.Context(), t)
	if err != nil {
		return err
	}
	if err := o.write(cmd.Context(), shaped.Write); err != nil {
		return err
	}
	lines := []string{fmt.Sprintf("%s: %s raised, %d new, %d there or beyond already", o.shownOut(), some(r.Raised, "key"), r.New, r.Unchanged)}
	if did != nil {
		lines = append(lines, did.Notes...)
	}
	lines = append(append(lines, othersText(r.Others)...), newText(r.New, mark)...)
	return o.report(raised{r, did, o.out}, append(lines, resumeText(r, c, o.e.now())...)...)
}

// mark reads --to and --slot.
func (o *raiseOptions) mark(c slashingdb.Chain) (slashingdb.LastSigned, error) {
	var mark slashingdb.LastSigned
	if o.to != "" {
		epoch, err := o.epoch(c)
		if err != nil {
			return mark, err
		}
		if c.SlotsPerEpoch == 0 {
			return mark, fault.New(fault.Refused, "the slots of an epoch on this chain are not known").WithHint("name the chain with --chain or --chain-file")
		}
		if mark, err = c.EpochMark(epoch); err != nil {
			return mark, err
		}
	}
	if o.slot != "" {
		slot, err := strconv.ParseUint(o.slot, 10, 63)
		if err != nil {
			return mark, fault.New(fault.Usage, "--slot: expected a number")
		}
		mark.HasBlock, mark.Slot = true, beacon.Slot(slot)
	}
	if c.Check() != nil || o.allowFuture {
		return mark, nil
	}
	if err := c.CheckFuture(slashingdb.PublicKey{}, mark, o.e.now()); err != nil {
		return mark, fault.New(fault.Refused, "the mark lies more than a day after now, %s", o.e.now().UTC().Format("2006-01-02 15:04:05 UTC")).
			WithHint("is the clock right, and the number? The keys could not sign until then, in any client; to raise them all the same use --allow-future")
	}
	return mark, nil
}

func (o *raiseOptions) epoch(c slashingdb.Chain) (beacon.Epoch, error) {
	return epochOf("--to", o.to, c, o.e.now())
}

// epochOf reads the number of an epoch, now, or now+N.
func epochOf(flag, text string, c slashingdb.Chain, now time.Time) (beacon.Epoch, error) {
	ahead, isNow := strings.CutPrefix(text, "now")
	if !isNow {
		n, err := strconv.ParseUint(text, 10, 63)
		if err != nil {
			return 0, fault.New(fault.Usage, "%s: expected the number of an epoch, now, or now+N", flag)
		}
		return beacon.Epoch(n), nil
	}
	if err := c.Check(); err != nil {
		return 0, fault.New(fault.Refused, "%s now: the clock of this chain is not known", flag).WithHint("name the chain with --chain or --chain-file, or give the epoch itself")
	}
	more := uint64(0)
	if ahead != "" {
		n, err := strconv.ParseUint(strings.TrimPrefix(ahead, "+"), 10, 32)
		if err != nil || ahead[0] != '+' {
			return 0, fault.New(fault.Usage, "%s: expected the number of an epoch, now, or now+N", flag)
		}
		more = n
	}
	if now.Unix() < int64(c.GenesisTime) {
		return 0, fault.New(fault.Environment, "the clock of this machine stands before the chain's genesis").WithHint("set the clock, or give the epoch itself")
	}
	return c.EpochAt(now) + beacon.Epoch(more), nil
}

// othersText says that keys were left as they are, since others were named.
func othersText(n int) []string {
	if n == 0 {
		return nil
	}
	return []string{"NOT raised, since keys are named and these are not: " + some(n, "further key")}
}

// newText warns of keys that get a record without a mark for attestations.
func newText(n int, mark slashingdb.LastSigned) []string {
	if n == 0 || mark.HasAttestation {
		return nil
	}
	return []string{"WARNING: blocks alone are raised; these may attest at once, which is right only for keys that were never used: " + some(n, "new key")}
}

// resumeText says when a raised key may sign again.
func resumeText(r *slashingdb.RaiseReport, c slashingdb.Chain, now time.Time) []string {
	if r.Resume == nil {
		return []string{fmt.Sprintf("blocks up to slot %d count as signed; attestations are as they were", uint64(*r.Slot))}
	}
	from := ""
	if r.ResumeTime != nil {
		from = ", from " + timeText(*r.ResumeTime)
	}
	text := fmt.Sprintf("everything up to epoch %d counts as signed: blocks and attestations resume in epoch %d%s", uint64(*r.Epoch), uint64(*r.Resume), from)
	if r.Slot == nil || *r.Slot != c.FirstSlot(*r.Resume)-1 {
		text = fmt.Sprintf("attestations up to epoch %d count as signed, and resume in epoch %d%s; blocks up to slot %d do", uint64(*r.Epoch), uint64(*r.Resume), from, uint64(*r.Slot))
	}
	lines := []string{text, justifiedText(*r.Epoch)}
	if r.ResumeTime != nil && !r.ResumeTime.After(now) {
		lines = append(lines, fmt.Sprintf("WARNING: epoch %d is over. Keys may sign at once; it is right only if none of them signed anything since %s", uint64(*r.Epoch), timeText(*r.ResumeTime)))
	}
	return lines
}

// justifiedText is the other half of when a raised key may attest: the source
// of an attestation is the epoch that the chain justified last.
func justifiedText(e beacon.Epoch) string {
	return fmt.Sprintf("attestations wait until the chain has justified epoch %d: when all is well that is at the end of it, else later", uint64(e))
}

func timeText(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
