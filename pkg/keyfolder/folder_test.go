package keyfolder_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/keyfolder"
	"github.com/ethkey/ethkey/pkg/secret"
)

// mapFS is a folder in memory, to read.
type mapFS struct {
	atomicfile.FS // nil: whatever writes fails
	files         fstest.MapFS
}

func (m mapFS) Name() string { return "/keys" }

func (m mapFS) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(m.files, name) }

func (m mapFS) Open(name string) (atomicfile.File, error) {
	f, err := m.files.Open(name)
	if err != nil {
		return nil, err
	}
	return mapFile{File: f}, nil
}

type mapFile struct {
	fs.File
	io.Writer
	io.Seeker
}

func (mapFile) Sync() error { return errors.New("read only") }

// lay makes a folder of a txtar archive; what follows a blank in a name is
// its mode.
func lay(text []byte) mapFS {
	m := mapFS{files: fstest.MapFS{}}
	for _, f := range txtar.Parse(text).Files {
		name, _, _ := strings.Cut(f.Name, " ")
		m.files[name] = &fstest.MapFile{Data: f.Data, Mode: 0o600}
	}
	return m
}

// golden returns the tree of a layout as pkg/validator writes it.
func golden(t testing.TB, layout keyfolder.Layout) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "validator", "testdata", "layouts", string(layout)+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func read(t *testing.T, fsys atomicfile.FS, layout keyfolder.Layout) *keyfolder.Folder {
	t.Helper()
	f, err := keyfolder.Read(fsys, layout)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// edited is a golden tree with one text replaced by another.
func edited(t *testing.T, layout keyfolder.Layout, old, new string) mapFS {
	t.Helper()
	text := golden(t, layout)
	if !bytes.Contains(text, []byte(old)) {
		t.Fatalf("%s: no %q", layout, old)
	}
	return lay(bytes.ReplaceAll(text, []byte(old), []byte(new)))
}

// Every golden tree is known for what it is, except for Prysm's import folder
// and Vero's, which are those of others.
func TestDetect(t *testing.T) {
	same := map[keyfolder.Layout]keyfolder.Layout{keyfolder.PrysmImport: keyfolder.DepositCLI, keyfolder.Vero: keyfolder.Web3Signer}
	for _, layout := range keyfolder.Layouts() {
		want := layout
		if other := same[layout]; other != "" {
			want = other
		}
		if f := read(t, lay(golden(t, layout)), ""); f.Layout != want {
			t.Errorf("%s was taken for %s", layout, f.Layout)
		}
	}
	if _, err := keyfolder.Read(lay(nil), ""); fault.KindOf(err) != fault.Refused {
		t.Errorf("an empty folder: %v", err)
	}
}

// Lighthouse's definitions are read as people and other tools write them.
func TestLighthouseDefinitions(t *testing.T) {
	const key = "0xb3e445d43871965d890a398f719348a1405ac72e35b92727cc570026f54471af7ea7b2040622a8fd0b5bfb2a209b5911"
	password := "voting_keystore_password_path: \"/var/lib/lighthouse/mainnet/secrets/" + key + "\""
	t.Run("password in the definitions", func(t *testing.T) {
		f := read(t, edited(t, keyfolder.Lighthouse, password, "voting_keystore_password: 'in it''s place'"), "")
		for i, it := range f.Items {
			got, err := f.Password(i)
			if err != nil {
				t.Fatal(err)
			}
			if want := map[bool]string{true: "in it's place", false: "MyPasswordIs1"}[strings.Contains(it.File, key)]; string(got.Bytes()) != want {
				t.Errorf("%s: %q", it.File, got.Bytes())
			}
			got.Close()
		}
	})
	t.Run("no password path", func(t *testing.T) {
		if f := read(t, edited(t, keyfolder.Lighthouse, password, "graffiti: x"), ""); !f.HasPasswords() {
			t.Error("the password of the key's name was not found")
		}
	})
	t.Run("remote signer", func(t *testing.T) {
		f := read(t, edited(t, keyfolder.Lighthouse, "type: local_keystore", "type: web3signer"), "")
		if len(f.Warnings) != 2 || len(f.Items) != 2 { // the keystores are there all the same
			t.Errorf("%d items, %v", len(f.Items), f.Warnings)
		}
		for _, it := range f.Items {
			if !it.Disabled {
				t.Errorf("%s: the remote signer has the key, and the keystore is taken to be in use", it.File)
			}
		}
	})
	t.Run("without definitions", func(t *testing.T) {
		m := lay(golden(t, keyfolder.Lighthouse))
		delete(m.files, "validators/validator_definitions.yml")
		if f := read(t, m, ""); len(f.Items) != 2 || !f.HasPasswords() {
			t.Errorf("%d items", len(f.Items))
		}
	})
	for name, c := range map[string]struct{ old, new, want string }{
		"another key's name":    {"voting_public_key: \"" + key, "voting_public_key: \"0xa3" + key[4:], "called by another one"},
		"no public key":         {"voting_public_key: \"" + key, "voting_public_key: \"0xhello", "not a public key"},
		"keystore elsewhere":    {"/mainnet/validators/", "/mainnet/elsewhere/", "not in this folder"},
		"out of the folder":     {"/var/lib/lighthouse/mainnet/validators/" + key, "../../" + key, "not in this folder"},
		"a flow of definitions": {"- enabled: true", "- {enabled: true}", "line 2"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := keyfolder.Read(edited(t, keyfolder.Lighthouse, c.old, c.new), "")
			if err == nil {
				defer f.Close()
				for _, it := range f.Items {
					err = errors.Join(err, it.Err)
				}
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v", err)
			}
		})
	}
}

// Web3Signer's configurations name files beside them, relative or by the path
// of another machine; keys in clear text are not read.
func TestWeb3SignerConfigurations(t *testing.T) {
	for _, old := range []string{"keystoreFile: \"", "keystorePasswordFile: \""} {
		f := read(t, edited(t, keyfolder.Web3Signer, old, old+"/etc/web3signer/keys/"), "")
		if len(f.Items) != 2 || !f.HasPasswords() {
			t.Errorf("%s: %d items", old, len(f.Items))
		}
	}
	if _, err := keyfolder.Read(edited(t, keyfolder.Web3Signer, "keystoreFile: \"0x", "keystoreFile: \"../0x"), ""); err == nil || !strings.Contains(err.Error(), "not in this folder") {
		t.Errorf("out of the folder: %v", err)
	}
	m := lay(golden(t, keyfolder.Web3Signer))
	m.files["raw.yaml"] = &fstest.MapFile{Data: []byte("type: file-raw\nkeyType: BLS\nprivateKey: 0x25\n---\ntype: file-keystore\nkeyType: SECP256K1\n")}
	if f := read(t, m, ""); len(f.Items) != 2 || len(f.Warnings) != 2 {
		t.Errorf("%d items, %v", len(f.Items), f.Warnings)
	}
}

// Teku walks folders below its keys, and takes passwords beside keystores.
func TestTekuFolders(t *testing.T) {
	deep := bytes.ReplaceAll(bytes.ReplaceAll(golden(t, keyfolder.Teku), []byte("-- keys/"), []byte("-- keys/a/b/")), []byte("-- passwords/"), []byte("-- passwords/a/b/"))
	if f := read(t, lay(deep), ""); len(f.Items) != 2 || !f.HasPasswords() {
		t.Errorf("deep: %d items", len(f.Items))
	}
	one := bytes.ReplaceAll(bytes.ReplaceAll(golden(t, keyfolder.Teku), []byte("-- keys/"), []byte("-- ")), []byte("-- passwords/"), []byte("-- "))
	if f := read(t, lay(one), ""); f.Layout != keyfolder.Teku || len(f.Items) != 2 || !f.HasPasswords() {
		t.Errorf("in one folder: %s, %d items", f.Layout, len(f.Items))
	}
}

// A folder that is called by another key than its keystore's is found.
func TestMisnamedFolder(t *testing.T) {
	for _, layout := range []keyfolder.Layout{keyfolder.Nimbus, keyfolder.Lodestar} {
		f := read(t, edited(t, layout, "/0xb3e4", "/0xb3e5"), "")
		wrong := 0
		for _, it := range f.Items {
			if fault.KindOf(it.Err) == fault.Integrity && it.Err != nil {
				wrong++
			}
		}
		if wrong != 1 {
			t.Errorf("%s: %d misnamed keystores found", layout, wrong)
		}
	}
}

// What Prysm encrypts comes back as it was, and nothing else is taken for it.
func TestAccounts(t *testing.T) {
	want := accounts(t, 3)
	plain, err := want.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	got, err := keyfolder.ParseAccounts(plain)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Close()
	for i := range want.PublicKeys {
		a, errA := want.Key(i)
		b, errB := got.Key(i)
		if errA != nil || errB != nil || !a.Equal(b) || got.PublicKeys[i] != want.PublicKeys[i] {
			t.Errorf("account %d differs", i)
		}
		a.Close()
		b.Close()
	}
	key := base64.StdEncoding.EncodeToString(make([]byte, 32))
	pub := base64.StdEncoding.EncodeToString(make([]byte, 48))
	for _, text := range []string{
		``, `{}`, `[]`, `{"private_keys":[]}`, `{"private_keys":[],"public_keys":[]}`,
		`{"private_keys":["` + key + `"],"public_keys":[]}`,
		`{"private_keys":["` + key + `"],"public_keys":["` + key + `"]}`,
		`{"private_keys":["` + pub + `"],"public_keys":["` + pub + `"]}`,
		`{"private_keys":["` + key[:8] + `"],"public_keys":["` + pub + `"]}`,
		`{"private_keys":["` + key + `"],"private_keys":["` + key + `"]}`,
		`{"private_keys":["` + key + `"],"other":["` + pub + `"]}`,
		`{"private_keys":["` + key + `"],"public_keys":["` + pub + `"]} x`,
		`{"private_keys":["` + key + `",],"public_keys":["` + pub + `"]}`,
	} {
		if a, err := parseAccounts(t, text); err == nil {
			a.Close()
			t.Errorf("taken: %s", text)
		} else if strings.Contains(err.Error(), "AAAA") {
			t.Errorf("repeats a key: %v", err)
		}
	}
	if a, err := parseAccounts(t, ` { "public_keys" : [ "`+pub+`" ] , "private_keys" : [ "`+key+`" ] } `); err != nil {
		t.Errorf("another order, and blanks: %v", err)
	} else {
		a.Close()
	}
}

func parseAccounts(t testing.TB, text string) (*keyfolder.Accounts, error) {
	t.Helper()
	b, err := secret.From([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	return keyfolder.ParseAccounts(b)
}

func accounts(t testing.TB, n int) *keyfolder.Accounts {
	t.Helper()
	pubkeys := make([]bls.PublicKey, n)
	for i := range pubkeys {
		pubkeys[i][0] = byte(i)
	}
	a, err := keyfolder.NewAccounts(pubkeys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	for i := range pubkeys {
		key, err := secret.From(bytes.Repeat([]byte{byte(0xf0 + i)}, 32))
		if err != nil {
			t.Fatal(err)
		}
		a.Set(i, key)
		key.Close()
	}
	return a
}

// sink keeps what a Writer writes.
type sink map[string][]byte

func (s sink) AddTree(name string, _ fs.FileMode, data []byte) error {
	if s[name] != nil {
		return fmt.Errorf("%s twice", name)
	}
	s[name] = bytes.Clone(data)
	return nil
}

// Keystores of one path, from two phrases, get two names; two of one key are
// refused.
func TestWriterNames(t *testing.T) {
	s := sink{}
	w := keyfolder.NewWriter(keyfolder.DepositCLI, s, "", 1700000000)
	for i, want := range []string{"keystore-m_12381_3600_7_0_0-1700000000.json", "keystore-m_12381_3600_7_0_0-1700000001.json"} {
		got, err := w.Add(keyfolder.Entry{PublicKey: bls.PublicKey{byte(i)}, Path: "m/12381/3600/7/0/0", Keystore: []byte("x")})
		if err != nil || got != want {
			t.Errorf("%q, %v", got, err)
		}
	}
	if got, err := w.Add(keyfolder.Entry{PublicKey: bls.PublicKey{2}, Keystore: []byte("x")}); err != nil || !strings.HasPrefix(got, "keystore-0x02") {
		t.Errorf("without a path: %q, %v", got, err)
	}
	if _, err := w.Add(keyfolder.Entry{PublicKey: bls.PublicKey{2}, Keystore: []byte("x")}); fault.KindOf(err) != fault.Refused || err == nil {
		t.Errorf("a second keystore of one key: %v", err)
	}
}

// pack writes a tree as names and contents with zero bytes between, and
// unpack reads whatever the fuzzer makes of that.
func pack(m mapFS) []byte {
	var parts [][]byte
	for _, name := range slices.Sorted(maps.Keys(m.files)) {
		parts = append(parts, []byte(name), m.files[name].Data)
	}
	return bytes.Join(parts, []byte{0})
}

func unpack(data []byte) mapFS {
	m := mapFS{files: fstest.MapFS{}}
	for parts := bytes.Split(data, []byte{0}); len(parts) > 1; parts = parts[2:] {
		m.files[string(parts[0])] = &fstest.MapFile{Data: parts[1], Mode: 0o600}
	}
	return m
}

// fuzzFolder reads whatever tree the fuzzer thinks of, as one layout and as
// what it looks like.
func fuzzFolder(f *testing.F, layout keyfolder.Layout) {
	f.Add(pack(lay(golden(f, layout))))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, as := range []keyfolder.Layout{layout, ""} {
			folder, err := keyfolder.Read(unpack(data), as)
			if err != nil {
				continue
			}
			for i, it := range folder.Items {
				if path.IsAbs(it.File) || strings.HasPrefix(it.File, "../") || it.Err == nil && it.Keystore == nil {
					t.Errorf("%+v", it)
				}
				if folder.HasPassword(i) {
					if p, err := folder.Password(i); err == nil {
						p.Close()
					}
				}
			}
			folder.Close()
		}
	})
}

func FuzzReadPlain(f *testing.F)      { fuzzFolder(f, keyfolder.DepositCLI) }
func FuzzReadLighthouse(f *testing.F) { fuzzFolder(f, keyfolder.Lighthouse) }
func FuzzReadPrysm(f *testing.F)      { fuzzFolder(f, keyfolder.Prysm) }
func FuzzReadTeku(f *testing.F)       { fuzzFolder(f, keyfolder.Teku) }
func FuzzReadNimbus(f *testing.F)     { fuzzFolder(f, keyfolder.Nimbus) }
func FuzzReadLodestar(f *testing.F)   { fuzzFolder(f, keyfolder.Lodestar) }
func FuzzReadWeb3Signer(f *testing.F) { fuzzFolder(f, keyfolder.Web3Signer) }

func FuzzParseWallet(f *testing.F) {
	for _, file := range txtar.Parse(golden(f, keyfolder.Prysm)).Files {
		f.Add(file.Data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if w, err := keyfolder.ParseWallet(data); err == nil && w.Sealed.KDF.Check() != nil {
			t.Error("a cost that is refused was taken")
		}
	})
}

// Whatever is taken for accounts is written as accounts that are the same.
func FuzzParseAccounts(f *testing.F) {
	plain, err := accounts(f, 2).Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(bytes.Clone(plain.Bytes()))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := parseAccounts(t, string(data))
		if err != nil {
			return
		}
		defer a.Close()
		again, err := a.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		b, err := keyfolder.ParseAccounts(again)
		if err != nil || len(b.PublicKeys) != len(a.PublicKeys) {
			t.Errorf("%v", err)
		}
		b.Close()
	})
}
