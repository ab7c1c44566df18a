package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/slashingdb"
)

// storeReport is what import and raise print.
type storeReport struct {
	Store     string        `json:"store"`
	New       int           `json:"new"`
	Raised    int           `json:"raised"`
	Unchanged int           `json:"unchanged"`
	Disabled  int           `json:"disabled"`
	Records   []storeRaised `json:"records"`
	// When the keys may sign again, after raise.
	Resume     *beacon.Epoch `json:"resume_epoch,omitempty"`
	ResumeTime *time.Time    `json:"resume_time,omitempty"`
	notes      []string
}

// storeRaised is what happened to one key.
type storeRaised struct {
	PublicKey string           `json:"public_key"`
	Did       string           `json:"did"` // new, raised, unchanged
	Before    *slashingdb.Last `json:"before,omitempty"`
	After     slashingdb.Last  `json:"after"`
	Disabled  bool             `json:"disabled"`
}

func newSignerStoreImport(e *env, g *globalFlags) *cobra.Command {
	o := newStoreOptions(e, g)
	allowFuture := false
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "raise a store to the history in an interchange file; nothing is ever lowered",
		Long: `Reads an interchange file (EIP-3076, version 5) of the store's own chain and
raises each key to it, each field by itself. Keys that the store does not know
get a record, and may sign. All of the file is taken or, if anything in it is
wrong, nothing: 'ethkey slashing check' and 'repair' help with such a file.

Import only what was exported after the other signer was stopped for good. A key
that was disabled here stays so until it is admitted again.

EXAMPLES
  ethkey signer store import --store /var/lib/ethkey/history history.json
  zcat history.json.gz | ethkey signer store import \
    --store /var/lib/ethkey/history --json -`,
		Args:        oneFile,
		Annotations: onStore(),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.use(cmd, false, func(ctx context.Context, s slashingdb.Store, i *slashingdb.Info) error {
				if err := o.foreign(i); err != nil {
					return err
				}
				return o.stream(args[0], func(shown string, r io.Reader) error {
					report, err := s.Import(ctx, r, slashingdb.ImportOptions{Name: shown, AllowFuture: allowFuture})
					if err != nil {
						return err
					}
					if err := o.reported(report, &slashingdb.RaiseReport{}, ageOfImport(i.Chain, report, o.e.now())...); err != nil {
						return err
					}
					o.warnOfBlank(report)
					return someKeys(shown, len(report.Keys))
				})
			})
		},
	}
	o.addStore(cmd.Flags())
	cmd.Flags().BoolVar(&allowFuture, "allow-future", false, "take a history more than a day ahead of the clock")
	o.addReport(cmd.Flags())
	return cmd
}

// warnOfBlank names new keys whose history has no attestation: the store takes
// the file's word that they made none, and they may attest at once.
func (o *storeOptions) warnOfBlank(r *slashingdb.ImportReport) {
	var blank []string
	for _, k := range r.Keys {
		if k.New && !k.After.HasAttestation {
			blank = append(blank, k.Key.String())
		}
	}
	if len(blank) > 0 {
		o.e.term.Warn(fmt.Sprintf("without any attestation in the file, so that they may attest at once: %s (%s). That is right only for keys that never did",
			some(len(blank), "new key"), firstFew(blank)))
	}
}

// someKeys refuses a history without any key: it is taken for another's.
func someKeys(name string, n int) error {
	if n > 0 {
		return nil
	}
	return fault.New(fault.Refused, "%s holds no key: there is nothing to do", name).
		WithHint("is this the export of the right data folder? Keys without history are named: --public-keys, --keystores")
}

// ageOfImport says how old what a store holds now is: a history that was
// exported before the other signer stopped shows here.
func ageOfImport(c slashingdb.Chain, r *slashingdb.ImportReport, now time.Time) []string {
	var all []slashingdb.Last
	for _, k := range r.Keys {
		all = append(all, slashingdb.LastOf(k.After))
	}
	if len(all) == 0 {
		return nil
	}
	return []string{spanText(c, all, now)}
}

func (o *storeOptions) reported(r *slashingdb.ImportReport, to *slashingdb.RaiseReport, notes ...string) error {
	out := &storeReport{
		Store: o.name(), New: r.New, Raised: r.Raised, Unchanged: r.Unchanged, Disabled: r.Disabled, Records: []storeRaised{},
		Resume: to.Resume, ResumeTime: to.ResumeTime, notes: notes,
	}
	for _, k := range r.Keys {
		one := storeRaised{PublicKey: k.Key.String(), Did: "raised", After: slashingdb.LastOf(k.After), Disabled: k.Disabled}
		before := slashingdb.LastOf(k.Before)
		switch {
		case k.New:
			one.Did = "new"
		case k.Before == k.After:
			one.Did = "unchanged"
		}
		if !k.New {
			one.Before = &before
		}
		out.Records = append(out.Records, one)
	}
	if r.Disabled > 0 {
		o.e.term.Warn(fmt.Sprintf("disabled here, and it stays so: %s. The history was taken; nothing is signed", some(r.Disabled, "key")))
	}
	return o.print(out, func(p *page) { raisedText(p, out) })
}

func raisedText(p *page, r *storeReport) {
	rows := [][]string{cells("PUBLIC KEY\tSLOT\tSOURCE\tTARGET\tDID")}
	for _, k := range r.Records {
		did := k.Did
		if k.Disabled {
			did += ", DISABLED"
		}
		rows = append(rows, cells("%s\t%s\t%s", k.PublicKey, lastText(&k.After), did))
	}
	p.table(rows)
	p.line(fmt.Sprintf("%s: %s new, %d raised, %d there already or beyond", r.Store, some(r.New, "key"), r.Raised, r.Unchanged), 2)
	for _, line := range r.notes {
		p.line(line, 2)
	}
}

func newSignerStoreRaise(e *env, g *globalFlags) *cobra.Command {
	o := newStoreOptions(e, g)
	to := &raiseOptions{}
	cmd := &cobra.Command{
		Use:   "raise",
		Short: "raise what keys signed last to an epoch, in the store itself",
		Long: `Raises every key of the store, or with the ways to name keys these alone, as if
they had signed everything up to and with an epoch. Named keys that the store
does not know get a record, and may sign after it. Nothing is lowered, and
nothing can be taken back.

It is for a history that is lost or doubtful: 'now+2' is right when every other
signer of these keys has been stopped. It says when signing resumes. An
attestation also needs a source that is not below the mark: the chain must have
justified that epoch, which it does within one epoch when all is well.

EXAMPLES
  ethkey signer store raise --store /var/lib/ethkey/history --to now+2
  ethkey signer store raise --store /var/lib/ethkey/history --to 412345 \
    --keystores validator_keys --yes`,
		Args:        noArgs,
		Annotations: onStore(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if to.to == "" && to.slot == "" {
				return fault.New(fault.Usage, "missing: --to").WithHint("an epoch, or now+2 when every signer is stopped")
			}
			keys, err := o.keys(cmd)
			if err != nil {
				return err
			}
			to.history = o.history
			return o.use(cmd, false, func(ctx context.Context, s slashingdb.Store, i *slashingdb.Info) error {
				return o.raise(ctx, s, i, keys, to)
			})
		},
	}
	f := cmd.Flags()
	o.addStore(f)
	f.StringVar(&to.to, "to", "", "the `EPOCH`: a number, now, or now+N")
	f.StringVar(&to.slot, "slot", "", "the `SLOT` for blocks instead of the last one of the epoch; without --to blocks alone are raised")
	f.BoolVar(&to.allowFuture, "allow-future", false, "allow a mark more than a day ahead of the clock")
	addKeyWays(f)
	o.addYes(f)
	o.addReport(f)
	return cmd
}

func (o *storeOptions) raise(ctx context.Context, s slashingdb.Store, i *slashingdb.Info, keys []slashingdb.PublicKey, to *raiseOptions) error {
	if err := o.foreign(i); err != nil {
		return err
	}
	mark, err := to.mark(i.Chain)
	if err != nil {
		return err
	}
	then := slashingdb.NewTable(nil).RaiseTo(nil, mark, i.Chain)
	resume := resumeText(then, i.Chain, o.e.now())
	which := []string{fmt.Sprintf("every key of %s is raised: %s", o.name(), some(i.Keys, "key"))}
	if keys == nil {
		if err := someKeys(o.name(), i.Keys); err != nil {
			return err
		}
	} else {
		known, err := s.Records(ctx, keys)
		if err != nil {
			return err
		}
		which = []string{fmt.Sprintf("in %s there is raised: %s, %d of them new", o.name(), some(len(keys), "key"), len(keys)-len(known))}
		resume = append(append(othersText(i.Keys-len(known)), newText(len(keys)-len(known), mark)...), resume...)
	}
	if err := o.agreeTo(ctx, append(which, resume...)...); err != nil {
		return err
	}
	report, err := s.Raise(ctx, keys, mark)
	if err != nil {
		return err
	}
	return o.reported(report, then, resume...)
}
