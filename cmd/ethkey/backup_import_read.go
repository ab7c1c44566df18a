package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/desk"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/backup/plainshare"
	"github.com/ethkey/ethkey/pkg/backup/seedqr"
	"github.com/ethkey/ethkey/pkg/backup/slip39"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
)

// imported is what another tool kept on paper: one of the three.
type imported struct {
	phrase *mnemonic.Mnemonic
	bip39  *secret.Buffer
	seed   *secret.Buffer
	text   *secret.Buffer
	result importResult
}

func (in *imported) close() {
	if in.phrase != nil {
		in.phrase.Close()
	}
	for _, b := range []*secret.Buffer{in.bip39, in.seed, in.text} {
		b.Close()
	}
}

// seedOf is the seed that the keys are derived from, or nil for a text. The
// caller closes it.
func (in *imported) seedOf() (*secret.Buffer, error) {
	switch {
	case in.phrase != nil:
		return in.phrase.Seed(in.bip39)
	case in.seed != nil:
		return in.seed.Clone()
	}
	return nil, nil
}

// read reads the shares or the code and makes of them what --as says.
func (o *importOptions) read(ctx context.Context, e *env, g *globalFlags) (*imported, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	language, err := mnemonic.ParseLanguage(o.language)
	if err != nil {
		return nil, err
	}
	in := &imported{result: importResult{From: o.from, As: o.as}}
	if o.bip39 != "" {
		if in.bip39, err = e.secretFile(o.bip39); err != nil {
			return nil, err
		}
	}
	if o.from == "seedqr" {
		in.phrase, err = o.readSeedQR(ctx, e, g, language)
	} else {
		err = o.readShares(ctx, e, g, in, language)
	}
	if err != nil {
		in.close()
		return nil, err
	}
	if in.phrase != nil {
		in.result.Words, in.result.Language = in.phrase.Words(), string(in.phrase.Language())
	}
	return in, nil
}

// readShares combines shares and puts the secret to its use.
func (o *importOptions) readShares(ctx context.Context, e *env, g *globalFlags, in *imported, language mnemonic.Language) error {
	combine := o.readVault
	if o.from == "slip39" {
		combine = o.readSLIP39
	}
	master, err := combine(ctx, e, g, in)
	if err != nil {
		return err
	}
	switch {
	case o.as == "text":
		in.text = master
		return nil
	case o.as == "entropy":
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

// slipSpeller knows the words of SLIP-39.
type slipSpeller struct{}

// Complete implements term.Speller.
func (slipSpeller) Complete(prefix []byte) []string { return slip39.Complete(prefix, 12) }

// Known implements term.Speller.
func (slipSpeller) Known(word []byte) bool { _, ok := slip39.Lookup(word); return ok }

// Nearest implements term.Speller.
func (slipSpeller) Nearest(word []byte) []string { return slip39.Nearest(word, 4) }

// readSLIP39 gathers shares until they are enough, and asks for the passphrase.
func (o *importOptions) readSLIP39(ctx context.Context, e *env, g *globalFlags, in *imported) (*secret.Buffer, error) {
	var set slip39.Set
	defer set.Close()
	add := func(text *secret.Buffer) error {
		share, err := slip39.Parse(text.Bytes())
		if err != nil {
			return err
		}
		if err = set.Add(share); err != nil {
			share.Close()
		}
		return err
	}
	ask := func() error {
		prompt := term.Prompt{Text: "a share of SLIP-39; " + set.Missing(), Flag: "--share-file"}
		text, err := e.term.WordsUntil(ctx, prompt, slipSpeller{}, []int{20, 33}, add)
		text.Close()
		return err
	}
	if err := o.gather(e, g, add, ask, set.Ready); err != nil {
		return nil, err
	}
	in.result.Unverified = "a wrong passphrase of SLIP-39, or another use than the wallet made of it, gives other keys and no error"
	passphrase, err := o.slipPassphrase(ctx, e, g)
	if err != nil {
		return nil, err
	}
	defer passphrase.Close()
	return set.Combine(ctx, passphrase)
}

func (o *importOptions) slipPassphrase(ctx context.Context, e *env, g *globalFlags) (*secret.Buffer, error) {
	switch {
	case o.slip39 != "":
		return e.secretFile(o.slip39)
	case g.nonInteractive || o.file != "":
		return nil, nil
	}
	return e.term.Hidden(ctx, term.Prompt{Text: "passphrase of the SLIP-39 set (empty: none)", Flag: "--slip39-password-file"}, nil)
}

// readVault gathers bare shares.
func (o *importOptions) readVault(ctx context.Context, e *env, g *globalFlags, in *imported) (*secret.Buffer, error) {
	var set plainshare.Set
	defer set.Close()
	all := false
	add := func(text *secret.Buffer) error {
		if len(bytes.TrimSpace(text.Bytes())) == 0 && set.Len() >= 2 {
			all = true
			return nil
		}
		return set.Add(text.Bytes())
	}
	ask := func() error {
		label := fmt.Sprintf("share %d, in hex or base64, not shown", set.Len()+1)
		if set.Len() >= 2 {
			label += " (empty: there are no more)"
		}
		text, err := e.term.Hidden(ctx, term.Prompt{Text: label, Flag: "--share-file"}, add)
		text.Close()
		return err
	}
	if err := o.gather(e, g, add, ask, func() bool { return all }); err != nil {
		return nil, err
	}
	in.result.Unverified = "bare shares have no checksum: too few, mixed or damaged ones give another secret and no error"
	if set.Checked(o.threshold) {
		in.result.Verified, in.result.Unverified = true, ""
	}
	return set.Combine(o.threshold)
}

// gather adds the shares of the file, or asks for them until there are enough.
func (o *importOptions) gather(e *env, g *globalFlags, add func(*secret.Buffer) error, ask func() error, ready func() bool) error {
	if o.file == "" {
		if g.nonInteractive {
			return fault.New(fault.Usage, "missing: --share-file").WithHint("with --non_interactive nothing is asked")
		}
		for !ready() {
			if err := ask(); err != nil {
				return err
			}
		}
		return nil
	}
	text, err := e.secretFile(o.file)
	if err != nil {
		return err
	}
	defer text.Close()
	for i, line := range bytes.Split(text.Bytes(), []byte("\n")) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		share, err := secret.New(len(line))
		if err != nil {
			return err
		}
		secret.Copy(share.Bytes(), line)
		err = add(share)
		share.Close()
		if err != nil {
			return fault.New(fault.KindOf(err), "%s, line %d: %w", o.file, i+1, err).WithHint("%s", fault.HintOf(err))
		}
	}
	return nil
}

// readSeedQR reads a code from a file, from a picture, or as it is typed.
func (o *importOptions) readSeedQR(ctx context.Context, e *env, g *globalFlags, language mnemonic.Language) (*mnemonic.Mnemonic, error) {
	switch {
	case o.file != "" && o.pictures != "":
		return nil, fault.New(fault.Usage, "--share-file and --pictures were both given; expected one")
	case o.file != "":
		code, err := e.readAll(o.file, 4096) // as it is: a byte at its end may be a line feed
		if err != nil {
			return nil, err
		}
		defer secret.Wipe(code)
		return seedqr.Parse(code, language)
	case o.pictures != "":
		return pictureOfSeedQR(ctx, e, o.pictures, language)
	case g.nonInteractive:
		return nil, fault.New(fault.Usage, "missing: --share-file (or --pictures)").WithHint("with --non_interactive nothing is asked")
	}
	var phrase *mnemonic.Mnemonic
	q := term.Tally{
		Prompt: term.Prompt{Text: "the digits of the SeedQR, 48 or 96", Flag: "--share-file"},
		Unit:   "digits", Alphabet: "0123456789", Least: 48, Most: 96,
	}
	typed, err := e.term.Tally(ctx, q, func(text *secret.Buffer) (err error) {
		phrase, err = seedqr.Parse(text.Bytes(), language)
		return err
	})
	typed.Close()
	return phrase, err
}

// pictureOfSeedQR reads the code from a picture.
func pictureOfSeedQR(ctx context.Context, e *env, name string, language mnemonic.Language) (*mnemonic.Mnemonic, error) {
	e.term.Warn("whatever took this picture now holds the whole phrase")
	pictures := desk.Pictures{Term: e.term, Open: e.read}
	found, err := pictures.Read(ctx, name)
	if len(found) == 0 && err == nil {
		err = fault.New(fault.Refused, "%s: no code was found", name)
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
		err = fault.New(fault.KindOf(err), "%s: %w", name, err).WithHint("%s", fault.HintOf(err))
	}
	return nil, err
}

// place opens the folder of a path.
func (e *env) place(path string) (atomicfile.FS, string, error) {
	fsys, err := e.open(filepath.Dir(path))
	return fsys, filepath.Base(path), err
}
