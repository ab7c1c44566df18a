package keyfolder

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"path"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/jsontext"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/secret"
)

const (
	walletName  = "accounts/all-accounts.keystore.json"
	walletKind  = "direct"
	walletOpts  = "keymanageropts.json"
	optsText    = "{\n\t\"direct_eip_version\": \"EIP-2335\"\n}"
	secretSize  = 32
	maxWallet   = 2*keystore.MaxSealed + 4096
	walletFault = "the wallet's accounts: "
)

// walletKinds are the names that Prysm has given to the folder of a wallet
// with imported keys.
var walletKinds = []string{walletKind, "imported", "local"}

// Wallet is Prysm's file of all accounts, encrypted under one password.
type Wallet struct {
	File     string
	Sealed   *keystore.Sealed
	Warnings []string
}

// walletFile returns the wallet's file, or "".
func (f *Folder) walletFile() string {
	for _, kind := range walletKinds {
		if name := path.Join(kind, walletName); f.isFile(name) {
			return name
		}
	}
	return ""
}

func readPrysm(f *Folder) error {
	name := f.walletFile()
	if name == "" {
		return nil
	}
	data, err := f.read(name, maxWallet)
	if err != nil {
		return err
	}
	if f.Wallet, err = ParseWallet(data); err != nil {
		return fault.New(fault.KindOf(err), "%s: %w", f.shown(name), err).WithHint("%s", fault.HintOf(err))
	}
	f.Wallet.File = name
	return nil
}

// ParseWallet reads the bytes of all-accounts.keystore.json.
func ParseWallet(data []byte) (*Wallet, error) {
	top, err := jsontext.Parse(data, maxWallet)
	if err != nil {
		return nil, fault.New(fault.Refused, "not a wallet: %w", err)
	}
	sealed, warnings, err := keystore.ParseSealed(top)
	if err != nil {
		return nil, err
	}
	return &Wallet{Sealed: sealed, Warnings: warnings}, nil
}

// MarshalWallet returns the bytes that Prysm writes for the same content.
func MarshalWallet(sealed *keystore.Sealed, uuid [16]byte) ([]byte, error) {
	return json.MarshalIndent(struct {
		Crypto  map[string]any `json:"crypto"`
		ID      string         `json:"uuid"`
		Version uint           `json:"version"`
		Name    string         `json:"name"`
	}{sealed.Object(), keystore.FormatUUID(uuid), 4, "keystore"}, "", "\t")
}

// AddWallet writes the two files of a wallet.
func AddWallet(sink Sink, wallet []byte) error {
	if err := sink.AddTree(path.Join(walletKind, walletOpts), secretPerm, []byte(optsText)); err != nil {
		return err
	}
	return sink.AddTree(WalletFile, secretPerm, wallet)
}

// WalletFile is where AddWallet puts the wallet.
const WalletFile = walletKind + "/" + walletName

// Accounts is what a wallet holds. It is secret: Close it.
type Accounts struct {
	PublicKeys []bls.PublicKey
	secrets    *secret.Buffer // secretSize bytes each, in the same order
}

// NewAccounts makes room for the secret keys of pubkeys.
func NewAccounts(pubkeys []bls.PublicKey) (*Accounts, error) {
	secrets, err := secret.New(secretSize * len(pubkeys))
	return &Accounts{PublicKeys: pubkeys, secrets: secrets}, err
}

// Close wipes the secret keys.
func (a *Accounts) Close() { a.secrets.Close() }

// Set takes the secret key of account i.
func (a *Accounts) Set(i int, key *secret.Buffer) { secret.Copy(a.at(i), key.Bytes()) }

// Key returns the secret key of account i, as a copy.
func (a *Accounts) Key(i int) (*secret.Buffer, error) {
	out, err := secret.New(secretSize)
	if err == nil {
		secret.Copy(out.Bytes(), a.at(i))
	}
	return out, err
}

func (a *Accounts) at(i int) []byte { return a.secrets.Bytes()[secretSize*i : secretSize*(i+1)] }

// Marshal returns the JSON that Prysm encrypts: two lists, in base64, indented
// with tabs.
func (a *Accounts) Marshal() (*secret.Buffer, error) {
	line := func(size int) int { return len("\n\t\t\"\",") + base64.StdEncoding.EncodedLen(size) }
	n := len(a.PublicKeys) * (line(secretSize) + line(bls.PublicKeySize))
	out, err := secret.New(n + 64)
	if err != nil {
		return nil, err
	}
	b := append(out.Bytes()[:0], "{\n\t\"private_keys\": ["...)
	for i := range a.PublicKeys {
		b = appendElement(b, i, a.at(i))
	}
	b = append(b, "\n\t],\n\t\"public_keys\": ["...)
	for i, pubkey := range a.PublicKeys {
		b = appendElement(b, i, pubkey[:])
	}
	b = append(b, "\n\t]\n}"...)
	out.Truncate(len(b))
	return out, nil
}

// appendElement stays within the capacity that Marshal has computed.
func appendElement(b []byte, i int, value []byte) []byte {
	if i > 0 {
		b = append(b, ',')
	}
	b = append(b, "\n\t\t\""...)
	b = base64.StdEncoding.AppendEncode(b, value)
	return append(b, '"')
}

// ParseAccounts reads what a wallet holds, without a copy outside locked
// memory. It does not compare secret keys with public ones.
func ParseAccounts(plain *secret.Buffer) (*Accounts, error) {
	r := &accountReader{rest: plain.Bytes()}
	a, err := r.accounts()
	if err != nil {
		return nil, fault.New(fault.Integrity, walletFault+"%w", err)
	}
	return a, nil
}

// accountReader reads the one shape of JSON that a wallet holds.
type accountReader struct{ rest []byte }

var errAccounts = errors.New("want an object with the lists private_keys and public_keys, of equal length")

func (r *accountReader) accounts() (*Accounts, error) {
	lists := map[string][][]byte{}
	if !r.take('{') {
		return nil, errAccounts
	}
	for len(lists) < 2 {
		name, ok := r.quoted()
		if !ok || !r.take(':') || lists[string(name)] != nil {
			return nil, errAccounts
		}
		if string(name) != "private_keys" && string(name) != "public_keys" {
			return nil, errAccounts
		}
		if lists[string(name)], ok = r.list(); !ok {
			return nil, errAccounts
		}
		if len(lists) < 2 && !r.take(',') {
			return nil, errAccounts
		}
	}
	if !r.take('}') || r.skip() != 0 {
		return nil, errAccounts
	}
	return decodeAccounts(lists["private_keys"], lists["public_keys"])
}

func decodeAccounts(private, public [][]byte) (*Accounts, error) {
	if len(private) != len(public) || len(private) == 0 {
		return nil, errAccounts
	}
	pubkeys := make([]bls.PublicKey, len(public))
	for i, text := range public {
		if !decode(pubkeys[i][:], text) {
			return nil, errAccounts
		}
	}
	a, err := NewAccounts(pubkeys)
	if err != nil {
		return nil, err
	}
	for i, text := range private {
		if !decode(a.at(i), text) {
			a.Close()
			return nil, errAccounts
		}
	}
	return a, nil
}

// decode fills dst from base64 of exactly its length.
func decode(dst, text []byte) bool {
	if len(text) != base64.StdEncoding.EncodedLen(len(dst)) {
		return false
	}
	var scratch [66]byte
	defer secret.Wipe(scratch[:])
	n, err := base64.StdEncoding.Decode(scratch[:], text)
	return err == nil && n == len(dst) && copy(dst, scratch[:n]) == n
}

// skip passes over white space and returns the next byte, or 0 at the end.
func (r *accountReader) skip() byte {
	r.rest = bytes.TrimLeft(r.rest, " \t\r\n")
	if len(r.rest) == 0 {
		return 0
	}
	return r.rest[0]
}

func (r *accountReader) take(c byte) bool {
	if r.skip() != c {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

// quoted reads a string without escapes, which base64 has none of.
func (r *accountReader) quoted() ([]byte, bool) {
	if !r.take('"') {
		return nil, false
	}
	end := bytes.IndexByte(r.rest, '"')
	if end < 0 || bytes.IndexByte(r.rest[:end], '\\') >= 0 {
		return nil, false
	}
	text := r.rest[:end]
	r.rest = r.rest[end+1:]
	return text, true
}

func (r *accountReader) list() ([][]byte, bool) {
	all := [][]byte{}
	if !r.take('[') {
		return nil, false
	}
	if r.take(']') {
		return all, true
	}
	for {
		text, ok := r.quoted()
		if !ok {
			return nil, false
		}
		all = append(all, text)
		if r.take(']') {
			return all, true
		}
		if !r.take(',') {
			return nil, false
		}
	}
}
