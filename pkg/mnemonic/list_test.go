package mnemonic

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/ethkey/ethkey/internal/testkit"
)

// published are the SHA-256 sums of the lists of BIP-39, NFKD, a word a line.
var published = map[Language]string{
	ChineseSimplified:  "5c5942792bd8340cb8b27cd592f1015edf56a8c5b26276ee18a482428e7c5726",
	ChineseTraditional: "417b26b3d8500a4ae3d59717d7011952db6fc2fb84b807f3f94ac734e89c1b5f",
	Czech:              "7e80e161c3e93d9554c2efb78d4e3cebf8fc727e9c52e03b83b94406bdcc95fc",
	English:            "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda",
	French:             "ebc3959ab7801a1df6bac4fa7d970652f1df76b683cd2f4003c941c63d517e59",
	Italian:            "d392c49fdb700a24cd1fceb237c1f65dcc128f6b34a8aacb58b59384b5c648c2",
	Japanese:           "2eed0aef492291e061633d7ad8117f1a2b03eb80a29d0e4e3117ac2528d05ffd",
	Korean:             "9e95f86c167de88f450f0aaf89e87f6624a57f973c67b516e338e8e8b8897f60",
	Portuguese:         "2685e9c194c82ae67e10ba59d9ea5345a23dc093e92276fc5361f6667d79cd3f",
	Spanish:            "46846a5a0139d1e3cb77293e521c2865f7bcdb82c44e8d0a06a2cd0ecba48c0b",
}

func TestListsAreThePublishedOnes(t *testing.T) {
	for _, language := range Languages() {
		words := language.list().sentence
		sum := sha256.Sum256([]byte(strings.Join(words, "\n") + "\n"))
		if len(words) != wordCount || hex.EncodeToString(sum[:]) != published[language] {
			t.Errorf("%s: %d words, SHA-256 %x; published %s", language, len(words), sum, published[language])
		}
	}
}

func TestListsMatchTheVectors(t *testing.T) {
	for _, language := range Languages() {
		want := strings.Fields(string(testkit.Vectors(t, "bip39/wordlists/"+string(language)+".txt")))
		for i := range want {
			want[i] = norm.NFKD.String(want[i])
		}
		if !slices.Equal(language.list().sentence, want) {
			t.Errorf("%s is not the published list", language)
		}
	}
}

// The four-letter rule, and leaving accents out, are sound only while no two
// words of a list share their first four letters, with or without accents.
func TestFourLettersTellWordsApart(t *testing.T) {
	for _, language := range Languages() {
		exact := language.list().exact
		bare := map[prefix]bool{}
		for p := range exact {
			bare[p.bare()] = true
		}
		if len(exact) != wordCount || len(bare) != wordCount {
			t.Errorf("%s: %d prefixes, %d without accents; expected %d", language, len(exact), len(bare), wordCount)
		}
	}
}

// firstFour returns the first four composed letters.
func firstFour(word string) string {
	runes := []rune(norm.NFKC.String(word))
	return string(runes[:min(4, len(runes))])
}

// accentless drops combining marks from Latin text alone.
func accentless(word string) string {
	if !strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(unicode.Latin, r) }) {
		return word
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(word))
}

// spellings are the ways to write a word that all mean it.
func spellings(word string) map[string]string {
	return map[string]string{
		"NFC":                    norm.NFC.String(word),
		"NFD":                    norm.NFD.String(word),
		"NFKC":                   norm.NFKC.String(word),
		"NFKD":                   norm.NFKD.String(word),
		"upper case":             strings.ToUpper(word),
		"upper case, decomposed": norm.NFD.String(strings.ToUpper(word)),
		"four letters":           firstFour(word),
		"four letters, NFKD":     norm.NFKD.String(firstFour(word)),
		"no accents":             accentless(word),
		"four, no accents":       firstFour(accentless(word)),
	}
}

func TestEverySpellingOfEveryWordIsFound(t *testing.T) {
	for _, language := range Languages() {
		for i, word := range language.list().display {
			for how, typed := range spellings(word) {
				if got, ok := language.Lookup([]byte(typed)); !ok || got != i {
					t.Errorf("%s %q (%s): found %d %v; expected %d", language, typed, how, got, ok, i)
				}
			}
			if len([]rune(word)) < 4 {
				if got, ok := language.Lookup([]byte(word + "q")); ok && got == i {
					t.Errorf("%s: %q with a letter more is found", language, word)
				}
			} else if got, ok := language.Lookup([]byte(word + "zz")); !ok || got != i {
				t.Errorf("%s: %q with a wrong tail is not found", language, word)
			}
		}
	}
}

func TestThreeLettersOfALongerWordAreNotEnough(t *testing.T) {
	for _, language := range Languages() {
		l := language.list()
		for i, word := range l.display {
			runes := []rune(word)
			if len(runes) <= 3 {
				continue
			}
			if got, ok := language.Lookup([]byte(string(runes[:3]))); ok && got == i {
				t.Errorf("%s: three letters of %q are taken for it", language, word)
			}
		}
	}
}

func TestEveryWordCompletesFromItsFourLetters(t *testing.T) {
	for _, language := range Languages() {
		for _, word := range language.list().display {
			for _, typed := range []string{firstFour(word), strings.ToUpper(firstFour(accentless(word)))} {
				got := language.Complete([]byte(typed))
				whole := len([]rune(word)) < 4 // others may begin with it
				if !slices.Contains(got, word) || (!whole && len(got) != 1) {
					t.Errorf("%s %q completes to %v; expected %q", language, typed, got, word)
				}
			}
		}
	}
}

func TestComplete(t *testing.T) {
	tests := []struct {
		language Language
		prefix   string
		want     []string
	}{
		{English, "add", []string{"add", "addict", "address"}},
		{English, "ADDR", []string{"address"}},
		{English, "addressx", nil},
		{English, "", nil},
		{Spanish, "ana", []string{"añadir"}},
		{Spanish, "AÑA", []string{"añadir"}},
		{Spanish, "aña", []string{"añadir"}},
		{French, "eco", []string{"école", "économie", "écorce", "écouter"}},
		{"klingon", "a", nil},
	}
	for _, tt := range tests {
		got := tt.language.Complete([]byte(tt.prefix))
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s %q completes to %q; expected %q", tt.language, tt.prefix, got, tt.want)
		}
	}
	for _, word := range Japanese.Complete([]byte("か")) {
		if !strings.HasPrefix(word, "か") {
			t.Errorf("か completes to %s: a voicing mark is put in", word)
		}
	}
	if got := English.Complete([]byte("s")); len(got) != MaxCompletions {
		t.Errorf("%d completions of s; expected %d", len(got), MaxCompletions)
	}
}

func TestLookupKeepsWordsApart(t *testing.T) {
	tests := []struct {
		language Language
		typed    string
	}{
		{English, "zoox"},    // a short word is whole
		{English, "zoo\x00"}, // NUL is a letter
		{English, "abándon"}, // no accent too many
		{Spanish, "áñadir"},
		{Korean, "가"},
		{English, ""},
		{"klingon", "abandon"},
	}
	for _, tt := range tests {
		if index, ok := tt.language.Lookup([]byte(tt.typed)); ok {
			t.Errorf("%s %q: found %d", tt.language, tt.typed, index)
		}
	}
	for _, word := range Japanese.list().display {
		plain := strings.Map(func(r rune) rune {
			if r == '\u3099' || r == '\u309a' {
				return -1
			}
			return r
		}, norm.NFD.String(word))
		i, ok := Japanese.Lookup([]byte(plain))
		if ok && firstFour(plain) != firstFour(word) && Japanese.list().display[i] == word {
			t.Errorf("%s is taken for %s", plain, word)
		}
	}
}

func TestNearest(t *testing.T) {
	tests := []struct {
		language Language
		typed    string
		want     string // the first
	}{
		{English, "abadnon", "abandon"},
		{English, "recieve", "receive"},
		{English, "zooo", "zoo"},
		{English, "abamd", "abandon"}, // the rest is not typed yet
		{English, "sou", "soul"},
		{English, "ZOOO", "zoo"},
		{Spanish, "anxadir", "añadir"},
		{French, "ecxole", "école"},
		{Italian, "abbaglo", "abbaglio"},
		{Portuguese, "abacatte", "abacate"},
		{Japanese, "あいこくしy", "あいこくしん"},
	}
	for _, tt := range tests {
		got := tt.language.Nearest([]byte(tt.typed), 5)
		if len(got) == 0 || got[0] != tt.want || len(got) > 5 {
			t.Errorf("%s %q: nearest are %q; expected %q first", tt.language, tt.typed, got, tt.want)
		}
	}
	if got := English.Nearest([]byte("qqxqqxqqx"), 5); len(got) != 0 {
		t.Errorf("nothing is near to qqxqqxqqx, but %q", got)
	}
	if got := Language("klingon").Nearest([]byte("a"), 5); got != nil {
		t.Errorf("nearest in no language: %q", got)
	}
}

// Where no language is known yet, the nearest word of all lists comes first, and
// not what the first of them has.
func TestNearestOfAllLanguages(t *testing.T) {
	for typed, want := range map[string]string{"warior": "warrior", "recieve": "receive", "anxadir": "añadir", "bachr": "bachor"} {
		got := Nearest(Languages(), []byte(typed), 4)
		if len(got) == 0 || got[0] != want || len(got) > 4 {
			t.Errorf("%q: nearest are %q; expected %q first", typed, got, want)
		}
	}
}
