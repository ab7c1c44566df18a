package plainshare

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/testkit"
)

// combine enters shares and gives the secret in hex.
func combine(t *testing.T, threshold int, shares ...string) (string, error) {
	t.Helper()
	var set Set
	defer set.Close()
	for _, s := range shares {
		if err := set.Add([]byte(s)); err != nil {
			return "", err
		}
	}
	got, err := set.Combine(threshold)
	if err != nil {
		return "", err
	}
	defer got.Close()
	return hex.EncodeToString(got.Bytes()), nil
}

// rebased is the share in every other spelling.
func rebased(t *testing.T, share string) []string {
	t.Helper()
	raw, err := hex.DecodeString(share)
	if err != nil {
		t.Fatal(err)
	}
	return []string{
		share, strings.ToUpper(share), " " + share[:2] + "\n" + share[2:],
		base64.StdEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw),
	}
}

func TestKnownAnswers(t *testing.T) {
	var kat struct {
		Positive []struct {
			Name      string
			Secret    string   `json:"secret_hex"`
			Shares    []string `json:"shares_hex"`
			Threshold int
		}
		Negative []struct {
			Case    string
			Shares  []string `json:"shares_hex"`
			Returns string   `json:"combine_returns_hex"`
		}
	}
	testkit.Decode(t, "vault-shamir/kat.json", &kat)
	for _, c := range kat.Positive {
		for _, threshold := range []int{0, c.Threshold} {
			if got, err := combine(t, threshold, c.Shares...); err != nil || got != c.Secret {
				t.Errorf("%s: %s, %v", c.Name, got, err)
			}
		}
		if len(c.Secret) > 2 { // of one byte, hex may be base64 of something else
			for i, spelt := range rebased(t, c.Shares[0]) {
				if got, err := combine(t, c.Threshold, append([]string{spelt}, c.Shares[1:]...)...); err != nil || got != c.Secret {
					t.Errorf("%s, spelling %d: %s, %v", c.Name, i, got, err)
				}
			}
		}
	}
	refused := map[int]error{3: ErrZero, 4: ErrTwice, 5: ErrLengths, 6: ErrTooFew}
	for i, c := range kat.Negative {
		got, err := combine(t, 0, c.Shares...)
		if expected := refused[i]; expected != nil {
			if !errors.Is(err, expected) {
				t.Errorf("%s: %v", c.Case, err)
			}
			continue
		}
		// Nothing in such shares tells. With the threshold known, too few are refused.
		if err != nil || got != c.Returns {
			t.Errorf("%s: %s, %v", c.Case, got, err)
		}
	}
	if _, err := combine(t, 3, kat.Negative[0].Shares...); !errors.Is(err, ErrTooFew) {
		t.Errorf("two of three: %v", err)
	}
	if _, err := combine(t, 2, kat.Negative[1].Shares...); !errors.Is(err, ErrOdd) {
		t.Errorf("a share of another set with more than enough: %v", err)
	}
}

func TestSharesOfRememory(t *testing.T) {
	for _, name := range []string{"v1", "v2"} {
		var golden struct {
			Passphrase string
			Threshold  int
			Shares     []struct {
				Data string `json:"data_hex"`
			}
		}
		testkit.Decode(t, "vault-shamir/rememory-"+name+"-golden.json", &golden)
		var shares []string
		for _, s := range golden.Shares {
			shares = append(shares, s.Data)
		}
		got, err := combine(t, golden.Threshold, shares...)
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := hex.DecodeString(got)
		if string(raw) != golden.Passphrase && base64.RawURLEncoding.EncodeToString(raw) != golden.Passphrase {
			t.Errorf("%s: another secret", name)
		}
	}
}

func TestRefused(t *testing.T) {
	for share, expected := range map[string]error{
		"zz!!": ErrEncoding, "": ErrLength, "724675d": ErrOddHex, "07": ErrLength, "0700": ErrZero,
		"0x1234": ErrEncoding, strings.Repeat("ab", maxShare+1): ErrEncoding,
	} {
		_, err := combine(t, 0, share)
		if !errors.Is(err, expected) {
			t.Errorf("%.10s: %v, expected %v", share, err, expected)
		}
	}
	if _, err := combine(t, 0, "a101", "b101"); !errors.Is(err, ErrSameX) {
		t.Errorf("same x: %v", err)
	}
	for _, threshold := range []int{1, -1, 256} {
		if _, err := combine(t, threshold, "a101", "b102"); !errors.Is(err, ErrThreshold) {
			t.Errorf("threshold %d: %v", threshold, err)
		}
	}
}

func FuzzPlainShare(f *testing.F) {
	f.Add([]byte("724675d12bdbaa3b45bba26d5b700fd6c5"))
	f.Add([]byte("ckZ10Svbqjtfu6JtW3AP1sU="))
	f.Fuzz(func(t *testing.T, text []byte) {
		var set Set
		defer set.Close()
		if err := set.Add(text); err != nil && set.Len() != 0 {
			t.Error("refused, and taken in")
		}
	})
}
