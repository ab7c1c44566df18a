package shamir

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"regexp"
	"strings"
	"testing"

	"filippo.io/age"
)

func TestAProtectedSheetNeedsItsPassphrase(t *testing.T) {
	s := entropy(t)
	sheets := split(t, s, Single(2, 3), 0)
	locked, passphrase := protected(t, sheets[0])
	if !regexp.MustCompile(`^([02-9AC-HJ-NP-Z]{4}-){4}[02-9AC-HJ-NP-Z]{4}$`).MatchString(passphrase) {
		t.Error("the passphrase is not five groups of four")
	}
	read := parse(t, textOf(t, locked))
	for name, typed := range map[string]string{
		"as shown": passphrase, "lower case": strings.ToLower(passphrase), "no dashes": strings.ReplaceAll(passphrase, "-", ""),
		"spaces": strings.ReplaceAll(passphrase, "-", " "),
	} {
		plain, err := Unprotect(t.Context(), read, buffer(t, []byte(typed)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if textOf(t, plain) != textOf(t, sheets[0]) {
			t.Errorf("%s: another sheet comes out", name)
		}
		restores(t, s, plain, sheets[2])
		plain.Close()
	}
	for name, c := range map[string]struct{ typed, says string }{
		"another":        {"QQQQ-QQQQ-QQQQ-QQQQ-QQQQ", "is not that of sheet 1"},
		"too short":      {passphrase[:20], "has 20 characters"},
		"empty":          {"", "has 20 characters"},
		"a wrong letter": {"B" + passphrase[1:], "character 1 is not one"},
	} {
		_, err := Unprotect(t.Context(), read, buffer(t, []byte(c.typed)))
		if !strings.Contains(errorText(err), c.says) {
			t.Errorf("%s: %v, expected %q", name, err, c.says)
		}
	}
}

func TestEveryDamagedBitOfAProtectedSheetIsNoticed(t *testing.T) {
	g := goldens(t)[3].Sheets[0]
	s := parse(t, g.Protected)
	phrase := buffer(t, []byte(g.Passphrase))
	for i := 0; i < s.body.Len(); i += 11 {
		spoilt := forge(t, s, func(_ *header, body []byte) { body[i] ^= 1 << (i % 8) })
		if _, err := Unprotect(t.Context(), spoilt, phrase); !strings.Contains(errorText(err), "is not that of") {
			t.Errorf("byte %d: %v", i, err)
		}
	}
	renumbered := forge(t, s, func(h *header, _ []byte) { h.number = 3 })
	if _, err := Unprotect(t.Context(), renumbered, phrase); err == nil {
		t.Error("another number on a protected sheet goes unnoticed")
	}
}

func TestProtectRefuses(t *testing.T) {
	sheets := split(t, entropy(t), Single(2, 3), 0)
	locked, passphrase := protected(t, sheets[0])
	phrase := buffer(t, []byte(passphrase))
	if _, err := Protect(t.Context(), locked, phrase); err == nil {
		t.Error("a sheet was protected twice")
	}
	if _, err := Unprotect(t.Context(), sheets[1], phrase); err == nil {
		t.Error("a passphrase was taken from a sheet that has none")
	}
	if _, err := Protect(t.Context(), sheets[1], buffer(t, []byte("hunter2"))); err == nil {
		t.Error("a sheet was protected with a passphrase that a person thought of")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Protect(ended, sheets[1], phrase); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := NewPassphrase(bytes.NewReader(make([]byte, 7))); err == nil {
		t.Error("a passphrase without enough randomness")
	}
}

// The identity is age's own.
func TestAgeIdentities(t *testing.T) {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	for _, typed := range []string{identity.String(), strings.ToLower(identity.String())} {
		data, err := ParseAge(buffer(t, []byte(typed)))
		if err != nil {
			t.Fatal(err)
		}
		defer data.Close()
		text, err := FormatAge(data)
		if err != nil || string(text.Bytes()) != identity.String() {
			t.Errorf("another identity came back: %v", err)
		}
		text.Close()
	}
	random := make([]byte, 32)
	_, _ = rand.Read(random)
	text, err := FormatAge(buffer(t, random))
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	if _, err := age.ParseX25519Identity(string(text.Bytes())); err != nil {
		t.Errorf("age does not read what was written: %v", err)
	}
	spoilt := []byte(identity.String())
	spoilt[30] = alphabet[(indexOf(spoilt[30])+1)%32]
	for _, typed := range []string{"", "AGE-SECRET-KEY-1", string(spoilt), identity.String() + "Q", identity.Recipient().String(), strings.Replace(identity.String(), "K", "X", 1), identity.String()[:70] + "1234"} {
		if _, err := ParseAge(buffer(t, []byte(typed))); err == nil || len(typed) > 20 && strings.Contains(err.Error(), typed[20:]) {
			t.Errorf("%v", err)
		}
	}
	if _, err := FormatAge(buffer(t, random[:31])); err == nil {
		t.Error("31 bytes are an identity")
	}
}

// Under a passphrase, too, no sheet lies where the secret is.
func TestAProtectedSheetAtZeroIsForged(t *testing.T) {
	sheet := forge(t, split(t, entropy(t), Single(2, 2), 0)[0], func(_ *header, body []byte) { body[len(body)-1] = 0 })
	passphrase := buffer(t, []byte("QPZRY9X8GF2TVDW0S3JN"))
	locked, err := Protect(t.Context(), sheet, passphrase)
	if err != nil {
		t.Fatal(err)
	}
	defer locked.Close()
	plain, err := Unprotect(t.Context(), locked, passphrase)
	plain.Close()
	if !strings.Contains(errorText(err), "lies at x = 0") {
		t.Errorf("%v", err)
	}
}
