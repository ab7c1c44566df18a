package keyfolder

import (
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
	"syscall"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/secret"
)

// Folder is what was read of a folder. It may hold secrets: Close it.
type Folder struct {
	Layout   Layout
	Items    []Item            // sorted by file
	Wallet   *Wallet           // of Prysm, in place of items
	Deposits map[string][]byte // deposit data files of a plain folder, by name
	Warnings []string

	fsys atomicfile.FS
}

// Item is one keystore.
type Item struct {
	File     string // path in the folder, with slashes
	Keystore *keystore.Keystore
	Data     []byte // its bytes
	Warnings []string
	Disabled bool  // Lighthouse: "enabled: false"
	Err      error // why it is no use

	passwordFile string         // path in the folder
	inline       *secret.Buffer // a password inside the definitions
}

// Close wipes the passwords that were read.
func (f *Folder) Close() {
	for i := range f.Items {
		f.Items[i].inline.Close()
	}
}

// Name is the path of the folder.
func (f *Folder) Name() string { return f.fsys.Name() }

// HasPassword says whether the folder holds a password of item i.
func (f *Folder) HasPassword(i int) bool {
	return f.Items[i].passwordFile != "" || f.Items[i].inline != nil
}

// HasPasswords says whether the folder holds the passwords of all items.
func (f *Folder) HasPasswords() bool {
	for i := range f.Items {
		if !f.HasPassword(i) && f.Items[i].Err == nil {
			return false
		}
	}
	return len(f.Items) > 0
}

// Password reads the password that the folder holds of item i, as the clients
// do: without line ends behind it. The caller closes it.
func (f *Folder) Password(i int) (*secret.Buffer, error) {
	it := &f.Items[i]
	if it.inline != nil {
		return it.inline.Clone()
	}
	data, err := f.read(it.passwordFile, maxPassword)
	if err != nil {
		return nil, err
	}
	buf, err := secret.From(data)
	if err != nil {
		return nil, err
	}
	n := buf.Len()
	for n > 0 && (buf.Bytes()[n-1] == '\n' || buf.Bytes()[n-1] == '\r') {
		n--
	}
	buf.Truncate(n)
	if n == 0 {
		buf.Close()
		return nil, fault.New(fault.Refused, "%s: empty, expected a password", f.shown(it.passwordFile))
	}
	return buf, nil
}

// maxPassword bounds a file that holds a password.
const maxPassword = 64 << 10

// readers turn a folder of each layout into items.
var readers = map[Layout]func(*Folder) error{
	DepositCLI: readPlain, PrysmImport: readPlain, Prysm: readPrysm, Lighthouse: readLighthouse, Teku: readTeku,
	Nimbus: readNimbus, Lodestar: readLodestar, Web3Signer: readWeb3Signer, Vero: readWeb3Signer,
}

// Read reads the folder that fsys is the root of. An empty layout is found by
// what lies there.
func Read(fsys atomicfile.FS, layout Layout) (*Folder, error) {
	f := &Folder{Layout: layout, fsys: fsys, Deposits: map[string][]byte{}}
	if layout == "" {
		if f.Layout = f.detect(); f.Layout == "" {
			return nil, fault.New(fault.Refused, "%s: no keystores that any client would find there", fsys.Name()).
				WithHint("name the folder that holds validators/, keystores/, keys/, direct/ or the keystores themselves; docs/client-layouts.md shows each")
		}
		f.Items = nil // looking around has read none
	}
	if err := readers[f.Layout](f); err != nil {
		f.Close()
		return nil, err
	}
	if len(f.Items) == 0 && f.Wallet == nil {
		return nil, fault.New(fault.Refused, "%s: no keystores as %s keeps them", fsys.Name(), f.Layout).
			WithHint("leave the layout out, and it is found by what lies there")
	}
	return f, nil
}

// detect returns the layout of the folder, or "".
func (f *Folder) detect() Layout {
	switch {
	case f.walletFile() != "":
		return Prysm
	case f.isFile(definitionsFile) || len(f.keyed("validators", lighthouseKeystore)) > 0:
		return Lighthouse
	case len(f.keyed("validators", nimbusKeystore)) > 0:
		return Nimbus
	case len(f.keyed("keystores", lodestarKeystore)) > 0:
		return Lodestar
	case f.tekuRoots() != nil:
		return Teku
	case len(f.signerConfigs()) > 0:
		return Web3Signer
	case len(f.plainKeystores()) > 0:
		return DepositCLI
	}
	return ""
}

// list returns the visible names in a folder; none where there is no folder.
// One that cannot be read stands among the items with its fault: keys may be
// in it, and are not passed over in silence.
func (f *Folder) list(folder string) []fs.DirEntry {
	entries, err := f.fsys.ReadDir(folder)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
			f.Items = append(f.Items, Item{File: folder, Err: f.unread(folder, err)})
		}
		return nil
	}
	visible := entries[:0]
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && e.Name() != "lost+found" {
			visible = append(visible, e)
		}
	}
	return visible
}

// isThere says whether there is something of that name, if only something that
// cannot be read.
func (f *Folder) isThere(name string) bool {
	file, err := f.fsys.Open(name)
	if err == nil {
		_ = file.Close()
	}
	return !errors.Is(err, fs.ErrNotExist)
}

func (f *Folder) isFile(name string) bool {
	file, err := f.fsys.Open(name)
	if err != nil {
		return false
	}
	defer file.Close()
	info, err := file.Stat()
	return err == nil && info.Mode().IsRegular()
}

// read returns the bytes of a file of at most limit bytes.
func (f *Folder) read(name string, limit int64) ([]byte, error) {
	file, err := f.fsys.Open(name)
	if err != nil {
		return nil, f.unread(name, err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, f.unread(name, err)
	}
	switch {
	case info.IsDir():
		return nil, fault.New(fault.Refused, "%s: a folder, expected a file", f.shown(name))
	case !info.Mode().IsRegular():
		return nil, fault.New(fault.Refused, "%s: a pipe or device, expected a file", f.shown(name))
	case info.Size() > limit:
		return nil, fault.New(fault.Refused, "%s: larger than %d bytes", f.shown(name), limit)
	}
	data := make([]byte, info.Size())
	if _, err := io.ReadFull(file, data); err != nil {
		clear(data)
		return nil, f.unread(name, err)
	}
	return data, nil
}

func (f *Folder) shown(name string) string { return path.Join(f.fsys.Name(), name) }

func (f *Folder) unread(name string, err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	kind := fault.Environment
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		kind = fault.Refused
	}
	return fault.New(kind, "%s: cannot be read: %w", f.shown(name), err)
}

// add reads the keystore in a file. named, where it is not empty, is the
// public key by which the folder calls it.
func (f *Folder) add(it Item, named string) {
	it.Data, it.Err = f.read(it.File, keystore.MaxFile)
	if it.Err == nil {
		it.Keystore, it.Warnings, it.Err = keystore.Parse(it.Data)
	}
	if it.Err == nil {
		it.Err = agree(it.Keystore.PublicKey, named)
	}
	f.Items = append(f.Items, it)
}

// agree compares the public key in a keystore with the one that its folder or
// its definition is called by.
func agree(pubkey []byte, named string) error {
	if named == "" || pubkey == nil {
		return nil
	}
	want, ok := publicKey(named)
	if !ok {
		return fault.New(fault.Refused, "called by %q, which is not a public key", named)
	}
	if string(want) != string(pubkey) {
		return fault.New(fault.Integrity, "holds the key %s, but is called by another one", hexKey(pubkey))
	}
	return nil
}

// publicKey reads 0x and 96 hexadecimal digits; clients differ in their case
// and in the 0x.
func publicKey(name string) ([]byte, bool) {
	b, err := hex.DecodeString(strings.TrimPrefix(strings.TrimPrefix(name, "0x"), "0X"))
	return b, err == nil && len(b) == bls.PublicKeySize
}

func hexKey(pubkey []byte) string { return "0x" + hex.EncodeToString(pubkey) }
