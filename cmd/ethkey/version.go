package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/build"
)

// wordsPerLine is how many words of the hash stand on a line, for reading
// aloud.
const wordsPerLine = 8

// versionReport is what `ethkey version --json` prints.
type versionReport struct {
	build.Info
	SHA256 string   `json:"sha256"` // of the running image; empty when it cannot be read
	Words  []string `json:"words"`
}

func newVersion(e *env) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "say what this binary is: commit, compilers, modules, and its own SHA-256",
		Long: `Says what this binary was built from and by, and the SHA-256 of the running
image in hexadecimal and in words of the PGP word list, for reading aloud.

A hash that a binary prints of itself proves nothing against a hostile binary:
hash the file on a second machine too.`,
		Args:        noArgs,
		Annotations: map[string]string{noSecrets: "true"},
		RunE: func(*cobra.Command, []string) error {
			r := versionReport{Info: build.Read()}
			sum, err := build.Self()
			if err == nil {
				r.SHA256, r.Words = hex.EncodeToString(sum[:]), build.Words(sum)
			} else {
				e.term.Warn("cannot read the running image: " + err.Error())
			}
			if asJSON {
				return json.NewEncoder(e.stdout).Encode(r)
			}
			_, err = e.stdout.WriteString(r.text())
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return cmd
}

func (r versionReport) text() string {
	var b strings.Builder
	row := func(name, value string) { fmt.Fprintf(&b, "%-10s %s\n", name, value) }
	row("commit", commitText(r.Info))
	row("flavour", r.Flavour+", "+linkage(r.Info)+", "+r.OS+"/"+r.Arch)
	row("compilers", r.GoVersion+"; "+r.Compiler)
	for _, m := range r.Modules {
		row("module", m.Path+" "+m.Version+" "+m.Sum)
	}
	if r.SHA256 == "" {
		row("sha256", "unknown")
		return b.String()
	}
	row("sha256", r.SHA256)
	for i := 0; i < len(r.Words); i += wordsPerLine {
		row("", strings.Join(r.Words[i:min(i+wordsPerLine, len(r.Words))], " "))
	}
	return b.String()
}

func commitText(i build.Info) string {
	switch {
	case i.Commit == "":
		return "unknown"
	case i.Modified:
		return i.Commit + ", with changes that are not committed"
	default:
		return i.Commit
	}
}

func linkage(i build.Info) string {
	if i.Static {
		return "static, " + i.LibC
	}
	return "dynamic, " + i.LibC
}

// versionLine names this program in a report.
func versionLine() string { return "ethkey " + commitText(build.Read()) }
