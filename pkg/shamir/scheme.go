package shamir

import (
	"fmt"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
)

// The largest numbers that the header has room for.
const (
	MaxThreshold = 15 // sheets that are needed
	MaxGroups    = 15
	MaxSheets    = 31 // in one group
)

// Group is one group of sheets: any Threshold of its Sheets stand for it.
type Group struct{ Threshold, Sheets int }

// Scheme is how many sheets there are and which of them restore: those of any
// GroupThreshold groups.
type Scheme struct {
	Groups         []Group
	GroupThreshold int
}

// Single is the scheme of one level: any t of n sheets.
func Single(t, n int) Scheme { return Scheme{Groups: []Group{{t, n}}, GroupThreshold: 1} }

// Sheets returns how many sheets there are in all.
func (s Scheme) Sheets() int {
	sum := 0
	for _, g := range s.Groups {
		sum += g.Sheets
	}
	return sum
}

// String says the scheme in words.
func (s Scheme) String() string {
	if len(s.Groups) == 1 {
		return s.Groups[0].String()
	}
	var groups []string
	for _, g := range s.Groups {
		groups = append(groups, g.String())
	}
	needed := fmt.Sprintf("any %d of %d", s.GroupThreshold, len(s.Groups))
	if s.GroupThreshold == len(s.Groups) {
		needed = fmt.Sprintf("all %d", s.GroupThreshold)
	}
	return fmt.Sprintf("%s groups (%s)", needed, strings.Join(groups, "; "))
}

// String says the group in words.
func (g Group) String() string {
	switch {
	case g.Sheets == 1:
		return "one sheet"
	case g.Threshold == g.Sheets:
		return fmt.Sprintf("all %d sheets", g.Sheets)
	}
	return fmt.Sprintf("any %d of %d sheets", g.Threshold, g.Sheets)
}

// Check refuses schemes that cannot be written, and those that protect nothing.
func (s Scheme) Check() error {
	switch n := len(s.Groups); {
	case n == 0:
		return fault.New(fault.Refused, "a scheme has at least one group of sheets")
	case n > MaxGroups:
		return fault.New(fault.Refused, "%d groups: at most %d are possible", n, MaxGroups)
	case n == 1 && s.GroupThreshold != 1:
		return fault.New(fault.Refused, "%d of 1 group: with one group that one is needed", s.GroupThreshold)
	case n == 1 && s.Groups[0].Sheets == 1:
		return fault.New(fault.Refused, "one sheet is not a split: who holds it holds the secret").
			WithHint("ask for at least 2 sheets, such as 2 of 3")
	case s.GroupThreshold < 1 || s.GroupThreshold > n:
		return fault.New(fault.Refused, "%d of %d groups: the number needed lies between 2 and the number there are", s.GroupThreshold, n)
	case n > 1 && s.GroupThreshold == 1:
		return fault.New(fault.Refused, "1 of %d groups: each group would restore alone", n).
			WithHint("split the secret once for each of them: those are sets of their own")
	}
	for i, g := range s.Groups {
		if err := g.check(); err != nil {
			if len(s.Groups) > 1 {
				return fault.New(fault.Refused, "group %d: %w", i+1, err).WithHint("%s", fault.HintOf(err))
			}
			return err
		}
	}
	return nil
}

func (g Group) check() error {
	switch {
	case g.Sheets < 1:
		return fault.New(fault.Refused, "%d sheets: at least one is needed", g.Sheets)
	case g.Sheets > MaxSheets:
		return fault.New(fault.Refused, "%d sheets: at most %d are possible", g.Sheets, MaxSheets)
	case g.Threshold < 1:
		return fault.New(fault.Refused, "%d of %d sheets: a threshold is at least 2", g.Threshold, g.Sheets)
	case g.Threshold > g.Sheets:
		return fault.New(fault.Refused, "%d of %d sheets: more are needed than there are", g.Threshold, g.Sheets)
	case g.Threshold == 1 && g.Sheets > 1:
		return fault.New(fault.Refused, "1 of %d sheets: each sheet alone would be enough", g.Sheets).
			WithHint("a threshold of 2 or more protects; several copies of one sheet do not")
	case g.Threshold > MaxThreshold:
		return fault.New(fault.Refused, "%d of %d sheets: at most %d can be needed", g.Threshold, g.Sheets, MaxThreshold)
	}
	return nil
}
