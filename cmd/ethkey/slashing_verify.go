package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/sshsig"
)

// maxSignature is far more than any signature or list of signers takes.
const maxSignature = 1 << 20

func newSlashingVerify(e *env, g *globalFlags) *cobra.Command {
	h := &history{e: e, g: g}
	allowed, sig := "", ""
	cmd := &cobra.Command{
		Use:   "verify FILE",
		Short: "check who signed a history, and that it is whole",
		Long: `Checks the signature of a file, made by 'ethkey slashing sign' or 'ssh-keygen -Y
sign -n ` + slashingNamespace + `', against a file of allowed signers in
ssh-keygen's format. That file must not have come along with the history.

It ends with code 4 when the signature does not hold or its key is not allowed.

EXAMPLES
  ethkey slashing verify --allowed-signers signers history.json`,
		Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			if allowed == "" {
				return fault.New(fault.Usage, "missing: --allowed-signers").WithHint("lines of \"name ssh-ed25519 AAAA...\"; see ssh-keygen(1), ALLOWED SIGNERS")
			}
			if sig == "" && args[0] == standardStream {
				return fault.New(fault.Usage, "missing: --signature")
			}
			if sig == "" {
				sig = args[0] + ".sig"
			}
			return h.verify(cmd.Context(), args[0], sig, allowed)
		},
		Annotations: map[string]string{noSecrets: "true"},
	}
	f := cmd.Flags()
	f.StringVar(&allowed, "allowed-signers", "", "`FILE` of the keys that may sign, and whose they are")
	f.StringVar(&sig, "signature", "", "`FILE` of the signature; FILE.sig if not given")
	h.addReport(f)
	return cmd
}

func (h *history) verify(ctx context.Context, name, sigFile, allowedFile string) error {
	list, err := h.e.readAll(allowedFile, maxSignature)
	if err != nil {
		return err
	}
	signers, err := sshsig.ParseAllowedSigners(list)
	if err != nil {
		return fault.New(fault.KindOf(err), "%s: %w", allowedFile, err)
	}
	armored, err := h.e.readAll(sigFile, maxSignature)
	if err != nil {
		return err
	}
	principal := ""
	err = h.stream(name, func(shown string, r io.Reader) error {
		principal, err = sshsig.VerifyReader(untilDone{ctx, r}, armored, slashingNamespace, signers, h.e.now())
		if err != nil {
			return fault.New(fault.KindOf(err), "%s, %s: %w", shown, sigFile, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	s := signature{File: name, Signature: sigFile, Principal: principal}
	return h.print(s, lines(fmt.Sprintf("%s: signed by %s", name, principal)))
}
