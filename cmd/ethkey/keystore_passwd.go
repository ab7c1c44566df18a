package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/pkg/validator"
)

// rewriteOptions are the flags of what makes a new folder of keystores.
type rewriteOptions struct {
	folder        string
	passwordFiles bool
	at            string
	pbkdf2        bool
	uniqueSalts   bool
	tryForms      bool
	yes           bool
	json          bool
}

func (o *rewriteOptions) add(f *pflag.FlagSet) {
	addKeyFolder(f)
	addUnlock(f, &o.tryForms)
	addNewPassword(f)
	o.addNew(f)
	f.BoolVar(&o.passwordFiles, "with-passwords", false, "write the passwords in clear text where the client reads them")
	f.StringVar(&o.at, "at", "", "absolute `PATH` that the folder will have at the client, for Lighthouse's definitions; --folder if not given")
	f.BoolVar(&o.uniqueSalts, "unique-salts", false, "scrypt with a salt for each keystore; slower")
}

// addNew adds the flags of what is written.
func (o *rewriteOptions) addNew(f *pflag.FlagSet) {
	f.StringVar(&o.folder, "folder", "", "new `FOLDER`, which must not exist")
	f.BoolVar(&o.pbkdf2, "pbkdf2", false, "encrypt with PBKDF2 instead of scrypt")
	f.BoolVar(&o.yes, "yes", false, "agree to the summary")
	f.BoolVar(&o.json, "json", false, "print the report as JSON")
}

func newKeystorePasswd(e *env, g *globalFlags) *cobra.Command {
	o := &rewriteOptions{}
	cmd := &cobra.Command{
		Use:   "passwd",
		Short: "write a folder of keystores anew under another password",
		Long: `Opens every keystore of a folder and writes all of them, encrypted under a new
password, to a new folder of the same layout: all, or nothing. Each is read back
and opened with the new password before the folder appears.

The old folder stays as it is. Remove it yourself when nothing needs it any
more; what lies on a medium can outlive its removal.

EXAMPLES
  ethkey keystore passwd --keystores validator_keys \
    --folder validator_keys_new
  ethkey keystore passwd --keystores old --folder new --yes \
    --keystore-password-file pw --new-password-file pw2`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.rewrite(cmd, e, g, func(k *dropin.KeyFolder, req *validator.RewriteRequest) error {
				return k.Unlock(cmd.Context(), k.NewPassword(true))
			})
		},
	}
	o.add(cmd.Flags())
	return cmd
}

// rewrite opens the folder, has unlock ask for the passwords, plans, shows the
// summary, has it agreed to, writes, and reports.
func (o *rewriteOptions) rewrite(cmd *cobra.Command, e *env, g *globalFlags, unlock func(*dropin.KeyFolder, *validator.RewriteRequest) error) error {
	ctx := cmd.Context()
	folder, err := newFolder(o.folder)
	if err != nil {
		return err
	}
	k := dropin.NewKeyFolder(e.session(cmd, g), e.machine())
	defer k.Close()
	k.TryForms = o.tryForms
	req := validator.RewriteRequest{Folder: folder, PasswordFiles: o.passwordFiles, At: o.at, PBKDF2: o.pbkdf2, UniqueSalts: o.uniqueSalts}
	if err := k.Open(ctx); err != nil {
		return err
	}
	if err := unlock(k, &req); err != nil {
		return err
	}
	plan, warnings, err := k.Plan(ctx, req, e.term.Progress("keystores opened"))
	if err != nil {
		return err
	}
	defer plan.Close()
	return o.run(ctx, e, g, plan, warnings)
}

func (o *rewriteOptions) run(ctx context.Context, e *env, g *globalFlags, plan *validator.RewritePlan, warnings []validator.Warning) error {
	e.term.Show(rewriteSummary(&plan.Summary, warnings, e.term.Width()))
	if err := agree(ctx, e, g, o.yes); err != nil {
		return err
	}
	result, err := plan.Run(ctx, e.steps())
	if err != nil {
		return err
	}
	return printReport(e, o.json, result, result.Folder, func(width int) string { return rewriteReport(result, width) })
}

func rewriteSummary(s *validator.RewriteSummary, warnings []validator.Warning, width int) string {
	p := newSummary(width)
	p.row("keys", fmt.Sprint(s.Count))
	for i, key := range s.Keys {
		if i == len(s.Keys)/2 {
			p.omitted(uint64(s.Omitted))
		}
		p.key("", key.PublicKey)
	}
	from := s.From
	if s.FromLayout != "" {
		from += ", as " + s.FromLayout + " keeps them"
	}
	p.row("from", from)
	p.row("layout", s.Layout)
	p.row("encryption", s.Encryption)
	if s.PasswordFiles > 0 {
		p.row("PASSWORDS", fmt.Sprintf("%d files with a password in clear text", s.PasswordFiles))
	}
	for _, name := range s.Deposits {
		p.row("and", name+", as it is")
	}
	return p.end(s.Folder, s.WallsMissing, warnings)
}

func rewriteReport(r *validator.RewriteResult, width int) string {
	p := newReport(width, r.Folder, false)
	p.files(r.Keystores, "keystores")
	p.files(r.Deposits, "files")
	if r.PasswordFiles > 0 {
		p.line(fmt.Sprintf("  %d files with a password in clear text", r.PasswordFiles), 4)
	}
	return p.verified(r.Verified, r.WallsMissing, r.Notes)
}
