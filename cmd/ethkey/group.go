package main

import (
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
			return fault.New(fault.Usage, "unknown command").WithHint("'%s --help' lists the commands", cmd.CommandPath())
		},
		RunE:        func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		Annotations: map[string]string{noSecrets: "true"},
	}
	cmd.AddCommand(commands...)
	return cmd
}
