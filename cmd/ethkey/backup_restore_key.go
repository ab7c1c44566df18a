package main

import (
	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/backup"
	"github.com/ethkey/ethkey/pkg/validator"
)

func newBackupRestoreKey(e *env, g *globalFlags) *cobra.Command {
	o, w := &restoreOptions{}, &rewriteOptions{}
	cmd := &cobra.Command{
		Use:   "key",
		Short: "make a keystore of a secret key that is on sheets",
		Long: `Restores a secret key from sheets and writes it, encrypted under a new password,
as a keystore in a new folder. The key is neither shown nor written in clear.
With the keystore, 'exit sign --keystores' signs its exit.

EXAMPLES
  ethkey backup restore key --record backup-7QK42.json --folder validator_keys`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			if o.bip39 != "" {
				return fault.New(fault.Usage, "--mnemonic-password-file means nothing without a phrase")
			}
			folder, err := newFolder(w.folder)
			if err != nil {
				return err
			}
			s, err := o.session(cmd, e, g)
			if err != nil {
				return err
			}
			if o.known != nil {
				if err := o.known.Kind.CheckUse(o.known.Set, backup.KindSecretKey); err != nil {
					return err
				}
			}
			if err := validator.CheckNewFolder(e.machine(), folder, 1); err != nil {
				return err
			}
			k := dropin.NewKeyFolder(s, e.machine())
			defer k.Close()
			if err := s.Resolve(ctx, []dropin.Option{k.NewPassword(true)}); err != nil {
				return err
			}
			restored, err := o.restore(ctx, e, g)
			if err != nil {
				return err
			}
			defer restored.Close()
			key, err := restored.LooseKey()
			if err != nil {
				return err
			}
			e.term.Show(restoreReport(&restored.Result, "", e.term.Width()))
			plan, warnings, err := validator.PlanRewrite(ctx, e.machine(), validator.RewriteRequest{
				Loose: key, Folder: folder, NewPassword: k.New, PBKDF2: w.pbkdf2,
			}, nil)
			if err != nil {
				return err
			}
			defer plan.Close()
			return w.run(ctx, e, g, plan, warnings)
		},
	}
	f := cmd.Flags()
	o.add(f)
	addNewPassword(f)
	w.addNew(f)
	return cmd
}
