package keystore

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/secret"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.TrimPrefix(s, "0x"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func process(t testing.TB, password string) *secret.Buffer {
	t.Helper()
	b, err := ProcessPassword([]byte(password))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func unjson(t testing.TB, data []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

// opens checks that a file opens with the password, without a warning, and
// holds the secret.
func opens(t *testing.T, file []byte, password *secret.Buffer, want []byte) *Keystore {
	t.Helper()
	ks, warnings, err := Parse(file)
	if err != nil || len(warnings) > 0 {
		t.Fatal(warnings, err)
	}
	got, err := ks.Decrypt(password)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Close()
	if !bytes.Equal(got.Bytes(), want) {
		t.Error("another secret")
	}
	return ks
}

// EIP-2335, "Test Cases": both keystores, at full cost.
func TestStandard(t *testing.T) {
	var c struct {
		Password  string
		Encoded   string `json:"encoded_password"`
		Secret    string
		PublicKey string `json:"pubkey"`
		Keystores []string
	}
	unjson(t, testkit.Vectors(t, "eip2335/cases.json"), &c)
	password := process(t, c.Password)
	if !bytes.Equal(password.Bytes(), unhex(t, c.Encoded)) {
		t.Error("another encoded password")
	}
	for _, name := range c.Keystores {
		ks := opens(t, testkit.Vectors(t, "eip2335/"+name), password, unhex(t, c.Secret))
		if !bytes.Equal(ks.PublicKey, unhex(t, c.PublicKey)) || !strings.HasPrefix(ks.Description, "This is a test keystore") {
			t.Errorf("%+v", ks)
		}
	}
}

// depositCLI is deposit-cli/keystores.json.
type depositCLI struct {
	Made []struct {
		ID        string
		Password  string
		Processed string `json:"password_processed_hex"`
		Secret    string
		Text      string `json:"text_exact"`
	} `json:"made_by_program"`
	Fixed []struct {
		ID, Secret, Password, Path string
		PublicKey                  string `json:"pubkey"`
		Salt                       string `json:"kdf_salt"`
		IV                         string `json:"aes_iv"`
		Crypto                     json.RawMessage
	} `json:"fixed_salt_and_iv"`
	Passwords []struct {
		Password  string
		Processed string `json:"processed_hex"`
	} `json:"password_processing"`
}

func readDepositCLI(t testing.TB) depositCLI {
	var v depositCLI
	unjson(t, testkit.Vectors(t, "deposit-cli/keystores.json"), &v)
	if len(v.Made) == 0 || len(v.Fixed) == 0 || len(v.Passwords) == 0 {
		t.Fatal("the vectors are empty")
	}
	return v
}

func TestDepositCLIFilesOpenAndAreWrittenAlike(t *testing.T) {
	for _, c := range readDepositCLI(t).Made {
		t.Run(c.ID, func(t *testing.T) {
			password := process(t, c.Password)
			if hex.EncodeToString(password.Bytes()) != c.Processed {
				t.Error("another processed password")
			}
			ks := opens(t, []byte(c.Text), password, unhex(t, c.Secret))
			if got := string(ks.Marshal()); got != c.Text {
				t.Errorf("written as\n%s\nwant\n%s", got, c.Text)
			}
		})
	}
}

func TestDepositCLIEncryption(t *testing.T) {
	for _, c := range readDepositCLI(t).Fixed {
		t.Run(c.ID, func(t *testing.T) {
			params := DefaultScrypt(unhex(t, c.Salt))
			if strings.Contains(c.ID, PBKDF2) {
				params = DefaultPBKDF2(unhex(t, c.Salt))
			}
			k, err := Derive(process(t, c.Password), params)
			if err != nil {
				t.Fatal(err)
			}
			defer k.Close()
			ks, err := Encrypt(k, unhex(t, c.Secret), [16]byte(unhex(t, c.IV)), unhex(t, c.PublicKey), c.Path, "", [16]byte{})
			if err != nil {
				t.Fatal(err)
			}
			if got := compact(t, ks.Marshal(), "crypto"); got != compact(t, []byte(`{"x":`+string(c.Crypto)+"}"), "x") {
				t.Errorf("got %s, want %s", got, c.Crypto)
			}
		})
	}
}

// compact returns a member without white space, its order kept.
func compact(t *testing.T, file []byte, member string) string {
	var members map[string]json.RawMessage
	unjson(t, file, &members)
	var b bytes.Buffer
	if err := json.Compact(&b, members[member]); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestDepositCLIPasswords(t *testing.T) {
	for _, c := range readDepositCLI(t).Passwords {
		if got := hex.EncodeToString(process(t, c.Password).Bytes()); got != c.Processed {
			t.Errorf("%+q: %s, want %s", c.Password, got, c.Processed)
		}
	}
}
