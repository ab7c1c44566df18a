package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
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
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/validator"
)

// importOptions are the flags of every command that imports.
type importOptions struct {
	from      string
	as        string
	language  string
	file      string
	pictures  string
	slip39    string
	bip39     string
	threshold int
	count     string
	start     string
	expected  string
	yes       bool
}

func (o *importOptions) add(f *pflag.FlagSet) {
	f.StringVar(&o.from, "from", "", "`WHAT` is read: slip39, seedqr, or vault for bare shares of vault/shamir in hex or base64")
	f.StringVar(&o.as, "as", "", "`HOW` the secret of slip39 or vault is used: entropy of a phrase, or seed, of at least 32 bytes; of vault also text")
	f.StringVar(&o.language, "mnemonic_language", "english", "`LANGUAGE` of the phrase")
	f.StringVar(&o.file, "share-file", "", "`FILE` that holds the shares, one a line, or the SeedQR; a CompactSeedQR as its bytes or in hex")
	f.StringVar(&o.pictures, "pictures", "", "read a SeedQR from this picture `FILE`")
	f.StringVar(&o.slip39, "slip39-password-file", "", "`FILE` that holds the passphrase of the SLIP-39 set")
	f.StringVar(&o.bip39, "mnemonic-password-file", "", "`FILE` that holds the phrase's BIP-39 passphrase")
	f.IntVar(&o.threshold, "threshold", 0, "how many `SHARES` of vault are needed; with one more than that they are checked")
	f.StringVar(&o.expected, "public-keys", "", "`KEYS` that the secret must make, with commas between; without them a person must know the keys that are shown")
	f.BoolVar(&o.yes, "yes", false, "agree to the keys that are shown, and to what is asked afterwards")
}

// importResult is what was imported. It holds no secret.
type importResult struct {
	From       string   `json:"from"`
	As         string   `json:"as"`
	Words      int      `json:"words,omitempty"`
	Language   string   `json:"language,omitempty"`
	Keys       []impKey `json:"keys,omitempty"`
	Verified   bool     `json:"verified"` // against --public-keys, or by a checksum of its own
	Unverified string   `json:"unverified,omitempty"`
	File       string   `json:"file,omitempty"`

	shown bool // the keys are on the screen that the report goes to
}

// impKey is a public key that the secret makes.
type impKey struct {
	Path      string `json:"path"`
	PublicKey string `json:"public_key"`
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
secret and no error. In both cases only the public keys tell.

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
			in, err := o.read(ctx, e, g)
			if err != nil {
				return err
			}
			defer in.close()
			if err := o.confirm(ctx, e, g, in); err != nil {
				return err
			}
			if err := in.handOver(ctx, e, h); err != nil {
				return err
			}
			return printResult(e, asJSON, &in.result, func(width int) string { return importedText(&in.result, width) })
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
			if o.as == "text" {
				return fault.New(fault.Usage, "--as text makes no keys").WithHint("expected --as entropy or --as seed")
			}
			if err := s.Resolve(ctx, k.Existing()); err != nil {
				return err
			}
			in, err := o.read(ctx, e, g)
			if err != nil {
				return err
			}
			defer in.close()
			if err := o.confirm(ctx, e, g, in); err != nil {
				return err
			}
			if in.phrase != nil {
				err = k.SetPhrase(in.phrase, in.bip39)
			} else {
				k.Request.Seed, err = in.seed.Clone()
			}
			if err != nil {
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
	switch o.from {
	case "slip39", "vault":
		if o.as != "entropy" && o.as != "seed" && (o.as != "text" || o.from != "vault") {
			return fault.New(fault.Usage, "missing: --as").
				WithHint("expected entropy, of which a phrase is made, or seed, of which the keys are: it depends on the tool that made the shares; of vault also text")
		}
	case "seedqr":
		if o.as != "" && o.as != "entropy" {
			return fault.New(fault.Usage, "--as: a SeedQR is a phrase")
		}
		o.as = "entropy"
	default:
		return fault.New(fault.Usage, "missing: --from").WithHint("expected slip39, seedqr or vault")
	}
	return o.checkIgnored()
}

// checkIgnored refuses flags that would be ignored.
func (o *importOptions) checkIgnored() error {
	switch {
	case o.from != "slip39" && o.slip39 != "":
		return fault.New(fault.Usage, "--slip39-password-file means nothing without --from slip39")
	case o.from != "vault" && o.threshold != 0:
		return fault.New(fault.Usage, "--threshold means nothing without --from vault")
	case o.from != "seedqr" && o.pictures != "":
		return fault.New(fault.Usage, "--pictures means nothing without --from seedqr")
	case o.as != "entropy" && o.bip39 != "":
		return fault.New(fault.Usage, "--mnemonic-password-file means nothing without a phrase")
	case o.as == "text" && o.expected != "":
		return fault.New(fault.Usage, "--public-keys: a text makes no keys")
	}
	return nil
}

// keys derives the public keys that are shown.
func (o *importOptions) keys(in *imported) ([]bls.PublicKey, error) {
	seed, err := in.seedOf()
	if seed == nil || err != nil {
		return nil, err
	}
	defer seed.Close()
	tree, err := derive.NewTree(seed)
	if err != nil {
		return nil, err
	}
	defer tree.Close()
	start, err := dropin.ParseCount(o.start, 0, 1<<32-1)
	if err != nil {
		return nil, fault.New(fault.Usage, "--start: expected a whole number")
	}
	count, err := dropin.ParseCount(o.count, 1, 1000)
	if err != nil {
		return nil, fault.New(fault.Usage, "--count: expected a whole number from 1 to 1000")
	}
	var keys []bls.PublicKey
	for i := start; i < start+count; i++ {
		sk, err := tree.Signing(uint32(i))
		if err != nil {
			return nil, err
		}
		keys = append(keys, sk.PublicKey())
		sk.Close()
		in.result.Keys = append(in.result.Keys, impKey{derive.SigningPath(uint32(i)).String(), keys[len(keys)-1].String()})
	}
	return keys, nil
}

// confirm shows the public keys and has them compared: with --public-keys, or
// by a person.
func (o *importOptions) confirm(ctx context.Context, e *env, g *globalFlags, in *imported) error {
	keys, err := o.keys(in)
	if err != nil {
		return err
	}
	expected, err := dropin.ParsePublicKeys(o.expected)
	if err != nil {
		return err
	}
	for _, want := range expected {
		if !slices.Contains(keys, want) {
			return fault.New(fault.Refused, "the secret does not make the key %s, or not among those that were tried", want).
				WithHint("the shares, the passphrase or --as are not what they were; or try --count and --start; nothing was written")
		}
	}
	e.term.Show(importedText(&in.result, e.term.Width()))
	in.result.shown = e.term.Width() > 0 && columns(e.stdout) > 0
	if len(expected) > 0 {
		in.result.Verified, in.result.Unverified = true, ""
		return nil
	}
	if in.result.Unverified != "" {
		e.term.Warn("UNVERIFIED: " + in.result.Unverified)
	}
	switch {
	case o.yes:
		return nil
	case g.nonInteractive:
		return fault.New(fault.Usage, "missing: --public-keys (or --yes)").WithHint("nothing but the public keys tells whether this is the right secret")
	}
	question := "are these the public keys that you expect?"
	if len(keys) == 0 {
		question = "go on, although nothing tells whether this is the right secret?"
	}
	agreed, err := e.term.Confirm(ctx, term.Prompt{Text: question, Flag: "--public-keys", Default: "no"})
	if err == nil && !agreed {
		err = fault.New(fault.Refused, "not what was expected; nothing was written")
	}
	return err
}

// handOver shows or writes the phrase or the text.
func (in *imported) handOver(ctx context.Context, e *env, h *handOverOptions) error {
	if !h.show && h.file == "" {
		return nil
	}
	if yes, err := h.agreed(ctx, e); err != nil || !yes {
		return err
	}
	text, err := in.textOf()
	if err != nil {
		return err
	}
	defer text.Close()
	if h.file == "" && in.phrase != nil {
		return dropin.ShowPhrase(ctx, e.term, in.phrase, "The phrase that was imported, in this order",
			"Whoever has these words has the validators' keys. Take no picture of them.")
	}
	if h.file == "" {
		return desk.Show(ctx, e.term, backup.Page{Title: "What was imported, as " + in.result.As + ".", Secret: text})
	}
	in.result.File = h.file
	if in.phrase != nil {
		return validator.WritePhrase(ctx, e.machine(), in.phrase, h.file)
	}
	return e.writeSecret(ctx, h.file, text)
}

// textOf is the phrase or the text as a person writes it. The caller closes it.
func (in *imported) textOf() (*secret.Buffer, error) {
	switch {
	case in.phrase != nil:
		return in.phrase.Sentence()
	case in.text != nil:
		return in.text.Clone()
	}
	b, err := secret.New(hex.EncodedLen(in.seed.Len()))
	if err == nil {
		hex.Encode(b.Bytes(), in.seed.Bytes())
	}
	return b, err
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

func importedText(r *importResult, width int) string {
	p := &page{width: width}
	what := r.As
	if r.Words > 0 {
		what = strconv.Itoa(r.Words) + " words, " + r.Language
	}
	p.line(fmt.Sprintf("imported from %s: %s", r.From, what), 2)
	for _, k := range r.Keys {
		if r.shown {
			break
		}
		p.row("", k.Path)
		p.key("key", k.PublicKey)
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
