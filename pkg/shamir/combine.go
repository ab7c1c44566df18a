package shamir

import (
	"fmt"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/secret"
)

// ConflictError says that two sheets claim to be the same one and differ. Both
// are kept: Combine finds out which one fits.
type ConflictError struct {
	Set  SetID
	Name string // "sheet 2"
}

// Error names the sheet.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("two different sheets of set %s say that they are %s", e.Set, e.Name)
}

// OddError names sheets that do not belong to the others of their set. Without
// them the set combines: Drop them, and combine again.
type OddError struct {
	Set    SetID
	Sheets []*Sheet // the pile's
}

// Error names the sheets.
func (e *OddError) Error() string {
	verb := "does"
	if len(e.Sheets) > 1 {
		verb = "do"
	}
	return fmt.Sprintf("%s of set %s %s not belong to the others", strings.Join(names(e.Sheets), " and "), e.Set, verb)
}

// TagError says that sheets combine to nothing: one or more of them are
// damaged or forged, and there are not enough to say which.
type TagError struct {
	Set    SetID
	Sheets []*Sheet // the pile's
}

// Error names the sheets.
func (e *TagError) Error() string {
	return fmt.Sprintf("the sheets of set %s do not fit together (%s): one at least is damaged or forged", e.Set, strings.Join(names(e.Sheets), ", "))
}

func names(sheets []*Sheet) []string {
	all := make([]string, len(sheets))
	for i, s := range sheets {
		all[i] = s.Name()
	}
	return all
}

// MissingError says that sheets are missing.
type MissingError struct{ Status Status }

// Error says how many there are and how many more are needed.
func (e *MissingError) Error() string {
	return fmt.Sprintf("set %s is not complete: %s", e.Status.Set, e.Status)
}

// Combine returns the secret of a set. Errors: *MissingError, *TagError, and
// *OddError when there are more sheets than needed and some do not belong.
func (p *Pile) Combine(id SetID) (*Secret, error) {
	s := p.find(id)
	if s == nil {
		return nil, fault.New(fault.Refused, "there is no sheet of set %s", id)
	}
	if st := s.status(); !st.Ready {
		return nil, fault.New(fault.Refused, "%w", &MissingError{st})
	}
	value, err := s.combine()
	if err != nil {
		return nil, err
	}
	defer value.Close()
	found, ok, err := unpack(value, s.common())
	if err == nil && !ok {
		return nil, s.tagError(s.sheets)
	}
	return found, err
}

func (s *set) tagError(sheets []*Sheet) error {
	return fault.New(fault.Refused, "%w", &TagError{Set: s.head.id, Sheets: sheets}).
		WithHint("check each sheet against the record, or add another sheet: with one more than needed the wrong one is found")
}

// combine returns the package, whose tag has been found to fit. All sheets
// belong together, or there is an error.
func (s *set) combine() (*secret.Buffer, error) {
	w := &work{set: s}
	defer w.close()
	var found *solution
	var err error
	if s.head.twoLevels() {
		found, err = w.groups()
	} else {
		found, err = w.sheets(s.buckets()[0], s.fitsPackage)
	}
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, s.tagError(s.sheets)
	}
	w.addMinority()
	if len(w.odd) == 0 {
		return found.value, nil
	}
	found.value.Close()
	return nil, fault.New(fault.Refused, "%w", &OddError{Set: s.head.id, Sheets: w.odd}).
		WithHint("put it aside and go on without it; the others are enough, and all of them agree")
}

func (s *set) fitsPackage(value *secret.Buffer) (bool, error) {
	return tagged(value, tagSize, packageKey, s.common().packageBits())
}

// common is the header of those sheets that count. The first one of a pile may
// say another T than they do.
func (s *set) common() header { return s.buckets()[0][0].head }

// work is one Combine: what it has to wipe, and the sheets found to be odd.
type work struct {
	set    *set
	shares []*secret.Buffer
	odd    []*Sheet
}

func (w *work) close() { closeAll(w.shares) }

// sheets solves one group.
func (w *work) sheets(b []*Sheet, fits func(*secret.Buffer) (bool, error)) (*solution, error) {
	all := make([]candidate, len(b))
	for i, sheet := range b {
		all[i] = candidate{share: sheet.body, label: sheet.head.number}
	}
	found, err := solve(all, b[0].head.threshold, fits)
	if found != nil {
		for _, i := range found.odd {
			w.odd = append(w.odd, b[i])
		}
	}
	return found, err
}

// groups solves each group that has enough sheets, then the groups among each
// other. The sheets of a group that does not fit are all odd.
func (w *work) groups() (*solution, error) {
	var all []candidate
	var from [][]*Sheet // by candidate
	var useless []*Sheet
	for _, b := range w.set.buckets() {
		shares, err := w.groupShares(b)
		if err != nil {
			return nil, err
		}
		if shares == nil && len(b) >= b[0].head.threshold {
			useless = append(useless, b...)
		}
		for i, share := range shares {
			sheets := b
			if b[0].head.threshold == 1 {
				sheets = b[i : i+1]
			}
			all = append(all, candidate{share: share, label: b[0].head.group})
			from = append(from, sheets)
		}
	}
	found, err := solve(all, w.set.head.groupThreshold, w.set.fitsPackage)
	if found == nil || err != nil {
		if err == nil && useless != nil {
			err = w.set.tagError(useless)
		}
		return nil, err
	}
	for _, i := range found.odd {
		w.odd = append(w.odd, from[i]...)
	}
	w.odd = append(w.odd, useless...)
	return found, nil
}

// groupShares returns the share that the sheets of a group come to; each sheet
// of a group of one is a share, and there may be two that differ. A share at
// x = 0 is none: whoever holds all sheets of one group could make them come to
// one, and so put a secret of his own in the place of the set's.
func (w *work) groupShares(b []*Sheet) (shares []*secret.Buffer, err error) {
	h := b[0].head
	if h.threshold == 1 {
		for _, sheet := range b {
			shares = append(shares, sheet.body)
		}
		return shares, nil
	}
	found, err := w.sheets(b, func(value *secret.Buffer) (bool, error) {
		return tagged(value, groupTagSize, groupKey, h.groupBits())
	})
	if found == nil || err != nil {
		return nil, err
	}
	found.value.Truncate(found.value.Len() - groupTagSize)
	w.shares = append(w.shares, found.value)
	if place(found.value) == 0 {
		return nil, nil
	}
	return w.shares[len(w.shares)-1:], nil
}

// addMinority adds the sheets that say another T than most of their group.
func (w *work) addMinority() {
	counted := map[*Sheet]bool{}
	for _, b := range w.set.buckets() {
		for _, sheet := range b {
			counted[sheet] = true
		}
	}
	for _, sheet := range w.set.sheets {
		if !counted[sheet] {
			w.odd = append(w.odd, sheet)
		}
	}
}
