package shamir

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/secret"
)

func buffer(t testing.TB, b []byte) *secret.Buffer {
	t.Helper()
	held, err := secret.From(slices.Clone(b))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(held.Close)
	return held
}

// entropy is a secret of 32 bytes.
func entropy(t testing.TB) Secret {
	t.Helper()
	b := make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		t.Fatal(err)
	}
	return Secret{Kind: KindEntropy, Language: mnemonic.English, Data: buffer(t, b)}
}

// everyKind are secrets of all kinds and sizes.
func everyKind(t testing.TB) map[string]Secret {
	t.Helper()
	random := func(n int) *secret.Buffer {
		b := make([]byte, n)
		_, _ = rand.Read(b)
		return buffer(t, b)
	}
	return map[string]Secret{
		"12 words":        {Kind: KindEntropy, Language: mnemonic.English, Data: random(16)},
		"15 words":        {Kind: KindEntropy, Language: mnemonic.Spanish, Data: random(20)},
		"24 words":        {Kind: KindEntropy, Language: mnemonic.English, Data: random(32)},
		"with passphrase": {Kind: KindEntropy, Language: mnemonic.Japanese, Passphrase: true, Data: random(32)},
		"password":        {Kind: KindPassword, Data: buffer(t, []byte("correct horse"))},
		"long password":   {Kind: KindPassword, Data: buffer(t, []byte("correct horse battery staple, pässword"))},
		"secret key":      {Kind: KindSecretKey, Data: random(32)},
		"age identity":    {Kind: KindAge, Data: random(32)},
		"text":            {Kind: KindText, Data: buffer(t, []byte("the safe is 4-8-15"))},
		"longest text":    {Kind: KindText, Data: buffer(t, bytes.Repeat([]byte("x"), maxGuessable))},
	}
}

func split(t testing.TB, s Secret, sc Scheme, f Flags) []*Sheet {
	t.Helper()
	sheets, err := Split(rand.Reader, s, sc, f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeSheets(sheets) })
	return sheets
}

// pileOf is a pile of copies. Conflicts are kept silently.
func pileOf(t testing.TB, sheets ...*Sheet) *Pile {
	t.Helper()
	p := new(Pile)
	t.Cleanup(p.Close)
	for _, s := range sheets {
		c := clone(t, s)
		var conflict *ConflictError
		if v, err := p.Add(c); err != nil && !errors.As(err, &conflict) {
			t.Fatal(err)
		} else if v.Duplicate {
			c.Close()
		}
	}
	return p
}

func same(a Secret, b *Secret) bool {
	return b != nil && a.Kind == b.Kind && a.Language == b.Language && a.Passphrase == b.Passphrase && a.Data.Equal(b.Data)
}

// restores expects sheets to come to s.
func restores(t testing.TB, s Secret, sheets ...*Sheet) {
	t.Helper()
	found, err := pileOf(t, sheets...).Combine(sheets[0].ID())
	if err != nil {
		t.Fatalf("%v: %v", sheets, err)
	}
	defer found.Close()
	if !same(s, found) {
		t.Fatalf("%v: another secret came out", sheets)
	}
}

func textOf(t testing.TB, s *Sheet) string {
	t.Helper()
	text, err := s.Text()
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	return string(text.Bytes())
}

func parse(t testing.TB, text string) *Sheet {
	t.Helper()
	s, err := Parse([]byte(text))
	if err != nil {
		t.Fatalf("%v", err)
	}
	t.Cleanup(s.Close)
	return s
}

// reread sends sheets through their text.
func reread(t testing.TB, sheets []*Sheet) []*Sheet {
	t.Helper()
	var all []*Sheet
	for _, s := range sheets {
		all = append(all, parse(t, textOf(t, s)))
	}
	return all
}

// subsets calls visit with every choice of k sheets.
func subsets(sheets []*Sheet, k int, visit func([]*Sheet)) {
	for s := firstSubset(k); s != nil; s = nextSubset(s, len(sheets)) {
		var chosen []*Sheet
		for _, i := range s {
			chosen = append(chosen, sheets[i])
		}
		visit(chosen)
	}
}

func TestAnyTOfNRestores(t *testing.T) {
	for threshold := 2; threshold <= 5; threshold++ {
		for n := threshold; n <= 8; n++ {
			t.Run(fmt.Sprintf("%d of %d", threshold, n), func(t *testing.T) {
				s := entropy(t)
				sheets := reread(t, split(t, s, Single(threshold, n), 0))
				subsets(sheets, threshold, func(chosen []*Sheet) {
					mathrand.Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
					restores(t, s, chosen...)
				})
				restores(t, s, sheets...)
				subsets(sheets, threshold-1, func(chosen []*Sheet) { missing(t, 1, chosen...) })
			})
		}
	}
}

// missing expects so many more sheets of one level to be asked for.
func missing(t testing.TB, more int, sheets ...*Sheet) {
	t.Helper()
	if len(sheets) == 0 {
		return
	}
	_, err := pileOf(t, sheets...).Combine(sheets[0].ID())
	var m *MissingError
	if !errors.As(err, &m) || !strings.Contains(err.Error(), fmt.Sprintf("%d more needed", more)) {
		t.Errorf("%v: %v, expected %d more to be needed", sheets, err, more)
	}
}

func TestEveryKindRestores(t *testing.T) {
	for name, s := range everyKind(t) {
		for _, f := range []Flags{0, Rehearsal, Practice} {
			sheets := reread(t, split(t, s, Single(2, 3), f))
			t.Run(name, func(t *testing.T) { restores(t, s, sheets[2], sheets[0]) })
		}
	}
}

var twoLevels = []Scheme{
	{GroupThreshold: 2, Groups: []Group{{1, 1}, {2, 3}, {3, 5}}},
	{GroupThreshold: 2, Groups: []Group{{2, 2}, {2, 3}}},
	{GroupThreshold: 3, Groups: []Group{{1, 1}, {1, 1}, {1, 1}, {2, 2}}},
	{GroupThreshold: 2, Groups: []Group{{1, 1}, {1, 1}}},
}

func TestTwoLevelsRestore(t *testing.T) {
	for _, sc := range twoLevels {
		t.Run(sc.String(), func(t *testing.T) {
			s := entropy(t)
			sheets := reread(t, split(t, s, sc, 0))
			if len(sheets) != sc.Sheets() {
				t.Fatalf("%d sheets, expected %d", len(sheets), sc.Sheets())
			}
			restores(t, s, sheets...)
			for subset := range 1 << len(sheets) {
				var chosen []*Sheet
				for i, sheet := range sheets {
					if subset>>i&1 == 1 {
						chosen = append(chosen, sheet)
					}
				}
				if enough(sc, chosen) {
					restores(t, s, chosen...)
				} else if len(chosen) > 0 {
					_, err := pileOf(t, chosen...).Combine(chosen[0].ID())
					var m *MissingError
					if !errors.As(err, &m) {
						t.Errorf("%v: %v, expected sheets to be missing", chosen, err)
					}
				}
			}
		})
	}
}

// enough counts, apart from the code under test.
func enough(sc Scheme, sheets []*Sheet) bool {
	complete := 0
	for i, g := range sc.Groups {
		n := 0
		for _, s := range sheets {
			if s.Group() == i+1 {
				n++
			}
		}
		if n >= g.Threshold {
			complete++
		}
	}
	return complete >= sc.GroupThreshold
}

func TestLargestSchemeRestores(t *testing.T) {
	s := everyKind(t)["longest text"]
	sheets := split(t, s, Single(MaxThreshold, MaxSheets), 0)
	restores(t, s, reread(t, sheets[MaxSheets-MaxThreshold:])...)
	groups := Scheme{GroupThreshold: MaxGroups}
	for range MaxGroups {
		groups.Groups = append(groups.Groups, Group{2, 3})
	}
	restores(t, s, reread(t, split(t, s, groups, 0))...)
}

func TestSchemesThatProtectNothingAreRefused(t *testing.T) {
	for _, c := range []struct {
		scheme Scheme
		says   string
	}{
		{Scheme{}, "at least one group"},
		{Single(1, 1), "one sheet is not a split"},
		{Single(1, 3), "each sheet alone"},
		{Single(0, 3), "at least 2"},
		{Single(4, 3), "more are needed than there are"},
		{Single(2, 32), "at most 31"},
		{Single(16, 20), "at most 15"},
		{Single(2, 0), "at least one is needed"},
		{Scheme{Groups: []Group{{2, 3}}, GroupThreshold: 2}, "with one group"},
		{Scheme{Groups: []Group{{2, 3}, {2, 3}}, GroupThreshold: 1}, "each group would restore alone"},
		{Scheme{Groups: []Group{{2, 3}, {2, 3}}, GroupThreshold: 3}, "3 of 2 groups"},
		{Scheme{Groups: []Group{{2, 3}, {1, 2}}, GroupThreshold: 2}, "group 2: 1 of 2 sheets"},
		{Scheme{Groups: make([]Group, 16), GroupThreshold: 2}, "at most 15"},
	} {
		_, err := Split(rand.Reader, entropy(t), c.scheme, 0)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v, expected %q", c.scheme, err, c.says)
		}
	}
}

func TestSecretsThatCannotBeSplitAreRefused(t *testing.T) {
	long := bytes.Repeat([]byte("x"), maxGuessable+1)
	for _, c := range []struct {
		secret Secret
		says   string
	}{
		{Secret{Kind: KindPassword, Data: buffer(t, long)}, "at most 48 bytes"},
		{Secret{Kind: KindText, Data: buffer(t, nil)}, "empty"},
		{Secret{Kind: KindText, Data: buffer(t, []byte{0xff, 0xfe})}, "UTF-8"},
		{Secret{Kind: KindEntropy, Language: mnemonic.English, Data: buffer(t, make([]byte, 17))}, "16, 20, 24"},
		{Secret{Kind: KindEntropy, Language: "klingon", Data: buffer(t, make([]byte, 16))}, "needs its language"},
		{Secret{Kind: KindEntropy, Data: buffer(t, make([]byte, 16))}, "needs its language"},
		{Secret{Kind: KindSecretKey, Data: buffer(t, make([]byte, 31))}, "32 bytes"},
		{Secret{Kind: KindAge, Language: mnemonic.English, Data: buffer(t, make([]byte, 32))}, "no language"},
		{Secret{Kind: 77, Data: buffer(t, make([]byte, 32))}, "unknown kind"},
	} {
		_, err := Split(rand.Reader, c.secret, Single(2, 3), 0)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, expected %q", c.secret.Kind, err, c.says)
		}
	}
	if _, err := Split(rand.Reader, entropy(t), Single(2, 3), Protected); err == nil {
		t.Error("a whole set was marked as protected")
	}
	if _, err := Split(bytes.NewReader(make([]byte, 3)), entropy(t), Single(2, 3), 0); err == nil {
		t.Error("randomness that ends was not noticed")
	}
}

// What a person could guess has 16 random bytes beside it, so that T-1 sheets
// and the fingerprint of another give no way to test a guess.
func TestGuessableSecretsArePadded(t *testing.T) {
	for name, s := range everyKind(t) {
		a, b := packed(t, s), packed(t, s)
		random := 0
		for i := range shortData + longData {
			if at := prefixSize + s.Data.Len() + i; at < len(a)-tagSize && a[at] != b[at] {
				random++
			}
		}
		if guessable(s.Kind) && random < guessPadding-4 {
			t.Errorf("%s: %d bytes of the padding differ between two packages", name, random)
		}
		if len(a) != len(b) || len(a) != prefixSize+shortData+tagSize && len(a) != prefixSize+longData+tagSize {
			t.Errorf("%s: a package of %d bytes", name, len(a))
		}
	}
}

// Of every length there are 16 bytes and more beside what could be guessed.
func TestPaddingOfEveryLength(t *testing.T) {
	for _, kind := range []Kind{KindPassword, KindText} {
		for n := 1; n <= maxGuessable; n++ {
			p := packed(t, Secret{Kind: kind, Data: buffer(t, bytes.Repeat([]byte("x"), n))})
			if padding := len(p) - prefixSize - n - tagSize; padding < 16 {
				t.Errorf("%s of %d bytes: %d bytes of padding", kind, n, padding)
			}
		}
	}
}

// A package that no version of ours makes, with a tag that fits.
func TestForgedPackagesAreRefused(t *testing.T) {
	h := header{version: 1, id: 77, group: 1, groupThreshold: 1, groups: 1, threshold: 2}
	for name, c := range map[string]struct {
		code, length byte
		says         string
	}{
		"longer than it is":      {codePassword, 36, "more than fits"},
		"entropy of 17 bytes":    {codeEntropy, 17, "what no set of ours holds"},
		"a key of 16 bytes":      {codeSecretKey, 16, "what no set of ours holds"},
		"nothing":                {codeText, 0, "what no set of ours holds"},
		"a kind yet to come":     {0x70, 16, "a kind of secret that this version does not know"},
		"no kind":                {0, 16, "a kind of secret that this version does not know"},
		"a language yet to come": {codeEntropy | 10, 16, "a kind of secret that this version does not know"},
		"a password's language":  {codePassword | 1, 10, "a kind of secret that this version does not know"},
	} {
		p := buffer(t, bytes.Repeat([]byte("x"), prefixSize+shortData+tagSize))
		b := p.Bytes()
		b[0], b[1] = c.code, c.length
		if err := tag(b[len(b)-tagSize:], packageKey, h.packageBits(), b[:len(b)-tagSize]); err != nil {
			t.Fatal(err)
		}
		s, ok, err := unpack(p, h)
		s.Close()
		if !ok || err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, %v, expected %q", name, ok, err, c.says)
		}
	}
}

func packed(t testing.TB, s Secret) []byte {
	t.Helper()
	p, err := pack(rand.Reader, s, header{version: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	return slices.Clone(p.Bytes())
}
