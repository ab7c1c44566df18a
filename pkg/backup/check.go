package backup

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/ethkey/ethkey/internal/chain"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// CheckRequest asks whether one sheet is good. It takes no other sheet, and
// shows nothing that could be stolen.
type CheckRequest struct {
	Record     string // the path of the record; empty: none at hand
	Passphrase bool   // have the passphrase of the sheet tried too, if it has one
}

// CheckResult is what one sheet says of itself, and what the record says of it.
type CheckResult struct {
	Set            string   `json:"set"`
	Mode           Mode     `json:"mode"`
	Name           string   `json:"name"`
	Group          int      `json:"group"`
	Number         int      `json:"number"`
	Threshold      int      `json:"threshold"`
	GroupThreshold int      `json:"group_threshold"`
	Groups         int      `json:"groups"`
	Sheets         int      `json:"sheets,omitempty"` // in its group, which only the record says
	Read           string   `json:"read"`             // typed, picture
	Undamaged      bool     `json:"undamaged"`        // the checksum holds
	Corrected      int      `json:"corrected_characters"`
	Original       *bool    `json:"original"` // null without a record
	Passphrase     bool     `json:"passphrase"`
	Opened         bool     `json:"passphrase_opens,omitempty"`
	RecordHash     string   `json:"record_sha256,omitempty"`
	Retired        string   `json:"replaced_by,omitempty"` // the sheet is to be destroyed
	Unknown        []string `json:"cannot_tell,omitempty"`

	problem error
}

// Err is nil for a sheet that is good as far as can be told, and says what is
// wrong with another.
func (r *CheckResult) Err() error { return r.problem }

// Check reads one sheet. What is wrong with it stands in the result, and is its
// Err.
func Check(ctx context.Context, m Machine, req CheckRequest, desk Desk) (*CheckResult, error) {
	var known *history
	if req.Record != "" {
		var err error
		if known, _, err = openLenient(m, req.Record); err != nil {
			return nil, err
		}
	}
	sheet, reading, corrected, err := oneSheet(ctx, desk, known)
	if err != nil {
		return nil, interrupted(ctx, err)
	}
	defer sheet.Close()
	result := describe(sheet)
	result.Read, result.Corrected = reading, corrected
	if err := result.compare(known, sheet); err != nil {
		return nil, err
	}
	if req.Passphrase && sheet.Protected() {
		if result.Opened, err = opens(ctx, desk, sheet); err != nil {
			return nil, interrupted(ctx, err)
		}
		if !result.Opened {
			result.Unknown = append(result.Unknown, "whether the passphrase opens it: none was given")
		}
	}
	return result, nil
}

// oneSheet asks until there is one sheet, and refuses two: a holder who has two
// sheets at hand is nearer to the secret than he should be.
func oneSheet(ctx context.Context, desk Desk, known *history) (*shamir.Sheet, string, int, error) {
	set := ""
	if known != nil {
		set = known.record.Set
	}
	for {
		readings, err := desk.Read(ctx, Ask{For: ForCheck, Set: set})
		if errors.Is(err, io.EOF) {
			closeAll(readings)
			return nil, "", 0, fault.New(fault.Refused, "no whole sheet was read")
		}
		if err != nil {
			closeAll(readings)
			return nil, "", 0, err
		}
		sheet, read, corrected, err := pick(ctx, desk, readings)
		closeAll(readings)
		if sheet != nil || err != nil {
			return sheet, read, corrected, err
		}
	}
}

// pick returns the one sheet among readings; both codes of a page are one.
func pick(ctx context.Context, desk Desk, readings []Reading) (found *shamir.Sheet, read string, corrected int, err error) {
	for _, r := range readings {
		sheet, n, err := readSheet(ctx, desk, r)
		if err != nil {
			found.Close()
			return nil, "", 0, err
		}
		switch {
		case sheet == nil:
		case found == nil:
			found, read, corrected = sheet, how(r), n
		case same(found, sheet):
			sheet.Close()
		default:
			err := fault.New(fault.Refused, "%s and %s: expected one sheet at a time", found.Name(), sheet.Name()).
				WithHint("sheets are kept apart, and checked apart: enough of them in one picture are the secret")
			found.Close()
			sheet.Close()
			return nil, "", 0, err
		}
	}
	return found, read, corrected, nil
}

func same(a, b *shamir.Sheet) bool {
	x, err := a.Fingerprint()
	y, err2 := b.Fingerprint()
	return err == nil && err2 == nil && x == y
}

func describe(s *shamir.Sheet) *CheckResult {
	return &CheckResult{
		Set: s.ID().String(), Mode: modeOf(s.Flags()), Name: s.Name(), Group: s.Group(), Number: s.Number(), Threshold: s.Threshold(),
		GroupThreshold: s.GroupThreshold(), Groups: s.Groups(), Undamaged: true, Passphrase: s.Protected(),
	}
}

func modeOf(f shamir.Flags) Mode {
	switch {
	case f.Has(shamir.Practice):
		return ModePractice
	case f.Has(shamir.Rehearsal):
		return ModeRehearsal
	}
	return ModeReal
}

// compare adds what the record says of the sheet, or what cannot be told
// without one.
func (r *CheckResult) compare(known *history, sheet *shamir.Sheet) error {
	if known == nil {
		r.Unknown = []string{
			"whether it is the original: that takes the record",
			"how many sheets the set has, and what it guards",
		}
		return nil
	}
	r.RecordHash = known.hash.String()
	if _, r.problem = known.isOriginal(sheet); r.Set != known.record.Set {
		return r.problem // the record says nothing about another set
	}
	original, err := known.recorded(sheet)
	if err != nil {
		return err
	}
	if original || r.problem != nil {
		r.Original = &original
	} else {
		r.Unknown = append(r.Unknown, "whether it is the original: the record has another fingerprint, and only the history says that it was made again; "+
			"ethkey backup drill --verify tells who signed that")
	}
	if g := sheet.Group(); g <= len(known.record.Scheme.Groups) {
		r.Sheets = known.record.Scheme.Groups[g-1].Sheets
	}
	if known.chain == nil {
		r.Unknown = append(r.Unknown, "whether the set was replaced: its history is not beside the record, or does not hold together")
		return nil
	}
	r.Retired, err = known.retired()
	return err
}

// openLenient reads a record, and its history if that is there and holds
// together. A restore does not fail for the want of it.
func openLenient(m Machine, file string) (*history, []Warning, error) {
	h, err := openRecord(m, file)
	if err != nil {
		return nil, nil, err
	}
	h.chain, err = chain.Load(h.fsys, h.name, chain.Hash(h.hash))
	if err == nil {
		err = h.checkFacts()
	}
	if err != nil {
		h.chain = nil
		return h, []Warning{{What: fmt.Sprintf("the history of the set is of no use: %v", err), Hint: fault.HintOf(err)}}, nil
	}
	return h, nil, nil
}
