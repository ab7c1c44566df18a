package dropin

import (
	"bytes"
	"context"
	"fmt"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/backup/plainshare"
	"github.com/ethkey/ethkey/pkg/backup/slip39"
	"github.com/ethkey/ethkey/pkg/secret"
)

// slipSpeller knows the words of SLIP-39.
type slipSpeller struct{}

// Complete implements term.Speller.
func (slipSpeller) Complete(prefix []byte) []string { return slip39.Complete(prefix, 12) }

// Known implements term.Speller.
func (slipSpeller) Known(word []byte) bool { _, ok := slip39.Lookup(word); return ok }

// Nearest implements term.Speller.
func (slipSpeller) Nearest(word []byte) []string { return slip39.Nearest(word, 4) }

// readSLIP39 gathers shares until they are enough, and asks for the passphrase.
func (i *importer) readSLIP39(ctx context.Context, in *Imported) (*secret.Buffer, error) {
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
		text, err := i.session.Term.Words(ctx, prompt, slipSpeller{}, []int{20, 33}, add)
		text.Close()
		return err
	}
	if err := i.gather(add, ask, set.Ready); err != nil {
		return nil, err
	}
	in.Result.Unverified = "a wrong passphrase of SLIP-39, or another use than the wallet made of it, gives other keys and no error"
	passphrase, err := i.slipPassphrase(ctx)
	if err != nil {
		return nil, err
	}
	defer passphrase.Close()
	return set.Combine(ctx, passphrase)
}

func (i *importer) slipPassphrase(ctx context.Context) (*secret.Buffer, error) {
	switch {
	case i.SLIP39 != "":
		return i.session.file(i.SLIP39)
	case !i.session.Interactive || i.File != "":
		return nil, nil
	}
	return i.session.Term.Hidden(ctx, term.Prompt{Text: "passphrase of the SLIP-39 set (empty: none)", Flag: "--slip39-password-file"}, nil)
}

// readVault gathers bare shares.
func (i *importer) readVault(ctx context.Context, in *Imported) (*secret.Buffer, error) {
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
		text, err := i.session.Term.Hidden(ctx, term.Prompt{Text: label, Flag: "--share-file"}, add)
		text.Close()
		return err
	}
	if err := i.gather(add, ask, func() bool { return all }); err != nil {
		return nil, err
	}
	in.Result.Unverified = "bare shares have no checksum: too few, mixed or damaged ones give another secret and no error"
	if set.Checked(i.Threshold) {
		in.Result.Verified, in.Result.Unverified = true, ""
	}
	return set.Combine(i.Threshold)
}

// gather adds the shares of the file, or asks for them until there are enough.
func (i *importer) gather(add func(*secret.Buffer) error, ask func() error, ready func() bool) error {
	if i.File == "" {
		if !i.session.Interactive {
			return fault.New(fault.Usage, "missing: --share-file").WithHint("with --non_interactive nothing is asked")
		}
		for !ready() {
			if err := ask(); err != nil {
				return err
			}
		}
		return nil
	}
	text, err := i.session.file(i.File)
	if err != nil {
		return err
	}
	defer text.Close()
	for n, line := range bytes.Split(text.Bytes(), []byte("\n")) {
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
			return fault.New(fault.KindOf(err), "%s, line %d: %w", i.File, n+1, err).WithHint("%s", fault.HintOf(err))
		}
	}
	return nil
}
