package npm

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"testing"

	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/keystore"
)

// passwords come with another spelling that must open the same keystore.
var passwords = []struct{ name, typed, also string }{
	{"ascii", "MyPasswordIs1", "MyPasswordIs1"},
	{"eip-2335", "𝔱𝔢𝔰𝔱𝔭𝔞𝔰𝔰𝔴𝔬𝔯𝔡🔑", "testpassword🔑"},
	{"composed", "\u00c5ngstr\u00f6m caf\u00e9", "A\u030angstro\u0308m cafe\u0301"},
	{"compatibility", "\u212bngstr\u00f6m \ufb01\u2460\uff21", "A\u030angstro\u0308m fi1A"},
	{"order of marks", "a\u0307\u0323 dot above, dot below", "\u1ea1\u0307 dot above, dot below"},
	{"hangul", "\ud55c\uad6d\uc5b4 \ube44\ubc00\ubc88\ud638", "\u1112\u1161\u11ab\u1100\u116e\u11a8\u110b\u1165 \u1107\u1175\u1106\u1175\u11af\u1107\u1165\u11ab\u1112\u1169"},
	{"japanese", "\u3071\u3059\u308f\u30fc\u3069\u3000\u30ac", "\u306f\u309a\u3059\u308f\u30fc\u3068\u3099 \u30ab\u3099"},
	{"controls", "a\bb\tc\x00d\x7fe\u0080f\u0085g\u009fh", "abcdefgh"},
	{"no-break space kept", "a\u00a0b\u2003c", "a b c"},
	{"blanks at the ends", "  two blanks  ", "  two blanks  "},
	{"empty after processing", "\t\r\n", ""},
	{"long", string(bytes.Repeat([]byte("long é "), 40)), string(bytes.Repeat([]byte("long e\u0301 "), 40))},
}

// costs are cheap ones for every password; the defaults are tried with one.
var costs = []keystore.Params{
	{Function: keystore.Scrypt, N: 1 << 10, R: 8, P: 1},
	{Function: keystore.Scrypt, N: 1 << 8, R: 4, P: 3},
	{Function: keystore.PBKDF2, C: 1000},
}

// entry is one keystore of the comparison.
type entry struct {
	name, password, also string
	secret, publicKey    string
	params               keystore.Params
}

// entries returns every password at every cheap cost, then the defaults.
func entries(t *testing.T) []entry {
	var all []entry
	add := func(name, password, also string, p keystore.Params) {
		raw := make([]byte, 32)
		if _, err := rand.Read(raw); err != nil {
			t.Fatal(err)
		}
		raw[0] &= 0x3f // below the order of the group
		if len(all)%3 == 0 {
			raw[0], raw[1] = 0, 0
		}
		sk, err := bls.SecretKeyFromBytes(buffer(t, raw))
		if err != nil {
			t.Fatal(err)
		}
		defer sk.Close()
		salt, err := keystore.NewSalt(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		p.Salt = salt
		all = append(all, entry{name + "/" + p.Function, password, also, hex.EncodeToString(raw), sk.PublicKey().Hex(), p})
	}
	for _, pw := range passwords {
		for _, p := range costs {
			add(pw.name, pw.typed, pw.also, p)
		}
	}
	add("default", passwords[1].typed, passwords[1].also, keystore.DefaultScrypt(nil))
	add("default", passwords[1].typed, passwords[1].also, keystore.DefaultPBKDF2(nil))
	return all
}

type openQuestion struct {
	Keystore string `json:"keystore"`
	Password string `json:"password"`
}

type openAnswer struct{ Secret, Error string }

// marshalled is the entry's keystore as we write it.
func (e entry) marshalled(t *testing.T) string {
	t.Helper()
	password, err := keystore.ProcessPassword([]byte(e.password))
	if err != nil {
		t.Fatal(err)
	}
	defer password.Close()
	key, err := keystore.Derive(password, e.params)
	if err != nil {
		t.Fatal(err)
	}
	defer key.Close()
	iv, err := keystore.NewIV(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	uuid, err := keystore.NewUUID(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ks, err := keystore.Encrypt(key, unhex(t, e.secret), iv, unhex(t, e.publicKey), "m/12381/3600/0/0/0", "ünïcode \"x\"", uuid)
	if err != nil {
		t.Fatal(err)
	}
	return string(ks.Marshal())
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTheyOpenWhatWeWrite(t *testing.T) {
	all := entries(t)
	var questions []openQuestion
	for _, e := range all {
		text := e.marshalled(t)
		questions = append(questions, openQuestion{text, e.password}, openQuestion{text, e.also}, openQuestion{text, e.also + "x"})
		if e.name == "default/scrypt" {
			questions = questions[:len(questions)-2] // seconds each in their hands
		}
	}
	answers := ask[openAnswer](t, "open", questions)
	for _, e := range all {
		tries := 3
		if e.name == "default/scrypt" {
			tries = 1
		}
		for i, got := range answers[:tries] {
			if i < 2 && (got.Secret != e.secret || got.Error != "") {
				t.Errorf("%s: they opened %q %q", e.name, got.Secret, got.Error)
			}
			if i == 2 && got.Error != "Invalid password" {
				t.Errorf("%s: they opened it with another password: %q", e.name, got.Error)
			}
		}
		answers = answers[tries:]
	}
}

// module is a KDF module as they take it.
type module struct {
	Function string         `json:"function"`
	Params   map[string]any `json:"params"`
}

func moduleOf(p keystore.Params) module {
	if p.Function == keystore.Scrypt {
		return module{p.Function, map[string]any{"dklen": 32, "n": p.N, "r": p.R, "p": p.P, "salt": hex.EncodeToString(p.Salt)}}
	}
	return module{p.Function, map[string]any{"dklen": 32, "c": p.C, "prf": "hmac-sha256", "salt": hex.EncodeToString(p.Salt)}}
}

type createQuestion struct {
	Secret      string `json:"secret"`
	PublicKey   string `json:"pubkey"`
	Path        string `json:"path"`
	Description string `json:"description,omitempty"`
	Password    string `json:"password"`
	KDF         any    `json:"kdf"` // "scrypt", "pbkdf2" or a module
}

func TestWeOpenWhatTheyWrite(t *testing.T) {
	all := entries(t)
	questions := make([]createQuestion, len(all))
	for i, e := range all {
		questions[i] = createQuestion{Secret: e.secret, PublicKey: e.publicKey, Path: "m/12381/3600/7/0/0", Password: e.password, KDF: moduleOf(e.params)}
		if e.name == "default/"+e.params.Function { // theirs, not ours
			questions[i].KDF = e.params.Function
			questions[i].Description = "\u00fcn\u00efcode"
		}
	}
	answers := ask[struct{ Keystore, Error string }](t, "create", questions)
	for i, e := range all {
		t.Run(e.name, func(t *testing.T) {
			if answers[i].Error != "" {
				t.Fatal(answers[i].Error)
			}
			ks, warnings, err := keystore.Parse([]byte(answers[i].Keystore))
			if err != nil {
				t.Fatal(err)
			}
			if isDefault := e.name == "default/"+e.params.Function; isDefault == (len(warnings) > 0) {
				t.Errorf("warnings %q", warnings)
			}
			if ks.Path != "m/12381/3600/7/0/0" || hex.EncodeToString(ks.PublicKey) != e.publicKey || ks.Description != questions[i].Description {
				t.Errorf("read as %+v", ks)
			}
			opensWith(t, ks, e.also, e.secret)
		})
	}
}

// opensWith checks that the password opens the keystore, and a longer one does
// not.
func opensWith(t *testing.T, ks *keystore.Keystore, password, want string) {
	t.Helper()
	processed, err := keystore.ProcessPassword([]byte(password))
	if err != nil {
		t.Fatal(err)
	}
	defer processed.Close()
	got, err := ks.Decrypt(processed)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Close()
	if hexOf(got) != want {
		t.Error("another secret")
	}
	other, err := keystore.ProcessPassword([]byte(password + "x"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := ks.Decrypt(other); !errors.Is(err, keystore.ErrWrongPassword) {
		t.Errorf("another password: %v", err)
	}
}
