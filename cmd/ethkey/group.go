package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/fault"
)

// newGroup is a command that only holds others.
func newGroup(name, short string, commands ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{
		Use:   name,
		Short: short,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			f := fault.New(fault.Usage, "unknown command")
			if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
				return f.WithHint("did you mean %s?", strings.Join(near, " or "))
			}
			return f.WithHint("'%s --help' lists the commands", cmd.CommandPath())
		},
		RunE:        func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		Annotations: map[string]string{noSecrets: "true"},
		// As for the root: a dropped or doubled letter or two.
		SuggestionsMinimumDistance: 3,
	}
	cmd.AddCommand(commands...)
	return cmd
}
