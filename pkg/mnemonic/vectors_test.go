package mnemonic

import (
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/ethkey/ethkey/internal/testkit"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// checkVector takes a published row both ways.
func checkVector(t *testing.T, language Language, entropyHex, phrase, passphrase, seedHex string) {
	t.Helper()
	made, err := FromEntropy(buffer(t, unhex(t, entropyHex)), language)
	if err != nil {
		t.Fatal(err)
	}
	defer made.Close()
	if got := sentence(t, made); got != norm.NFKD.String(phrase) {
		t.Errorf("%s %s: sentence %q; published %q", language, entropyHex, got, phrase)
	}
	read := parse(t, phrase, language)
	if got := hex.EncodeToString([]byte(entropy(t, read))); got != entropyHex {
		t.Errorf("%s %q: entropy %s; published %s", language, phrase, got, entropyHex)
	}
	if got := hex.EncodeToString([]byte(seed(t, read, passphrase))); got != seedHex {
		t.Errorf("%s %q: seed %s; published %s", language, phrase, got, seedHex)
	}
}

func TestPublishedVectors(t *testing.T) {
	var all map[Language][][4]string
	testkit.Decode(t, "bip39/vectors.json", &all)
	rows := 0
	for language, vectors := range all {
		for _, v := range vectors {
			rows++
			if language.list() == nil {
				// Lists that BIP-39 does not have; their seeds need none.
				seed, err := stretch([]byte(norm.NFKD.String(v[1])), []byte("mnemonicTREZOR"))
				if got := hex.EncodeToString([]byte(reveal(t, seed, err))); got != v[2] {
					t.Errorf("%s %q: seed %s; published %s", language, v[1], got, v[2])
				}
				continue
			}
			checkVector(t, language, v[0], v[1], "TREZOR", v[2])
		}
	}
	if rows != 288 {
		t.Errorf("%d rows; expected 288", rows)
	}
}

func TestPublishedJapaneseVectors(t *testing.T) {
	var all []struct{ Entropy, Mnemonic, Passphrase, Seed string }
	testkit.Decode(t, "bip39/test_JP_BIP39.json", &all)
	if len(all) != 24 {
		t.Errorf("%d rows; expected 24", len(all))
	}
	for _, v := range all {
		checkVector(t, Japanese, v.Entropy, v.Mnemonic, v.Passphrase, v.Seed)
	}
}

// depositCLI holds what ethstaker-deposit-cli made and took.
type depositCLI struct {
	Vectors []struct {
		ID, Entropy, Mnemonic, Passphrase, Seed string
		Language                                Language
		Words                                   int
		Mnemonic4Letter                         string `json:"mnemonic_4letter"`
		Autodetected                            bool   `json:"language_autodetected"`
	}
	Acceptance []struct {
		ID, Input, Note string
		Language        *Language  `json:"language_given"`
		Accepted        *bool      `json:"accepted"`
		Full            string     `json:"full_mnemonic"`
		Ambiguous       []Language `json:"ambiguous_languages"`
	}
}

func TestDepositCLIVectors(t *testing.T) {
	var all depositCLI
	testkit.Decode(t, "deposit-cli/mnemonics.json", &all)
	if len(all.Vectors) == 0 {
		t.Error("no vectors")
	}
	for _, v := range all.Vectors {
		checkVector(t, v.Language, v.Entropy, v.Mnemonic, v.Passphrase, v.Seed)
		for _, phrase := range []string{v.Mnemonic, v.Mnemonic4Letter} {
			if got := sentence(t, parse(t, phrase, v.Language)); got != v.Mnemonic {
				t.Errorf("%s: %q reads as %q; expected %q", v.ID, phrase, got, v.Mnemonic)
			}
		}
		m, err := Parse([]byte(v.Mnemonic), "")
		var ambiguous *AmbiguousError
		switch {
		case v.Autodetected && err != nil:
			t.Errorf("%s: %v", v.ID, err)
		case !v.Autodetected && !errors.As(err, &ambiguous):
			t.Errorf("%s: read as %v; expected several languages", v.ID, m)
		case err == nil && (m.Language() != v.Language || m.Words() != v.Words):
			t.Errorf("%s: read as %s, %d words", v.ID, m.Language(), m.Words())
		}
		m.Close()
	}
}

// ethkey takes all that deposit-cli takes, and reads it as the same. It
// refuses what deposit-cli refuses, save what it is meant to forgive: white
// space other than one ASCII space between words, and accents left out.
func TestDepositCLIAcceptance(t *testing.T) {
	var all depositCLI
	testkit.Decode(t, "deposit-cli/mnemonics.json", &all)
	if len(all.Acceptance) == 0 {
		t.Error("no rows")
	}
	for _, row := range all.Acceptance {
		var language Language
		if row.Language != nil {
			language = *row.Language
		}
		m, err := Parse([]byte(row.Input), language)
		var ambiguous *AmbiguousError
		switch stray := strings.Join(strings.Fields(row.Input), " ") != row.Input; {
		case row.Accepted == nil:
			if !errors.As(err, &ambiguous) || !slices.Equal(ambiguous.Languages, slices.Sorted(slices.Values(row.Ambiguous))) {
				t.Errorf("%s: %v; expected to be asked which of %v", row.ID, err, row.Ambiguous)
			}
		case *row.Accepted:
			if err != nil {
				t.Errorf("%s (%s): %v", row.ID, row.Note, err)
			} else if got := sentence(t, m); got != norm.NFKD.String(row.Full) {
				t.Errorf("%s (%s): read as %q; expected %q", row.ID, row.Note, got, row.Full)
			}
		case stray, strings.Contains(row.Note, "accent"):
			if err != nil {
				t.Errorf("%s (%s): %v; expected to be forgiven", row.ID, row.Note, err)
			}
		case err == nil:
			t.Errorf("%s (%s): accepted", row.ID, row.Note)
		}
		m.Close()
	}
}
