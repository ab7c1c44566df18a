package mnemonic

import (
	"encoding/hex"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/ethkey/ethkey/internal/fault"
)

const abandonAbout = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"

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
