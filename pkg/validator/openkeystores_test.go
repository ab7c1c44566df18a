package validator_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/validator"
)

// keystoreFiles encrypts n keys of abandon under the usual password, with as
// many salts.
func keystoreFiles(t testing.TB, n, salts int) []validator.File {
	t.Helper()
	indices, err := validator.Consecutive(0, uint64(n))
	if err != nil {
		t.Fatal(err)
	}
	source := mnemonicKeys(t, abandon, derive.Template{}, indices...)
	keys := make([]*keystore.Key, salts)
	for i := range keys {
		keys[i], err = keystore.Derive(hidden(t, password), machine().KDF(false, bytes.Repeat([]byte{byte(i + 1)}, 32)))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(keys[i].Close)
	}
	files := make([]validator.File, n)
	for i := range files {
		sk, err := source.Key(i)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := sk.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		iv := [16]byte{byte(i), byte(i >> 8), 1}
		ks, err := keystore.Encrypt(keys[i%salts], raw.Bytes(), iv, sk.PublicKey().Bytes(), derive.SigningPath(uint32(i)).String(), "", [16]byte{byte(i)})
		if err != nil {
			t.Fatal(err)
		}
		raw.Close()
		sk.Close()
		files[i] = validator.File{Name: validator.KeystoreName(derive.SigningPath(uint32(i)), unix), Data: ks.Marshal()}
	}
	return files
}

func same(password *secret.Buffer) func(string) (*secret.Buffer, error) {
	return func(string) (*secret.Buffer, error) { return password, nil }
}

// A folder costs one derivation for each distinct salt and password, and
// yields the keys that were put in.
func TestOneDerivationASaltAndPassword(t *testing.T) {
	files := keystoreFiles(t, 20, 3)
	o, err := validator.OpenKeystores(t.Context(), machine(), files, func(string) (*secret.Buffer, error) { return hidden(t, password), nil }, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if o.Derivations() != 3 || o.Len() != 20 {
		t.Errorf("%d derivations for %d keystores", o.Derivations(), o.Len())
	}
	for i := range files {
		sk, err := o.Key(i)
		if err != nil {
			t.Fatal(err)
		}
		want := publicKey(t, derive.SigningTemplate(), uint32(i))
		if sk.PublicKey() != want || o.PublicKey(i) != want || o.Label(i) != files[i].Name || o.Path(i) != derive.SigningPath(uint32(i)).String() {
			t.Errorf("keystore %d: %s, %s, %s", i, o.PublicKey(i), o.Label(i), o.Path(i))
		}
		sk.Close()
	}
}

// Files with the same salt and other passwords are told apart.
func TestPasswordsOfOneSalt(t *testing.T) {
	files := keystoreFiles(t, 2, 1)
	other, err := keystore.Derive(hidden(t, "another password"), machine().KDF(false, bytes.Repeat([]byte{1}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	sk, err := mnemonicKeys(t, abandon, derive.Template{}, 9).Key(0)
	if err != nil {
		t.Fatal(err)
	}
	defer sk.Close()
	raw, err := sk.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	ks, err := keystore.Encrypt(other, raw.Bytes(), [16]byte{9}, sk.PublicKey().Bytes(), "", "", [16]byte{})
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, validator.File{Name: "other.json", Data: ks.Marshal()})
	o, err := validator.OpenKeystores(t.Context(), machine(), files, func(name string) (*secret.Buffer, error) {
		if name == "other.json" {
			return hidden(t, "another password"), nil
		}
		return hidden(t, password), nil
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if o.Derivations() != 2 || o.PublicKey(2) != sk.PublicKey() {
		t.Errorf("%d derivations, %s", o.Derivations(), o.PublicKey(2))
	}
}

// One keystore that does not open fails all, by its name.
func TestKeystoresThatDoNotOpen(t *testing.T) {
	files := keystoreFiles(t, 5, 1)
	edit := func(old, new string) []validator.File {
		out := append([]validator.File(nil), files...)
		text := strings.Replace(string(out[3].Data), old, new, 1)
		if text == string(out[3].Data) {
			t.Fatalf("%s is not there", old)
		}
		out[3].Data = []byte(text)
		return out
	}
	wrong := hidden(t, "not the password")
	ofFour := publicKey(t, derive.SigningTemplate(), 4).Hex()
	for _, c := range []struct {
		name  string
		files []validator.File
		pass  func(string) (*secret.Buffer, error)
		want  string
		wrong bool
	}{
		{"wrong password", files, same(wrong), "5 of 5 keystores do not open, " + files[0].Name, true},
		{"wrong password, one file", files[2:3], same(wrong), files[2].Name, true},
		{"wrong password, many salts", keystoreFiles(t, 5, 5), same(wrong), "keystore-m_12381_3600_", true},
		{"another public key", edit(publicKey(t, derive.SigningTemplate(), 3).Hex(), ofFour), same(hidden(t, password)), files[3].Name + ": pubkey", false},
		{"not a keystore", edit(`"version": 4`, `"version": 3`), same(hidden(t, password)), files[3].Name + ": version", false},
		{"no password", files, func(name string) (*secret.Buffer, error) { return nil, fmt.Errorf("no password for %s", name) }, "no password for " + files[0].Name, false},
		{"no files", nil, same(wrong), "found none", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			o, err := validator.OpenKeystores(t.Context(), machine(), c.files, c.pass, nil)
			if err == nil {
				o.Close()
				t.Fatal("opened")
			}
			if !strings.Contains(err.Error(), c.want) || errors.Is(err, keystore.ErrWrongPassword) != c.wrong {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := validator.OpenKeystores(ctx, machine(), files, same(hidden(t, password)), nil); fault.KindOf(err) != fault.Interrupted {
		t.Errorf("ended: %v", err)
	}
}

// A keystore that names no public key opens, and that is said.
func TestKeystoreWithoutPublicKeyIsSaid(t *testing.T) {
	files := keystoreFiles(t, 1, 1)
	files[0].Data = bytes.Replace(files[0].Data, []byte(`"pubkey": "`+publicKey(t, derive.SigningTemplate(), 0).Hex()+`", `), nil, 1)
	o := opened(t, hidden(t, password), files...)
	if got := strings.Join(o.Warnings(0), "\n"); !strings.Contains(got, "no public key to compare with") {
		t.Errorf("warnings: %q", got)
	}
	if o.PublicKey(0) != publicKey(t, derive.SigningTemplate(), 0) {
		t.Error("another key")
	}
}
