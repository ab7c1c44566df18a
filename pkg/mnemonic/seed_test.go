package mnemonic

import (
	"bytes"
	"crypto/sha512"
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"

	oracle "golang.org/x/crypto/pbkdf2"
	"golang.org/x/text/unicode/norm"

	"github.com/ethkey/ethkey/internal/fault"
)

const abandonAbout = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"

func samePBKDF2(t *testing.T, password, salt []byte, rounds int) {
	t.Helper()
	keptPassword, keptSalt := bytes.Clone(password), bytes.Clone(salt)
	key, err := pbkdf2(password, salt, rounds)
	got := reveal(t, key, err)
	if want := oracle.Key(keptPassword, keptSalt, rounds, sha512.Size, sha512.New); got != string(want) {
		t.Errorf("pbkdf2(%x, %x, %d) = %x; x/crypto has %x", keptPassword, keptSalt, rounds, got, want)
	}
	if !bytes.Equal(password, keptPassword) || !bytes.Equal(salt, keptSalt) {
		t.Error("pbkdf2 changed its arguments")
	}
}

func TestPBKDF2AgreesWithXCrypto(t *testing.T) {
	source := rand.NewChaCha8([32]byte{1})
	for _, passwordLen := range []int{0, 1, 63, 64, 127, 128, 129, 255, 300} {
		for _, saltLen := range []int{0, 1, 59, 60, 61, 128, 500} {
			password, salt := make([]byte, passwordLen), make([]byte, saltLen)
			_, _ = source.Read(password)
			_, _ = source.Read(salt)
			samePBKDF2(t, password, salt, 1+passwordLen%3)
		}
	}
	samePBKDF2(t, []byte("password"), []byte("salt"), seedRounds)
}

func FuzzPBKDF2(f *testing.F) {
	f.Add([]byte("password"), []byte("salt"), uint8(1))
	f.Add([]byte(strings.Repeat("k", 129)), []byte("mnemonic"), uint8(2))
	f.Fuzz(func(t *testing.T, password, salt []byte, rounds uint8) {
		if len(password)+len(salt) < 4096 {
			samePBKDF2(t, password, salt, 1+int(rounds%4))
		}
	})
}

func TestNoPassphraseIsTheEmptyOne(t *testing.T) {
	m := parse(t, abandonAbout, English)
	b, err := m.Seed(nil)
	got := hex.EncodeToString([]byte(reveal(t, b, err)))
	const want = "5eb00bbddcf069084889a8ab9155568165f5c453ccb85e70811aaed6f6da5fc19a5ac40b389cd370d086206dec8aa6c43daea6690f20ad3d8d48b2d2ce9e38e4"
	if got != want || got != hex.EncodeToString([]byte(seed(t, m, ""))) {
		t.Errorf("seed %s; published %s", got, want)
	}
}

func TestPassphraseIsNormalised(t *testing.T) {
	m := parse(t, abandonAbout, English)
	for _, s := range []string{"café", "ﬁn²", "㍍ガバ", "각\u00a0한국어", strings.Repeat("ﷺ", 40), "a\u0327\u0301b\u0301\u0327", " spaces kept "} {
		want := seed(t, m, norm.NFKD.String(s))
		for _, form := range []norm.Form{norm.NFC, norm.NFD, norm.NFKC} {
			if seed(t, m, form.String(s)) != want {
				t.Errorf("passphrase %q: another seed in form %d", s, form)
			}
		}
	}
	if seed(t, m, "a") == seed(t, m, "A") || seed(t, m, "a") == seed(t, m, "a ") {
		t.Error("case or a space at the end of the passphrase is lost")
	}
}

func TestPassphraseThatWouldMakeOtherKeysElsewhereIsRefused(t *testing.T) {
	m := parse(t, abandonAbout, English)
	for name, s := range map[string]string{
		"not UTF-8":      "caf\xe9",
		"31 marks a row": "a" + strings.Repeat("\u0301", 31),
	} {
		b, err := m.Seed(buffer(t, s))
		if err == nil || fault.KindOf(err) != fault.Refused || strings.Contains(err.Error(), "caf") {
			t.Errorf("%s: %v", name, err)
		}
		b.Close()
	}
	seed(t, m, "a"+strings.Repeat("\u0301", 30))
	seed(t, m, "a\u034f\u0301 joiner of one's own")
}
