package keystore

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/ethkey/ethkey/internal/fault"
)

func TestProcessPassword(t *testing.T) {
	for in, want := range map[string]string{
		"":                     "",
		" two  blanks ":        " two  blanks ",
		"a\x00b\x1fc\x7fd":     "abcd",
		"a\u0080\u0085\u009fb": "ab",
		"a\u00a0b":             "a b", // no-break space is a space, not a control
		"caf\u00e9":            "cafe\u0301",
		"cafe\u0301":           "cafe\u0301",
		"\ufb01\u2460\uff21":   "fi1A",
		"\ud55c\uae00":         "\u1112\u1161\u11ab\u1100\u1173\u11af",
		"a\u0323\u0307":        "a\u0323\u0307",
		"a\u0307\u0323":        "a\u0323\u0307", // canonical order
		"\u200d\u2028":         "\u200d\u2028",
		"\u212b":               "A\u030a",
	} {
		if got := string(process(t, in).Bytes()); got != want {
			t.Errorf("%+q: %+q, want %+q", in, got, want)
		}
	}
}

func TestPasswordNotUTF8IsRefused(t *testing.T) {
	for _, in := range []string{"caf\xe9 au lait", "\xff", "\xed\xa0\x80", "\xc0\x80"} {
		_, err := ProcessPassword([]byte(in))
		if err == nil || !strings.Contains(err.Error(), "not UTF-8") || fault.HintOf(err) == "" || fault.KindOf(err) != fault.Refused {
			t.Errorf("%q: %v", in, err)
		}
	}
}

// golang.org/x/text breaks long runs of marks, Python does not: such a
// password would not open elsewhere.
func TestPasswordWithEndlessMarksIsRefused(t *testing.T) {
	if _, err := ProcessPassword([]byte("a" + strings.Repeat("\u0301", 31))); err == nil {
		t.Error("taken")
	}
	in := "a" + strings.Repeat("\u0301", 30)
	if got := string(process(t, in).Bytes()); got != in {
		t.Errorf("%+q", got)
	}
	if got := string(process(t, "a\u034fb").Bytes()); got != "a\u034fb" {
		t.Errorf("%+q", got)
	}
}

func TestProcessPasswordLeavesItsArgumentAlone(t *testing.T) {
	raw := []byte("caf\u00e9\x08 au lait")
	process(t, string(raw))
	if string(raw) != "caf\u00e9\x08 au lait" {
		t.Error("changed")
	}
}

func TestNewPasswordHasTwelveCharacters(t *testing.T) {
	for in, ok := range map[string]bool{
		"":                              false,
		"elevenchars":                   false,
		"twelve chars":                  true,
		"abc" + strings.Repeat("\b", 9): false, // deposit-cli takes it
		"eleven char" + "\x7f":          false,
		strings.Repeat("\u0080", 12):    false,
		strings.Repeat("é", 6):          false, // twelve after NFKD, six as typed
		"ﷺ":                             false, // eighteen after NFKD
		strings.Repeat("é", 12):         true,
		strings.Repeat("🔑", 11):         false,
		strings.Repeat("🔑", 12):         true,
		"            ":                  true, // blanks count, as in deposit-cli
	} {
		err := CheckNew([]byte(in), process(t, in))
		if (err == nil) != ok {
			t.Errorf("%+q: %v", in, err)
		}
		if err != nil && !strings.Contains(err.Error(), "at least 12 characters") {
			t.Errorf("%+q: %v", in, err)
		}
	}
}

// A processed password stays as it is when processed again, has no control
// codes, and does not depend on how the text was composed.
func FuzzProcessPassword(f *testing.F) {
	for _, s := range []string{"MyPasswordIs1", "𝔱𝔢𝔰𝔱𝔭𝔞𝔰𝔰𝔴𝔬𝔯𝔡🔑", "Å\b\u0085", "\u212b", "한글", "\xff", "a\u0323\u0307", "\u034f", strings.Repeat("\u0301", 31)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 1<<10 {
			return
		}
		once, err := ProcessPassword(raw)
		if err != nil {
			return
		}
		defer once.Close()
		text := string(once.Bytes())
		if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
			t.Errorf("%+q became %+q", raw, text)
		}
		twice, err := ProcessPassword([]byte(text))
		if err != nil {
			return // stripping can bring more than 30 marks together
		}
		defer twice.Close()
		if !once.Equal(twice) && !strings.ContainsFunc(string(raw), isControl) {
			t.Errorf("%+q became %+q, then %+q", raw, text, twice.Bytes())
		}
		composed, err := ProcessPassword(norm.NFC.Bytes(raw))
		if err != nil {
			return
		}
		defer composed.Close()
		if !once.Equal(composed) {
			t.Errorf("%+q: %+q composed", text, composed.Bytes())
		}
	})
}
