package derive

import (
	"strings"
	"testing"
)

func TestParsePath(t *testing.T) {
	for _, s := range []string{
		"m/12381/3600/0/0",
		"m/12381/3600/0/0/0",
		"m/12381/3600/4294967295/0",
		"m/12381/60/3141592653/589793238", // EIP-2335, "Test Cases"
		"m/0/0/0/0",
		"m" + strings.Repeat("/1", maxLevels),
	} {
		if p, err := ParsePath(s); err != nil || p.String() != s {
			t.Errorf("%s: %s, %v", s, p, err)
		}
	}
}

func TestParsePathRefuses(t *testing.T) {
	for s, want := range map[string]string{
		"":                                      "want m in front",
		"M/12381/3600/0/0":                      "want m in front",
		"12381/3600/0/0":                        "want m in front",
		"/m/12381/3600/0/0":                     "want m in front",
		" m/12381/3600/0/0":                     "want m in front",
		"m":                                     "at least 4 levels below m, found 0",
		"m/12381/3600/0":                        "at least 4 levels below m, found 3",
		"m/12381/3600/0/":                       "level 4",
		"m/12381/3600/0/0/":                     "level 5",
		"m//3600/0/0":                           "level 1",
		"m/12381'/3600/0/0":                     "level 1",
		"m/12381/3600/0/0'":                     "level 4",
		"m/12381/3600/4294967296/0":             "level 3",
		"m/12381/3600/-1/0":                     "level 3",
		"m/12381/3600/+1/0":                     "level 3",
		"m/12381/3600/01/0":                     "level 3",
		"m/12381/3600/1 /0":                     "level 3",
		"m/12381/3600/0x1/0":                    "level 3",
		"m/12381/3600/1_0/0":                    "level 3",
		"m/12381/3600/1e0/0":                    "level 3",
		"m/12381/3600/１/0":                      "level 3",
		"m/12381/3600/0/0\n":                    "level 4",
		"m/12381/3600/0/00":                     "level 4",
		"m" + strings.Repeat("/1", maxLevels+1): "levels",
	} {
		if p, err := ParsePath(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %s, %v; want %q", s, p, err, want)
		}
	}
}

func TestCheckValidator(t *testing.T) {
	for s, want := range map[string]bool{
		"m/12381/3600/7/0":                true,
		"m/12381/3600/7/0/0":              true,
		"m/12381/60/3141592653/589793238": false,
		"m/12382/3600/0/0":                false,
		"m/44/60/0/0":                     false,
	} {
		p, err := ParsePath(s)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.CheckValidator(); (err == nil) != want {
			t.Errorf("%s: %v", s, err)
		}
	}
	if (Path{Purpose, CoinType}).CheckValidator() == nil {
		t.Error("two levels are no validator's path")
	}
}

func TestSiblingPathsShareNothing(t *testing.T) {
	a, b := SigningPath(1), SigningPath(1)
	a[4] = 9
	if b.String() != "m/12381/3600/1/0/0" || WithdrawalPath(1).String() != "m/12381/3600/1/0" {
		t.Error(b, WithdrawalPath(1))
	}
}

func FuzzParsePath(f *testing.F) {
	for _, s := range []string{"m/12381/3600/0/0/0", "m/0/0/0/4294967295", "m/1/2/3/4'", "m", "", "m////", "m/1/2/3/04"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePath(s)
		if err == nil && (p.String() != s || len(p) < minLevels) {
			t.Errorf("%q was read as %s", s, p)
		}
	})
}
