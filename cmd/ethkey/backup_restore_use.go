package main

import (
	"cmp"
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/pkg/backup"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/network"
	"github.com/ethkey/ethkey/pkg/secret"
)

// fromSheets is the session of a command whose phrase comes from sheets.
func (e *env) fromSheets(cmd *cobra.Command, g *globalFlags) *dropin.Session {
	s := e.session(cmd, g)
	s.FromSheets, s.Standards = true, map[string]string{}
	return s
}

// session is fromSheets with what the record knows for what enter means. A
// record that cannot be read is refused before anybody has typed anything.
func (o *restoreOptions) session(cmd *cobra.Command, e *env, g *globalFlags) (*dropin.Session, error) {
	s := e.fromSheets(cmd, g)
	if o.record == "" {
		return s, nil
	}
	record, err := e.readRecord(o.record)
	if err != nil {
		return nil, err
	}
	o.known = record
	if n, err := network.Lookup(record.Restores.Network); err == nil {
		s.Standards["chain"] = n.Name
	}
	if keys := record.Restores.Validators; len(keys) > 0 {
		s.Standards["num-validators"] = strconv.Itoa(len(keys))
		if path, err := derive.ParsePath(keys[0].Path); err == nil && len(path) > 2 {
			s.Standards["validator-start-index"] = strconv.FormatUint(uint64(path[2]), 10)
		}
	}
	return s, nil
}

// usePhrase restores a phrase and hands it to what makes use of it.
func (o *restoreOptions) usePhrase(cmd *cobra.Command, e *env, g *globalFlags, n *network.Network, set func(*mnemonic.Mnemonic, *secret.Buffer) error) error {
	if o.known != nil { // before sheets are typed in vain
		if err := cmp.Or(o.known.Kind.CheckUse(o.known.Set, backup.KindMnemonic), o.known.Mode.CheckNetwork(o.known.Set, *n)); err != nil {
			return err
		}
	}
	restored, err := o.restore(cmd.Context(), e, g)
	if err != nil {
		return err
	}
	defer restored.Close()
	phrase, err := restored.PhraseFor(*n)
	if err != nil {
		return err
	}
	if known := restored.Result.Restores.Network; known != "" && known != n.Name {
		e.term.Warn("the record is of keys on " + known + ", and what is made now is for " + n.Name)
	}
	e.term.Show(restoreReport(&restored.Result, "", e.term.Width()))
	return set(phrase, restored.Passphrase())
}

func newBackupRestoreKeystores(e *env, g *globalFlags) *cobra.Command {
	o, c := &restoreOptions{}, &createOptions{}
	yes := false
	cmd := &cobra.Command{
		Use:   "keystores",
		Short: "make keystores and deposit data of a phrase that is on sheets",
		Long: `Restores a phrase from sheets and makes keystores and deposit data of it, as
existing-mnemonic does. The phrase is neither shown nor written. Everything else
is asked for first, so that sheets are not typed in vain.

EXAMPLES
  ethkey backup restore keystores --record backup-7QK42.json --chain mainnet
  ethkey backup restore keystores --pictures scans --chain hoodi \
    --num_validators 5 --validator_start_index 0`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			s, err := o.session(cmd, e, g)
			if err != nil {
				return err
			}
			k := dropin.NewCreate(s)
			defer k.Close()
			if err := s.Resolve(ctx, k.Existing()); err != nil {
				return err
			}
			if err := o.usePhrase(cmd, e, g, &k.Network, k.SetPhrase); err != nil {
				return err
			}
			e.term.Warn("a key that signs in two places is slashed: where one of these still signs, stop it for good, and bring its signing history here before it signs")
			return c.createOwn(ctx, e, g, k, yes)
		},
	}
	f := cmd.Flags()
	o.add(f)
	f.String("validator_start_index", "", "`INDEX` of the first key")
	f.String("path", "", "`PATH` of keys that another tool made, with the letter i where the index belongs, as in m/12381/3600/i/0; needs --withdrawal_address")
	c.add(f)
	f.BoolVar(&yes, "yes", false, "agree to the summary beforehand")
	return cmd
}

func newBackupRestoreExit(e *env, g *globalFlags) *cobra.Command {
	o, w := &restoreOptions{}, &signOptions{own: true}
	cmd := &cobra.Command{
		Use:   "exit",
		Short: "sign exits with a phrase that is on sheets",
		Long: `Restores a phrase from sheets and signs voluntary exits with its keys, as
'exit sign' does. The phrase is neither shown nor written.

EXAMPLES
  ethkey backup restore exit --record backup-7QK42.json --chain mainnet \
    --validators list`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			s, err := o.session(cmd, e, g)
			if err != nil {
				return err
			}
			x := dropin.NewExitSign(s, e.machine())
			defer x.Close()
			if err := s.Resolve(ctx, x.Options()); err != nil {
				return err
			}
			if err := o.usePhrase(cmd, e, g, &x.Network, x.SetPhrase); err != nil {
				return err
			}
			return w.exits(ctx, e, g, x)
		},
	}
	f := cmd.Flags()
	o.add(f)
	addChainFlags(f)
	w.addExit(f)
	return cmd
}

func newBackupRestoreCredentials(e *env, g *globalFlags) *cobra.Command {
	o, w := &restoreOptions{}, &signOptions{own: true}
	cmd := &cobra.Command{
		Use:   "credentials",
		Short: "change 0x00 credentials with a phrase that is on sheets",
		Long: `Restores a phrase from sheets and signs BLS-to-execution changes with its
withdrawal keys, as 'credentials change' does. The phrase is neither shown nor
written.

EXAMPLES
  ethkey backup restore credentials --record backup-7QK42.json \
    --chain mainnet --validators list --withdrawal-address 0x...`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			s, err := o.session(cmd, e, g)
			if err != nil {
				return err
			}
			s.AsGiven = true // the summary shows the address
			c := dropin.NewCredentialsChange(s)
			defer c.Close()
			if err := s.Resolve(ctx, c.Options()); err != nil {
				return err
			}
			if err := o.usePhrase(cmd, e, g, &c.Network, c.SetPhrase); err != nil {
				return err
			}
			return w.change(ctx, e, g, c)
		},
	}
	f := cmd.Flags()
	o.add(f)
	addChainFlags(f)
	w.addChange(f)
	return cmd
}

// createOwn is create for a command of ours, which wants a yes.
func (o *createOptions) createOwn(ctx context.Context, e *env, g *globalFlags, c *dropin.Create, yes bool) error {
	plan, warnings, err := o.plan(e, c)
	if err != nil {
		return err
	}
	defer plan.Close()
	e.term.Show(summaryText(&plan.Summary, warnings, e.term.Width()))
	if err := agree(ctx, e, g, yes); err != nil {
		return err
	}
	result, err := plan.Run(ctx, e.steps())
	if err != nil {
		return err
	}
	return printReport(e, o.json, result, result.Folder, func(width int) string { return reportText(result, width) })
}
