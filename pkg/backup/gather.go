package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// readSheet makes a sheet of what was read. What is none, or cannot be read,
// is said at the desk, and there is neither sheet nor error. Corrected is how
// many characters the person agreed to.
func readSheet(ctx context.Context, desk Desk, r Reading) (sheet *shamir.Sheet, corrected int, err error) {
	sheet, err = shamir.Parse(r.Text.Bytes())
	var damage *shamir.DamageError
	if errors.As(err, &damage) {
		defer damage.Close()
		if damage.Proposal != nil {
			return proposed(ctx, desk, r, damage)
		}
	}
	if err != nil {
		desk.Say(Notice{What: at(r.Where, err.Error()), Hint: fault.HintOf(err)})
		return nil, 0, nil
	}
	return sheet, 0, nil
}

func proposed(ctx context.Context, desk Desk, r Reading, damage *shamir.DamageError) (*shamir.Sheet, int, error) {
	yes, err := desk.Propose(ctx, r, damage)
	if err != nil || !yes {
		return nil, 0, err
	}
	sheet, err := shamir.Parse(damage.Proposal.Text.Bytes())
	return sheet, len(damage.Proposal.Places), err
}

func at(where, text string) string {
	if where == "" {
		return text
	}
	return where + ": " + text
}

// unlock takes the passphrase off a sheet. Nil without an error says that the
// person gave none. The sheet stays the caller's.
func unlock(ctx context.Context, desk Desk, sheet *shamir.Sheet) (*shamir.Sheet, error) {
	for {
		passphrase, err := desk.Hidden(ctx, Question{
			ID:   AskSheetPassphrase,
			What: fmt.Sprintf("the passphrase of %s of set %s", sheet.Name(), sheet.ID()),
			Hint: "it is written on the sheet by hand; enter nothing to put the sheet aside",
		})
		if err != nil {
			return nil, err
		}
		if passphrase.Len() == 0 {
			passphrase.Close()
			return nil, nil
		}
		plain, err := shamir.Unprotect(ctx, sheet, passphrase)
		passphrase.Close()
		if err == nil {
			return plain, nil
		}
		if ctx.Err() != nil {
			return nil, err
		}
		desk.Say(Notice{What: err.Error(), Hint: fault.HintOf(err)})
	}
}

// gatherer collects sheets at a desk until a set is complete.
type gatherer struct {
	desk     Desk
	known    *history // what the record says; nil when none is at hand
	pile     shamir.Pile
	practice bool                 // sheets for practice, and nothing else
	chosen   string               // the set that somebody chose among several complete ones
	aside    []string             // names of sheets that were left out
	tried    map[shamir.SetID]int // how many sheets of a set combined to nothing
}

func newGatherer(desk Desk, known *history) *gatherer {
	return &gatherer{desk: desk, known: known, tried: map[shamir.SetID]int{}}
}

// close wipes the sheets.
func (g *gatherer) close() { g.pile.Close() }

// add takes one reading. Only the desk's own errors are returned.
func (g *gatherer) add(ctx context.Context, r Reading) error {
	defer r.Text.Close()
	sheet, _, err := readSheet(ctx, g.desk, r)
	if sheet == nil || err != nil {
		return err
	}
	if problem := g.misfit(sheet); problem != nil {
		g.desk.Say(Notice{What: at(r.Where, problem.Error()), Hint: fault.HintOf(problem)})
		sheet.Close()
		return nil
	}
	if sheet.Protected() {
		locked := sheet
		sheet, err = unlock(ctx, g.desk, locked)
		if fault.KindOf(err) == fault.Usage { // nobody can be asked; the others may be enough
			g.desk.Say(Notice{What: at(r.Where, "put aside: "+err.Error()), Hint: fault.HintOf(err)})
			err = nil
		}
		locked.Close()
		if sheet == nil || err != nil {
			return err
		}
	}
	g.keep(r, sheet)
	return nil
}

// keep puts a sheet on the pile and says what that came to.
func (g *gatherer) keep(r Reading, sheet *shamir.Sheet) {
	verdict, err := g.pile.Add(sheet)
	var conflict *shamir.ConflictError
	if err != nil {
		if !errors.As(err, &conflict) {
			sheet.Close()
		}
		g.desk.Say(Notice{What: at(r.Where, err.Error()), Hint: fault.HintOf(err)})
		return
	}
	if verdict.Duplicate {
		sheet.Close()
	}
	g.desk.Say(Notice{Good: !verdict.Duplicate && !verdict.Strange, What: at(r.Where, verdict.String())})
}

// misfit says why a sheet is not one of those asked for.
func (g *gatherer) misfit(sheet *shamir.Sheet) error {
	if g.practice && !sheet.Flags().Has(shamir.Practice) {
		return fault.New(fault.Refused, "%s of set %s is not for practice", sheet.Name(), sheet.ID()).
			WithHint("do not train with it: put it back where it is kept")
	}
	if g.known == nil {
		return nil
	}
	_, err := g.known.isOriginal(sheet)
	return err
}

// isOriginal compares a sheet with the record, and returns its name.
func (h *history) isOriginal(sheet *shamir.Sheet) (name string, err error) {
	r := h.record
	if set := sheet.ID().String(); set != r.Set {
		return "", fault.New(fault.Refused, "this is a sheet of set %s, and the record is of set %s", set, r.Set).
			WithHint("put it aside, or give the record of its own set")
	}
	const marks = shamir.Rehearsal | shamir.Practice
	if sheet.Flags()&marks != r.Flags() {
		return "", fault.New(fault.Integrity, "%s of set %s is not marked as the record is: %s", sheet.Name(), r.Set, r.Mode).
			WithHint("it is not a sheet of this set, whatever it says")
	}
	sum, err := sheet.Fingerprint()
	if err != nil {
		return "", err
	}
	known, err := h.fingerprints(SheetRef{sheet.Group(), sheet.Number()})
	if err != nil {
		return "", err
	}
	if !slices.Contains(known, fmt.Sprintf("%x", sum)) {
		return "", fault.New(fault.Integrity, "this is not the original %s of set %s: its fingerprint is not the record's", sheet.Name(), r.Set).
			WithHint("it was changed or forged, or the record is not the set's: compare the hash of the record with the one on the sheet")
	}
	return sheet.Name(), nil
}

// set is the name of the set that is looked for, or "".
func (g *gatherer) set() string {
	if g.known == nil {
		return g.chosen
	}
	return g.known.record.Set
}

// ready returns the set to combine next: one that has enough sheets, and was
// not tried in vain.
func (g *gatherer) ready(ctx context.Context) (id shamir.SetID, ok bool, err error) {
	var all []shamir.SetID
	for _, s := range g.pile.Sets() {
		wanted := g.set() == "" || s.Set.String() == g.set()
		if s.Ready && wanted && !slices.Contains(all, s.Set) && len(g.pile.Sheets(s.Set)) != g.tried[s.Set] {
			all = append(all, s.Set)
		}
	}
	switch len(all) {
	case 0:
		return 0, false, nil
	case 1:
		return all[0], true, nil
	}
	id, err = g.choose(ctx, all)
	return id, err == nil, err
}

// choose asks which of several complete sets is meant.
func (g *gatherer) choose(ctx context.Context, all []shamir.SetID) (shamir.SetID, error) {
	var names []string
	for _, id := range all {
		names = append(names, id.String())
	}
	list := strings.Join(names, " and ")
	for _, id := range all {
		yes, err := g.desk.Confirm(ctx, Question{
			ID: AskWhichSet, What: fmt.Sprintf("restore set %s?", id), Hint: fmt.Sprintf("the sheets of more than one set are complete: %s", list),
		})
		if err != nil {
			return 0, err
		}
		if yes {
			g.chosen = id.String()
			return id, nil
		}
	}
	return 0, fault.New(fault.Refused, "the sheets of sets %s are all complete: expected one set", list).
		WithHint("give the record of the one that is meant, or its sheets alone")
}

// others are the sets on the pile besides id.
func (g *gatherer) others(id shamir.SetID) (out []string) {
	for _, s := range g.pile.Sets() {
		if s.Set != id {
			out = append(out, fmt.Sprintf("sheets of set %s were there too: %s", s.Set, s))
		}
	}
	return out
}

// more asks the desk for sheets.
func (g *gatherer) more(ctx context.Context) error {
	readings, err := g.desk.Read(ctx, Ask{For: ForRestore, Set: g.set(), Sets: g.pile.Sets()})
	defer func() {
		for _, r := range readings {
			r.Text.Close()
		}
	}()
	if errors.Is(err, io.EOF) {
		return g.missing()
	}
	if err != nil {
		return err
	}
	for _, r := range readings {
		if err := g.add(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// missing says how far each set is.
func (g *gatherer) missing() error {
	sets := g.pile.Sets()
	if len(sets) == 0 {
		return fault.New(fault.Refused, "no sheet was read, so there is nothing to restore")
	}
	var parts []string
	for _, s := range sets {
		parts = append(parts, fmt.Sprintf("set %s: %s", s.Set, s))
	}
	return fault.New(fault.Refused, "the sheets do not restore anything yet: %s", strings.Join(parts, "; ")).
		WithHint("the printed record or your own notes may say who holds the others; then begin again with all of them")
}

// secret gathers until a set combines.
func (g *gatherer) secret(ctx context.Context) (*shamir.Secret, shamir.SetID, error) {
	for {
		id, ok, err := g.ready(ctx)
		if err != nil {
			return nil, 0, err
		}
		if ok {
			s, err := g.combine(ctx, id)
			if s != nil || err != nil {
				return s, id, err
			}
		}
		if err := g.more(ctx); err != nil {
			return nil, 0, err
		}
	}
}

// combine returns neither a secret nor an error when more sheets are needed to
// tell which of them is wrong.
func (g *gatherer) combine(ctx context.Context, id shamir.SetID) (*shamir.Secret, error) {
	for {
		s, err := g.pile.Combine(id)
		var odd *shamir.OddError
		var tag *shamir.TagError
		var missing *shamir.MissingError
		switch {
		case err == nil:
			return s, nil
		case errors.As(err, &odd):
			if err := g.drop(ctx, odd, err); err != nil {
				return nil, err
			}
		case errors.As(err, &tag), errors.As(err, &missing):
			g.desk.Say(Notice{What: err.Error(), Hint: fault.HintOf(err)})
			g.tried[id] = len(g.pile.Sheets(id))
			return nil, nil
		default:
			return nil, err
		}
	}
}

// drop goes on without the odd sheets, if the person agrees.
func (g *gatherer) drop(ctx context.Context, odd *shamir.OddError, err error) error {
	g.desk.Say(Notice{What: err.Error(), Hint: fault.HintOf(err)})
	yes, asked := g.desk.Confirm(ctx, Question{
		ID: AskDropOdd, What: "go on without it?", Hint: "the other sheets agree, and are enough",
	})
	if asked != nil {
		return asked
	}
	if !yes {
		return err
	}
	for _, s := range odd.Sheets {
		g.aside = append(g.aside, s.Name())
	}
	g.pile.Drop(odd.Sheets...)
	return nil
}

// used are the names of the sheets of a set that are on the pile.
func (g *gatherer) used(id shamir.SetID) []string {
	var out []string
	for _, s := range g.pile.Sheets(id) {
		out = append(out, s.Name())
	}
	return out
}
