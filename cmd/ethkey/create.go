package main

import (
	"context"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/validator"
)

// createOptions are the flags that new-mnemonic and existing-mnemonic share
// and that nobody is asked for.
type createOptions struct {
	folder      string
	pbkdf2      bool
	uniqueSalts bool
	verify      string
	version     string
	json        bool
	fresh       bool // the phrase is new: what is stopped can be made from it
}

func (o *createOptions) add(f *pflag.FlagSet) {
	f.String("num_validators", "", "make keys for `N` validators")
	f.StringVar(&o.folder, "folder", ".", "existing `FOLDER` in which validator_keys is made; this one if not given")
	f.String("chain", "", "`NETWORK`: mainnet, sepolia, hoodi, holesky, ephemery, gnosis, chiado, rehearsal")
	f.Var(new(dropin.Argument), "keystore_password", "`PASSWORD` of the keystores, at least 12 characters; it stays in the shell's history")
	f.String("keystore-password-file", "", "`FILE` that holds the password")
	f.String("keystore-password-fd", "", "descriptor `N` to read the password from")
	f.String("withdrawal_address", "", "execution `ADDRESS`, with its EIP-55 checksum; empty for 0x00 credentials (also --execution_address, --eth1_withdrawal_address)")
	f.String("compounding", "", "0x02 credentials: rewards are added to the stake")
	f.Lookup("compounding").NoOptDefVal = "true"
	f.String("regular-withdrawal", "", "0x01 credentials: rewards are paid out")
	f.Lookup("regular-withdrawal").NoOptDefVal = "true"
	f.String("amount", "", "deposit of each validator, in ETH or GNO, `AMOUNT` from 1 to 2048 ETH, 0.03125 to 64 GNO; only with --compounding")
	f.BoolVar(&o.pbkdf2, "pbkdf2", false, "encrypt with PBKDF2 instead of scrypt")
	f.String("devnet_chain_setting", "", "custom network as `JSON`")
	f.String("chain-file", "", "`FILE` that holds the JSON of a custom network")
	f.BoolVar(&o.uniqueSalts, "unique-salts", false, "scrypt with a salt for each keystore; slower")
	f.StringVar(&o.verify, "verify", validator.VerifyPassword, "`HOW` keystores are opened after they were read back: password, which derives the key anew, or memory, with the key that is still there: half the work with --unique-salts or --pbkdf2; password if not given")
	f.StringVar(&o.version, "deposit-cli-version", validator.DepositCLIVersion, "deposit_cli_version in the deposit data: `VERSION`, "+validator.DepositCLIVersion+" if not given")
	f.BoolVar(&o.json, "json", false, "print the report as JSON")
}

// plan completes the request and checks it.
func (o *createOptions) plan(e *env, c *dropin.Create) (*validator.CreatePlan, []validator.Warning, error) {
	if err := c.Finish(); err != nil {
		return nil, nil, err
	}
	if o.verify != validator.VerifyPassword && o.verify != validator.VerifyMemory {
		return nil, nil, fault.New(fault.Usage, "--verify: want %s or %s", validator.VerifyPassword, validator.VerifyMemory)
	}
	folder, err := filepath.Abs(o.folder)
	if err != nil {
		return nil, nil, fault.New(fault.Environment, "--folder: %w", err)
	}
	r := c.Request
	r.Folder, r.PBKDF2, r.UniqueSalts, r.DepositCLIVersion = folder, o.pbkdf2, o.uniqueSalts, o.version
	r.VerifyFromMemory = o.verify == validator.VerifyMemory
	return validator.PlanCreate(e.machine(), r)
}

// check makes a plan only to see whether it can be made.
func (o *createOptions) check(e *env) func(*dropin.Create) error {
	return func(c *dropin.Create) error {
		plan, _, err := o.plan(e, c)
		if err == nil {
			plan.Close()
		}
		return err
	}
}

// create plans, shows the summary, runs, and reports.
func (o *createOptions) create(ctx context.Context, e *env, g *globalFlags, c *dropin.Create) error {
	plan, warnings, err := o.plan(e, c)
	if err != nil {
		return err
	}
	defer plan.Close()
	e.term.Show(summaryText(&plan.Summary, warnings, e.term.Width()))
	if !g.nonInteractive {
		if err := e.term.Pause(ctx, o.agreement()); err != nil {
			return err
		}
	}
	result, err := plan.Run(ctx, e.steps())
	if err != nil {
		return err
	}
	return printReport(e, o.json, result, result.Folder, func(width int) string { return reportText(result, width) })
}

// agreement is the last question of every command that writes.
const agreement = "press any key to write these files; q or ctrl-c stops, and nothing is written"

// agreement is the last question. What is wrong on the page is put right by
// running again.
func (o *createOptions) agreement() string {
	text := agreement
	if o.fresh {
		text += " (to change an answer, stop, and give this phrase to existing-mnemonic)"
	}
	return text + " "
}

// steps shows how far the work is, which makes every key and then opens each
// again.
func (e *env) steps() func(done, total int) {
	made, verified := e.term.Progress("keys made"), e.term.Progress("keys verified")
	return func(done, total int) {
		if half := total / 2; done <= half {
			made(done, half)
		} else {
			verified(done-half, half)
		}
	}
}

// session prepares the asking for the options of cmd.
func (e *env) session(cmd *cobra.Command, g *globalFlags) *dropin.Session {
	return &dropin.Session{Term: e.term, Flags: cmd.Flags(), Interactive: !g.nonInteractive, Open: e.readSecret}
}

// resolve asks for the language of the texts, as the anchor does, and then for
// the options.
func (e *env) resolve(ctx context.Context, g *globalFlags, s *dropin.Session, options []dropin.Option) error {
	if g.language == "" && s.Interactive {
		language, err := e.term.Line(ctx, term.Prompt{Text: "language of the texts; this release has English only", Flag: "--language", Default: "English"})
		if err != nil {
			return err
		}
		g.language = language
	}
	if g.language != "" && g.language != "English" && g.language != "english" {
		e.term.Note("texts are in English only")
	}
	return s.Resolve(ctx, options)
}
