package validator

import (
	"context"
	"errors"
	"fmt"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/keyfolder"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/secret"
)

// KeystoreSource is a folder of keystores and what opens it.
type KeystoreSource struct {
	Folder   *keyfolder.Folder
	Password *secret.Buffer // as typed, for all; nil: those that the folder holds
	Form     keystore.Form  // how Password becomes bytes; "" for the standard's
}

// folderKeys are the opened keys of a folder. A key that failed has an error
// and the zero public key.
type folderKeys interface {
	KeySource
	PublicKey(i int) bls.PublicKey
	Close()
}

// open tries the passwords on everything in the folder. Each distinct salt,
// cost and password is derived once. The errors are those of the single keys.
func (s KeystoreSource) open(ctx context.Context, m Machine, progress Progress) (folderKeys, []error, error) {
	if s.Folder.Wallet != nil {
		keys, err := s.openWallet(ctx, m)
		if err != nil {
			return nil, nil, inFile(s.Folder.Wallet.File, err)
		}
		return keys, make([]error, keys.Len()), nil
	}
	return s.openItems(ctx, m, progress)
}

// openItems opens keystores. A folder in which every one has a password of
// its own is normal; so is one password for all.
func (s KeystoreSource) openItems(ctx context.Context, m Machine, progress Progress) (folderKeys, []error, error) {
	o := &OpenedKeystores{entries: make([]openedEntry, len(s.Folder.Items))}
	failed := make([]error, len(o.entries))
	typed := []*secret.Buffer{}
	defer func() {
		for _, p := range typed {
			p.Close()
		}
	}()
	bySalt := map[string][]*passwordGroup{}
	for i := range s.Folder.Items {
		var own *secret.Buffer
		own, failed[i] = s.gather(i)
		if own != nil && own != s.Password {
			typed = append(typed, own)
		}
		it := &s.Folder.Items[i]
		o.entries[i] = openedEntry{name: it.File, ks: it.Keystore, warnings: it.Warnings}
		if failed[i] == nil {
			o.assign(bySalt, i, own)
		}
	}
	if err := o.tryAll(ctx, m, s.Form, failed, progress); err != nil {
		o.Close()
		return nil, nil, err
	}
	return o, failed, nil
}

// gather returns the password of item i.
func (s KeystoreSource) gather(i int) (*secret.Buffer, error) {
	switch it := &s.Folder.Items[i]; {
	case it.Err != nil:
		return nil, inFile(it.File, it.Err)
	case s.Password != nil:
		return s.Password, nil
	case s.Folder.HasPassword(i):
		return s.Folder.Password(i)
	default:
		return nil, inFile(it.File, fault.New(fault.Refused, "the folder holds no password for it").
			WithHint("give the password: --keystore-password-file"))
	}
}

// assign puts entry i to those that the same decryption key opens.
func (o *OpenedKeystores) assign(bySalt map[string][]*passwordGroup, i int, typed *secret.Buffer) {
	params := o.entries[i].ks.Params()
	id := fmt.Sprintf("%+v", params)
	g := find(bySalt[id], typed)
	if g == nil {
		g = &passwordGroup{typed: typed, params: params, first: i}
		bySalt[id] = append(bySalt[id], g)
		o.groups = append(o.groups, g)
	}
	o.entries[i].group = g
}

// tryAll derives every decryption key and opens every keystore, and notes
// what fails.
func (o *OpenedKeystores) tryAll(ctx context.Context, m Machine, form keystore.Form, failed []error, progress Progress) error {
	step := progress.counter(0, len(o.groups)+len(o.entries))
	err := parallel(ctx, o.kdfWorkers(m), len(o.groups), func(i int) error {
		g := o.groups[i]
		processed, err := keystore.ProcessAs(form, g.typed.Bytes())
		if err != nil {
			return inFile(o.entries[g.first].name, err)
		}
		defer processed.Close()
		g.key, err = keystore.DeriveContext(ctx, processed, g.params)
		step()
		return err
	})
	for _, g := range o.groups {
		g.typed = nil
	}
	if err != nil {
		return err
	}
	return parallel(ctx, m.Workers, len(o.entries), func(i int) error {
		if failed[i] == nil {
			failed[i] = o.open(i)
		}
		step()
		return nil
	})
}

// allOpen makes one error of those of single keys, or nil.
func allOpen(keys KeySource, failed []error) error {
	var first error
	var names []string
	for i, err := range failed {
		if err != nil {
			first = cmpOr(first, err)
			names = append(names, keys.Label(i))
		}
	}
	if len(names) < 2 {
		return first
	}
	return fault.New(fault.KindOf(first), "%d of %d keystores are no use, %s; the first: %w", len(names), len(failed), some(names), first).
		WithHint("%s", fault.HintOf(first))
}

func cmpOr(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// walletKeys are the keys of a Prysm wallet.
type walletKeys struct{ accounts *keyfolder.Accounts }

func (k *walletKeys) Len() int                      { return len(k.accounts.PublicKeys) }
func (k *walletKeys) PublicKey(i int) bls.PublicKey { return k.accounts.PublicKeys[i] }
func (k *walletKeys) Label(i int) string            { return fmt.Sprintf("account %d", i+1) }
func (k *walletKeys) Close()                        { k.accounts.Close() }

// Key implements KeySource.
func (k *walletKeys) Key(i int) (*bls.SecretKey, error) {
	plain, err := k.accounts.Key(i)
	if err != nil {
		return nil, err
	}
	defer plain.Close()
	return bls.SecretKeyFromBytes(plain)
}

// openWallet decrypts the accounts and proves that each public key belongs to
// its secret key.
func (s KeystoreSource) openWallet(ctx context.Context, m Machine) (*walletKeys, error) {
	if s.Password == nil {
		return nil, fault.New(fault.Refused, "the folder does not hold the wallet's password").
			WithHint("give the password: --keystore-password-file")
	}
	plain, err := s.unseal(s.Form)
	if errors.Is(err, keystore.ErrWrongPassword) && s.Form == "" {
		plain, err = s.unseal(keystore.FormBase) // what Prysm itself does
	}
	if err != nil {
		return nil, err
	}
	defer plain.Close()
	accounts, err := keyfolder.ParseAccounts(plain)
	if err != nil {
		return nil, err
	}
	keys := &walletKeys{accounts}
	if err := proveKeys(ctx, m, keys); err != nil {
		keys.Close()
		return nil, err
	}
	return keys, nil
}

// unseal decrypts the wallet with a form of the password. A form that is the
// standard's anyway is not derived again.
func (s KeystoreSource) unseal(form keystore.Form) (*secret.Buffer, error) {
	processed, err := keystore.ProcessAs(form, s.Password.Bytes())
	if err != nil {
		return nil, err
	}
	defer processed.Close()
	if form == keystore.FormBase && s.Form == "" {
		standard, err := keystore.ProcessPassword(s.Password.Bytes())
		if err != nil {
			return nil, err
		}
		defer standard.Close()
		if standard.Equal(processed) {
			return nil, keystore.ErrWrongPassword
		}
	}
	key, err := keystore.Derive(processed, s.Folder.Wallet.Sealed.KDF)
	if err != nil {
		return nil, err
	}
	defer key.Close()
	return s.Folder.Wallet.Sealed.Open(key)
}

// proveKeys computes every public key anew.
func proveKeys(ctx context.Context, m Machine, keys folderKeys) error {
	return parallel(ctx, m.Workers, keys.Len(), func(i int) error {
		sk, err := keys.Key(i)
		if err != nil {
			return inFile(keys.Label(i), err)
		}
		defer sk.Close()
		if sk.PublicKey() != keys.PublicKey(i) {
			return inFile(keys.Label(i), errOtherKey)
		}
		return nil
	})
}

// OtherForms lists the forms in which password is another one than the
// standard's, each different one once.
func OtherForms(password *secret.Buffer) ([]keystore.Form, error) {
	var out []keystore.Form
	var seen []*secret.Buffer
	defer func() {
		for _, b := range seen {
			b.Close()
		}
	}()
	for _, form := range keystore.Forms() {
		b, err := keystore.ProcessAs(form, password.Bytes())
		if err != nil {
			return nil, err
		}
		known := false
		for _, o := range seen {
			known = known || o.Equal(b)
		}
		if !known && len(seen) > 0 {
			out = append(out, form)
		}
		seen = append(seen, b)
	}
	return out, nil
}

// FindForm returns the form of the password that opens the first keystore of
// the folder, or its wallet; ErrWrongPassword when none does. It derives a key
// for each form, so ask before.
func (s KeystoreSource) FindForm(ctx context.Context, forms []keystore.Form, progress Progress) (keystore.Form, error) {
	for n, form := range forms {
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		err := s.tryForm(form)
		if err == nil {
			return form, nil
		}
		if !errors.Is(err, keystore.ErrWrongPassword) {
			return "", err
		}
		progress.step(n+1, len(forms))
	}
	return "", keystore.ErrWrongPassword
}

func (s KeystoreSource) tryForm(form keystore.Form) error {
	s.Form = form
	if s.Folder.Wallet != nil {
		plain, err := s.unseal(form)
		plain.Close()
		return err
	}
	for _, it := range s.Folder.Items {
		if it.Err != nil {
			continue
		}
		processed, err := keystore.ProcessAs(form, s.Password.Bytes())
		if err != nil {
			return err
		}
		defer processed.Close()
		plain, err := it.Keystore.Decrypt(processed)
		plain.Close()
		return err
	}
	return keystore.ErrWrongPassword
}
