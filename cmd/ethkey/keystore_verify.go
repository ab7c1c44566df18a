package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/validator"
)

func newKeystoreVerify(e *env, g *globalFlags) *cobra.Command {
	asJSON, withPhrase, tryForms := false, false, false
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "prove keystores against their passwords, deposit data and a phrase",
		Long: `Opens every keystore of a folder and compares the key inside with the public key
that it names; with the deposit data in the folder and in --deposit-data, whose
roots and signatures it checks too; and with a phrase, if one is given. It
writes nothing. It exits with 1 when anything is wrong, and names it.

The password is asked for, unless the folder holds it, as a client's does.

EXAMPLES
  ethkey keystore verify --keystores validator_keys
  ethkey keystore verify --keystores validator_keys --with-mnemonic
  ethkey keystore verify --keystores /var/lib/lighthouse/mainnet --json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			k := dropin.NewKeyFolder(e.session(cmd, g), e.machine())
			defer k.Close()
			k.TryForms = tryForms
			if err := k.Open(cmd.Context()); err != nil {
				return err
			}
			if err := k.Unlock(cmd.Context(), k.Proof(withPhrase)...); err != nil {
				return err
			}
			report, err := k.Verify(cmd.Context(), e.term.Progress("keystores"))
			if err != nil {
				return err
			}
			if err := printVerified(e, report, asJSON); err != nil {
				return err
			}
			return verdict(report)
		},
	}
	f := cmd.Flags()
	addKeyFolder(f)
	addUnlock(f, &tryForms)
	f.String("deposit-data", "", "`FILES` of deposit data, with commas between")
	f.BoolVar(&withPhrase, "with-mnemonic", false, "ask for the phrase too")
	addOwnPhraseFlags(f)
	f.BoolVar(&asJSON, "json", false, "print the report as JSON")
	return cmd
}

func printVerified(e *env, r *validator.KeystoreReport, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(e.stdout).Encode(r)
	}
	for _, w := range r.Warnings {
		e.term.Warn(w)
	}
	_, err := e.stdout.WriteString(verifiedText(r))
	return err
}

// verdict is the error for a folder that something is wrong with.
func verdict(r *validator.KeystoreReport) error {
	if r.OK {
		return nil
	}
	return fault.New(fault.Refused, "%s: %d of %d keystores failed, and %d other problems", r.Folder, r.Failed(), len(r.Keystores), len(r.Problems)).
		WithHint("each is named above")
}

func verifiedText(r *validator.KeystoreReport) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "RESULT\tINDEX\tPUBLIC KEY\tFILE\tNOTES\n")
	for _, k := range r.Keystores {
		result := "ok"
		if !k.OK {
			result = "FAILED"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", result, indexText(k.Index), orNone(k.PublicKey), term.Safe(k.File), term.Safe(checkNotes(k)))
	}
	_ = w.Flush()
	for _, v := range r.Verified {
		fmt.Fprintf(&b, "%s\n", v)
	}
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "FAILED: %s\n", term.Safe(p))
	}
	if len(r.WallsMissing) > 0 {
		fmt.Fprintf(&b, "without these protections: %s\n", strings.Join(r.WallsMissing, ", "))
	}
	return trimLines(b.String())
}

func checkNotes(k validator.KeystoreCheck) string {
	var notes []string
	if k.Problem != "" {
		notes = append(notes, k.Problem)
	}
	if k.Disabled {
		notes = append(notes, "disabled")
	}
	return strings.Join(append(notes, k.Warnings...), "; ")
}
