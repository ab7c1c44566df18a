package mnemonic

import (
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
)

func TestLanguagesAreTenInAlphabeticalOrder(t *testing.T) {
	all := Languages()
	if len(all) != 10 || !slices.IsSorted(all) {
		t.Errorf("languages: %v", all)
	}
}

func TestParseLanguage(t *testing.T) {
	for s, want := range map[string]Language{
		"english": English, "English": English, "ENGLISH": English, "en": English, "4": English, "4. English": English,
		"chinese_simplified": ChineseSimplified, "Chinese Traditional": ChineseTraditional, "zh-TW": ChineseTraditional, "简体中文": ChineseSimplified,
		"Français": French, "Franc\u0327ais": French, "francais": French, "Português do Brasil": Portuguese, "10": Spanish, "한국어": Korean,
		"čeština": Czech, "日本語": Japanese, "Italiano": Italian,
	} {
		if got, err := ParseLanguage(s); got != want || err != nil {
			t.Errorf("%q: %q, %v; expected %s", s, got, err, want)
		}
	}
	for _, language := range Languages() {
		if got, err := ParseLanguage(string(language)); got != language || err != nil {
			t.Errorf("%q: %q, %v", language, got, err)
		}
	}
}

func TestANearMissOfALanguageIsSuggestedNotTaken(t *testing.T) {
	for s, want := range map[string]string{
		"englsh": "english", "frnech": "french", "spanihs": "spanish", "portugese": "portuguese", "chinese_simplifed": "chinese_simplified",
	} {
		got, err := ParseLanguage(s)
		if got != "" || !strings.Contains(fault.HintOf(err), "did you mean "+want) || fault.KindOf(err) != fault.Refused {
			t.Errorf("%q: %q, %v, hint %q; expected %s in the hint", s, got, err, fault.HintOf(err), want)
		}
	}
	for _, s := range []string{"", "0", "11", "klingon", "e", "russian"} {
		got, err := ParseLanguage(s)
		if got != "" || err == nil || strings.Contains(fault.HintOf(err), "did you mean") {
			t.Errorf("%q: %q, %v, hint %q", s, got, err, fault.HintOf(err))
		}
	}
}
