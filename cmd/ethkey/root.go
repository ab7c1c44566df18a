package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ethkey/ethkey/internal/build"
	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/sandbox"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/secret"
)

// Annotations of a command.
const (
	// noSecrets marks a command that touches no secret and so may run with a
	// wall missing, which it then reports.
	noSecrets = "no-secrets"
	// onNetwork marks a command that is exempt from the walls when the flag is
	// given that the annotation names. Without it, it is walled as all others.
	onNetwork = "network"
)

// globalFlags hold for every command, before or after its name.
type globalFlags struct {
	language           string
	nonInteractive     bool
	ignoreConnectivity bool
	allowDegraded      []string
}

// run executes one command line and returns the exit code.
func run(e *env, args []string) int {
	e.term = term.Open(e.stdin, e.stderr, e.tty)
	e.term.Plain = e.plain
	ctx, stop := untilSignal(e.abandon)
	defer stop()
	e.piped = func() (io.ReadCloser, error) { return term.Stream(ctx, e.stdin) }
	e.readSecret = untilEnded(ctx, e.readSecret)
	defer e.term.Close()
	defer secret.WipeAll()
	root := newRoot(e)
	root.SetArgs(args)
	if e.network = needsNetwork(root, func() *cobra.Command { return newRoot(e) }, args); !e.network {
		e.walls.Seccomp = sandbox.Wall()
	}
	err := guarded(func() error { return root.ExecuteContext(ctx) })
	if err == nil {
		return 0
	}
	if ctx.Err() != nil {
		err = interrupted(err)
	}
	err = unprinted(err, e.stdout)
	e.term.Restore()
	e.term.Fault(err)
	return int(fault.KindOf(err))
}

// needsNetwork tells whether a command line names a command that may use a
// network, with the flag for which it does. The flags are read by a tree of
// their own, for they keep what they were given. Whatever is wrong with the
// line, the walls go up, and what is wrong is told behind them.
func needsNetwork(root *cobra.Command, again func() *cobra.Command, args []string) bool {
	if cmd, _, err := root.Find(args); err != nil || cmd.Annotations[onNetwork] == "" {
		return false
	}
	cmd, rest, err := again().Find(args)
	return err == nil && cmd.ParseFlags(rest) == nil && cmd.Flags().Changed(cmd.Annotations[onNetwork])
}

// unprinted makes a failure to print what was asked for one of the machine.
func unprinted(err error, stdout *os.File) error {
	var known *fault.Error
	if errors.As(err, &known) || !ofOutput(err, stdout) {
		return err
	}
	var write *fs.PathError
	errors.As(err, &write)
	f := fault.New(fault.Environment, "the output cannot be printed: %w", write.Err)
	if errors.Is(err, syscall.EPIPE) {
		return f
	}
	return f.WithHint("what was printed before is not whole: use none of it")
}

// ofOutput says whether err is one of writing to standard output.
func ofOutput(err error, stdout *os.File) bool {
	var write *fs.PathError
	return stdout != nil && errors.As(err, &write) && write.Path == stdout.Name()
}

func newRoot(e *env) *cobra.Command {
	g := &globalFlags{}
	root := &cobra.Command{
		Use:   "ethkey",
		Short: "the whole life of an Ethereum validator key, offline",
		Long: `ethkey makes the keys of Ethereum validators, and all that is signed by hand
for them, on a machine that never sees a network: phrases, keystores, deposits,
exits, changes of credentials. The first group of commands takes the flags, asks
the questions and writes the files of ethstaker-deposit-cli 1.3.0; the others
are its own. To try them without consequences use --chain rehearsal: no real
network accepts its files.

EXAMPLES
  ethkey doctor
  ethkey new-mnemonic
  ethkey existing-mnemonic --chain rehearsal --num_validators 2
  ethkey keystore verify --keystores validator_keys`,
		SilenceErrors: true,
		SilenceUsage:  true,
		// Wide enough for a dropped or doubled letter or two.
		SuggestionsMinimumDistance: 3,
		Args:                       noArgs,
		RunE:                       func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return checkWalls(e, g, cmd)
		},
		Annotations: map[string]string{noSecrets: "true"},
	}
	root.SetOut(e.stdout)
	root.SetErr(e.stderr)
	root.SetGlobalNormalizationFunc(dropin.Canonical)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		var unknown *pflag.NotExistError
		if errors.As(err, &unknown) {
			return unknownFlag(cmd, unknown)
		}
		return fault.New(fault.Usage, "%s", flagError(err)).WithHint("see '%s --help'", cmd.CommandPath())
	})
	g.add(root.PersistentFlags())
	// cobra prints it without a template. A template of ours would link
	// text/template, which finds methods by name, so that the linker could drop
	// none of any type: 3 MB.
	root.Version = commitText(build.Read())
	root.AddCommand(
		newNewMnemonic(e, g), newExistingMnemonic(e, g), newGenerateMnemonic(e, g), newTestKeystore(e, g),
		newGenerateBLSToExecutionChange(e, g), newGenerateBLSToExecutionChangeKeystore(e, g),
		newExitTransactionMnemonic(e, g), newExitTransactionKeystore(e, g), newPartialDeposit(e, g),
	)
	addGroup(root, "keys", newMnemonic(e, g), newDerive(e, g), newKeystore(e, g), newBackup(e, g))
	addGroup(root, "chain", newDeposit(e, g), newExit(e, g), newCredentials(e, g))
	addGroup(root, "history", newSlashing(e, g), newSigner(e, g))
	addGroup(root, "machine", newDoctor(e), newSelftest(e), newVersion(e), newCommands(e), newWalls(e))
	root.InitDefaultCompletionCmd(args0)
	setShort(root, "completion", "write what makes a shell complete commands and flags")
	setHelp(root)
	markHarmless(root)
	return root
}

// addGroup adds commands that help lists under one title.
func addGroup(root *cobra.Command, id string, commands ...*cobra.Command) {
	for _, cmd := range commands {
		cmd.GroupID = id
	}
	root.AddCommand(commands...)
}

// args0 makes cobra add its completion command although no arguments are known
// yet.
const args0 = "completion"

// setShort says what a command that cobra brings is for.
func setShort(root *cobra.Command, name, text string) {
	if cmd, _, err := root.Find([]string{name}); err == nil {
		cmd.Short = text
	}
}

// markHarmless annotates the commands that cobra brings.
func markHarmless(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() != "completion" && cmd.Name() != "help" {
			continue
		}
		cmd.GroupID = "machine"
		for _, c := range append(cmd.Commands(), cmd) {
			c.Annotations = map[string]string{noSecrets: "true"}
		}
	}
}

func (g *globalFlags) add(f *pflag.FlagSet) {
	f.StringVar(&g.language, "language", "", "`LANGUAGE` of the texts, taken for the sake of guides: there is English only")
	f.BoolVar(&g.nonInteractive, "non_interactive", false, "ask nothing: a missing value is an error; the commands of guides count the summary as agreed to, ours want --yes")
	f.BoolVar(&g.ignoreConnectivity, "ignore_connectivity", false, "taken and not needed: ethkey cannot reach a network")
	f.StringSliceVar(&g.allowDegraded, "allow-degraded", nil, "go on although the machine lacks these protections: a `LIST` of seccomp, nodump, nocore")
}

// protections are the names of the walls.
var protections = []string{"seccomp", "nodump", "nocore"}

// checkWalls refuses to touch a secret when a wall is missing.
func checkWalls(e *env, g *globalFlags, cmd *cobra.Command) error {
	for _, name := range g.allowDegraded {
		if !slices.Contains(protections, name) {
			return fault.New(fault.Usage, "--allow-degraded: \"%s\" is no protection; expected %s", name, strings.Join(protections, ", "))
		}
	}
	missing := e.walls.Missing()
	if len(missing) == 0 || e.network {
		return nil
	}
	e.term.Warn("this machine lacks protections that ethkey sets up for itself; missing: " + strings.Join(missing, ", "))
	for _, reason := range e.walls.Why() {
		e.term.Note(reason)
	}
	if cmd.Annotations[noSecrets] != "" || allowed(missing, g.allowDegraded) {
		return nil
	}
	return fault.New(fault.Environment, "%s handles secrets and needs: %s", cmd.CommandPath(), strings.Join(missing, ", ")).
		WithHint("mend what is named above, or use a newer Linux kernel; if you accept the risk: --allow-degraded=%s", strings.Join(missing, ","))
}

func allowed(missing, names []string) bool {
	for _, m := range missing {
		found := false
		for _, n := range names {
			found = found || n == m
		}
		if !found {
			return false
		}
	}
	return true
}

// noArgs refuses positional arguments without repeating them: one may be a
// word of a phrase that lacks its quotes.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if !cmd.HasParent() {
		f := fault.New(fault.Usage, "unknown command")
		if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
			return f.WithHint("did you mean %s?", strings.Join(near, " or "))
		}
		return f.WithHint("'ethkey help' lists the commands")
	}
	return fault.New(fault.Usage, "%s takes no arguments besides its flags; found %d", cmd.CommandPath(), len(args)).
		WithHint("a value with spaces in it, such as a phrase, needs quotes")
}

// flagError is pflag's complaint without the value, which may be a secret.
func flagError(err error) string {
	var value *pflag.InvalidValueError
	if errors.As(err, &value) {
		return dropin.Spell(value.GetFlag().Name) + ": this value does not fit"
	}
	var missing *pflag.ValueRequiredError
	if errors.As(err, &missing) {
		return dropin.Spell(missing.GetSpecifiedName()) + " needs a value"
	}
	return "a flag is not written as flags are"
}
