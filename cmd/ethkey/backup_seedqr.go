package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/backup/seedqr"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/paper"
)

func newBackupSeedQR(e *env, g *globalFlags) *cobra.Command {
	h, compact := &handOverOptions{}, false
	cmd := &cobra.Command{
		Use:   "seedqr",
		Short: "give a phrase as SeedQR or CompactSeedQR, for wallets that read those",
		Long: `Gives a phrase of 12 or 24 words as a SeedQR, the code and its digits, which are
the words' numbers, on a page that is wiped; or, with --to-file, in a file: the
digits, or with --compact the bytes of a CompactSeedQR. A SeedQR is the whole
secret in clear. It is no share, and no backup that ethkey advises.

EXAMPLES
  ethkey backup seedqr
  ethkey backup seedqr --mnemonic-file phrase --compact --to-file code --yes`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			if compact && h.file == "" {
				return fault.New(fault.Usage, "--compact needs --to-file").WithHint("its bytes cannot be shown; without --compact the digits are")
			}
			h.show = h.file == ""
			if err := h.check(e, g); err != nil {
				return err
			}
			s := e.session(cmd, g)
			p := dropin.NewGiven(s)
			defer p.Close()
			if err := s.Resolve(ctx, p.Options()); err != nil {
				return err
			}
			if h.show {
				return showSeedQR(ctx, e, p.Mnemonic())
			}
			return h.writeSeedQR(ctx, e, p.Mnemonic(), compact)
		},
	}
	f := cmd.Flags()
	f.String("mnemonic-file", "", "`FILE` that holds the phrase")
	f.String("mnemonic-fd", "", "descriptor `N` to read the phrase from")
	f.String("mnemonic-language", "", "`LANGUAGE` of the phrase; found by itself if not given")
	f.StringVar(&h.file, "to-file", "", "write it, in clear, to this new `FILE`")
	f.BoolVar(&compact, "compact", false, "the bytes of a CompactSeedQR")
	f.BoolVar(&h.yes, "yes", false, "agree to writing --to-file")
	return cmd
}

// showSeedQR shows code and digits on a page that is wiped.
func showSeedQR(ctx context.Context, e *env, m *mnemonic.Mnemonic) error {
	digits, err := seedqr.Digits(m)
	if err != nil {
		return err
	}
	defer digits.Close()
	code, err := paper.NewScreenCode(string(digits.Bytes())) // go-qrcode takes a string
	if err != nil {
		return err
	}
	return e.term.Page(ctx, func(w io.Writer, _ int) {
		fmt.Fprintf(w, "SeedQR, %d words, %s. Let nothing but the wallet see it.\n", m.Words(), m.Language())
		code.Terminal(w, term.BlackOnWhite)
		fmt.Fprint(w, "\n")
		for i := 0; i < digits.Len(); i += 4 {
			fmt.Fprintf(w, "%3d. ", i/4+1)
			_, _ = w.Write(digits.Bytes()[i : i+4])
			if i/4%6 == 5 {
				fmt.Fprint(w, "\n")
			}
		}
	}, "press any key to wipe this page")
}

// writeSeedQR writes digits or bytes to a new file.
func (h *handOverOptions) writeSeedQR(ctx context.Context, e *env, m *mnemonic.Mnemonic, compact bool) error {
	encode := seedqr.Digits
	if compact {
		encode = seedqr.Compact
	}
	text, err := encode(m)
	if err != nil {
		return err
	}
	defer text.Close()
	if yes, err := h.agreed(ctx, e); err != nil || !yes {
		return err
	}
	if err := e.writeSecret(ctx, h.file, text); err != nil {
		return err
	}
	_, err = e.stdout.WriteString("written to " + h.file + "\n")
	return err
}
