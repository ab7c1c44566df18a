package validator

import (
	"context"
	"fmt"
	"io/fs"
	"path"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/keyfolder"
	"github.com/ethkey/ethkey/pkg/keystore"
)

// depositPerm is the mode of copied deposit data.
const depositPerm fs.FileMode = 0o400

// RewriteResult reports a finished rewrite. It holds no secrets.
type RewriteResult struct {
	Folder        string   `json:"folder"`
	Layout        string   `json:"layout"`
	From          string   `json:"from"`
	Count         int      `json:"count"`
	Keystores     []string `json:"keystores"` // files in the folder; the wallet alone for Prysm
	PasswordFiles int      `json:"password_files"`
	Deposits      []string `json:"deposit_data,omitempty"`
	Verified      []string `json:"verified"`
	Notes         []string `json:"notes,omitempty"`

	WallsMissing []string `json:"walls_missing,omitempty"`
}

// rewrite is the state of one Run.
type rewrite struct {
	*RewritePlan
	set    *atomicfile.Set
	writer *keyfolder.Writer
	shared *keystore.Key // nil where each keystore has a salt of its own
	names  []string      // of the keystores, as written
	total  int
}

// Run writes the folder aside, reads everything back, opens every key of it,
// and puts it in place in one step. When it fails, or ctx ends, nothing is
// left.
func (p *RewritePlan) Run(ctx context.Context, progress Progress) (*RewriteResult, error) {
	fsys, name, err := p.parent()
	if err != nil {
		return nil, err
	}
	set, err := atomicfile.BeginTree(fsys, name)
	if err != nil {
		return nil, err
	}
	r := &rewrite{
		RewritePlan: p, set: set, total: 2 * len(p.written),
		writer: keyfolder.NewWriter(p.req.Layout, set, p.at(), p.machine.Now().Unix()),
	}
	result, err := r.all(ctx, progress)
	return result, ended(ctx, set, err)
}

func (r *rewrite) all(ctx context.Context, progress Progress) (*RewriteResult, error) {
	if r.req.Layout.Wallet() {
		if err := r.wallet(ctx); err != nil {
			return nil, err
		}
		return r.commit(ctx)
	}
	if err := r.keystores(ctx, progress); err != nil {
		return nil, err
	}
	if err := r.verify(ctx, progress); err != nil {
		return nil, err
	}
	return r.commit(ctx)
}

// keystores writes all files of a layout with keystores.
func (r *rewrite) keystores(ctx context.Context, progress Progress) error {
	if !r.copied() && r.oneSalt() {
		salt, err := keystore.NewSalt(r.machine.Rand)
		if err != nil {
			return err
		}
		if r.shared, err = keystore.Derive(r.password, r.machine.params(false, salt)); err != nil {
			return err
		}
		defer r.shared.Close()
	}
	for done := 0; done < len(r.written); done += batch {
		part := r.written[done:min(done+batch, len(r.written))]
		if err := r.batch(ctx, part); err != nil {
			return err
		}
		progress.step(done+len(part), r.total)
	}
	for _, name := range r.deposits() {
		if err := r.set.AddTree(name, depositPerm, r.req.Source.Folder.Deposits[name]); err != nil {
			return err
		}
	}
	return r.writer.Finish()
}

// batch encrypts on all workers, and writes in order.
func (r *rewrite) batch(ctx context.Context, part []int) error {
	draws, err := r.draw(len(part))
	if err != nil {
		return err
	}
	data := make([][]byte, len(part))
	err = parallel(ctx, r.workers(), len(part), func(n int) (err error) {
		data[n], err = r.make(part[n], draws[n])
		return err
	})
	if err != nil {
		return err
	}
	for n, i := range part {
		if err := r.write(i, data[n]); err != nil {
			return err
		}
	}
	return nil
}

func (p *RewritePlan) workers() int {
	if p.copied() || p.oneSalt() {
		return p.machine.Workers
	}
	return p.machine.kdfWorkers(p.machine.params(p.req.PBKDF2, nil))
}

// draw takes randomness in order, so that the same stream gives the same
// files on any number of workers.
func (r *rewrite) draw(n int) ([]draw, error) {
	draws := make([]draw, n)
	if r.copied() {
		return draws, nil
	}
	var err error
	for i := range draws {
		d := &draws[i]
		if !r.oneSalt() {
			if d.salt, err = keystore.NewSalt(r.machine.Rand); err != nil {
				return nil, err
			}
		}
		if d.iv, err = keystore.NewIV(r.machine.Rand); err != nil {
			return nil, err
		}
		if d.uuid, err = keystore.NewUUID(r.machine.Rand); err != nil {
			return nil, err
		}
	}
	return draws, nil
}

// make returns the bytes of the keystore of key i.
func (r *rewrite) make(i int, d draw) ([]byte, error) {
	old := r.source(i)
	if r.copied() {
		return old.Data, nil
	}
	key := r.shared
	if key == nil {
		own, err := keystore.Derive(r.password, r.machine.params(r.req.PBKDF2, d.salt))
		if err != nil {
			return nil, err
		}
		defer own.Close()
		key = own
	}
	sk, err := r.keys.Key(i)
	if err != nil {
		return nil, err
	}
	defer sk.Close()
	plain, err := sk.Bytes()
	if err != nil {
		return nil, err
	}
	defer plain.Close()
	ks, err := keystore.Encrypt(key, plain.Bytes(), d.iv, r.keys.PublicKey(i).Bytes(), old.Keystore.Path, old.Keystore.Description, d.uuid)
	if err != nil {
		return nil, err
	}
	return ks.Marshal(), nil
}

// source returns the keystore that key i comes from; an empty one for an
// account of a wallet.
func (p *RewritePlan) source(i int) *keyfolder.Item {
	if p.req.Source.Folder.Wallet != nil {
		return &keyfolder.Item{Keystore: &keystore.Keystore{}}
	}
	return &p.req.Source.Folder.Items[i]
}

// write hands one key to the writer, with its password where that is wanted.
func (r *rewrite) write(i int, data []byte) error {
	old := r.source(i)
	entry := keyfolder.Entry{
		PublicKey: r.keys.PublicKey(i), Path: old.Keystore.Path, Name: path.Base(old.File), Keystore: data, Disabled: old.Disabled,
	}
	if r.req.PasswordFiles {
		password := r.typed
		if password == nil {
			password = r.req.Source.Password
		}
		if password == nil {
			own, err := r.req.Source.Folder.Password(i)
			if err != nil {
				return err
			}
			defer own.Close()
			if err := r.checkPasswordFile(own); err != nil {
				return inFile(old.File, err)
			}
			password = own
		}
		entry.Password = password.Bytes()
	}
	name, err := r.writer.Add(entry)
	r.names = append(r.names, name)
	return err
}

// verify opens every keystore as read back, with keys derived anew, and
// compares the public key inside.
func (r *rewrite) verify(ctx context.Context, progress Progress) error {
	var shared *keystore.Key
	if !r.copied() && r.oneSalt() {
		first, err := r.readBack(0)
		if err != nil {
			return err
		}
		if shared, err = keystore.Derive(r.password, first.Params()); err != nil {
			return err
		}
		defer shared.Close()
	}
	for done := 0; done < len(r.names); done += batch {
		n := min(batch, len(r.names)-done)
		err := parallel(ctx, r.workers(), n, func(k int) error { return r.verifyOne(done+k, shared) })
		if err != nil {
			return err
		}
		progress.step(len(r.written)+done+n, r.total)
	}
	return nil
}

func (r *rewrite) readBack(n int) (*keystore.Keystore, error) {
	data, err := r.set.ReadBack(r.names[n])
	if err != nil {
		return nil, err
	}
	ks, _, err := keystore.Parse(data)
	return ks, err
}

func (r *rewrite) verifyOne(n int, key *keystore.Key) error {
	ks, err := r.readBack(n)
	if err != nil {
		return err
	}
	i := r.written[n]
	if r.copied() {
		key = r.keys.(*OpenedKeystores).entries[i].group.key
	} else if key == nil {
		if key, err = keystore.Derive(r.password, ks.Params()); err != nil {
			return err
		}
		defer key.Close()
	}
	got, err := openKey(ks, key)
	if err != nil {
		return fault.New(fault.Integrity, "%s, as read back: %w", r.names[n], err)
	}
	if want := r.keys.PublicKey(i); got != want || ks.PublicKey != nil && string(ks.PublicKey) != string(want.Bytes()) {
		return fault.New(fault.Integrity, "%s, as read back, does not hold the key that was written", r.names[n])
	}
	return nil
}

// wallet writes all keys into one encrypted file, and proves it.
func (r *rewrite) wallet(ctx context.Context) error {
	data, pubkeys, err := r.sealWallet()
	if err != nil {
		return err
	}
	if err := keyfolder.AddWallet(r.set, data); err != nil {
		return err
	}
	r.names = []string{keyfolder.WalletFile}
	back, err := r.set.ReadBack(keyfolder.WalletFile)
	if err != nil {
		return err
	}
	wallet, err := keyfolder.ParseWallet(back)
	if err != nil {
		return err
	}
	again := KeystoreSource{Folder: &keyfolder.Folder{Layout: keyfolder.Prysm, Wallet: wallet}, Password: r.typed, Form: keystore.FormStandard}
	keys, err := again.openWallet(ctx, r.machine)
	if err != nil {
		return fault.New(fault.Integrity, "the wallet, as read back: %w", err)
	}
	defer keys.Close()
	for n, want := range pubkeys {
		if keys.Len() != len(pubkeys) || keys.PublicKey(n) != want {
			return fault.New(fault.Integrity, "the wallet, as read back, does not hold the keys that were written")
		}
	}
	return nil
}

// sealWallet returns the bytes of the wallet, and the public keys in it.
func (r *rewrite) sealWallet() ([]byte, []bls.PublicKey, error) {
	pubkeys := make([]bls.PublicKey, 0, len(r.written))
	seen := map[bls.PublicKey]bool{}
	for _, i := range r.written {
		pubkey := r.keys.PublicKey(i)
		if seen[pubkey] {
			return nil, nil, fault.New(fault.Refused, "%s: a second keystore of the key %s", r.keys.Label(i), pubkey).
				WithHint("remove one of them from the folder that is read")
		}
		seen[pubkey] = true
		pubkeys = append(pubkeys, pubkey)
	}
	accounts, err := keyfolder.NewAccounts(pubkeys)
	if err != nil {
		return nil, nil, err
	}
	defer accounts.Close()
	for n, i := range r.written {
		sk, err := r.keys.Key(i)
		if err != nil {
			return nil, nil, err
		}
		plain, err := sk.Bytes()
		sk.Close()
		if err != nil {
			return nil, nil, err
		}
		accounts.Set(n, plain)
		plain.Close()
	}
	data, err := r.seal(accounts)
	return data, pubkeys, err
}

func (r *rewrite) seal(accounts *keyfolder.Accounts) ([]byte, error) {
	plain, err := accounts.Marshal()
	if err != nil {
		return nil, err
	}
	defer plain.Close()
	salt, err := keystore.NewSalt(r.machine.Rand)
	if err != nil {
		return nil, err
	}
	key, err := keystore.Derive(r.password, r.machine.params(true, salt))
	if err != nil {
		return nil, err
	}
	defer key.Close()
	draws, err := r.draw(1)
	if err != nil {
		return nil, err
	}
	sealed, err := key.Seal(plain.Bytes(), draws[0].iv)
	if err != nil {
		return nil, err
	}
	return keyfolder.MarshalWallet(sealed, draws[0].uuid)
}

// commit puts the folder in place and reports.
func (r *rewrite) commit(ctx context.Context) (*RewriteResult, error) {
	report, err := r.set.Commit(ctx, nil)
	if err != nil {
		return nil, err
	}
	s := r.Summary
	return &RewriteResult{
		Folder: report.Folder, Layout: s.Layout, From: s.From, Count: s.Count, Keystores: r.names,
		PasswordFiles: s.PasswordFiles, Deposits: s.Deposits,
		Verified: []string{
			fmt.Sprintf("%d files are on the medium as they were written", len(report.Files)),
			fmt.Sprintf("%d keys open with the password, and each is the one that was read", s.Count),
		},
		Notes:        mediumNotes(report),
		WallsMissing: s.WallsMissing,
	}, nil
}
