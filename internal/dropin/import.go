package dropin

import (
	"context"
	"io/fs"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/mnemonic"
)

// ImportOptions say what an import reads: paper of other tools.
type ImportOptions struct {
	From       string // slip39, vault or seedqr
	As         string // entropy, seed or text: what the secret of the shares is
	Language   string // of the phrase
	File       string // the shares or the code, or "": they are asked for
	Pictures   string // a picture of the code, or ""
	SLIP39     string // a file with the passphrase of a SLIP-39 set, or ""
	Passphrase string // a file with the BIP-39 passphrase of the phrase, or ""
	Threshold  int    // how many bare shares are needed, or 0: nobody knows
}

// Check refuses what contradicts itself, before a share is asked for.
func (o *ImportOptions) Check() error {
	switch o.From {
	case "slip39", "vault":
		if o.As != "entropy" && o.As != "seed" && (o.As != "text" || o.From != "vault") {
			return fault.New(fault.Usage, "missing: --as").
				WithHint("expected entropy, of which a phrase is made, or seed, of which the keys are: it depends on the tool that made the shares; of vault also text")
		}
	case "seedqr":
		if o.As != "" && o.As != "entropy" {
			return fault.New(fault.Usage, "--as: a SeedQR is a phrase")
		}
		o.As = "entropy"
	default:
		return fault.New(fault.Usage, "missing: --from").WithHint("expected slip39, seedqr or vault")
	}
	return o.checkIgnored()
}

// checkIgnored refuses flags that would be ignored.
func (o *ImportOptions) checkIgnored() error {
	switch {
	case o.From != "slip39" && o.SLIP39 != "":
		return fault.New(fault.Usage, "--slip39-password-file means nothing without --from slip39")
	case o.From != "vault" && o.Threshold != 0:
		return fault.New(fault.Usage, "--threshold means nothing without --from vault")
	case o.From != "seedqr" && o.Pictures != "":
		return fault.New(fault.Usage, "--pictures means nothing without --from seedqr")
	case o.As != "entropy" && o.Passphrase != "":
		return fault.New(fault.Usage, "--mnemonic-password-file means nothing without a phrase")
	}
	return nil
}

// importer reads what the options name and asks for the rest.
type importer struct {
	ImportOptions
	session *Session
	open    func(name string) (fs.File, error) // waits for nobody
}

// Import reads shares or a code, as checked options say, and makes of them what
// As says. open opens codes and pictures. Close the result.
func Import(ctx context.Context, s *Session, open func(name string) (fs.File, error), o ImportOptions) (*Imported, error) {
	i := &importer{ImportOptions: o, session: s, open: open}
	language, err := mnemonic.ParseLanguage(o.Language)
	if err != nil {
		return nil, err
	}
	in := &Imported{Result: ImportResult{From: o.From, As: o.As}}
	if o.Passphrase != "" {
		if in.passphrase, err = s.file(o.Passphrase); err != nil {
			return nil, err
		}
	}
	if o.From == "seedqr" {
		in.phrase, err = i.readSeedQR(ctx, language)
	} else {
		err = i.readShares(ctx, in, language)
	}
	if err != nil {
		in.Close()
		return nil, err
	}
	if in.phrase != nil {
		in.Result.Words, in.Result.Language = in.phrase.Words(), string(in.phrase.Language())
	}
	return in, nil
}

// readShares combines shares and puts the secret to its use.
func (i *importer) readShares(ctx context.Context, in *Imported, language mnemonic.Language) error {
	combine := i.readVault
	if i.From == "slip39" {
		combine = i.readSLIP39
	}
	master, err := combine(ctx, in)
	if err != nil {
		return err
	}
	switch {
	case i.As == "text":
		in.text = master
		return nil
	case i.As == "entropy":
		defer master.Close()
		if in.phrase, err = mnemonic.FromEntropy(master, language); err != nil {
			return fault.New(fault.Refused, "the secret of these shares is no entropy of a phrase: %w", err).WithHint("was it meant as --as seed?")
		}
		return nil
	case master.Len() < 32:
		master.Close()
		return fault.New(fault.Refused, "the secret of these shares is too short for a seed: EIP-2333 wants at least 32 bytes").
			WithHint("was it meant as --as entropy?")
	}
	in.seed = master
	return nil
}
