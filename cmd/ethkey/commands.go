package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// newCommands lists the command tree for tests that must walk it.
func newCommands(e *env) *cobra.Command {
	return &cobra.Command{
		Use:         "commands",
		Short:       "list every command and whether it stands behind the walls",
		Hidden:      true,
		Args:        noArgs,
		Annotations: map[string]string{noSecrets: "true"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return listCommands(e, cmd.Root())
		},
	}
}

func listCommands(e *env, cmd *cobra.Command) error {
	kind := "offline"
	if flag := cmd.Annotations[onNetwork]; flag != "" {
		kind = "network with --" + flag
	}
	if _, err := fmt.Fprintf(e.stdout, "%s\t%s\n", cmd.CommandPath(), kind); err != nil {
		return err
	}
	for _, c := range cmd.Commands() {
		if err := listCommands(e, c); err != nil {
			return err
		}
	}
	return nil
}
