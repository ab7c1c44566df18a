package shamir

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/secret"
)

// clone copies a sheet.
func clone(t testing.TB, s *Sheet) *Sheet {
	t.Helper()
	body, err := s.body.Clone()
	if err != nil {
		t.Fatal(err)
	}
	return &Sheet{head: s.head, body: body}
}

// add adds a copy, and returns what the pile says.
func add(t testing.TB, p *Pile, s *Sheet) (Verdict, error) {
	t.Helper()
	c := clone(t, s)
	t.Cleanup(c.Close)
	return p.Add(c)
}

func says(t testing.TB, v Verdict, err error, expected string) {
	t.Helper()
	got := v.String()
	if err != nil {
		got = err.Error()
	}
	if !strings.Contains(got, expected) {
		t.Errorf("%q, expected %q", got, expected)
	}
}

func TestAPileIsSortedOut(t *testing.T) {
	one, other := entropy(t), entropy(t)
	a, b := split(t, one, Single(3, 5), 0), split(t, other, Single(2, 3), 0)
	practice := split(t, one, Single(2, 2), Practice)
	p := pileOf(t)
	for _, step := range []struct {
		sheet *Sheet
		says  string
	}{
		{a[1], "sheet 2 of set " + a[0].ID().String() + ": 1 of 3 sheets, 2 more needed"},
		{a[4], "2 of 3 sheets, 1 more needed"},
		{b[0], "this sheet is of set " + b[0].ID().String() + ", the others are of " + a[0].ID().String()},
		{a[1], "this is sheet 2 again"},
		{practice[1], "this is a practice sheet, of set " + practice[0].ID().String() + "; the others are real"},
		{a[0], "3 sheets, 3 are enough"},
		{b[2], "this sheet is of set"},
	} {
		v, err := add(t, p, step.sheet)
		says(t, v, err, step.says)
	}
	if sets := p.Sets(); len(sets) != 3 || sets[0].Set != a[0].ID() || !sets[0].Ready || !sets[1].Ready || sets[1].Set != b[0].ID() || sets[2].Ready {
		t.Errorf("%+v", sets)
	}
	for id, expected := range map[SetID]Secret{a[0].ID(): one, b[0].ID(): other} {
		got, err := p.Combine(id)
		if err != nil || !same(expected, got) {
			t.Errorf("set %s: %v", id, err)
		}
		got.Close()
	}
	if _, err := p.Combine(practice[0].ID()); !strings.Contains(errorText(err), "1 of 2 sheets, 1 more needed") {
		t.Errorf("%v", err)
	}
	if _, err := p.Combine(0); err == nil {
		t.Error("a set that is not there combined")
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Any one odd sheet among more than are needed is named, whatever is wrong
// with it; with exactly as many as needed it is said that one is wrong.
func TestTheOddSheetIsNamed(t *testing.T) {
	for _, sc := range []Scheme{Single(2, 4), Single(3, 5), Single(5, 8)} {
		s := entropy(t)
		sheets := split(t, s, sc, 0)
		other := split(t, s, sc, 0)
		for odd := range sheets {
			for name, spoil := range map[string]func(h *header, body []byte){
				"a bit":        func(_ *header, body []byte) { body[11] ^= 0x20 },
				"the place":    func(_ *header, body []byte) { body[len(body)-1] = unused(sheets) },
				"another set":  func(_ *header, body []byte) { copy(body, other[odd].body.Bytes()); body[len(body)-1] = unused(sheets) },
				"the tag part": func(_ *header, body []byte) { body[40] ^= 1 },
			} {
				pile := slices.Clone(sheets)
				pile[odd] = forge(t, sheets[odd], spoil)
				named(t, name, s, pile, pile[odd])
			}
			if threshold := sc.Groups[0].Threshold; odd < threshold {
				pile := slices.Clone(sheets[:threshold])
				pile[odd] = forge(t, sheets[odd], func(_ *header, body []byte) { body[3] ^= 1 })
				_, err := pileOf(t, pile...).Combine(sheets[0].ID())
				var tag *TagError
				if !errors.As(err, &tag) || len(tag.Sheets) != threshold {
					t.Errorf("sheet %d of %s: %v", odd+1, sc, err)
				}
			}
		}
	}
}

// unused is a place that no sheet has.
func unused(sheets []*Sheet) byte {
	for x := byte(1); ; x++ {
		if !slices.ContainsFunc(sheets, func(s *Sheet) bool { return s.X() == x }) {
			return x
		}
	}
}

// named expects sheets to be told apart, and the others to restore s.
func named(t *testing.T, what string, s Secret, pile []*Sheet, odd ...*Sheet) {
	t.Helper()
	p := pileOf(t, pile...)
	id := pile[0].ID()
	_, err := p.Combine(id)
	var found *OddError
	if !errors.As(err, &found) || fault.KindOf(err) != fault.Refused || len(found.Sheets) != len(odd) {
		t.Errorf("%s: %v, expected %v to be named", what, err, odd)
		return
	}
	for _, o := range odd {
		if !slices.ContainsFunc(found.Sheets, func(f *Sheet) bool { return f.head == o.head && f.body.Equal(o.body) }) || !strings.Contains(err.Error(), o.Name()) {
			t.Errorf("%s: %v, expected %v to be named", what, err, odd)
		}
	}
	p.Drop(found.Sheets...)
	got, err := p.Combine(id)
	if err != nil || !same(s, got) {
		t.Errorf("%s: the others do not restore: %v", what, err)
	}
	got.Close()
}

func TestSeveralOddSheetsAreNamed(t *testing.T) {
	s := entropy(t)
	sheets := split(t, s, Single(3, 8), 0)
	for i := range 5 {
		flip := func(_ *header, body []byte) { body[i] ^= 1 }
		pile := slices.Clone(sheets)
		pile[i], pile[i+3] = forge(t, pile[i], flip), forge(t, pile[i+3], flip)
		named(t, "two of eight", s, pile, pile[i], pile[i+3])
	}
	large := split(t, s, Single(MaxThreshold, MaxSheets), 0)
	large[6] = forge(t, large[6], func(_ *header, body []byte) { body[0] ^= 1 })
	named(t, "one of 31", s, large, large[6])
}

// A group that does not fit together, and a group of one that is forged.
func TestOddSheetsOfGroupsAreNamed(t *testing.T) {
	s := entropy(t)
	sheets := split(t, s, twoLevels[0], 0) // one sheet; 2 of 3; 3 of 5; 2 groups needed
	flip := func(_ *header, body []byte) { body[9] ^= 8 }
	for i := range sheets {
		pile := slices.Clone(sheets)
		pile[i] = forge(t, sheets[i], flip)
		named(t, pile[i].Name(), s, pile, pile[i])
	}
	// Two of group 2 are all there is of it, and one is wrong: both are odd.
	pile := slices.Concat(sheets[:3], sheets[4:])
	pile[1] = forge(t, sheets[1], flip)
	named(t, "a group beyond those needed", s, pile, pile[1], pile[2])
	// Without the third group, it is needed.
	_, err := pileOf(t, pile[:3]...).Combine(sheets[0].ID())
	var tag *TagError
	if !errors.As(err, &tag) || len(tag.Sheets) != 2 || !strings.Contains(err.Error(), "sheet 1 of group 2, sheet 2 of group 2") {
		t.Errorf("%v", err)
	}
	// The share of one group, moved into another's place.
	_, err = pileOf(t, forge(t, sheets[0], flip), sheets[1], sheets[2]).Combine(sheets[0].ID())
	if !errors.As(err, &tag) {
		t.Errorf("%v", err)
	}
}

func TestTwoSheetsThatClaimToBeOneAreToldApart(t *testing.T) {
	s := entropy(t)
	sheets := split(t, s, Single(3, 5), 0)
	fake := forge(t, sheets[1], func(_ *header, body []byte) { body[20] ^= 1 })
	for _, order := range [][]*Sheet{{sheets[1], fake}, {fake, sheets[1]}} {
		p := pileOf(t, sheets[0], order[0])
		v, err := add(t, p, order[1])
		var conflict *ConflictError
		if !errors.As(err, &conflict) || conflict.Name != "sheet 2" || v.Status.Ready {
			t.Errorf("%v, ready %t", err, v.Status.Ready)
		}
		named(t, "both and the others", s, []*Sheet{sheets[0], order[0], order[1], sheets[4]}, fake)
	}
	groups := split(t, s, twoLevels[3], 0)
	fake = forge(t, groups[0], func(_ *header, body []byte) { body[20] ^= 1 })
	named(t, "a group of one, twice", s, []*Sheet{groups[0], fake, groups[1]}, fake)
}

// A header that was changed, with the checksum made to hold again.
func TestChangedHeadersDoNotCombine(t *testing.T) {
	s := entropy(t)
	sheets := split(t, s, Single(3, 4), 0)
	for name, change := range map[string]func(h *header, body []byte){
		"rehearsal": func(h *header, _ []byte) { h.flags |= Rehearsal },
		"practice":  func(h *header, _ []byte) { h.flags |= Practice },
		"set id":    func(h *header, _ []byte) { h.id ^= 1 },
		"threshold": func(h *header, _ []byte) { h.threshold-- },
	} {
		var all []*Sheet
		for _, sheet := range sheets {
			all = append(all, forge(t, sheet, change))
		}
		_, err := pileOf(t, reread(t, all)...).Combine(all[0].ID())
		var tag *TagError
		if !errors.As(err, &tag) {
			t.Errorf("%s on all sheets: %v", name, err)
		}
		_, err = pileOf(t, sheets[0], sheets[1], all[2]).Combine(sheets[0].ID())
		var missing *MissingError
		if !errors.As(err, &missing) {
			t.Errorf("%s on one sheet: %v", name, err)
		}
	}
	lowered := forge(t, sheets[2], func(h *header, _ []byte) { h.threshold = 2 })
	named(t, "another threshold on one sheet more", s, []*Sheet{sheets[0], sheets[1], sheets[3], lowered}, lowered)
	v, err := add(t, pileOf(t, sheets[0], sheets[1]), forge(t, sheets[2], func(h *header, _ []byte) { h.flags |= Rehearsal }))
	says(t, v, err, "this is a rehearsal sheet")
}

func TestChangedHeadersOfGroupsDoNotCombine(t *testing.T) {
	sheets := split(t, entropy(t), Scheme{GroupThreshold: 3, Groups: []Group{{2, 3}, {2, 3}, {3, 3}, {1, 1}}}, 0)
	for name, change := range map[string]func(h *header, body []byte){
		"groups swapped":     func(h *header, _ []byte) { h.group = []int{0, 2, 1, 3, 4}[h.group] },
		"T of a group":       func(h *header, _ []byte) { h.threshold -= h.threshold / 3 },
		"GT":                 func(h *header, _ []byte) { h.groupThreshold-- },
		"G":                  func(h *header, _ []byte) { h.groups++ },
		"flags":              func(h *header, _ []byte) { h.flags ^= Rehearsal | Practice },
		"the set, all of it": func(h *header, _ []byte) { h.id += 7 },
	} {
		var all []*Sheet
		for _, sheet := range sheets {
			if name != "T of a group" || sheet.Group() != 4 {
				all = append(all, forge(t, sheet, change))
			}
		}
		_, err := pileOf(t, reread(t, all)...).Combine(all[0].ID())
		var tag *TagError
		if !errors.As(err, &tag) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Sheets of a group that were made to come to a share at x = 0, where the
// secret is, with a tag that fits: the key of the tag is public.
func TestAGroupMadeToLieAtZeroIsOdd(t *testing.T) {
	s, evil := entropy(t), entropy(t)
	scheme := Scheme{GroupThreshold: 2, Groups: []Group{{2, 2}, {2, 3}, {1, 1}}}
	sheets := split(t, s, scheme, 0)
	h := sheets[0].head
	p, err := pack(rand.Reader, evil, h)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	share := buffer(t, append(slices.Clone(p.Bytes()), 0))
	forged, err := splitShare(share, h, scheme.Groups[0])
	if err != nil {
		t.Fatal(err)
	}
	defer closeSheets(forged)
	forged = reread(t, forged)
	named(t, "a group more than needed", s, slices.Concat(forged, sheets[2:]), forged...)
	for _, order := range [][]*Sheet{slices.Concat(forged, sheets[2:4]), slices.Concat(forged, sheets[5:]), slices.Concat(sheets[5:], forged)} {
		found, err := pileOf(t, order...).Combine(h.id)
		found.Close()
		var tag *TagError
		if !errors.As(err, &tag) {
			t.Errorf("%v: %v", order, err)
		}
	}
	if made, err := ReissueGroup(slices.Concat(forged, sheets[2:4]), 3, sheets[5].X()); err == nil {
		made.Close()
		t.Error("a sheet was made again from a group at x = 0")
	}
}

// A sheet that says another T is named wherever it lies in the pile, and does
// no harm once it is dropped.
func TestASheetThatSaysAnotherTIsNamed(t *testing.T) {
	s := entropy(t)
	sheets := split(t, s, Single(3, 5), 0)
	for _, threshold := range []int{2, 4} {
		for at := range 4 {
			odd := forge(t, sheets[4], func(h *header, _ []byte) { h.threshold = threshold })
			named(t, "another T", s, slices.Insert(slices.Clone(sheets[:3]), at, odd), odd)
		}
	}
}

// What is chosen to combine differs in number and place, and is of one length.
func TestNoSheetCountsTwice(t *testing.T) {
	s := entropy(t)
	sheets := split(t, s, Single(2, 3), 0)
	again, err := Reissue(sheets[:2], 1, 4, unused(sheets))
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	other := forge(t, sheets[0], func(h *header, _ []byte) { h.number = 5 })
	found, err := pileOf(t, sheets[0], other).Combine(sheets[0].ID())
	found.Close()
	var tag *TagError
	if !errors.As(err, &tag) {
		t.Errorf("the same share under two numbers: %v", err)
	}
	short, err := partOf(sheets[2].body.Bytes()[9:])
	if err != nil {
		t.Fatal(err)
	}
	defer short.Close()
	all := []candidate{{sheets[0].body, 1}, {sheets[1].body, 1}, {sheets[0].body, 2}, {short, 3}, {again.body, 4}}
	if used := choose(all, []int{0, 1, 2, 3, 4}, 3); !slices.Equal(used, []int{0, 4}) {
		t.Errorf("chosen: %v", used)
	}
}

// Headers that differ in what the whole set has in common are of two sets.
func TestSheetsThatDisagreeAboutTheirSet(t *testing.T) {
	sheets := split(t, entropy(t), Scheme{GroupThreshold: 2, Groups: []Group{{2, 3}, {2, 3}, {2, 3}}}, 0)
	for name, change := range map[string]func(h *header, body []byte){
		"G":  func(h *header, _ []byte) { h.groups++ },
		"GT": func(h *header, _ []byte) { h.groupThreshold++ },
	} {
		p := pileOf(t, sheets[0])
		v, err := add(t, p, forge(t, sheets[1], change))
		if err != nil || !v.Strange || !v.Disagrees || v.Mixed || len(p.Sets()) != 2 {
			t.Errorf("%s: %v, %v", name, v, err)
		}
	}
}

// A pile does not grow without end.
func TestAPileHasABound(t *testing.T) {
	sheets := split(t, entropy(t), Single(2, 2), 0)
	p := pileOf(t)
	for i := range maxAlike + 1 {
		fake := forge(t, sheets[0], func(_ *header, body []byte) { body[0], body[1] = byte(i), byte(i>>8) })
		_, err := add(t, p, fake)
		if full := strings.Contains(errorText(err), "too many different sheets"); full != (i == maxAlike) {
			t.Fatalf("sheet %d: %v", i+1, err)
		}
	}
}

func TestProtectedSheetsAreNotCombined(t *testing.T) {
	sheets := split(t, entropy(t), Single(2, 2), 0)
	locked, _ := protected(t, sheets[0])
	if _, err := add(t, new(Pile), locked); !strings.Contains(errorText(err), "needs its passphrase first") {
		t.Errorf("%v", err)
	}
	if locked.X() != 0 {
		t.Error("a protected sheet shows its place")
	}
}

// kat are the known answers for vault/shamir, with what a careful caller must
// catch itself.
type kat struct {
	Positive []struct {
		Name      string
		Secret    string `json:"secret_hex"`
		Threshold int
		Shares    []string `json:"shares_hex"`
	}
	Negative []struct {
		Case   string
		Shares []string `json:"shares_hex"`
	}
	Shift struct {
		Inputs   []string `json:"inputs_hex"`
		WantedX  byte     `json:"wanted_x"`
		Combined string   `json:"combine_returns_hex"`
	}
}

func knownAnswers(t *testing.T) (k kat) {
	t.Helper()
	testkit.Decode(t, "vault-shamir/kat.json", &k)
	return k
}

func sharesOfHex(t *testing.T, all []string) (shares []*secret.Buffer) {
	t.Helper()
	for _, text := range all {
		b, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		shares = append(shares, buffer(t, b))
	}
	return shares
}

func TestVaultKnownAnswers(t *testing.T) {
	k := knownAnswers(t)
	for _, c := range k.Positive {
		shares := sharesOfHex(t, c.Shares)
		value, err := valueAt(shares[:c.Threshold], 0)
		if err != nil || hex.EncodeToString(value.Bytes()) != c.Secret {
			t.Errorf("%s: %v", c.Name, err)
		}
		value.Close()
		if c.Threshold < 20 {
			for _, s := range shares[c.Threshold:] {
				if on, err := liesOn(shares[:c.Threshold], s); err != nil || !on {
					t.Errorf("%s: a share of the set lies beside it: %v", c.Name, err)
				}
			}
		}
	}
	value, err := valueAt(sharesOfHex(t, k.Shift.Inputs), k.Shift.WantedX)
	if err != nil || hex.EncodeToString(value.Bytes()) != k.Shift.Combined {
		t.Errorf("shift: %v", err)
	}
	value.Close()
}

// Each thing that vault/shamir lets pass or misnames is refused on sheets, with
// its own words: once on sheets that hold the very shares of the case, and once
// on a true set with the same thing done to it.
func TestEveryNegativeOfVaultIsRefused(t *testing.T) {
	cases := knownAnswers(t).Negative
	s := entropy(t)
	a, b := split(t, s, Single(3, 5), 0), split(t, s, Single(3, 5), 0)
	long := split(t, everyKind(t)["longest text"], Single(3, 5), 0)
	rename := func(s *Sheet) *Sheet { return forge(t, s, func(h *header, _ []byte) { h.id = a[0].ID() }) }
	expected := []struct {
		begins string
		sheets []*Sheet
		says   string
	}{
		{"too few shares", a[:2], "2 of 3 sheets, 1 more needed"},
		{"mixed sets", []*Sheet{a[0], a[1], rename(b[2])}, "do not fit together"},
		{"one bit flipped", []*Sheet{a[0], a[1], forge(t, a[2], func(_ *header, body []byte) { body[3] ^= 1 })}, "do not fit together"},
		{"x coordinate 0", []*Sheet{a[0], a[1], forge(t, a[2], func(_ *header, body []byte) { body[len(body)-1] = 0 })}, "lies at x = 0"},
		{"same x twice", []*Sheet{a[0], a[0], a[1]}, "2 of 3 sheets, 1 more needed"},
		{"lengths differ", []*Sheet{a[0], rename(long[1]), a[2]}, "do not fit together"},
		{"one part", a[:1], "1 of 3 sheets, 2 more needed"},
	}
	if len(cases) != len(expected) {
		t.Fatalf("%d negatives, expected %d", len(cases), len(expected))
	}
	for i, c := range cases {
		if !strings.HasPrefix(c.Case, expected[i].begins) {
			t.Fatalf("negative %d is %q", i, c.Case)
		}
		if err := restoreTexts(t, expected[i].sheets); !strings.Contains(errorText(err), expected[i].says) || fault.KindOf(err) != fault.Refused {
			t.Errorf("%s: %v, expected %q", c.Case, err, expected[i].says)
		}
		if err := restoreTexts(t, dressed(t, a[0].head, c.Shares)); err == nil {
			t.Errorf("%s: the shares themselves combined", c.Case)
		}
	}
}

// dressed puts bare shares on sheets.
func dressed(t *testing.T, h header, shares []string) (sheets []*Sheet) {
	t.Helper()
	for i, share := range sharesOfHex(t, shares) {
		body := buffer(t, make([]byte, 43))
		copy(body.Bytes()[43-share.Len():], share.Bytes())
		h.number = i + 1
		sheets = append(sheets, &Sheet{head: h, body: body})
	}
	return sheets
}

// restoreTexts goes the whole way of a restore, from texts.
func restoreTexts(t *testing.T, sheets []*Sheet) error {
	t.Helper()
	p := new(Pile)
	defer p.Close()
	for _, s := range sheets {
		text, err := s.Text()
		if err != nil {
			return err
		}
		defer text.Close()
		read, err := Parse(text.Bytes())
		if err != nil {
			return err
		}
		if v, err := p.Add(read); err != nil || v.Duplicate {
			read.Close()
			if err != nil {
				return err
			}
		}
	}
	found, err := p.Combine(sheets[0].ID())
	found.Close()
	return err
}
