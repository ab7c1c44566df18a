package shamir

import "github.com/ethkey/ethkey/internal/fault"

// Verdict is what adding a sheet to a pile came to. A sheet that was added
// belongs to the pile, which closes it.
type Verdict struct {
	Sheet     *Sheet // as in the pile; of a duplicate, the earlier one
	Duplicate bool   // the very sheet was there already
	OtherSet  SetID  // when Strange: the set that most sheets are of
	Strange   bool   // the sheet is of another set than most before it
	Mixed     bool   // Strange, and one is a rehearsal or practice, the other not
	Status    Status // of the set of this sheet
}

// Status is how far a set is.
type Status struct {
	Set            SetID
	Flags          Flags // set-wide ones
	GroupThreshold int
	Groups         []GroupStatus // by group, those of which there is a sheet
	Ready          bool
}

// GroupStatus is how far a group is.
type GroupStatus struct {
	Group     int
	Threshold int
	Numbers   []int // of the sheets that are there, in order
}

// String says what is there and what is missing: "2 of 3 sheets, 1 more".
func (s Status) String() string { return "" }

// String says what happened, for the person who holds the sheet.
func (v Verdict) String() string { return "" }

// ConflictError says that two sheets claim to be the same one and differ. Both
// are kept: Combine finds out which one fits.
type ConflictError struct {
	Set  SetID
	Name string // "sheet 2"
}

// Error names the sheet.
func (e *ConflictError) Error() string {
	return "two sheets of set " + e.Set.String() + " say that they are " + e.Name + ", and differ"
}

// OddError names sheets that do not belong to the others of their set. Without
// them the set combines: Drop them, and combine again.
type OddError struct {
	Set    SetID
	Sheets []*Sheet
}

// Error names the sheets.
func (e *OddError) Error() string { return "" }

// TagError says that sheets combine to nothing: one or more of them are
// damaged or forged, and there are not enough to say which.
type TagError struct {
	Set   SetID
	Names []string
}

// Error names the sheets.
func (e *TagError) Error() string { return "" }

// MissingError says that sheets are missing.
type MissingError struct{ Status Status }

// Error says how many there are and how many more are needed.
func (e *MissingError) Error() string { return e.Status.String() }

// Pile is sheets as they come: of several sets, some twice. It is not safe for
// use by several goroutines.
type Pile struct{}

// Add sorts a sheet in, and keeps it unless it is there already or an error is
// returned. A *ConflictError comes with a sheet that was kept. A protected
// sheet is refused: Unprotect it first.
func (p *Pile) Add(s *Sheet) (Verdict, error) { return Verdict{}, errSkeleton }

// Sets returns how far each set is, the one with most sheets first.
func (p *Pile) Sets() []Status { return nil }

// Sheets returns the sheets of a set, by group and number.
func (p *Pile) Sheets(id SetID) []*Sheet { return nil }

// Ready tells whether a set has enough sheets.
func (p *Pile) Ready(id SetID) bool { return false }

// Drop takes sheets out and closes them.
func (p *Pile) Drop(sheets ...*Sheet) {}

// Combine returns the secret of a set. Errors: *MissingError, *TagError, and
// *OddError when there are more sheets than needed and some do not belong.
func (p *Pile) Combine(id SetID) (*Secret, error) {
	return nil, fault.New(fault.Refused, "pkg/shamir is being written")
}

// Close wipes all sheets.
func (p *Pile) Close() {}
