package keystore

import (
	"bytes"
	"errors"
	"testing"

	"github.com/ethkey/ethkey/internal/jsontext"
)

// What each form makes of a password with an accent, a wide letter and a
// control code.
func TestForms(t *testing.T) {
	raw := []byte("e\u0301\uff21\tz")
	want := map[Form]string{
		FormStandard: "e\u0301Az",
		FormBase:     "eAz",
		FormAsTyped:  "e\u0301\uff21\tz",
		FormComposed: "\u00e9\uff21\tz",
		FormLineFeed: "e\u0301\uff21\tz\n",
		FormCRLF:     "e\u0301\uff21\tz\r\n",
	}
	if len(Forms()) != len(want) {
		t.Fatalf("%d forms", len(Forms()))
	}
	for _, form := range Forms() {
		got, err := ProcessAs(form, raw)
		if err != nil {
			t.Fatal(err)
		}
		if string(got.Bytes()) != want[form] {
			t.Errorf("%s: %q, want %q", form, got.Bytes(), want[form])
		}
		got.Close()
	}
}

// A wallet of any size comes back, and only under its key.
func TestSealed(t *testing.T) {
	params := Params{Function: PBKDF2, C: 2, Salt: bytes.Repeat([]byte{7}, 32)}
	key := deriveFrom(t, "right", params)
	plain := bytes.Repeat([]byte("0123456789abcdef"), 5000)
	sealed, err := key.Seal(plain, [16]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	got, err := sealed.Open(deriveFrom(t, "right", params))
	if err != nil {
		t.Fatal(err)
	}
	defer got.Close()
	if !bytes.Equal(got.Bytes(), plain) {
		t.Error("another secret came back")
	}
	if _, err := sealed.Open(deriveFrom(t, "wrong", params)); !errors.Is(err, ErrWrongPassword) {
		t.Errorf("wrong password: %v", err)
	}
	if _, err := key.Seal(plain, [16]byte{1}); err == nil {
		t.Error("an iv was taken twice")
	}
	short, err := key.Seal(plain[:32], [16]byte{2})
	if err != nil {
		t.Fatal(err)
	}
	if sum, err := key.checksum(short.Ciphertext); err != nil || short.Checksum != sum {
		t.Errorf("the checksum of a short secret is not that of a keystore: %v", err)
	}
}

func deriveFrom(t *testing.T, password string, params Params) *Key {
	t.Helper()
	processed, err := ProcessPassword([]byte(password))
	if err != nil {
		t.Fatal(err)
	}
	defer processed.Close()
	key, err := Derive(processed, params)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(key.Close)
	return key
}

func FuzzParseSealed(f *testing.F) {
	f.Add([]byte(`{"crypto":{"kdf":{"function":"pbkdf2","params":{"c":262144,"dklen":32,"prf":"hmac-sha256","salt":"00"},"message":""},` +
		`"checksum":{"function":"sha256","params":{},"message":"0000000000000000000000000000000000000000000000000000000000000000"},` +
		`"cipher":{"function":"aes-128-ctr","params":{"iv":"00000000000000000000000000000000"},"message":"00"}},"version":4}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		top, err := jsontext.Parse(data, 1<<20)
		if err != nil {
			return
		}
		if sealed, _, err := ParseSealed(top); err == nil && sealed.KDF.Check() != nil {
			t.Error("a cost that is refused was taken")
		}
	})
}
