package dropin

import (
	"context"

	"github.com/ethkey/ethkey/internal/desk"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/backup/seedqr"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
)

// readSeedQR reads a code from a file, from a picture, or as it is typed.
func (i *importer) readSeedQR(ctx context.Context, language mnemonic.Language) (*mnemonic.Mnemonic, error) {
	switch {
	case i.File != "" && i.Pictures != "":
		return nil, fault.New(fault.Usage, "--share-file and --pictures were both given; expected one")
	case i.File != "":
		code, err := ReadFile(i.open, i.File, 4096) // as it is: a byte at its end may be a line feed
		if err != nil {
			return nil, err
		}
		defer secret.Wipe(code)
		return seedqr.Parse(code, language)
	case i.Pictures != "":
		return i.pictureOfSeedQR(ctx, language)
	case !i.session.Interactive:
		return nil, fault.New(fault.Usage, "missing: --share-file (or --pictures)").WithHint("with --non_interactive nothing is asked")
	}
	var phrase *mnemonic.Mnemonic
	q := term.Tally{
		Prompt: term.Prompt{Text: "the digits of the SeedQR, 48 or 96", Flag: "--share-file"},
		Unit:   "digits", Alphabet: "0123456789", Least: 48, Most: 96,
	}
	typed, err := i.session.Term.Tally(ctx, q, func(text *secret.Buffer) (err error) {
		phrase, err = seedqr.Parse(text.Bytes(), language)
		return err
	})
	typed.Close()
	return phrase, err
}

// pictureOfSeedQR reads the code from a picture.
func (i *importer) pictureOfSeedQR(ctx context.Context, language mnemonic.Language) (*mnemonic.Mnemonic, error) {
	i.session.Term.Warn("whatever took this picture now holds the whole phrase")
	pictures := desk.Pictures{Term: i.session.Term, Open: i.open}
	found, err := pictures.Read(ctx, i.Pictures)
	if len(found) == 0 && err == nil {
		err = fault.New(fault.Refused, "%s: no code was found", i.Pictures)
	}
	for _, r := range found {
		defer r.Text.Close()
	}
	for _, r := range found {
		var phrase *mnemonic.Mnemonic
		phrase, err = seedqr.Parse(r.Text.Bytes(), language)
		if err == nil {
			return phrase, nil
		}
	}
	if err != nil {
		err = fault.New(fault.KindOf(err), "%s: %w", i.Pictures, err).WithHint("%s", fault.HintOf(err))
	}
	return nil, err
}
