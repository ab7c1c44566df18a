package backup

import (
	"context"
	"fmt"
	"path"
	"slices"
	"time"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/chain"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/paper"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// ReissueRequest asks for a lost sheet to be made again from others of its set.
// For other people make a new set: restore, and split with Replaces.
type ReissueRequest struct {
	Record  string // the path of the record, which has the place of the lost share
	Lost    SheetRef
	Protect bool       // a new passphrase for it; the sheet is then not the same
	Paper   paper.Size // zero: A4
	Text    bool       // plain text instead of PDF
	Sheets  string     // as in SplitRequest
	OnDisk  bool
	NoCheck bool
	Sign    Signer // signs the entry of the history, which is unsigned where it fails; may be nil
}

// ReissuePlan is a checked request.
type ReissuePlan struct {
	Record     *Record
	RecordHash string
	Name       string // of the lost sheet
	Same       bool   // it will be the lost one, to the last character

	machine Machine
	req     ReissueRequest
	known   *history
}

// ReissueResult reports a sheet that was made again.
type ReissueResult struct {
	Set         string   `json:"set"`
	Mode        Mode     `json:"mode"`
	Name        string   `json:"name"`
	Same        bool     `json:"same_as_lost"` // to the last character; never with a passphrase
	Fingerprint string   `json:"fingerprint"`
	Used        []string `json:"sheets_used"`
	ReadBack    string   `json:"read_back"` // typed, picture, no
	History     string   `json:"history"`
	Number      int      `json:"number"` // of the entry in the history
	SignedBy    string   `json:"signed_by,omitempty"`
	Unsigned    string   `json:"unsigned,omitempty"` // why the signature that was asked for did not come
}

// PlanReissue checks req, the record and the folders. It writes nothing.
func PlanReissue(m Machine, req ReissueRequest) (*ReissuePlan, []Warning, error) {
	if req.Paper == (paper.Size{}) {
		req.Paper = paper.A4
	}
	known, err := openHistory(m, req.Record)
	if err != nil {
		return nil, nil, err
	}
	lost := known.record.sheet(req.Lost)
	if lost == nil {
		return nil, nil, fault.New(fault.Refused, "set %s has no %s", known.record.Set, req.Lost.name(known.record.Scheme.Shamir())).
			WithHint("it has %s", known.record.Scheme)
	}
	memory, err := m.inMemory(req.Sheets)
	if err != nil {
		return nil, nil, err
	}
	if !memory && !req.OnDisk {
		return nil, nil, notInMemory(req.Sheets)
	}
	fsys, err := m.Open(req.Sheets)
	if err != nil {
		return nil, nil, err
	}
	if err := atomicfile.Writable(fsys, ".", bytesPerSheet); err != nil {
		return nil, nil, err
	}
	p := &ReissuePlan{
		Record: known.record, RecordHash: known.hash.String(), Name: req.Lost.name(known.record.Scheme.Shamir()),
		Same: !lost.Passphrase && !req.Protect, machine: m, req: req, known: known,
	}
	warnings, err := p.warnings()
	return p, warnings, err
}

func (p *ReissuePlan) warnings() ([]Warning, error) {
	out := []Warning{{
		What: "a sheet that was lost may be found: the old one and the new one are the same share",
		Hint: "where it may be in wrong hands, or people have changed, make a new set, and destroy this one",
	}}
	by, err := p.known.retired()
	if err == nil && by != "" {
		out = append(out, Warning{What: fmt.Sprintf("set %s is to be destroyed: set %s takes its place", p.Record.Set, by)})
	}
	return out, err
}

// Run gathers the other sheets, makes the lost one, has it read back, and adds
// to the history that it was made.
func (p *ReissuePlan) Run(ctx context.Context, desk Desk) (*ReissueResult, error) {
	w := &papers{desk: desk, folder: p.req.Sheets, set: p.Record.Set, noCheck: p.req.NoCheck}
	defer w.wipe()
	result, err := p.run(ctx, desk, w)
	if err = w.ended(interrupted(ctx, err)); err != nil {
		return nil, err
	}
	return result, nil
}

func (p *ReissuePlan) run(ctx context.Context, desk Desk, w *papers) (*ReissueResult, error) {
	sheet, used, err := p.remake(ctx, desk)
	if err != nil {
		return nil, err
	}
	w.sheets, w.words = []*shamir.Sheet{sheet}, make([]*secret.Buffer, 1)
	if p.req.Protect {
		if w.sheets[0], w.words[0], err = protect(ctx, p.machine, sheet); err != nil {
			return nil, err
		}
	}
	page, err := p.page(w.sheets[0])
	if err != nil {
		return nil, err
	}
	w.pages = [][]byte{page}
	fsys, err := p.machine.Open(p.req.Sheets)
	if err != nil {
		return nil, err
	}
	err = w.write(ctx, fsys, func(s *shamir.Sheet) string { return p.Record.sheetName(s) + ending(p.req.Text) })
	if err != nil {
		return nil, err
	}
	if err := w.print(ctx); err != nil {
		return nil, err
	}
	return p.record(ctx, w, used)
}

// page composes the sheet, dated as the set is.
func (p *ReissuePlan) page(sheet *shamir.Sheet) ([]byte, error) {
	made, err := time.Parse(time.DateOnly, p.Record.Made)
	if err != nil {
		return nil, err
	}
	return composeSheet(SheetData{
		Sheet: sheet, Scheme: p.Record.Scheme.Shamir(), Label: p.Record.Label, RecordHash: p.known.hash, Made: made,
		BIP39: p.Record.bip39(), Paper: p.req.Paper, Lost: true,
	}, p.req.Text)
}

// remake gathers until there are enough sheets, and computes the lost one from
// them. What all of them guard is not computed.
func (p *ReissuePlan) remake(ctx context.Context, desk Desk) (*shamir.Sheet, []string, error) {
	g := newGatherer(desk, p.known)
	defer g.close()
	id, err := shamir.ParseSetID(p.Record.Set)
	if err != nil {
		return nil, nil, err
	}
	for {
		if sheets := p.enough(g.pile.Sheets(id)); sheets != nil {
			sheet, err := p.compute(sheets)
			return sheet, sheetNames(sheets), err
		}
		if err := g.more(ctx); err != nil {
			return nil, nil, err
		}
	}
}

// enough are the sheets that the lost one is computed from, or nil when there
// are too few: others of its group, or, of a group of one, other groups.
func (p *ReissuePlan) enough(sheets []*shamir.Sheet) []*shamir.Sheet {
	scheme, lost := p.Record.Scheme, p.req.Lost
	alone := scheme.Groups[lost.Group-1].Threshold == 1
	sheets = slices.DeleteFunc(sheets, func(s *shamir.Sheet) bool {
		return (s.Group() != lost.Group) != alone || !alone && s.Number() == lost.Number
	})
	if !alone {
		if len(sheets) < scheme.Groups[lost.Group-1].Threshold {
			return nil
		}
		return sheets
	}
	complete := 0
	for i, g := range scheme.Groups {
		n := 0
		for _, s := range sheets {
			if s.Group() == i+1 {
				n++
			}
		}
		if n >= g.Threshold {
			complete++
		}
	}
	if complete < scheme.GroupThreshold {
		return nil
	}
	return sheets
}

func (p *ReissuePlan) compute(sheets []*shamir.Sheet) (sheet *shamir.Sheet, err error) {
	lost := p.Record.sheet(p.req.Lost)
	if p.Record.Scheme.Groups[lost.Group-1].Threshold == 1 {
		sheet, err = shamir.ReissueGroup(sheets, lost.Group, byte(lost.X))
	} else {
		sheet, err = shamir.Reissue(sheets, lost.Group, lost.Number, byte(lost.X))
	}
	if err != nil || lost.Passphrase {
		return sheet, err // the record has the fingerprint of the encrypted one
	}
	if _, err := p.known.isOriginal(sheet); err != nil {
		sheet.Close()
		return nil, fault.New(fault.Integrity, "the sheet that was made is not the lost one: %w", err)
	}
	return sheet, nil
}

func sheetNames(sheets []*shamir.Sheet) []string {
	names := make([]string, len(sheets))
	for i, s := range sheets {
		names[i] = s.Name()
	}
	return names
}

// record adds to the history what was made.
func (p *ReissuePlan) record(ctx context.Context, w *papers, used []string) (*ReissueResult, error) {
	sheet := w.sheets[0]
	sum, err := sheet.Fingerprint()
	if err != nil {
		return nil, err
	}
	fact := Reissued{
		Set: p.Record.Set, RecordHash: p.RecordHash, Group: sheet.Group(), Number: sheet.Number(), Fingerprint: fmt.Sprintf("%x", sum),
		Passphrase: sheet.Protected(), Checked: w.checked(), Used: used,
	}
	line, got, err := p.known.addAnyway(ctx, p.machine, EventReissued, func(unsigned bool) chain.Public {
		fact.Unsigned = unsigned
		return fact
	}, p.req.Sign)
	if err != nil {
		return nil, err
	}
	return &ReissueResult{
		Set: p.Record.Set, Mode: p.Record.Mode, Name: sheet.Name(), Same: p.Same, Fingerprint: fact.Fingerprint, Used: used,
		ReadBack: w.back[0], History: path.Join(p.known.fsys.Name(), p.known.name), Number: int(line.Seq), SignedBy: got.by, Unsigned: got.missing,
	}, nil
}
