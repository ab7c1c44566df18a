package shamir

import (
	"cmp"
	"slices"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
)

// Reissue makes a sheet again from others of its set, which must be enough: the
// same bytes when x is that of the lost sheet (see Sheet.X), and one that
// belongs to the set at any other x that no sheet has. The secret is not
// computed. The sheets are of the group of the one to be made, and those beyond
// the number needed must agree.
func Reissue(sheets []*Sheet, group, number int, x byte) (*Sheet, error) {
	if len(sheets) == 0 {
		return nil, fault.New(fault.Refused, "a sheet is made again from others, and there are none")
	}
	h := sheets[0].head
	h.number = number
	switch {
	case number < 1 || number > MaxSheets:
		return nil, fault.New(fault.Refused, "sheet %d: expected 1 to %d", number, MaxSheets)
	case group != h.group:
		return nil, fault.New(fault.Refused, "%s: only sheets of group %d make one of that group", sheets[0].Name(), group)
	case x == 0:
		return nil, fault.New(fault.Refused, "no sheet lies at x = 0, where the secret is")
	}
	for _, s := range sheets {
		if (s.head.number == number) != (s.X() == x) {
			return nil, fault.New(fault.Refused, "%s is there, with another x or number than the sheet to be made", s.Name())
		}
	}
	shares, err := agreeing(sheets)
	if err != nil {
		return nil, err
	}
	body, err := shareAt(shares, x)
	if err != nil {
		return nil, err
	}
	return &Sheet{head: h, body: body}, nil
}

// agreeing returns the shares of the first sheets, as many as needed, when all
// others lie on the same polynomials.
func agreeing(sheets []*Sheet) ([]*secret.Buffer, error) {
	if err := sameGroup(sheets); err != nil {
		return nil, err
	}
	t := sheets[0].head.threshold
	var shares []*secret.Buffer
	for _, s := range sheets[:t] {
		shares = append(shares, s.body)
	}
	for _, s := range sheets[t:] {
		on, err := liesOn(shares, s.body)
		if err != nil {
			return nil, err
		}
		if !on {
			return nil, fault.New(fault.Refused, "the sheets of set %s do not all belong together", s.ID()).
				WithHint("combine them: with one more than needed the wrong one is named")
		}
	}
	return shares, nil
}

// sameGroup refuses sheets that are not different ones of one group, or too
// few, or not ready for use.
func sameGroup(sheets []*Sheet) error {
	if len(sheets) == 0 {
		return fault.New(fault.Refused, "there is no sheet")
	}
	first := sheets[0].head
	var places []byte
	for _, s := range sheets {
		switch h := s.head; {
		case s.Protected():
			return fault.New(fault.Refused, "%s of set %s needs its passphrase first", s.Name(), s.ID())
		case !h.agrees(first):
			return fault.New(fault.Refused, "%s is of set %s, the others are of %s", s.Name(), s.ID(), first.id)
		case h.group != first.group || h.threshold != first.threshold || s.body.Len() != sheets[0].body.Len():
			return fault.New(fault.Refused, "%s is not of the group of the others", s.Name())
		case slices.Contains(places, s.X()):
			return fault.New(fault.Refused, "%s is there twice", s.Name())
		}
		places = append(places, s.X())
	}
	if len(sheets) < first.threshold {
		return fault.New(fault.Refused, "%d of %d sheets are there, %d more needed", len(sheets), first.threshold, first.threshold-len(sheets))
	}
	return nil
}

// ReissueGroup makes the one sheet of a group of one again, from sheets of as
// many other groups as are needed. It is for such groups only: what it returns
// stands for the whole group.
func ReissueGroup(sheets []*Sheet, group int, x byte) (*Sheet, error) {
	if len(sheets) == 0 {
		return nil, fault.New(fault.Refused, "a sheet is made again from others, and there are none")
	}
	h := sheets[0].head
	if !h.twoLevels() || group < 1 || group > h.groups || x == 0 {
		return nil, fault.New(fault.Refused, "set %s has no group %d of one sheet with that x", h.id, group)
	}
	p := &set{head: h}
	for _, s := range sheets {
		if s.Protected() || !s.head.agrees(h) || s.head.group == group {
			return nil, fault.New(fault.Refused, "%s of set %s is of another set or of the lost group, or needs its passphrase first", s.Name(), s.ID())
		}
		p.insert(s)
	}
	w := &work{set: p}
	defer w.close()
	shares, err := w.agreeingGroups()
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(shares, func(s *secret.Buffer) bool { return place(s) == x }) {
		return nil, fault.New(fault.Refused, "another group lies at the x given")
	}
	body, err := shareAt(shares[:h.groupThreshold], x)
	if err != nil {
		return nil, err
	}
	h.group, h.threshold, h.number = group, 1, 1
	return &Sheet{head: h, body: body}, nil
}

// agreeingGroups returns the shares of all complete groups, of which there are
// enough, and which agree.
func (w *work) agreeingGroups() (shares []*secret.Buffer, err error) {
	needed := w.set.head.groupThreshold
	for _, b := range w.set.buckets() {
		if len(b) < b[0].head.threshold {
			continue
		}
		made, err := w.groupShares(b)
		if err != nil {
			return nil, err
		}
		if len(made) != 1 || len(w.odd) > 0 {
			return nil, w.set.tagError(b)
		}
		shares = append(shares, made[0])
	}
	if len(shares) < needed {
		return nil, fault.New(fault.Refused, "%d of %d groups are complete, %d more needed", len(shares), needed, needed-len(shares))
	}
	for _, s := range shares[needed:] {
		if on, err := liesOn(shares[:needed], s); err != nil || !on {
			return nil, cmp.Or(err, w.set.tagError(w.set.sheets))
		}
	}
	return shares, nil
}
