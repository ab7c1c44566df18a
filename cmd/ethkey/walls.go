package main

import (
	"errors"
	"fmt"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/sandbox"
)

// newWalls tries what the walls forbid, so that a test, or a person who
// doubts, can see them stand.
func newWalls(e *env) *cobra.Command {
	return &cobra.Command{
		Use:         "walls",
		Short:       "try what the walls forbid, and print how the kernel answers",
		Hidden:      true,
		Args:        noArgs,
		Annotations: map[string]string{noSecrets: "true"},
		RunE: func(*cobra.Command, []string) error {
			through := 0
			for _, a := range sandbox.Try() {
				verdict := "refused"
				if !errors.Is(a.Err, syscall.EPERM) {
					verdict, through = fmt.Sprintf("NOT REFUSED (%v)", a.Err), through+1
				}
				if _, err := fmt.Fprintf(e.stdout, "%-20s %s\n", a.Name, verdict); err != nil {
					return err
				}
			}
			if through > 0 {
				return fault.New(fault.Environment, "%d forbidden system calls were not refused", through)
			}
			return nil
		},
	}
}
