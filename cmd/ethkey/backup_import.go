package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/desk"
	"github.com/ethkey/ethkey/internal/dropin"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/backup"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/validator"
)

// importOptions are the flags of every command that imports.
type importOptions struct {
	dropin.ImportOptions
	count    string
	start    string
	expected string
	yes      bool

	first, keys uint32
	known       []bls.PublicKey
}

func (o *importOptions) add(f *pflag.FlagSet) {
	f.StringVar(&o.From, "from", "", "`WHAT` is read: slip39, seedqr, or vault for bare shares of vault/shamir in hex or base64")
	f.StringVar(&o.As, "as", "", "`HOW` the secret of slip39 or vault is used: entropy of a phrase, or seed, of at least 32 bytes; of vault also text")
	f.StringVar(&o.Language, "mnemonic_language", "english", "`LANGUAGE` of the phrase")
	f.StringVar(&o.File, "share-file", "", "`FILE` that holds the shares, one a line, or the SeedQR; a CompactSeedQR as its bytes or in hex")
	f.StringVar(&o.Pictures, "pictures", "", "read a SeedQR from this picture `FILE`")
	f.StringVar(&o.SLIP39, "slip39-password-file", "", "`FILE` that holds the passphrase of the SLIP-39 set")
	f.StringVar(&o.Passphrase, "mnemonic-password-file", "", "`FILE` that holds the phrase's BIP-39 passphrase")
	f.IntVar(&o.Threshold, "threshold", 0, "how many `SHARES` of vault are needed; with one more than that they are checked")
	f.StringVar(&o.expected, "public-keys", "", "`KEYS` that the secret must make, with commas between; without them a person must know the keys that are shown")
	f.BoolVar(&o.yes, "yes", false, "agree to the keys that are shown, and to what is asked afterwards")
}

func newBackupImport(e *env, g *globalFlags) *cobra.Command {
	o, h, asJSON := &importOptions{}, &handOverOptions{}, false
	cmd := &cobra.Command{
		Use:   "import",
		Short: "read what other tools keep on paper: SLIP-39, SeedQR, bare shares of Vault",
		Long: `Reads a SeedQR or CompactSeedQR, shares of SLIP-39, or bare shares of
vault/shamir, and shows the public keys that the secret makes.

SLIP-39 holds a master secret and not the entropy of a phrase: which keys a
wallet made of it depends on the wallet, so --as says how to use it. Bare shares
of vault/shamir have no checksum: too few, mixed or damaged ones give another
secret and no error. In both cases only the public keys tell. On a terminal it
then asks whether to show a phrase or a text, on a page that is wiped.

SLIP-39 is not written: a wallet would restore other keys. To keep what was
imported on sheets, write it with --to-file to a folder in memory and give that
to 'backup split'.

EXAMPLES
  ethkey backup import --from seedqr --show
  ethkey backup import --from slip39 --as entropy --public-keys 0x...
  ethkey backup import --from vault --threshold 3 --as text --to-file pw
  ethkey backup import keystores --from slip39 --as seed --chain mainnet`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			h.yes = o.yes
			if err := h.check(e, g); err != nil {
				return err
			}
			if err := o.check(); err != nil {
				return err
			}
			in, err := dropin.Import(ctx, e.session(cmd, g), e.read, o.ImportOptions)
			if err != nil {
				return err
			}
			defer in.Close()
			if err := o.confirm(ctx, e, g, in); err != nil {
				return err
			}
			h.show = h.show || h.file == "" && !asJSON && !h.yes && o.As != "seed" && canAsk(e, g)
			if err := handOverImported(ctx, e, h, in); err != nil {
				return err
			}
			shown := e.term.Width() > 0 && columns(e.stdout) > 0 // on the screen that the report goes to
			return printResult(e, asJSON, &in.Result, func(width int) string { return importedText(&in.Result, !shown, width) })
		},
	}
	f := cmd.Flags()
	o.add(f)
	f.StringVar(&o.count, "count", "1", "show `N` public keys")
	f.StringVar(&o.start, "start", "0", "`INDEX` of the first of them")
	f.BoolVar(&h.show, "show", false, "show the phrase or the text on a page that is wiped")
	f.StringVar(&h.file, "to-file", "", "write the phrase or the text, in clear, to this new `FILE`")
	f.BoolVar(&asJSON, "json", false, "print the report as JSON")
	cmd.AddCommand(newBackupImportKeystores(e, g))
	return cmd
}

func newBackupImportKeystores(e *env, g *globalFlags) *cobra.Command {
	o, c := &importOptions{count: "1", start: "0"}, &createOptions{}
	cmd := &cobra.Command{
		Use:   "keystores",
		Short: "make keystores and deposit data of what other tools keep on paper",
		Long: `Imports as 'backup import' does and makes keystores and deposit data of the
secret, which is neither shown nor written. Everything else is asked for first.

EXAMPLES
  ethkey backup import keystores --from slip39 --as seed --chain mainnet
  ethkey backup import keystores --from seedqr --chain hoodi`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			s := e.fromSheets(cmd, g)
			k := dropin.NewCreate(s)
			defer k.Close()
			if err := o.check(); err != nil {
				return err
			}
			if o.As == "text" {
				return fault.New(fault.Usage, "--as text makes no keys").WithHint("expected --as entropy or --as seed")
			}
			if err := s.Resolve(ctx, k.Existing()); err != nil {
				return err
			}
			in, err := dropin.Import(ctx, s, e.read, o.ImportOptions)
			if err != nil {
				return err
			}
			defer in.Close()
			if err := o.confirm(ctx, e, g, in); err != nil {
				return err
			}
			if err := in.Give(k); err != nil {
				return err
			}
			return c.createOwn(ctx, e, g, k, o.yes)
		},
	}
	f := cmd.Flags()
	o.add(f)
	f.String("validator_start_index", "", "`INDEX` of the first key")
	c.add(f)
	return cmd
}

// check refuses what contradicts itself, before a share is asked for.
func (o *importOptions) check() error {
	if err := o.Check(); err != nil {
		return err
	}
	if o.As == "text" && o.expected != "" {
		return fault.New(fault.Usage, "--public-keys: a text makes no keys")
	}
	count, err := dropin.ParseCount(o.count, 1, 1000)
	if err != nil {
		return fault.New(fault.Usage, "--count: expected a whole number from 1 to 1000")
	}
	start, err := dropin.ParseCount(o.start, 0, 1<<32-count)
	if err != nil {
		return fault.New(fault.Usage, "--start: expected a whole number, with --count up to 4294967295")
	}
	o.first, o.keys = uint32(start), uint32(count)
	if o.known, err = dropin.ParsePublicKeys(o.expected); err != nil {
		return fault.New(fault.KindOf(err), "--public-keys: %w", err)
	}
	return nil
}

// confirm shows the public keys and has them compared: with --public-keys, or
// by a person.
func (o *importOptions) confirm(ctx context.Context, e *env, g *globalFlags, in *dropin.Imported) error {
	if err := in.Derive(o.first, o.keys); err != nil {
		return err
	}
	if err := in.Expect(o.known); err != nil {
		return err
	}
	e.term.Show(importedText(&in.Result, true, e.term.Width()))
	if len(o.known) > 0 {
		return nil
	}
	if in.Result.Unverified != "" {
		e.term.Warn("UNVERIFIED: " + in.Result.Unverified)
	}
	switch {
	case o.yes:
		return nil
	case g.nonInteractive:
		return fault.New(fault.Usage, "missing: --public-keys (or --yes)").WithHint("nothing but the public keys tells whether this is the right secret")
	}
	question := "are these the public keys that you expect?"
	if len(in.Result.Keys) == 0 {
		question = "go on, although nothing tells whether this is the right secret?"
	}
	agreed, err := e.term.Confirm(ctx, term.Prompt{Text: question, Flag: "--public-keys", Default: "no"})
	if err == nil && !agreed {
		err = fault.New(fault.Refused, "not what was expected; nothing was written").
			WithHint("look at what was given: the passphrase, --as, the shares; --start and --count show other keys")
	}
	return err
}

// handOverImported shows or writes the phrase or the text.
func handOverImported(ctx context.Context, e *env, h *handOverOptions, in *dropin.Imported) error {
	if !h.show && h.file == "" {
		return nil
	}
	if yes, err := h.agreed(ctx, e); err != nil || !yes {
		return err
	}
	text, err := in.Text()
	if err != nil {
		return err
	}
	defer text.Close()
	if h.file == "" && in.Phrase() != nil {
		return dropin.ShowPhrase(ctx, e.term, in.Phrase(), "The phrase that was imported, in this order",
			"Whoever has these words has the validators' keys. Take no picture of them.")
	}
	if h.file == "" {
		return desk.Show(ctx, e.term, backup.Page{Title: "What was imported, as " + in.Result.As + ".", Secret: text})
	}
	in.Result.File = h.file
	if in.Phrase() != nil {
		return validator.WritePhrase(ctx, e.machine(), in.Phrase(), h.file)
	}
	return e.writeSecret(ctx, h.file, text)
}

// place opens the folder of a path.
func (e *env) place(path string) (atomicfile.FS, string, error) {
	fsys, err := e.open(filepath.Dir(path))
	return fsys, filepath.Base(path), err
}

// writeSecret writes a secret to a new file, mode 0400.
func (e *env) writeSecret(ctx context.Context, path string, b *secret.Buffer) error {
	fsys, name, err := e.place(path)
	if err != nil {
		return err
	}
	_, err = atomicfile.WriteFile(ctx, fsys, name, b.Bytes())
	return err
}

// importedText says what was imported, and with its keys where they are not on
// the screen yet.
func importedText(r *dropin.ImportResult, keys bool, width int) string {
	p := &page{width: width}
	what := r.As
	if r.Words > 0 {
		what = strconv.Itoa(r.Words) + " words, " + r.Language
	}
	p.line(fmt.Sprintf("imported from %s: %s", r.From, what), 2)
	if keys {
		for _, k := range r.Keys {
			p.row("", k.Path)
			p.key("key", k.PublicKey)
		}
	}
	if r.Verified {
		p.line("verified", 2)
	} else if r.Unverified != "" {
		p.line("UNVERIFIED: "+r.Unverified, 2)
	}
	if r.File != "" {
		p.row("written to", r.File)
	}
	return p.String()
}
