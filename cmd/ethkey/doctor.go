package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/build"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/host"
	"github.com/ethkey/ethkey/internal/term"
)

func newDoctor(e *env) *cobra.Command {
	var folder string
	var asJSON, strict bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "look at this machine before it is trusted with keys",
		Long: `Looks at what keys are in danger from on this machine: network interfaces and
routes, radios, swap, hibernation, core dumps, the clock, randomness, the
kernel's walls, containers, the processor, and this binary itself. It reads the
sys and proc trees, changes nothing, and sends no packet. docs/doctor.md has
every check with its limits.

It ends with 1 when a check fails, with --strict also when one warns. A machine
that passes is not thereby clean.

EXAMPLES
  ethkey doctor
  ethkey doctor --folder /media/stick --strict
  ethkey doctor --json`,
		Args:        noArgs,
		Annotations: map[string]string{noSecrets: "true"},
		RunE: func(*cobra.Command, []string) error {
			m := &host.Machine{
				Root: os.DirFS("/"), System: host.Kernel(), Now: e.now(), Walls: e.walls,
				Build: build.Read(), Commit: build.CommitTime(), Folder: resolved(folder),
			}
			r := host.Examine(m)
			if err := showReport(e, r, asJSON); err != nil {
				return err
			}
			return judge(r, strict)
		},
	}
	f := cmd.Flags()
	f.StringVar(&folder, "folder", ".", "`FOLDER` that files would be written to")
	f.BoolVar(&asJSON, "json", false, "print the report as JSON")
	f.BoolVar(&strict, "strict", false, "count a warning as a failure")
	return cmd
}

// resolved is the folder's place in the tree of mounts; a folder that is not
// there keeps the name it was given.
func resolved(folder string) string {
	if path, err := filepath.Abs(folder); err == nil {
		folder = path
	}
	if path, err := filepath.EvalSymlinks(folder); err == nil {
		folder = path
	}
	return folder
}

func judge(r host.Report, strict bool) error {
	switch {
	case r.Fail > 0:
		return fault.New(fault.Refused, "%d of %d checks failed", r.Fail, len(r.Checks))
	case strict && r.Warn > 0:
		return fault.New(fault.Refused, "%d of %d checks gave a warning, which --strict counts as a failure", r.Warn, len(r.Checks))
	}
	return nil
}

func showReport(e *env, r host.Report, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(e.stdout).Encode(r)
	}
	_, err := e.stdout.WriteString(doctorText(r))
	return err
}

// doctorText shows what the trees say as text that cannot act on a terminal.
func doctorText(r host.Report) string {
	var b strings.Builder
	for _, c := range r.Checks {
		fmt.Fprintf(&b, "%-5s %-16s %s\n", c.Verdict, c.Name, term.Safe(c.Value))
		for _, line := range c.Detail {
			fmt.Fprintf(&b, "%-5s %-16s %s\n", "", "", term.Safe(line))
		}
		if c.Hint != "" {
			fmt.Fprintf(&b, "%-5s %-16s hint: %s\n", "", "", term.Safe(c.Hint))
		}
	}
	fmt.Fprintf(&b, "\n%d passed, %d warned, %d failed\n", r.Pass, r.Warn, r.Fail)
	return b.String()
}
