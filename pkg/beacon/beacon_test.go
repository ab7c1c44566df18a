package beacon

import (
	"strings"
	"testing"
)

func TestParseRoot(t *testing.T) {
	digits := strings.Repeat("0123456789abcdef", 4)
	for _, s := range []string{digits, "0x" + digits, strings.ToUpper(digits), "0x" + strings.ToUpper(digits)} {
		r, err := ParseRoot(s)
		if err != nil || r.String() != "0x"+digits {
			t.Errorf("%s: %s, %v", s, r, err)
		}
	}
	for s, want := range map[string]string{
		"":                       "want 64 hexadecimal digits, found 0",
		"0x":                     "want 64 hexadecimal digits, found 0",
		digits[1:]:               "found 63",
		digits + "0":             "found 65",
		"0x0x" + digits[2:]:      "not hexadecimal",
		"0X" + digits:            "found 66",
		"g" + digits[1:]:         "not hexadecimal",
		" " + digits[1:]:         "not hexadecimal",
		digits[:62] + "\n" + "0": "not hexadecimal",
	} {
		if _, err := ParseRoot(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", s, err, want)
		}
	}
}

func TestParseVersion(t *testing.T) {
	for _, s := range []string{"10000910", "0x10000910"} {
		if v, err := ParseVersion(s); err != nil || v != (Version{0x10, 0, 9, 0x10}) || v.String() != "0x10000910" {
			t.Errorf("%s: %s, %v", s, v, err)
		}
	}
	for _, s := range []string{"", "1000091", "100009100", "0x1000091g", "10 00 09"} {
		if _, err := ParseVersion(s); err == nil {
			t.Errorf("%q was taken", s)
		}
	}
}

func TestStrings(t *testing.T) {
	if got := (Hash32{0: 0xab}).String(); got != "0xab"+strings.Repeat("00", 31) {
		t.Error(got)
	}
	if got := (Domain{0: 3, 31: 0xff}).String(); got != "0x03"+strings.Repeat("00", 30)+"ff" {
		t.Error(got)
	}
}

func FuzzParseRoot(f *testing.F) {
	f.Add(strings.Repeat("ab", 32))
	f.Add("0x" + strings.Repeat("AB", 32))
	f.Add("0x")
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseRoot(s)
		if err == nil && r.String() != "0x"+strings.ToLower(strings.TrimPrefix(s, "0x")) {
			t.Errorf("%q was read as %s", s, r)
		}
	})
}
