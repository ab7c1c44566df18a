package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/spelling"
	"github.com/ethkey/ethkey/internal/term"
)

const (
	helpWidth     = 80
	flagMargin    = 34 // where the text of a flag begins
	commandMargin = 21 // and that of a command
	exitCodes     = `EXIT CODES
  0 done; 1 refused, or a check failed; 2 usage; 3 the machine lacks something;
  4 a file is not what it should be; 130 interrupted
`
)

// Groups of commands, as help lists them.
var groups = []*cobra.Group{
	{ID: "dropin", Title: "COMMANDS OF ETHSTAKER-DEPOSIT-CLI"},
	{ID: "keys", Title: "PHRASES AND KEYS"},
	{ID: "chain", Title: "WHAT A CHAIN IS TOLD"},
	{ID: "history", Title: "SIGNING HISTORY"},
	{ID: "machine", Title: "THIS MACHINE, THIS PROGRAM"},
	{ID: "", Title: "COMMANDS"}, // of a command that only holds others
}

// setHelp replaces cobra's layout by one that spells flags as guides do, keeps
// to 80 columns and ends with the exit codes.
func setHelp(root *cobra.Command) {
	root.AddGroup(groups[:len(groups)-1]...)
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { writeHelp(cmd.OutOrStdout(), cmd) })
	root.SetHelpCommand(&cobra.Command{
		Use:   "help [COMMAND]",
		Short: "tell how a command is used",
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return noArgs(cmd.Root(), args)
			}
			return about.Help()
		},
	})
}

func writeHelp(w io.Writer, cmd *cobra.Command) {
	text := strings.TrimSpace(cmd.Long)
	if text == "" {
		text = cmd.Short
	}
	fmt.Fprintf(w, "%s\n\nUSAGE\n  %s\n", text, usageLine(cmd))
	for _, g := range groups {
		writeCommands(w, cmd, g)
	}
	writeFlags(w, "FLAGS", cmd.NonInheritedFlags(), cmd.HasParent(), speller(cmd))
	writeFlags(w, "FLAGS OF EVERY COMMAND, BEFORE OR AFTER IT", cmd.InheritedFlags(), true, dropin.Spell)
	if !cmd.HasParent() {
		fmt.Fprint(w, "\n'ethkey COMMAND --help' tells the flags of a command.\n")
	}
	fmt.Fprint(w, "\n"+exitCodes)
}

func usageLine(cmd *cobra.Command) string {
	line := strings.TrimSuffix(cmd.UseLine(), " [flags]")
	if cmd.HasAvailableSubCommands() {
		line += " COMMAND"
	}
	return line + " [FLAGS]"
}

func writeCommands(w io.Writer, cmd *cobra.Command, g *cobra.Group) {
	titled := false
	for _, c := range cmd.Commands() {
		if !c.IsAvailableCommand() && c.Name() != "help" || c.GroupID != g.ID {
			continue
		}
		if !titled {
			fmt.Fprintf(w, "\n%s\n", g.Title)
			titled = true
		}
		fmt.Fprintln(w, commandLine(c))
	}
}

// commandLine puts what a command does beside its name, or below a long one.
func commandLine(cmd *cobra.Command) string {
	margin := strings.Repeat(" ", commandMargin)
	name := fmt.Sprintf("  %-*s", commandMargin-2, cmd.Name())
	if len(cmd.Name()) > commandMargin-3 {
		name += "\n" + margin
	}
	return name + strings.ReplaceAll(term.Wrap(cmd.Short, helpWidth-commandMargin, 0), "\n", "\n"+margin)
}

// speller writes the flags of a command: with hyphens where the command is our
// own. Both spellings are taken everywhere.
func speller(cmd *cobra.Command) func(flag string) string {
	if !cmd.HasParent() || cmd.GroupID == groups[0].ID {
		return dropin.Spell
	}
	return func(flag string) string { return "--" + flag }
}

// writeFlags lists flags in the order in which they are asked for.
func writeFlags(w io.Writer, title string, flags *pflag.FlagSet, sub bool, spell func(string) string) {
	flags.SortFlags = false
	titled := false
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "version" && sub {
			return
		}
		if !titled {
			fmt.Fprintf(w, "\n%s\n", title)
			titled = true
		}
		fmt.Fprintln(w, flagLine(f, spell))
	})
}

// flagWords are the name of a flag, the word for its value, if it takes one,
// and what it does.
func flagWords(f *pflag.Flag, spell func(string) string) (name, value, text string) {
	switch f.Name {
	case "help":
		return "-h, --help", "", "show this text"
	case "version":
		return "-v, --version", "", "show the commit this binary is built from"
	}
	value, text = pflag.UnquoteUsage(f)
	if f.NoOptDefVal != "" {
		value = ""
	}
	return spell(f.Name), value, text
}

func flagLine(f *pflag.Flag, spell func(string) string) string {
	name, value, text := flagWords(f, spell)
	line := fmt.Sprintf("  %-*s", flagMargin-2, strings.TrimSuffix(name+" "+value, " "))
	if len(line) > flagMargin {
		line += "\n" + strings.Repeat(" ", flagMargin)
	}
	rows := strings.Split(term.Wrap(text, helpWidth-flagMargin, 0), "\n")
	return line + strings.Join(rows, "\n"+strings.Repeat(" ", flagMargin))
}

// unknownFlag is the fault for a flag that cmd does not have, with those that
// it may be a slip of.
func unknownFlag(cmd *cobra.Command, err *pflag.NotExistError) error {
	if short := err.GetSpecifiedShortnames(); short != "" {
		return fault.New(fault.Usage, "unknown flag: -%s", short[:1]).
			WithHint("flags begin with two hyphens; see '%s --help'", cmd.CommandPath())
	}
	name := err.GetSpecifiedName()
	f := fault.New(fault.Usage, "unknown flag: --%s", name)
	if to := cmd.Flags().Lookup("to"); to != nil && strings.HasPrefix(name, "now") {
		return f.WithHint("did you mean --to %s?", name)
	}
	if near := nearFlags(cmd, strings.ReplaceAll(name, "_", "-")); len(near) > 0 {
		return f.WithHint("did you mean %s?", strings.Join(near, " or "))
	}
	return f.WithHint("see '%s --help'", cmd.CommandPath())
}

// nearFlags lists the flags of cmd that name begins, or misses by a letter or
// two.
func nearFlags(cmd *cobra.Command, name string) []string {
	best, near := 3, []string(nil)
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		far, _ := spelling.Distance([]byte(name), []byte(f.Name))
		if len(name) >= 3 && strings.HasPrefix(f.Name, name) {
			far = min(far, 2)
		}
		if far < best {
			best, near = far, nil
		}
		if far == best && far < 3 {
			near = append(near, dropin.Spell(f.Name))
		}
	})
	return near
}
