package validator

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/message"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/network"
	"github.com/ethkey/ethkey/pkg/secret"
)

// KeystoreVerifyRequest asks to prove a folder of keystores. Nothing is
// written.
type KeystoreVerifyRequest struct {
	Source     KeystoreSource
	Deposits   []File             // deposit data besides what lies in the folder
	Mnemonic   *mnemonic.Mnemonic // nil: not compared
	Passphrase *secret.Buffer
}

// KeystoreCheck is what was proven of one keystore.
type KeystoreCheck struct {
	File      string   `json:"file"`
	PublicKey string   `json:"public_key"`                 // of the secret key inside
	Named     string   `json:"names_public_key,omitempty"` // what a keystore that does not open says
	Index     *uint32  `json:"index"`                      // in the mnemonic; without one, as the file says
	OK        bool     `json:"ok"`
	Problem   string   `json:"problem,omitempty"`
	Deposit   bool     `json:"deposit"` // there is deposit data of it
	Disabled  bool     `json:"disabled,omitempty"`
	Warnings  []string `json:"warnings,omitempty"`
}

// KeystoreReport is what was proven of a folder. It holds no secrets.
type KeystoreReport struct {
	Folder      string          `json:"folder"`
	Layout      string          `json:"layout"`
	OK          bool            `json:"ok"`
	Keystores   []KeystoreCheck `json:"keystores"`
	Deposits    int             `json:"deposits"`
	Derivations int             `json:"key_derivations"`
	Verified    []string        `json:"verified"`
	Problems    []string        `json:"problems,omitempty"` // of the folder as a whole
	Warnings    []string        `json:"warnings,omitempty"`

	WallsMissing []string `json:"walls_missing,omitempty"`

	wrong int            // keystores that the password does not open
	named map[string]int // public keys that such keystores name, and their rows
}

// WrongPassword says whether the password opens none of the keystores.
func (r *KeystoreReport) WrongPassword() bool { return r.wrong > 0 && r.wrong == len(r.Keystores) }

// Failed counts the keystores with a problem.
func (r *KeystoreReport) Failed() (n int) {
	for _, k := range r.Keystores {
		if !k.OK {
			n++
		}
	}
	return n
}

// folderProof is the state of one verification.
type folderProof struct {
	KeystoreVerifyRequest
	machine Machine
	keys    folderKeys
	report  *KeystoreReport
	byKey   map[bls.PublicKey]int
	chains  map[string]bool // that deposits are for
}

// VerifyKeystores opens every keystore, compares the key inside with the one
// it names, with the deposit data, and with the mnemonic. What is wrong with
// the keystores stands in the report; an error says that there is none.
func VerifyKeystores(ctx context.Context, m Machine, req KeystoreVerifyRequest, progress Progress) (*KeystoreReport, error) {
	keys, failed, err := req.Source.open(ctx, m, progress)
	if err != nil {
		return nil, err
	}
	defer keys.Close()
	f := req.Source.Folder
	p := &folderProof{KeystoreVerifyRequest: req, machine: m, keys: keys, byKey: map[bls.PublicKey]int{}, chains: map[string]bool{}, report: &KeystoreReport{
		Folder: f.Name(), Layout: string(f.Layout), Warnings: f.Warnings, WallsMissing: m.WallsMissing, Derivations: 1,
		named: map[string]int{},
	}}
	if o, ok := keys.(*OpenedKeystores); ok {
		p.report.Derivations = o.Derivations()
	}
	p.checks(failed)
	if err := p.deposits(); err != nil {
		return nil, err
	}
	if err := p.phrase(ctx); err != nil {
		return nil, err
	}
	return p.conclude(), nil
}

// checks makes the rows, and finds keys that are there twice.
func (p *folderProof) checks(failed []error) {
	for i, err := range failed {
		c := KeystoreCheck{File: p.keys.Label(i), OK: err == nil}
		if o, ok := p.keys.(*OpenedKeystores); ok {
			it := &p.Source.Folder.Items[i]
			c.Disabled, c.Warnings = it.Disabled, o.Warnings(i)
			if it.Keystore != nil {
				c.Index = pathIndex(it.Keystore.Path)
			}
		}
		if err != nil {
			c.Problem = shortProblem(c.File, err)
			if errors.Is(err, keystore.ErrWrongPassword) {
				p.wrongPassword(i, &c)
			}
			p.report.Keystores = append(p.report.Keystores, c)
			continue
		}
		pubkey := p.keys.PublicKey(i)
		c.PublicKey = pubkey.String()
		if first, twice := p.byKey[pubkey]; twice {
			c.OK, c.Problem = false, "the same key as "+p.keys.Label(first)
		} else {
			p.byKey[pubkey] = i
		}
		p.report.Keystores = append(p.report.Keystores, c)
	}
}

// wrongPassword counts the keystore, and keeps the public key that it names:
// its deposit is not one without a keystore.
func (p *folderProof) wrongPassword(i int, c *KeystoreCheck) {
	p.report.wrong++
	if i >= len(p.Source.Folder.Items) {
		return // of a wallet
	}
	if ks := p.Source.Folder.Items[i].Keystore; ks != nil && ks.PublicKey != nil {
		c.Named = fmt.Sprintf("0x%x", ks.PublicKey)
		p.report.named[c.Named] = i
	}
}

// shortProblem drops the file's name, which the row has already.
func shortProblem(file string, err error) string {
	text := err.Error()
	if len(text) > len(file)+2 && text[:len(file)+2] == file+": " {
		return text[len(file)+2:]
	}
	return text
}

// deposits verifies the deposit data and compares it with the keystores.
func (p *folderProof) deposits() error {
	files := slices.Clone(p.Deposits)
	for _, name := range slices.Sorted(maps.Keys(p.Source.Folder.Deposits)) {
		files = append(files, File{Name: name, Data: p.Source.Folder.Deposits[name]})
	}
	for _, file := range files {
		entries, warnings, err := message.ParseDepositData(file.Data)
		if err != nil {
			p.problem("%s: %v", file.Name, err)
			continue
		}
		p.report.Warnings = append(p.report.Warnings, warnings...)
		p.chains[chainOf(entries[0])] = true
		if err := p.depositFile(entries); err != nil {
			p.problem("%s: %v", file.Name, err)
		}
		for n, e := range entries {
			p.report.Deposits++
			if i, ok := p.byKey[e.PublicKey]; ok {
				p.report.Keystores[i].Deposit = true
			} else if i, ok := p.report.named[e.PublicKey.String()]; ok {
				p.report.Keystores[i].Deposit = true // unproven, which the row says
			} else {
				p.problem("%s: deposit %d: no keystore here holds its key, %s", file.Name, n+1, e.PublicKey)
			}
		}
	}
	if p.report.Deposits == 0 {
		return nil
	}
	for _, c := range p.report.Keystores {
		if c.OK && !c.Deposit {
			p.report.Warnings = append(p.report.Warnings, c.File+": no deposit data of it")
		}
	}
	return nil
}

// depositFile verifies entries by the fork version that they name, and that
// version by the network that they name.
func (p *folderProof) depositFile(entries []message.DepositEntry) error {
	version := entries[0].ForkVersion
	if n, err := network.Lookup(entries[0].NetworkName); err == nil && n.GenesisForkVersion != version {
		return fault.New(fault.Refused, "fork_version: %s is not that of %s, %s", version, n.Name, n.GenesisForkVersion)
	}
	return message.VerifyDeposits(entries, version, p.machine.Rand)
}

// chainOf is the network that a deposit is good for, which its fork version
// says.
func chainOf(e message.DepositEntry) string {
	if n, err := network.Lookup(e.NetworkName); err == nil && n.GenesisForkVersion == e.ForkVersion {
		return n.Name
	}
	return "fork version " + e.ForkVersion.String()
}

// phrase compares every key with those of the mnemonic: at the index of its
// path, else among the first ones.
func (p *folderProof) phrase(ctx context.Context) error {
	if p.Mnemonic == nil {
		return nil
	}
	branch, err := newBranch(p.Mnemonic, p.Passphrase, derive.SigningTemplate())
	if err != nil {
		return err
	}
	defer branch.Close()
	var want []bls.PublicKey
	var rows []int
	for i := range p.report.Keystores {
		c := &p.report.Keystores[i]
		if !c.OK {
			continue
		}
		if c.Index != nil {
			sk, err := branch.Key(*c.Index)
			if err != nil {
				return err
			}
			same := sk.PublicKey() == p.keys.PublicKey(i)
			sk.Close()
			if same {
				continue
			}
		}
		want, rows = append(want, p.keys.PublicKey(i)), append(rows, i)
	}
	if len(want) == 0 {
		return nil
	}
	found, err := FindKeys(ctx, p.machine, branch, want, 0, uint64(len(p.report.Keystores))+DefaultScanLimit, nil)
	if err != nil {
		return err
	}
	for j, i := range rows {
		p.place(&p.report.Keystores[i], found[j])
	}
	return nil
}

// compareChecks sorts as compareRows does.
func compareChecks(a, b KeystoreCheck) int {
	return compareRows(KeystoreRow{Index: a.Index, File: a.File}, KeystoreRow{Index: b.Index, File: b.File})
}

// place says where the mnemonic has a key that is not where its path says.
func (p *folderProof) place(c *KeystoreCheck, found Found) {
	switch {
	case !found.OK:
		c.OK, c.Problem = false, "not a key of this mnemonic and passphrase"
	case c.Index != nil:
		c.OK, c.Problem = false, fmt.Sprintf("its path says index %d, but in the mnemonic it has index %d", *c.Index, found.Index)
	default:
		c.Index = &found.Index
	}
}

func (p *folderProof) problem(format string, args ...any) {
	p.report.Problems = append(p.report.Problems, fmt.Sprintf(format, args...))
}

// conclude says what was proven.
func (p *folderProof) conclude() *KeystoreReport {
	r := p.report
	slices.SortStableFunc(r.Keystores, compareChecks)
	r.OK = r.Failed() == 0 && len(r.Problems) == 0
	good := len(r.Keystores) - r.Failed()
	r.Verified = []string{fmt.Sprintf("%d of %d keystores open, and hold the secret key of the public key they name", good, len(r.Keystores))}
	if r.Deposits > 0 && len(r.Problems) == 0 && r.wrong == 0 {
		r.Verified = append(r.Verified, fmt.Sprintf("%d deposits for %s: roots, signature, and a keystore for each",
			r.Deposits, strings.Join(slices.Sorted(maps.Keys(p.chains)), ", ")))
	}
	if p.Mnemonic != nil {
		r.Verified = append(r.Verified, fmt.Sprintf("%d keys are the mnemonic's, at the index of their path", good))
	}
	return r
}
