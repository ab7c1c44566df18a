package dropin

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/term"
	"github.com/ethkey/ethkey/pkg/keyfolder"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/validator"
)

// KeyFolder gathers what the commands on folders of keystores need. Close
// wipes its secrets.
type KeyFolder struct {
	Source   validator.KeystoreSource
	New      *secret.Buffer // the new password
	TryForms bool           // agrees to trying other forms of the password

	session  *Session
	machine  validator.Machine
	phrase   phrase
	folder   string
	layout   keyfolder.Layout
	deposits []validator.File
}

// NewKeyFolder returns an empty request that asks through s.
func NewKeyFolder(s *Session, m validator.Machine) *KeyFolder {
	return &KeyFolder{session: s, machine: m, phrase: phrase{session: s}}
}

// Close wipes the secrets.
func (k *KeyFolder) Close() {
	if k.Source.Folder != nil {
		k.Source.Folder.Close()
	}
	k.Source.Password.Close()
	k.New.Close()
	k.phrase.close()
}

// Open asks which folder, and reads it.
func (k *KeyFolder) Open(ctx context.Context) error {
	err := k.session.Resolve(ctx, []Option{
		{Flag: "layout", Take: func(v string) (err error) {
			k.layout, err = keyfolder.ParseLayout(strings.TrimSpace(v))
			return err
		}},
		{Flag: "keystores", Prompt: "folder of keystores", Take: k.takeFolder},
	})
	if err != nil {
		return err
	}
	k.Source.Folder, err = validator.ReadKeyFolder(k.machine, k.folder, k.layout)
	return err
}

// takeFolder keeps the name in full, for Lighthouse's definitions hold such.
func (k *KeyFolder) takeFolder(v string) error {
	if strings.TrimSpace(v) == "" {
		return fault.New(fault.Refused, "expected the name of a folder")
	}
	full, err := filepath.Abs(strings.TrimSpace(v))
	if err != nil {
		return fault.New(fault.Environment, "the folder of keystores: %w", err)
	}
	k.folder = full
	return nil
}

// Unlock asks for the password, unless the folder holds those of all.
func (k *KeyFolder) Unlock(ctx context.Context, more ...Option) error {
	return k.session.Resolve(ctx, append([]Option{{
		Flag: "keystore-password-file", Also: []string{"keystore-password-fd"},
		Prompt: "password of the keystores",
		Secret: func(_ context.Context, v *secret.Buffer) error { return keep(&k.Source.Password, v) },
		Unless: k.Source.Folder.HasPasswords,
	}}, more...))
}

// NewPassword is the option of a new password, which may be asked for.
func (k *KeyFolder) NewPassword(ask bool) Option {
	o := Option{
		Flag: "new-password-file", Also: []string{"new-password-fd"}, Repeat: "repeat the new password",
		Secret: func(_ context.Context, v *secret.Buffer) error {
			processed, err := keystore.ProcessPassword(v.Bytes())
			if err != nil {
				return err
			}
			defer processed.Close()
			if err := keystore.CheckNew(v.Bytes(), processed); err != nil {
				return err
			}
			return keep(&k.New, v)
		},
	}
	if ask {
		o.Prompt = "new password, at least 12 characters"
	}
	return o
}

// Proof lists the options of what a folder is proven against besides its
// password. A phrase that withPhrase wants is asked for.
func (k *KeyFolder) Proof(withPhrase bool) []Option {
	options := filesOnly(k.phrase.phraseOptions())
	for i := range options {
		if options[i].Ask != nil && !withPhrase {
			options[i].Ask = nil
		}
	}
	return append(options, Option{Flag: "deposit-data", Take: k.takeDeposits})
}

// takeDeposits reads the named files, with commas between.
func (k *KeyFolder) takeDeposits(names string) error {
	for _, name := range strings.Split(names, ",") {
		name = strings.TrimSpace(name)
		data, err := k.session.readFile(name, maxFile)
		if err != nil {
			return err
		}
		k.deposits = append(k.deposits, validator.File{Name: name, Data: data})
	}
	return nil
}

// Verify proves the folder. When the password opens nothing, other forms of
// it may be tried.
func (k *KeyFolder) Verify(ctx context.Context, progress validator.Progress) (*validator.KeystoreReport, error) {
	if k.phrase.mnemonic == nil && k.phrase.passphrase != nil {
		return nil, fault.New(fault.Usage, "--mnemonic-password-file: a passphrase without a phrase").
			WithHint("add --mnemonic-file, or --with-mnemonic")
	}
	if err := k.checkForms(); err != nil {
		return nil, err
	}
	verify := func() (*validator.KeystoreReport, error) {
		return validator.VerifyKeystores(ctx, k.machine, validator.KeystoreVerifyRequest{
			Source: k.Source, Deposits: k.deposits, Mnemonic: k.phrase.mnemonic, Passphrase: k.phrase.passphrase,
		}, progress)
	}
	report, err := verify()
	if err == nil && !report.WrongPassword() {
		return report, nil
	}
	wrong := err
	if err == nil {
		wrong = keystore.ErrWrongPassword
	}
	found, formErr := k.otherForm(ctx, wrong)
	switch {
	case formErr != nil:
		return nil, formErr
	case !found:
		return report, err
	}
	return verify()
}

// Plan plans a new folder; the request's source and passwords are filled in.
func (k *KeyFolder) Plan(ctx context.Context, req validator.RewriteRequest, progress validator.Progress) (*validator.RewritePlan, []validator.Warning, error) {
	if err := k.checkForms(); err != nil {
		return nil, nil, err
	}
	req.Source, req.NewPassword = k.Source, k.New
	plan, warnings, err := validator.PlanRewrite(ctx, k.machine, req, progress)
	if err == nil {
		return plan, warnings, nil
	}
	found, formErr := k.otherForm(ctx, err)
	if formErr != nil || !found {
		return nil, nil, cmpErr(formErr, err)
	}
	req.Source = k.Source
	return validator.PlanRewrite(ctx, k.machine, req, progress)
}

// checkForms refuses --try-forms where no password was given.
func (k *KeyFolder) checkForms() error {
	if k.TryForms && k.Source.Password == nil {
		return fault.New(fault.Usage, "--try-forms: the passwords are those in the folder").
			WithHint("add --keystore-password-file to try the forms of that one")
	}
	return nil
}

func cmpErr(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// otherForm looks, if a person agrees, for a form of the password that opens
// what the standard's does not.
func (k *KeyFolder) otherForm(ctx context.Context, wrong error) (found bool, err error) {
	if !errors.Is(wrong, keystore.ErrWrongPassword) || k.Source.Password == nil || k.Source.Form != "" {
		return false, nil
	}
	forms, err := validator.OtherForms(k.Source.Password)
	if err != nil {
		return false, err
	}
	if agreed, err := k.agree(ctx, len(forms)); err != nil || !agreed {
		return false, err
	}
	form, err := k.Source.FindForm(ctx, forms, k.session.Term.Progress("forms tried"))
	if errors.Is(err, keystore.ErrWrongPassword) {
		k.session.Term.Note(fmt.Sprintf("none of %d other forms of the password opens it either", len(forms)))
		return false, nil
	}
	if err != nil {
		return false, err
	}
	k.Source.Form = form
	k.session.Term.Note("this form of the password opens it: " + string(form))
	return true, nil
}

// agree asks before anything is tried.
func (k *KeyFolder) agree(ctx context.Context, n int) (bool, error) {
	if k.TryForms {
		return true, nil
	}
	if !k.session.Interactive || !k.session.Term.Interactive() {
		k.session.Term.Note(fmt.Sprintf("other programs make other bytes of a password; --try-forms tries %d of their forms", n))
		return false, nil
	}
	return k.session.Term.Confirm(ctx, term.Prompt{
		Text: fmt.Sprintf("the password does not open it; try %d other forms, that other programs make of it?", n),
		Flag: "--try-forms", Default: "no",
	})
}
