package shamir

import (
	"slices"
	"strings"
	"testing"
)

func TestALostSheetIsMadeAgainByteForByte(t *testing.T) {
	for _, g := range goldens(t) {
		sheets := g.sheets(t)
		for i, lost := range sheets {
			if lost.Threshold() > 6 && i > 2 {
				break
			}
			others := slices.DeleteFunc(slices.Clone(sheets), func(s *Sheet) bool { return s == lost })
			var again *Sheet
			var err error
			if lost.Threshold() == 1 {
				again, err = ReissueGroup(others, lost.Group(), lost.X())
			} else {
				others = slices.DeleteFunc(others, func(s *Sheet) bool { return s.Group() != lost.Group() })
				if len(others) < lost.Threshold() {
					continue
				}
				again, err = Reissue(others, lost.Group(), lost.Number(), lost.X())
			}
			if err != nil {
				t.Fatalf("%s, %v: %v", g.Name, lost, err)
			}
			if textOf(t, again) != g.Sheets[i].Text {
				t.Errorf("%s, %v: another sheet was made", g.Name, lost)
			}
			again.Close()
		}
	}
}

func TestAnAddedSheetBelongsToTheSet(t *testing.T) {
	s := entropy(t)
	sheets := split(t, s, Single(3, 4), 0)
	added, err := Reissue(sheets[:3], 1, 5, unused(sheets))
	if err != nil {
		t.Fatal(err)
	}
	defer added.Close()
	restores(t, s, added, sheets[3], sheets[0])
}

func TestReissueRefuses(t *testing.T) {
	s := entropy(t)
	sheets, other := split(t, s, Single(3, 5), 0), split(t, s, Single(3, 5), 0)
	groups := split(t, s, twoLevels[0], 0)
	locked, _ := protected(t, sheets[0])
	spoilt := forge(t, sheets[3], func(_ *header, b []byte) { b[1] ^= 1 })
	lost := sheets[4]
	for name, c := range map[string]struct {
		sheets        []*Sheet
		group, number int
		x             byte
		says          string
	}{
		"none":                   {nil, 1, 5, lost.X(), "there are none"},
		"too few":                {sheets[:2], 1, 5, lost.X(), "2 of 3 sheets are there, 1 more needed"},
		"of two sets":            {[]*Sheet{sheets[0], sheets[1], other[2]}, 1, 5, unused(slices.Concat(sheets, other)), "the others are of"},
		"one twice":              {[]*Sheet{sheets[0], sheets[1], sheets[1]}, 1, 5, lost.X(), "there twice"},
		"with a passphrase":      {[]*Sheet{locked, sheets[1], sheets[2]}, 1, 5, lost.X(), "needs its passphrase first"},
		"that do not agree":      {[]*Sheet{sheets[0], sheets[1], sheets[2], spoilt}, 1, 5, lost.X(), "do not all belong together"},
		"x = 0":                  {sheets[:3], 1, 5, 0, "where the secret is"},
		"number 0":               {sheets[:3], 1, 0, lost.X(), "expected 1 to 31"},
		"x of another sheet":     {sheets[:3], 1, 5, sheets[1].X(), "is there, with another x or number"},
		"number of another":      {sheets[:3], 1, 2, lost.X(), "is there, with another x or number"},
		"of another group":       {groups[1:3], 3, 1, unused(groups), "only sheets of group 3"},
		"sheets of other groups": {groups[1:5], 2, 3, groups[3].X(), "is not of the group"},
	} {
		if _, err := Reissue(c.sheets, c.group, c.number, c.x); !strings.Contains(errorText(err), c.says) {
			t.Errorf("%s: %v, expected %q", name, err, c.says)
		}
	}
	for name, c := range map[string]struct {
		sheets []*Sheet
		group  int
		x      byte
		says   string
	}{
		"none":              {nil, 1, 1, "there are none"},
		"of one level":      {sheets, 1, 1, "no group 1 of one sheet"},
		"too few groups":    {groups[1:4], 1, groups[0].X(), "1 of 2 groups are complete"},
		"of that group":     {groups, 1, groups[0].X(), "of the lost group"},
		"with a wrong one":  {append(slices.Clone(groups[1:3]), forge(t, groups[4], func(_ *header, b []byte) { b[1] ^= 1 }), groups[5], groups[6]), 1, groups[0].X(), "do not fit together"},
		"a group beyond":    {groups[1:], 4, 1, "no group 4"},
		"of another secret": {append(slices.Clone(groups[1:4]), split(t, s, twoLevels[0], 0)[4:]...), 1, groups[0].X(), "of another set"},
	} {
		if _, err := ReissueGroup(c.sheets, c.group, c.x); !strings.Contains(errorText(err), c.says) {
			t.Errorf("group, %s: %v, expected %q", name, err, c.says)
		}
	}
}

// Where there is one sheet more than needed nothing is made of sheets that do not
// agree: every wrong one is found, wherever it is, and without the secret.
func TestExtraSheetsAreCheckedWithoutTheSecret(t *testing.T) {
	sheets := split(t, entropy(t), Single(3, 5), 0)
	for at, lost := range sheets {
		others := slices.Delete(slices.Clone(sheets), at, at+1)
		again, err := Reissue(others, 1, lost.Number(), lost.X())
		if err != nil || textOf(t, again) != textOf(t, lost) {
			t.Errorf("without %v: %v", lost, err)
		}
		again.Close()
		for i := range others {
			spoilt := slices.Clone(others)
			spoilt[i] = forge(t, others[i], func(_ *header, b []byte) { b[17] ^= 0x40 })
			if _, err := Reissue(spoilt, 1, lost.Number(), lost.X()); !strings.Contains(errorText(err), "do not all belong together") {
				t.Errorf("without %v, with a wrong %v: %v", lost, others[i], err)
			}
		}
	}
}

// The sheet of a group of one is made from groups that agree, and at a place
// that is its own.
func TestReissueGroupChecksTheOthers(t *testing.T) {
	one := Group{1, 1}
	sheets := split(t, entropy(t), Scheme{GroupThreshold: 2, Groups: []Group{one, one, one, one}}, 0)
	lost := sheets[3]
	made, err := ReissueGroup(sheets[:3], 4, lost.X())
	if err != nil || !made.body.Equal(lost.body) || made.head != lost.head {
		t.Fatalf("%v, %v", made, err)
	}
	made.Close()
	flipped := forge(t, sheets[2], func(_ *header, body []byte) { body[5] ^= 1 })
	for name, c := range map[string]struct {
		from []*Sheet
		x    byte
		says string
	}{
		"one of them is wrong":  {[]*Sheet{sheets[0], sheets[1], flipped}, lost.X(), "do not fit together"},
		"a place that is taken": {sheets[:2], sheets[1].X(), "another group lies at the x given"},
	} {
		made, err := ReissueGroup(c.from, 4, c.x)
		made.Close()
		if !strings.Contains(errorText(err), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
