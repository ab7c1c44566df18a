package slip39

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/pkg/secret"
)

//go:embed testdata/vectors.txt
var published string

// reasons are the names of refusals in the file of vectors.
var reasons = map[string]error{
	"checksum": ErrChecksum, "padding": ErrPadding, "length": ErrLength, "value length": ErrValueLength,
	"too few shares": ErrTooFewShares, "too few groups": ErrTooFewGroups, "other set": ErrOtherSet, "exponent": ErrExponent,
	"group thresholds": ErrGroupThresholds, "group counts": ErrGroupCounts, "group threshold": ErrGroupThreshold,
	"same number": ErrSameNumber, "member thresholds": ErrMemberThresholds, "digest": ErrDigest,
}

type vector struct {
	section, secret, refused string
	shares                   []string
}

// vectors reads the published cases.
func vectors(t *testing.T) (cases []vector) {
	t.Helper()
	for _, block := range strings.Split(published, "\n\n")[1:] {
		var v vector
		for _, line := range strings.Split(strings.TrimSpace(block), "\n") {
			name, value, _ := strings.Cut(line, ": ")
			switch name {
			case "section":
				v.section = value
			case "share":
				v.shares = append(v.shares, value)
			case "secret":
				v.secret = value
			case "refused":
				v.refused = value
			}
		}
		cases = append(cases, v)
	}
	return cases
}

// masterOf combines shares as typed.
func masterOf(t *testing.T, passphrase string, texts ...string) (string, error) {
	t.Helper()
	var set Set
	defer set.Close()
	for _, text := range texts {
		share, err := Parse([]byte(text))
		if err != nil {
			return "", err
		}
		if err := set.Add(share); err != nil {
			share.Close()
			return "", err
		}
	}
	p, err := secret.From([]byte(passphrase))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	master, err := set.Combine(context.Background(), p)
	if err != nil {
		return "", err
	}
	defer master.Close()
	return hex.EncodeToString(master.Bytes()), nil
}

func TestPublishedVectors(t *testing.T) {
	positive, negative := 0, 0
	for _, v := range vectors(t) {
		got, err := masterOf(t, "TREZOR", v.shares...)
		if v.secret != "" {
			positive++
			if err != nil || got != v.secret {
				t.Errorf("%s: %s, %v; expected %s", v.section, got, err, v.secret)
			}
			continue
		}
		negative++
		expected, known := reasons[v.refused]
		if !known {
			t.Fatalf("%s: %q is no reason", v.section, v.refused)
		}
		if !errors.Is(err, expected) {
			t.Errorf("%s: %v; expected %v", v.section, err, expected)
		}
		leaksNothing(t, err, v.shares)
	}
	if positive != 15 || negative != 30 {
		t.Errorf("%d that give their secret and %d refused; expected 15 and 30", positive, negative)
	}
}

// leaksNothing looks for words of the shares in a refusal.
func leaksNothing(t *testing.T, err error, shares []string) {
	t.Helper()
	said := " " + err.Error() + " "
	for _, share := range shares {
		for _, w := range strings.Fields(share) {
			if w != "member" && w != "total" && strings.Contains(said, " "+w+" ") {
				t.Errorf("%q repeats the word %q", said, w)
			}
		}
	}
}

// section returns a published case.
func section(t *testing.T, n string) vector {
	t.Helper()
	for _, v := range vectors(t) {
		if strings.HasSuffix(v.section, ", "+n) {
			return v
		}
	}
	t.Fatal("no vector " + n)
	return vector{}
}

func TestWordsAsPeopleTypeThem(t *testing.T) {
	v := section(t, "4")
	short := make([]string, len(v.shares))
	for i, share := range v.shares {
		for _, w := range strings.Fields(share) {
			short[i] += "\n\t " + strings.ToUpper(w[:4])
		}
	}
	if got, err := masterOf(t, "TREZOR", short...); err != nil || got != v.secret {
		t.Errorf("first four letters: %s, %v", got, err)
	}
	if got, err := masterOf(t, "trezor", v.shares...); err != nil || got == v.secret {
		t.Errorf("another passphrase: %v; expected another secret and no error", err)
	}
	if _, err := masterOf(t, "tr\u00e9zor", v.shares...); !errors.Is(err, ErrPassphrase) {
		t.Errorf("a passphrase beyond ASCII: %v", err)
	}
}

func TestWordOutsideTheList(t *testing.T) {
	v := section(t, "4")
	typed := strings.Replace(v.shares[0], "pistol", "pistil", 1)
	_, err := Parse([]byte(typed))
	var wrong *WordError
	if !errors.As(err, &wrong) || wrong.Position != 2 || wrong.Nearest[0] != "pistol" {
		t.Fatalf("%v: %+v", err, wrong)
	}
	if strings.Contains(err.Error(), "pistil") {
		t.Error("the error repeats what was typed")
	}
}

func TestOneWordWrongIsFound(t *testing.T) {
	fields := strings.Fields(section(t, "4").shares[0])
	for i := range fields {
		changed := append([]string{}, fields...)
		at, _ := Lookup([]byte(fields[i]))
		changed[i] = words()[(at+37)%len(words())]
		if _, err := Parse([]byte(strings.Join(changed, " "))); !errors.Is(err, ErrChecksum) {
			t.Errorf("word %d: %v", i+1, err)
		}
	}
	fields[5], fields[6] = fields[6], fields[5]
	if _, err := Parse([]byte(strings.Join(fields, " "))); !errors.Is(err, ErrChecksum) {
		t.Errorf("two words exchanged: %v", err)
	}
}

func TestSameShareTwice(t *testing.T) {
	v := section(t, "4")
	if _, err := masterOf(t, "TREZOR", v.shares[0], v.shares[0]); !errors.Is(err, ErrTwice) {
		t.Errorf("%v", err)
	}
}

// TestSharesTooMany adds a third share to a set of 2 of 3, as the polynomial
// has it and with one bit changed.
func TestSharesTooMany(t *testing.T) {
	v := section(t, "23")
	var set Set
	defer set.Close()
	var points []point
	for _, text := range v.shares {
		share, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		points = append(points, point{byte(share.Member), share.value.Bytes()})
		if err := set.Add(share); err != nil {
			t.Fatal(err)
		}
	}
	const third = 7 // a number that neither has
	y, err := interpolate(points, third)
	if err != nil {
		t.Fatal(err)
	}
	right := bytes.Clone(y)
	y[3] ^= 1
	bad, _ := secret.From(y)
	extra := *set.shares[0]
	extra.Member, extra.value = third, bad
	if err := set.Add(&extra); err != nil {
		t.Fatal(err)
	}
	if _, err := set.Combine(context.Background(), nil); !errors.Is(err, ErrDigest) {
		t.Errorf("with an odd share: %v", err)
	}
	if got := blame(2, append(points, point{third, bad.Bytes()}), "share"); got != "share 8 does not belong to the others" {
		t.Error(got)
	}
	copy(bad.Bytes(), right)
	master, err := set.Combine(context.Background(), nil)
	if err != nil {
		t.Fatalf("with a share more than needed: %v", err)
	}
	master.Close()
}

func TestMissing(t *testing.T) {
	v := section(t, "17")
	var set Set
	defer set.Close()
	for i, text := range v.shares {
		if set.Ready() && i < 2 {
			t.Fatalf("ready after %d", i)
		}
		share, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := set.Add(share); err != nil {
			t.Fatal(err)
		}
		t.Log(set.Missing())
	}
	if !set.Ready() || !strings.Contains(set.Missing(), "2 of 2 group(s) complete") {
		t.Error(set.Missing())
	}
}

func TestComplete(t *testing.T) {
	if got := Complete([]byte("ACA"), 5); len(got) != 1 || got[0] != "academic" {
		t.Error(got)
	}
	if got := Complete(nil, 5); got != nil {
		t.Error(got)
	}
	if len(words()) != 1024 {
		t.Fatalf("%d words", len(words()))
	}
	for i, w := range words() {
		if at, ok := Lookup([]byte(w[:4])); !ok || at != i {
			t.Errorf("%s: %d, %v", w, at, ok)
		}
	}
}

func FuzzSLIP39(f *testing.F) {
	for _, block := range strings.Split(published, "\n") {
		if text, ok := strings.CutPrefix(block, "share: "); ok {
			f.Add([]byte(text))
		}
	}
	f.Add([]byte("academic "))
	f.Fuzz(func(t *testing.T, text []byte) {
		share, err := Parse(text)
		if err != nil {
			return
		}
		defer share.Close()
		if share.value.Len() < minValue || share.value.Len()%2 != 0 || share.GroupThreshold > share.Groups {
			t.Errorf("%+v", share)
		}
	})
}
