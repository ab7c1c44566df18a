package backup

import (
	"cmp"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/ethkey/ethkey/internal/fault"
)

var recordFileName = regexp.MustCompile(`^(?:REHEARSAL-|PRACTICE-)?backup-[A-Z0-9]{5}\.json$`)

// DueSet is a set that wants something done.
type DueSet struct {
	Set     string `json:"set"`
	Mode    Mode   `json:"mode"`
	Record  string `json:"record"`
	Made    string `json:"made,omitempty"`
	Last    string `json:"last_drill,omitempty"`
	Days    int    `json:"days"` // since the last drill, or since it was made
	Retired string `json:"replaced_by,omitempty"`
	Problem string `json:"problem,omitempty"` // the record or its history cannot be relied on
}

// Due lists the sets of a folder of records whose last drill is older than the
// period, those that are to be destroyed, and those whose record or history
// cannot be relied on; the longest overdue first. Sets for practice are left
// out.
func Due(m Machine, folder string, period time.Duration) ([]DueSet, error) {
	fsys, err := m.Open(folder)
	if err != nil {
		return nil, err
	}
	files, err := fsys.ReadDir(".")
	if err != nil {
		return nil, fault.New(fault.Environment, "%s: %w", folder, err)
	}
	now := m.Now()
	var due []DueSet
	found := false
	for _, f := range files {
		if !recordFileName.MatchString(f.Name()) {
			continue
		}
		found = true
		d, elapsed := lastDrill(m, filepath.Join(folder, f.Name()), now)
		if d.Mode != ModePractice && (d.Problem != "" || d.Retired != "" || elapsed > period) {
			due = append(due, d)
		}
	}
	if !found {
		return nil, fault.New(fault.Refused, "%s holds no record of a set", folder).
			WithHint("records are called backup-<set>.json")
	}
	slices.SortStableFunc(due, func(a, b DueSet) int { return cmp.Compare(b.Days, a.Days) })
	return due, nil
}

// lastDrill says how long ago a set was last proven to restore.
func lastDrill(m Machine, file string, now time.Time) (DueSet, time.Duration) {
	d := DueSet{Record: file}
	h, err := openHistory(m, file)
	if h != nil {
		d.Set, d.Mode, d.Made = h.record.Set, h.record.Mode, h.record.Made
	}
	if err == nil {
		err = h.checkFacts()
	}
	if err == nil {
		d.Retired, err = h.retired()
	}
	if err != nil {
		d.Problem = err.Error()
		return d, 0
	}
	since := h.chain.Lines()[0].Time
	if last := h.last(EventDrill); last != nil {
		since, d.Last = last.Time, day(last.Time)
	}
	elapsed := now.Sub(since)
	if d.Days = int(elapsed / (24 * time.Hour)); elapsed < 0 {
		d.Problem = "its last entry is of the future: is the clock of this machine right?"
	}
	return d, elapsed
}
