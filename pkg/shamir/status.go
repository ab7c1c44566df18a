package shamir

import (
	"fmt"
	"slices"
	"strings"
)

// Verdict is what adding a sheet to a pile came to.
type Verdict struct {
	Sheet     *Sheet // as in the pile; of a duplicate, the earlier one
	Duplicate bool   // the very sheet was there already
	Strange   bool   // the sheet is of another set than most before it
	OtherSet  SetID  // when Strange: the set that most sheets are of
	Disagrees bool   // Strange, and the sheet bears the very name of that set
	Mixed     bool   // Strange, and one is a rehearsal or for practice, the other not
	Others    Flags  // when Strange: the set-wide flags of the others
	Status    Status // of the set of this sheet
}

// compare notes how a sheet of one set stands to the set that leads the pile.
func (v *Verdict) compare(leading, of *set) {
	if leading == nil || leading == of {
		return
	}
	v.Strange, v.OtherSet, v.Others = true, leading.head.id, leading.head.flags&setWide
	v.Disagrees = leading.head.id == of.head.id
	v.Mixed = v.Others != of.head.flags&setWide
}

// String says what happened, for the person who holds the sheet.
func (v Verdict) String() string {
	s := v.Sheet
	switch {
	case v.Duplicate:
		return fmt.Sprintf("this is %s again: it is here already", s.Name())
	case v.Mixed:
		return fmt.Sprintf("this is a %s sheet, of set %s; the others are %s, of set %s: they never combine",
			s.Flags().kind(), s.ID(), v.Others.kind(), v.OtherSet)
	case v.Disagrees:
		return fmt.Sprintf("this sheet says of set %s what the others do not: %s", s.ID(), s.head.needs())
	case v.Strange:
		return fmt.Sprintf("this sheet is of set %s, the others are of %s", s.ID(), v.OtherSet)
	}
	if kind := s.Flags().kind(); kind != "real" {
		return fmt.Sprintf("%s sheet, %s of set %s: %s", kind, s.Name(), s.ID(), v.Status)
	}
	return fmt.Sprintf("%s of set %s: %s", s.Name(), s.ID(), v.Status)
}

// needs says what the header says of its set.
func (h header) needs() string {
	if h.twoLevels() {
		return fmt.Sprintf("any %d of %d groups", h.groupThreshold, h.groups)
	}
	return fmt.Sprintf("any %d sheets", h.threshold)
}

// Status is how far a set is.
type Status struct {
	Set            SetID
	Flags          Flags // set-wide ones
	GroupsTotal    int   // 1 for a set of one level
	GroupThreshold int
	Groups         []GroupStatus // those of which there is a sheet, in order
	Ready          bool
}

// GroupStatus is how far a group is.
type GroupStatus struct {
	Group     int
	Threshold int
	Numbers   []int // of the sheets that are there, in order, each once
}

// Ready tells whether the group has enough sheets.
func (g GroupStatus) Ready() bool { return len(g.Numbers) >= g.Threshold }

func (s *set) status() Status {
	st := Status{
		Set: s.head.id, Flags: s.head.flags & setWide, GroupsTotal: s.head.groups, GroupThreshold: s.head.groupThreshold,
	}
	ready := 0
	for _, b := range s.buckets() {
		g := GroupStatus{Group: b[0].head.group, Threshold: b[0].head.threshold}
		for _, sheet := range b {
			g.Numbers = append(g.Numbers, sheet.head.number)
		}
		g.Numbers = slices.Compact(g.Numbers)
		if g.Ready() {
			ready++
		}
		st.Groups = append(st.Groups, g)
	}
	st.Ready = ready >= s.head.groupThreshold
	return st
}

// buckets are the sheets by group. Where some of a group say another T, those
// that most of them agree on count.
func (s *set) buckets() (all [][]*Sheet) {
	for group := 1; group <= s.head.groups; group++ {
		var most []*Sheet
		for t := 1; t <= MaxThreshold; t++ {
			var b []*Sheet
			for _, sheet := range s.sheets {
				if sheet.head.group == group && sheet.head.threshold == t {
					b = append(b, sheet)
				}
			}
			if len(b) > len(most) {
				most = b
			}
		}
		if most != nil {
			all = append(all, most)
		}
	}
	return all
}

// String says what is there and what is missing.
func (s Status) String() string {
	if s.GroupsTotal == 1 {
		if len(s.Groups) == 0 {
			return "no sheet"
		}
		return s.Groups[0].String()
	}
	var parts []string
	ready := 0
	for _, g := range s.Groups {
		if g.Ready() {
			ready++
		}
		parts = append(parts, fmt.Sprintf("group %d: %s", g.Group, g))
	}
	text := fmt.Sprintf("%d of %d groups complete", ready, s.GroupThreshold)
	if more := s.GroupThreshold - ready; more > 0 {
		text += fmt.Sprintf(", %d more needed", more)
	} else {
		text += ", enough"
	}
	return text + " (" + strings.Join(parts, "; ") + ")"
}

// String says it of one group: "2 of 3 sheets, 1 more needed".
func (g GroupStatus) String() string {
	n := len(g.Numbers)
	switch {
	case n < g.Threshold:
		return fmt.Sprintf("%d of %d sheets, %d more needed", n, g.Threshold, g.Threshold-n)
	case g.Threshold == 1:
		return "its one sheet"
	}
	return fmt.Sprintf("%d sheets, %d are enough", n, g.Threshold)
}
