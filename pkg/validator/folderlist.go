package validator

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/keyfolder"
	"github.com/ethkey/ethkey/pkg/keystore"
)

// KeystoreRow is what a keystore says of itself.
type KeystoreRow struct {
	Index     *uint32  `json:"index"` // of the path; null for another path than a validator's
	Path      string   `json:"path"`
	PublicKey string   `json:"public_key"` // empty where the file names none
	KDF       string   `json:"kdf"`
	File      string   `json:"file"`
	Password  bool     `json:"password_in_folder"`
	Disabled  bool     `json:"disabled,omitempty"`
	Problem   string   `json:"problem,omitempty"` // why it is no use
	Warnings  []string `json:"warnings,omitempty"`
}

// KeystoreList is what lies in a folder of keystores. Nothing in it is
// proven: that takes the passwords.
type KeystoreList struct {
	Folder    string        `json:"folder"`
	Layout    string        `json:"layout"`
	Keystores []KeystoreRow `json:"keystores"`
	Deposits  []string      `json:"deposit_data,omitempty"`
	Warnings  []string      `json:"warnings,omitempty"`
}

// ReadKeyFolder reads a folder of keystores; an empty layout is found by what
// lies there. The caller closes what it returns.
func ReadKeyFolder(m Machine, folder string, layout keyfolder.Layout) (*keyfolder.Folder, error) {
	fsys, err := m.Open(folder)
	if err != nil {
		return nil, err
	}
	return keyfolder.Read(fsys, layout)
}

// ListKeystores says what lies in f.
func ListKeystores(f *keyfolder.Folder) *KeystoreList {
	list := &KeystoreList{
		Folder: f.Name(), Layout: string(f.Layout), Keystores: []KeystoreRow{},
		Deposits: slices.Sorted(maps.Keys(f.Deposits)), Warnings: f.Warnings,
	}
	if f.Wallet != nil {
		list.Keystores = append(list.Keystores, KeystoreRow{
			KDF: kdfLine(f.Wallet.Sealed.KDF), File: f.Wallet.File,
			Warnings: append(f.Wallet.Warnings, "a wallet: how many keys it holds, and which, shows only after decryption"),
		})
	}
	for i := range f.Items {
		list.Keystores = append(list.Keystores, keystoreRow(f, i))
	}
	slices.SortStableFunc(list.Keystores, compareRows)
	return list
}

func keystoreRow(f *keyfolder.Folder, i int) KeystoreRow {
	it := &f.Items[i]
	row := KeystoreRow{File: it.File, Password: f.HasPassword(i), Disabled: it.Disabled, Warnings: it.Warnings}
	if it.Err != nil {
		row.Problem = it.Err.Error()
	}
	if ks := it.Keystore; ks != nil {
		row.Path, row.KDF, row.Index = ks.Path, kdfLine(ks.Params()), pathIndex(ks.Path)
		if ks.PublicKey != nil {
			row.PublicKey = fmt.Sprintf("0x%x", ks.PublicKey)
		}
	}
	return row
}

// pathIndex returns i of m/12381/3600/i/0/0, or nil for another path.
func pathIndex(text string) *uint32 {
	p, err := derive.ParsePath(text)
	if err != nil || len(p) != 5 || p[0] != derive.Purpose || p[1] != derive.CoinType || p[3] != 0 || p[4] != 0 {
		return nil
	}
	return &p[2]
}

// compareRows sorts by index, then by file; what has no index comes last.
func compareRows(a, b KeystoreRow) int {
	switch {
	case a.Index != nil && b.Index != nil && *a.Index != *b.Index:
		return cmp.Compare(*a.Index, *b.Index)
	case (a.Index == nil) != (b.Index == nil):
		if a.Index == nil {
			return 1
		}
		return -1
	}
	return cmp.Compare(a.File, b.File)
}

// kdfLine names a key derivation and its cost.
func kdfLine(p keystore.Params) string {
	if p.Function == keystore.PBKDF2 {
		return fmt.Sprintf("pbkdf2 c=%d", p.C)
	}
	return fmt.Sprintf("scrypt n=%d r=%d p=%d", p.N, p.R, p.P)
}
