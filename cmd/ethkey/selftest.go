package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/pkg/selftest"
)

func newSelftest(e *env) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "selftest",
		Short: "run the published test vectors on this very machine",
		Long: `Runs published figures of the standards that ethkey implements, which the binary
carries, on this processor. It takes a few seconds and touches no secret.`,
		Args:        noArgs,
		Annotations: map[string]string{noSecrets: "true"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			results, err := selftest.Run(cmd.Context(), e.term.Progress("vectors"))
			if shown := showResults(e, results, asJSON); shown != nil {
				return shown
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the results as JSON")
	return cmd
}

func showResults(e *env, results []selftest.Result, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(e.stdout).Encode(results)
	}
	return printResults(e, results)
}

func printResults(e *env, results []selftest.Result) error {
	for _, r := range results {
		state := "ok"
		if r.Err != nil {
			state = "FAILED: " + r.Err.Error()
		}
		if _, err := fmt.Fprintf(e.stdout, "%-16s %3d figures  %s\n  %s\n", r.Name, r.Cases, state, r.Source); err != nil {
			return err
		}
	}
	return nil
}
