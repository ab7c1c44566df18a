package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/validator"
)

func newKeystoreList(e *env, g *globalFlags) *cobra.Command {
	asJSON := false
	cmd := &cobra.Command{
		Use:   "list",
		Short: "list the keystores of a folder, as any client keeps them",
		Long: `Lists what the keystores of a folder say of themselves: index of the path,
public key, key derivation, file. It opens none; 'ethkey keystore verify' proves
them.

The folder is that of ethstaker-deposit-cli, Lighthouse, Prysm, Teku, Nimbus,
Lodestar or Web3Signer.

EXAMPLES
  ethkey keystore list --keystores validator_keys
  ethkey keystore list --keystores /var/lib/lighthouse/mainnet --json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			k := dropin.NewKeyFolder(e.session(cmd, g), e.machine())
			defer k.Close()
			if err := k.Open(cmd.Context()); err != nil {
				return err
			}
			list := validator.ListKeystores(k.Source.Folder)
			if asJSON {
				return json.NewEncoder(e.stdout).Encode(list)
			}
			for _, w := range list.Warnings {
				e.term.Warn(w)
			}
			_, err := e.stdout.WriteString(listText(list))
			return err
		},
	}
	addKeyFolder(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the list as JSON")
	return cmd
}

func listText(list *validator.KeystoreList) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "INDEX\tPUBLIC KEY\tENCRYPTION\tFILE\tNOTES\n")
	for _, row := range list.Keystores {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", indexText(row.Index), orNone(row.PublicKey), orNone(row.KDF), term.Safe(row.File), term.Safe(rowNotes(row)))
	}
	_ = w.Flush()
	fmt.Fprintf(&b, "%d keystores, as %s keeps them\n", len(list.Keystores), list.Layout)
	for _, name := range list.Deposits {
		fmt.Fprintf(&b, "deposit data: %s\n", term.Safe(name))
	}
	return trimLines(b.String())
}

// rowNotes is what a person should know of one keystore.
func rowNotes(row validator.KeystoreRow) string {
	var notes []string
	if row.Problem != "" {
		notes = append(notes, "NO USE: "+row.Problem)
	}
	if row.Disabled {
		notes = append(notes, "disabled")
	}
	if row.Index == nil && row.Path != "" {
		notes = append(notes, "path "+row.Path)
	}
	return strings.Join(append(notes, row.Warnings...), "; ")
}

func indexText(index *uint32) string {
	if index == nil {
		return "-"
	}
	return fmt.Sprint(*index)
}

// trimLines drops the blanks that a table leaves at the end of its lines.
func trimLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}
