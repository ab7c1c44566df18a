package normal

import (
	"bytes"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Every character, beside the library's own normalisation.
func TestEveryCharacterIsNormalised(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		text := []byte("a" + string(r))
		got := make([]byte, write(norm.NFKD, nil, text))
		write(norm.NFKD, got, text)
		if want := norm.NFKD.Bytes(text); !bytes.Equal(got, want) {
			t.Errorf("%U: %+q, want %+q", r, got, want)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"", "plain", "é\u0301ﬁ각", "\u034f", "e" + strings.Repeat("\u0301", 31), "\xff\xc3"} {
		f.Add("mnemonic", s)
	}
	f.Fuzz(func(t *testing.T, prefix, text string) {
		for _, form := range []norm.Form{norm.NFKD, norm.NFC} {
			out, err := Text(form, prefix, []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if want := prefix + form.String(text); string(out.Bytes()) != want {
				t.Errorf("%q: %q, expected %q", text, out.Bytes(), want)
			}
			out.Close()
		}
	})
}

func TestJoined(t *testing.T) {
	for text, want := range map[string]bool{
		"": false, "e\u0301": false, "\u034f": false,
		"e" + strings.Repeat("\u0301", 30): false, "e" + strings.Repeat("\u0301", 31): true,
	} {
		if got := Joined([]byte(norm.NFKD.String(text)), []byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
