package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

func newSignerStoreExport(e *env, g *globalFlags) *cobra.Command {
	o := newStoreOptions(e, g)
	cmd := &cobra.Command{
		Use:   "export",
		Short: "write what the keys of a store signed last as an interchange file",
		Long: `Writes the records of all keys, or of those that are named, as an interchange
file (EIP-3076, version 5) that every client takes. Stop the signer first: what
it signs afterwards is not in the file. A key whose history leaves this machine
for good must not sign here again. The export of a copy, or of another machine's
store, lacks what the original signed since; it is written with a warning.

EXAMPLES
  ethkey signer store export --store /var/lib/ethkey/history --out history.json
  ethkey signer store export --store /var/lib/ethkey/history \
    --public-keys 0x... | ethkey slashing inspect -`,
		Args:        noArgs,
		Annotations: onStore(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.canWrite(); err != nil {
				return err
			}
			keys, err := o.keys(cmd)
			if err != nil {
				return err
			}
			return o.use(cmd, true, func(ctx context.Context, s slashingdb.Store, i *slashingdb.Info) error {
				if err := o.write(ctx, func(w io.Writer) error { return s.Export(ctx, w, keys) }); err != nil {
					return err
				}
				if i.Foreign {
					o.e.term.Warn(fmt.Sprintf("%s is not this machine's, or is a copy: what the original signed since is not in this export. It is no history to start a signer with; 'ethkey slashing raise' makes it one", o.name()))
				}
				n := i.Keys
				if keys != nil {
					n = len(keys)
				}
				r := exported{Store: o.name(), Foreign: i.Foreign, minified: minified{Network: i.Name, Keys: n, Out: o.out}}
				return o.report(r, fmt.Sprintf("%s: %s on %s, what each signed last", o.shownOut(), some(n, "key"), i.Name))
			})
		},
	}
	o.addStore(cmd.Flags())
	addKeyWays(cmd.Flags())
	o.addOut(cmd.Flags())
	return cmd
}

// exported is what export prints.
type exported struct {
	Store   string `json:"store"`
	Foreign bool   `json:"foreign"`
	minified
}

// adopted is what adopt prints.
type adopted struct {
	Store string           `json:"store"`
	Keys  int              `json:"keys"`
	Fence slashingdb.Fence `json:"fence"`
}

func newSignerStoreAdopt(e *env, g *globalFlags) *cobra.Command {
	o := newStoreOptions(e, g)
	cmd := &cobra.Command{
		Use:   "adopt",
		Short: "make a store that came from elsewhere this machine's own",
		Long: `A store knows its machine and its file, and refuses to be used as a copy: what
the original signed since is not in it. Adopting it says that the original is
gone for good. Every key is then fenced: it signs nothing before the end of the
second epoch after the current one, by this machine's clock, and attests only
once the chain has justified that epoch.

EXAMPLES
  ethkey signer store adopt --store /var/lib/ethkey/history`,
		Args:        noArgs,
		Annotations: onStore(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.use(cmd, false, func(ctx context.Context, s slashingdb.Store, i *slashingdb.Info) error {
				if !i.Foreign {
					return fault.New(fault.Refused, "%s is this machine's already", o.name()).
						WithHint("if it was set back to an earlier state all the same, 'ethkey signer store raise --to now+2' puts every key behind a mark")
				}
				f := i.FenceAt(o.e.now())
				err := o.agreeTo(ctx, fmt.Sprintf("%s becomes this machine's own; nothing else may sign with its %s", o.name(), some(i.Keys, "key")), fenceText(f), justifiedText(f.Epoch))
				if err != nil {
					return err
				}
				fence, err := s.Adopt(ctx)
				if err != nil {
					return err
				}
				return o.print(adopted{Store: o.name(), Keys: i.Keys, Fence: *fence},
					lines(o.name()+" is this machine's own", fenceText(*fence), justifiedText(fence.Epoch)))
			})
		},
	}
	o.addStore(cmd.Flags())
	o.addYes(cmd.Flags())
	o.addReport(cmd.Flags())
	return cmd
}

func fenceText(f slashingdb.Fence) string {
	return fmt.Sprintf("every key waits until slot %d and epoch %d are over: %s", f.Slot, f.Epoch, timeText(f.Until))
}

// watermarked is what high-watermark prints.
type watermarked struct {
	Store         string                    `json:"store"`
	HighWatermark *slashingdb.HighWatermark `json:"high_watermark"`
}

func newSignerStoreHighWatermark(e *env, g *globalFlags) *cobra.Command {
	o := newStoreOptions(e, g)
	from, lift := "", false
	cmd := &cobra.Command{
		Use:   "high-watermark",
		Short: "let a store sign nothing from an epoch on, for a planned move",
		Long: `From the epoch that is named no key of the store signs anything: no block of its
slots or later ones, no attestation with it or a later one as target. The signer
that takes over begins there: export once the epoch has begun, import there.

A mark that is set can be set lower, and is not set higher: that would lift it
for the epochs between. Lift it only if nothing else signed in the meantime.

EXAMPLES
  ethkey signer store high-watermark --store /var/lib/ethkey/history \
    --from now+10
  ethkey signer store high-watermark --store /var/lib/ethkey/history --lift`,
		Args:        noArgs,
		Annotations: onStore(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if (from == "") == !lift {
				return fault.New(fault.Usage, "expected --from or --lift, and one of them")
			}
			return o.use(cmd, false, func(ctx context.Context, s slashingdb.Store, i *slashingdb.Info) error {
				if err := o.foreign(i); err != nil {
					return err
				}
				if lift {
					return o.liftWatermark(ctx, s, i)
				}
				epoch, err := epochOf("--from", from, i.Chain, o.e.now())
				if err != nil {
					return err
				}
				return o.setWatermark(ctx, s, i, epoch)
			})
		},
	}
	f := cmd.Flags()
	o.addStore(f)
	f.StringVar(&from, "from", "", "the first `EPOCH` that is not signed: a number, now, or now+N")
	f.BoolVar(&lift, "lift", false, "take the mark away")
	o.addYes(f)
	o.addReport(f)
	return cmd
}

func (o *storeOptions) liftWatermark(ctx context.Context, s slashingdb.Store, i *slashingdb.Info) error {
	if i.HighWatermark == nil {
		return fault.New(fault.Refused, "%s has no high watermark", o.name())
	}
	err := o.agreeTo(ctx, fmt.Sprintf("keys sign again from slot %d and epoch %d on; is it certain that nothing else does?", i.HighWatermark.Slot, i.HighWatermark.Epoch))
	if err != nil {
		return err
	}
	if err := s.SetHighWatermark(ctx, nil); err != nil {
		return err
	}
	return o.print(watermarked{Store: o.name()}, lines(o.name()+": the high watermark is lifted"))
}

func (o *storeOptions) setWatermark(ctx context.Context, s slashingdb.Store, i *slashingdb.Info, epoch beacon.Epoch) error {
	mark := &slashingdb.HighWatermark{Epoch: epoch, Slot: i.FirstSlot(epoch)}
	if old := i.HighWatermark; old != nil && (mark.Epoch > old.Epoch || mark.Slot > old.Slot) {
		return fault.New(fault.Refused, "%s has a high watermark already, and a lower one: epoch %d; expected an epoch that is not above it", o.name(), old.Epoch).
			WithHint("another signer may sign from there on. If none does: --lift first")
	}
	text := fmt.Sprintf("nothing is signed from slot %d and epoch %d on", mark.Slot, mark.Epoch)
	switch start := i.Start(epoch); {
	case start.IsZero():
	case start.After(o.e.now()):
		text += ", which begins " + timeText(start)
	default:
		text += ", which began " + timeText(start) + ": nothing at all is signed any more"
	}
	if err := o.agreeTo(ctx, text); err != nil {
		return err
	}
	if err := s.SetHighWatermark(ctx, mark); err != nil {
		return err
	}
	return o.print(watermarked{Store: o.name(), HighWatermark: mark}, lines(o.name()+": "+text))
}
