package validator

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/keyfolder"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/secret"
)

// RewriteRequest asks for a new folder with the keys of another one: under a
// new password, in another client's layout, or both. What is read stays as it
// is.
type RewriteRequest struct {
	Source KeystoreSource
	Loose  *LooseKey        // in place of Source
	Layout keyfolder.Layout // of the new folder; "": that of the source
	Folder string           // the new folder; its parent exists, it does not

	NewPassword   *secret.Buffer // as typed; nil: keystores are copied as they are
	PasswordFiles bool           // write the passwords in clear text where the layout has a place for them
	At            string         // where the folder will lie at the client; "": where it is written
	PBKDF2        bool
	UniqueSalts   bool
}

// RewriteSummary is what a person agrees to before anything is written.
type RewriteSummary struct {
	From          string       `json:"from"`
	FromLayout    string       `json:"from_layout"` // "" for a key that was in no folder
	Folder        string       `json:"folder"`
	Layout        string       `json:"layout"`
	Count         int          `json:"count"`
	Keys          []SummaryKey `json:"public_keys"`
	Omitted       int          `json:"public_keys_omitted"`
	Encryption    string       `json:"encryption"` // how keystores are encrypted anew, or that they are copied
	PasswordFiles int          `json:"password_files"`
	Deposits      []string     `json:"deposit_data,omitempty"` // copied as they are

	WallsMissing []string `json:"walls_missing,omitempty"`
}

// RewritePlan is a checked request whose keys are open. It holds secrets:
// Close it.
type RewritePlan struct {
	Summary RewriteSummary

	machine  Machine
	req      RewriteRequest
	keys     folderKeys
	written  []int          // keys that are written, by their number
	password *secret.Buffer // processed; nil where keystores are copied
	typed    *secret.Buffer // the same as typed; not the plan's own
}

// PlanRewrite checks the request, opens every key, and looks whether the new
// folder can be made. It writes nothing. The request's secrets stay the
// caller's, who keeps them until Run has returned.
func PlanRewrite(ctx context.Context, m Machine, req RewriteRequest, progress Progress) (*RewritePlan, []Warning, error) {
	if req.Loose != nil {
		req.Source = req.Loose.source()
	}
	if req.Layout == "" {
		req.Layout = req.Source.Folder.Layout
	}
	p := &RewritePlan{machine: m, req: req}
	err := p.check()
	if err == nil {
		err = p.open(ctx, progress)
	}
	if err == nil {
		err = p.checkFolder()
	}
	if err != nil {
		p.Close()
		return nil, nil, err
	}
	p.summarise()
	return p, p.warnings(), nil
}

// Close wipes the plan's secrets.
func (p *RewritePlan) Close() {
	p.password.Close()
	if p.keys != nil {
		p.keys.Close()
	}
}

// check refuses what contradicts itself before any key is derived.
func (p *RewritePlan) check() error {
	r := &p.req
	for _, it := range r.Source.Folder.Items {
		if it.Err != nil {
			return inFile(it.File, it.Err)
		}
	}
	switch need := r.Layout.Passwords(); {
	case need == keyfolder.AllPasswords && !r.PasswordFiles:
		return fault.New(fault.Refused, "%s reads the password of each keystore from a file; such files are not written unless you say so", r.Layout).
			WithHint("add --with-passwords; or export --for deposit-cli, and import with the client's own command")
	case need == keyfolder.NoPasswords && r.PasswordFiles:
		return fault.New(fault.Usage, "--with-passwords: %s keeps no passwords beside its keystores", r.Layout)
	}
	if r.Loose != nil && r.NewPassword == nil {
		return fault.New(fault.Usage, "a key that is in no keystore yet needs a password for its own")
	}
	if r.At != "" && r.Layout != keyfolder.Lighthouse {
		return fault.New(fault.Usage, "--at: %s names no paths that depend on it", r.Layout)
	}
	if r.At != "" && !filepath.IsAbs(r.At) {
		return fault.New(fault.Usage, "--at %q: expected an absolute path", r.At)
	}
	if err := p.settlePassword(); err != nil {
		return err
	}
	return p.checkKDF()
}

// checkKDF refuses options that would be ignored.
func (p *RewritePlan) checkKDF() error {
	switch asked := p.req.PBKDF2 || p.req.UniqueSalts; {
	case asked && p.copied():
		return fault.New(fault.Usage, "--pbkdf2 and --unique-salts: nothing is encrypted anew without a new password").
			WithHint("add --new-password-file; or leave them out")
	case asked && p.req.Layout.Wallet():
		return fault.New(fault.Usage, "--pbkdf2 and --unique-salts: a wallet is one file, always under PBKDF2")
	case p.req.PBKDF2 && p.req.UniqueSalts:
		return fault.New(fault.Usage, "--unique-salts: with --pbkdf2 each keystore has a salt of its own anyway")
	}
	return nil
}

// settlePassword finds what the new folder is encrypted under, if anything is
// encrypted anew: always with a new password, and where a wallet becomes
// keystores or keystores become a wallet.
func (p *RewritePlan) settlePassword() error {
	r := &p.req
	from, to := r.Source.Folder.Layout.Wallet(), r.Layout.Wallet()
	switch {
	case r.NewPassword != nil:
		p.typed = r.NewPassword
	case from || to:
		if p.typed = r.Source.Password; p.typed == nil {
			return fault.New(fault.Refused, "every keystore has a password of its own; a wallet has one for all").
				WithHint("give the wallet's: --new-password-file")
		}
	default:
		return p.checkPasswordFile(r.Source.Password)
	}
	var err error
	if p.password, err = keystore.ProcessPassword(p.typed.Bytes()); err != nil {
		return err
	}
	if err = keystore.CheckNew(p.typed.Bytes(), p.password); err != nil {
		return err
	}
	if to {
		return p.checkPrysm()
	}
	return p.checkPasswordFile(p.typed)
}

// checkPrysm refuses a password that Prysm would turn into other bytes.
func (p *RewritePlan) checkPrysm() error {
	theirs, err := keystore.ProcessAs(keystore.FormBase, p.typed.Bytes())
	if err != nil {
		return err
	}
	defer theirs.Close()
	if theirs.Equal(p.password) {
		return nil
	}
	return fault.New(fault.Refused, "Prysm drops accents and other combining marks from a password, and so could not open this wallet").
		WithHint("give another password, of plain letters: --new-password-file")
}

// checkPasswordFile refuses to write a password that clients would read from
// its file differently: they differ in what they do with line ends.
func (p *RewritePlan) checkPasswordFile(typed *secret.Buffer) error {
	if !p.req.PasswordFiles || typed == nil {
		return nil
	}
	if bytes.ContainsFunc(typed.Bytes(), func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fault.New(fault.Refused, "the password holds control characters, which clients read from a file in different ways").
			WithHint("set another password first: ethkey keystore passwd")
	}
	return nil
}

// open opens every key; one that fails fails all. Keys that their owner has
// disabled go along only where the layout can say so.
func (p *RewritePlan) open(ctx context.Context, progress Progress) error {
	if err := p.openKeys(ctx, progress); err != nil {
		return err
	}
	for i := range p.keys.Len() {
		if !p.disabled(i) || p.req.Layout == keyfolder.Lighthouse {
			p.written = append(p.written, i)
		}
	}
	if len(p.written) == 0 {
		return fault.New(fault.Refused, "every key of this folder is disabled")
	}
	return nil
}

func (p *RewritePlan) openKeys(ctx context.Context, progress Progress) (err error) {
	if p.req.Loose != nil {
		p.keys, err = p.req.Loose.open()
		return err
	}
	keys, failed, err := p.req.Source.open(ctx, p.machine, progress)
	if err != nil {
		return err
	}
	p.keys = keys
	return allOpen(keys, failed)
}

func (p *RewritePlan) disabled(i int) bool {
	return p.req.Source.Folder.Wallet == nil && p.req.Source.Folder.Items[i].Disabled
}

// roomPerKey is what a key takes on the disk at most: a folder and three files
// in blocks of 4096.
const roomPerKey = 16 << 10

func (p *RewritePlan) checkFolder() error {
	return CheckNewFolder(p.machine, p.req.Folder, len(p.written))
}

// CheckNewFolder looks whether a new folder for so many keys can be made.
func CheckNewFolder(m Machine, folder string, keys int) error {
	fsys, err := m.Open(filepath.Dir(folder))
	if err != nil {
		return err
	}
	name := filepath.Base(folder)
	if _, err := fsys.Lstat(name); err == nil {
		return fault.New(fault.Refused, "%s exists already", folder).
			WithHint("nothing is ever overwritten: name a folder that does not exist")
	}
	return atomicfile.Writable(fsys, name, uint64(keys+1)*roomPerKey)
}

// parent opens the folder that holds the new one.
func (p *RewritePlan) parent() (atomicfile.FS, string, error) {
	fsys, err := p.machine.Open(filepath.Dir(p.req.Folder))
	return fsys, filepath.Base(p.req.Folder), err
}

// copied says whether keystores go over byte for byte.
func (p *RewritePlan) copied() bool { return p.password == nil }

// oneSalt says whether what is encrypted anew shares one decryption key.
func (p *RewritePlan) oneSalt() bool { return !p.req.UniqueSalts && !p.req.PBKDF2 }

func (p *RewritePlan) summarise() {
	from, layout := p.from()
	s := RewriteSummary{
		From: from, FromLayout: layout, Folder: p.req.Folder, Layout: string(p.req.Layout),
		Count: len(p.written), Encryption: p.encryption(), WallsMissing: p.machine.WallsMissing, Deposits: p.deposits(),
	}
	if p.req.PasswordFiles {
		s.PasswordFiles = len(p.written)
	}
	for n, i := range p.written {
		if len(p.written) > shownKeys && n >= shownKeys/2 && n < len(p.written)-shownKeys/2 {
			s.Omitted++
			continue
		}
		s.Keys = append(s.Keys, SummaryKey{Index: uint64(n), PublicKey: p.keys.PublicKey(i).String()})
	}
	p.Summary = s
}

// from names what is read, and the layout that it has.
func (p *RewritePlan) from() (name, layout string) {
	if p.req.Loose != nil {
		return p.req.Loose.From, ""
	}
	return p.req.Source.Folder.Name(), string(p.req.Source.Folder.Layout)
}

func (p *RewritePlan) encryption() string {
	switch {
	case p.copied():
		return "keystores are copied as they are, under the password that they have"
	case p.req.Layout.Wallet():
		return "one wallet, " + kdfLine(p.machine.params(true, nil))
	case p.oneSalt():
		return kdfLine(p.machine.params(false, nil)) + ", one salt for this run"
	default:
		return kdfLine(p.machine.params(p.req.PBKDF2, nil)) + ", a salt for each keystore"
	}
}

func (p *RewritePlan) warnings() []Warning {
	var out []Warning
	for _, w := range p.req.Source.Folder.Warnings {
		out = append(out, Warning{What: w, Hint: "what is left out of the new folder stays in the old one"})
	}
	if p.req.PasswordFiles {
		out = append(out, Warning{
			What: fmt.Sprintf("%d passwords will lie in clear text beside the keystores: whoever reads the folder has the keys", len(p.written)),
			Hint: "carry it on an encrypted medium, and never keep it where the phrase is kept",
		})
	}
	if left := p.keys.Len() - len(p.written); left > 0 {
		out = append(out, Warning{What: fmt.Sprintf("%d disabled keys are left out", left), Hint: "enable them first if they belong there"})
	}
	if p.copied() && p.req.Source.Form != "" {
		out = append(out, Warning{
			What: "the keystores open only with the password as " + string(p.req.Source.Form) + "; clients may fail to open them",
			Hint: "rewrite them first: ethkey keystore passwd",
		})
	}
	if p.req.Layout == keyfolder.Lighthouse {
		out = append(out, Warning{
			What: "Lighthouse will look for the files in " + p.at(),
			Hint: "name another path with --at, if the folder goes to another machine",
		})
	}
	if p.req.Loose == nil && p.req.Layout == p.req.Source.Folder.Layout {
		return append(out, Warning{
			What: "the old folder, " + p.req.Source.Folder.Name() + ", stays as it is, with its old password",
			Hint: "remove it yourself when the client runs from the new one",
		})
	}
	return append(out, Warning{
		What: "a key that runs in two places at once is slashed",
		Hint: "stop the old client for good, and carry its slashing protection over, before the new one starts",
	})
}

// at is where the folder will lie.
func (p *RewritePlan) at() string {
	if p.req.At != "" {
		return p.req.At
	}
	return p.req.Folder
}

// deposits names the deposit data that goes along: from a plain folder to a
// plain one.
func (p *RewritePlan) deposits() []string {
	if p.req.Layout != keyfolder.DepositCLI {
		return nil
	}
	return slices.Sorted(maps.Keys(p.req.Source.Folder.Deposits))
}
