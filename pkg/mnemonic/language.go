package mnemonic

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/spelling"
)

// Language names one of the word lists of BIP-39.
type Language string

// The ten languages, in the order of Languages.
const (
	ChineseSimplified  Language = "chinese_simplified"
	ChineseTraditional Language = "chinese_traditional"
	Czech              Language = "czech"
	English            Language = "english"
	French             Language = "french"
	Italian            Language = "italian"
	Japanese           Language = "japanese"
	Korean             Language = "korean"
	Portuguese         Language = "portuguese"
	Spanish            Language = "spanish"
)

// names holds, for each language, the spellings besides its own name under
// which guides for ethstaker-deposit-cli ask for it, the native one first.
var names = []struct {
	language Language
	also     []string
}{
	{ChineseSimplified, []string{"简体中文", "zh", "zh-cn", "chinese simplified"}},
	{ChineseTraditional, []string{"繁體中文", "zh-tw", "chinese traditional"}},
	{Czech, []string{"čeština", "český jazyk", "cs"}},
	{English, []string{"english", "en"}},
	{French, []string{"français", "francais", "fr"}},
	{Italian, []string{"italiano", "it"}},
	{Japanese, []string{"日本語", "ja"}},
	{Korean, []string{"한국어", "조선말", "韓國語", "ko"}},
	{Portuguese, []string{"português", "português do brasil", "pt", "pt-br"}},
	{Spanish, []string{"español", "es"}},
}

// Languages returns the ten languages in alphabetical order.
func Languages() []Language {
	all := make([]Language, len(names))
	for i, n := range names {
		all[i] = n.language
	}
	return all
}

// ParseLanguage reads the name of a language, in either case: its name here,
// its number in Languages, its native name or its code. A near miss is
// suggested, never taken.
func ParseLanguage(s string) (Language, error) {
	asked := strings.ToLower(norm.NFC.String(s))
	for i, n := range names {
		number := strconv.Itoa(i + 1)
		if asked == string(n.language) || asked == number || asked == number+". "+n.also[0] || slices.Contains(n.also, asked) {
			return n.language, nil
		}
	}
	err := fault.New(fault.Refused, "no word list is called %q; expected one of %s", s, join(Languages(), "or"))
	if near := nearestLanguage(asked); near != "" {
		return "", err.WithHint("did you mean %s?", near)
	}
	return "", err.WithHint("leave the language out to have it detected")
}

// nearestLanguage returns the language at most two slips away from asked, or
// "".
func nearestLanguage(asked string) Language {
	best, slips := Language(""), 3
	for _, n := range names {
		for _, name := range append([]string{string(n.language)}, n.also...) {
			whole, _ := spelling.Distance([]rune(asked), []rune(name))
			if whole < slips && whole < len([]rune(name))/2 {
				best, slips = n.language, whole
			}
		}
	}
	return best
}

// join lists languages for a sentence.
func join(languages []Language, conjunction string) string {
	var b strings.Builder
	for i, l := range languages {
		switch {
		case i == 0:
		case i == len(languages)-1:
			b.WriteString(" " + conjunction + " ")
		default:
			b.WriteString(", ")
		}
		b.WriteString(string(l))
	}
	return b.String()
}
