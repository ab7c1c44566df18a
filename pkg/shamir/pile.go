package shamir

import (
	"cmp"
	"slices"

	"github.com/ethkey/ethkey/internal/fault"
)

// maxAlike bounds how many sheets a pile keeps of one group. There are 31, and
// a few that claim to be one of them.
const maxAlike = 64

// Pile is sheets as they come: of several sets, some twice. The zero value is
// an empty one. It is not safe for use by several goroutines.
type Pile struct{ sets []*set }

// set is the sheets that say the same of their set.
type set struct {
	head   header   // of the first sheet
	sheets []*Sheet // by group and number
}

// agrees tells whether two headers are of one set. T counts within a group, in
// a set of two levels, and is looked at there.
func (h header) agrees(o header) bool {
	return h.id == o.id && h.flags&setWide == o.flags&setWide && h.groups == o.groups && h.groupThreshold == o.groupThreshold
}

// Add sorts a sheet in. The pile keeps it, and closes it in the end, unless it
// is there already or an error is returned. A *ConflictError comes with a sheet
// that was kept. A protected sheet is refused: Unprotect it first.
func (p *Pile) Add(s *Sheet) (Verdict, error) {
	if s.Protected() {
		return Verdict{}, fault.New(fault.Refused, "%s of set %s needs its passphrase first", s.Name(), s.ID())
	}
	leading := p.leading()
	of := p.setOf(s.head)
	v := Verdict{Sheet: s}
	conflict := false
	for _, o := range of.sheets {
		if o.head.group != s.head.group || o.head.number != s.head.number {
			continue
		}
		if o.head == s.head && o.body.Equal(s.body) {
			v.Sheet, v.Duplicate, v.Status = o, true, of.status()
			return v, nil
		}
		conflict = true
	}
	if of.inGroup(s.head.group) >= maxAlike {
		return Verdict{}, fault.New(fault.Refused, "too many different sheets say that they are of group %d of set %s", s.head.group, s.ID())
	}
	of.insert(s)
	if len(of.sheets) == 1 {
		p.sets = append(p.sets, of)
	}
	v.Status = of.status()
	v.compare(leading, of)
	if conflict {
		return v, fault.New(fault.Refused, "%w", &ConflictError{Set: s.ID(), Name: s.Name()}).
			WithHint("one of them is damaged, forged, or made again for other people; both are kept, and one sheet more than needed tells them apart")
	}
	return v, nil
}

// leading is the set that most sheets are of, the earlier of equals; nil for
// an empty pile.
func (p *Pile) leading() *set {
	var most *set
	for _, s := range p.sets {
		if most == nil || len(s.sheets) > len(most.sheets) {
			most = s
		}
	}
	return most
}

// setOf returns the set that a sheet belongs to, or a new one that is not yet
// in the pile.
func (p *Pile) setOf(h header) *set {
	for _, s := range p.sets {
		if s.head.agrees(h) {
			return s
		}
	}
	return &set{head: h}
}

// find returns the set of a name that most sheets are of.
func (p *Pile) find(id SetID) *set {
	var most *set
	for _, s := range p.sets {
		if s.head.id == id && (most == nil || len(s.sheets) > len(most.sheets)) {
			most = s
		}
	}
	return most
}

func (s *set) insert(sheet *Sheet) {
	at, _ := slices.BinarySearchFunc(s.sheets, sheet, compareSheets)
	for at < len(s.sheets) && compareSheets(s.sheets[at], sheet) == 0 {
		at++
	}
	s.sheets = slices.Insert(s.sheets, at, sheet)
}

func compareSheets(a, b *Sheet) int {
	return cmp.Or(cmp.Compare(a.head.group, b.head.group), cmp.Compare(a.head.number, b.head.number))
}

func (s *set) inGroup(group int) (n int) {
	for _, sheet := range s.sheets {
		if sheet.head.group == group {
			n++
		}
	}
	return n
}

// Sets returns how far each set is, the one with most sheets first.
func (p *Pile) Sets() []Status {
	ordered := slices.Clone(p.sets)
	slices.SortStableFunc(ordered, func(a, b *set) int { return len(b.sheets) - len(a.sheets) })
	all := make([]Status, len(ordered))
	for i, s := range ordered {
		all[i] = s.status()
	}
	return all
}

// Sheets returns the sheets of a set, by group and number. They stay the
// pile's.
func (p *Pile) Sheets(id SetID) []*Sheet {
	if s := p.find(id); s != nil {
		return slices.Clone(s.sheets)
	}
	return nil
}

// Drop takes sheets out and closes them.
func (p *Pile) Drop(sheets ...*Sheet) {
	for _, s := range p.sets {
		s.sheets = slices.DeleteFunc(s.sheets, func(o *Sheet) bool { return slices.Contains(sheets, o) })
	}
	p.sets = slices.DeleteFunc(p.sets, func(s *set) bool { return len(s.sheets) == 0 })
	closeSheets(sheets)
}

// Close wipes all sheets.
func (p *Pile) Close() {
	for _, s := range p.sets {
		closeSheets(s.sheets)
	}
	p.sets = nil
}
