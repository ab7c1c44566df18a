package derive

import (
	"strings"
	"testing"
)

// A template's keys are those of the whole path, wherever the level i stands.
func TestBranchDerivesTheWholePath(t *testing.T) {
	seed := buffer(t, strings.Repeat("5e", 64))
	for _, text := range []string{"m/12381/3600/i/0/0", "m/12381/3600/i/0", "m/12381/3600/0/0/i", "m/i/1/2/3", "m/12381/3600/7/0/0"} {
		template, err := ParseTemplate(text)
		if err != nil {
			t.Fatal(err)
		}
		if template.String() != text || template.IsZero() || template.Fixed() == strings.Contains(text, "i") {
			t.Errorf("%s was read as %s", text, template)
		}
		branch, err := NewBranch(seed, template)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range []uint32{0, 5, 1<<32 - 1} {
			want, err := Derive(seed, template.Path(i))
			if err != nil {
				t.Fatal(err)
			}
			got, err := branch.Key(i)
			if err != nil {
				t.Fatal(err)
			}
			if hexOf(t, got, nil) != hexOf(t, want, nil) {
				t.Errorf("%s: another key at %s", text, branch.Path(i))
			}
			got.Close()
			want.Close()
		}
		branch.Close()
	}
}

// The templates of EIP-2334 are its paths.
func TestTemplatesOfTheStandard(t *testing.T) {
	if got := SigningTemplate(); got.String() != "m/12381/3600/i/0/0" || got.Path(9).String() != SigningPath(9).String() {
		t.Error(got)
	}
	if got := WithdrawalTemplate(); got.String() != "m/12381/3600/i/0" || got.Path(9).String() != WithdrawalPath(9).String() {
		t.Error(got)
	}
}

func TestParseTemplateRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "want m in front",
		"i/12381/3600/0/0":       "want m in front",
		"m/i/i/0/0":              "want one level i",
		"m/12381/3600/i":         "want at least 4 levels",
		"m/12381/3600/I/0/0":     "level 3",
		"m/12381/3600/i/0'/0":    "level 4",
		"m/12381/3600/ii/0/0":    "level 3",
		"m/12381/3600/i/0/0/":    "level 6",
		"m/12381/3600/i/0/ 0":    "level 5",
		"m/12381/4294967296/i/0": "level 2",
	} {
		if template, err := ParseTemplate(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v, want %q", text, template, err, want)
		}
	}
	if _, err := NewBranch(buffer(t, strings.Repeat("5e", 64)), Template{}); err == nil {
		t.Error("the zero template was taken")
	}
}

func FuzzParseTemplate(f *testing.F) {
	for _, s := range []string{"m/12381/3600/i/0/0", "m/12381/3600/0/0", "m/i/i/0/0", "i", "m/0/0/0/i"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		template, err := ParseTemplate(s)
		if err == nil && template.String() != s {
			t.Errorf("%q was read as %s", s, template)
		}
	})
}
