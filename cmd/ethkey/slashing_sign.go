package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/sshsig"
)

// slashingNamespace keeps a signature of a history from passing for one of
// anything else: ssh-keygen -Y sign -n slashing.ethkey.
const slashingNamespace = "slashing.ethkey"

// signature is what sign and verify report.
type signature struct {
	File      string `json:"file"`
	Signature string `json:"signature"`
	SignedBy  string `json:"signed_by,omitempty"` // the key's fingerprint
	Principal string `json:"principal,omitempty"`
}

func newSlashingSign(e *env, g *globalFlags) *cobra.Command {
	h := &history{e: e, g: g}
	key, out := sshKeyOptions{}, ""
	cmd := &cobra.Command{
		Use:   "sign FILE",
		Short: "sign a history with an SSH key, for the one who is to import it",
		Long: `Writes a signature beside a file, with an SSH key that is kept for such work, so
that who receives the file can tell that it is whole and whose it is. The
signature is that of 'ssh-keygen -Y sign -n ` + slashingNamespace + `', which
does the same and takes FIDO keys too.

EXAMPLES
  ethkey slashing sign --sign-key ~/.ssh/operator history.json
  ssh-keygen -Y sign -n ` + slashingNamespace + ` -f key history.json`,
		Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			if key.key == "" {
				return fault.New(fault.Usage, "missing: --sign-key").WithHint("it names the file of an SSH private key")
			}
			if out == "" && args[0] == standardStream {
				return fault.New(fault.Usage, "missing: --signature").WithHint("it names the file for the signature of standard input")
			}
			if out == "" {
				out = args[0] + ".sig"
			}
			h.out = out
			if err := h.canWrite(); err != nil {
				return fault.New(fault.KindOf(err), "%w", err).WithHint("name another file: --signature")
			}
			return h.sign(cmd.Context(), args[0], key, out)
		},
	}
	f := cmd.Flags()
	key.add(f, "the file")
	f.StringVar(&out, "signature", "", "`FILE` for the signature; FILE.sig if not given")
	h.addReport(f)
	return cmd
}

func (h *history) sign(ctx context.Context, name string, key sshKeyOptions, out string) error {
	// Standard input is read before a passphrase could be asked for there.
	var digest sshsig.Digest
	err := h.read(name, func(r io.Reader) (err error) {
		digest, err = sshsig.ReadDigest(untilDone{ctx, r})
		return err
	})
	if err != nil {
		return err
	}
	signer, err := key.open(ctx, h.e, h.g)
	if err != nil {
		return err
	}
	armored, err := sshsig.SignDigest(signer, slashingNamespace, digest)
	if err != nil {
		return err
	}
	fsys, err := h.e.open(filepath.Dir(out))
	if err != nil {
		return err
	}
	if _, err := atomicfile.WriteFile(ctx, fsys, filepath.Base(out), armored); err != nil {
		return err
	}
	s := signature{File: name, Signature: out, SignedBy: sshsig.Fingerprint(signer.PublicKey())}
	return h.print(s, lines(fmt.Sprintf("%s: signed by %s", s.Signature, s.SignedBy)))
}
