package backup

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"image"
	"image/png"
	"path"
	"slices"
	"strings"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/paper"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// The secret of a practice set is the test vector of BIP-39 with the entropy
// 7f7f...7f, 24 words, in trezor/python-mnemonic, vectors.json. It begins with
// "legal winner thank year" and guards nothing: everybody has it.
const (
	practiceVector = "BIP-39's test vector of 24 words that begins with legal winner thank year (trezor/python-mnemonic, vectors.json)"
	practiceHex    = "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f"
)

// Damage is what happens to a practice set.
type Damage string

// The kinds of damage.
const (
	DamageStain   Damage = "stain"   // a blot over one of the two codes of a sheet
	DamageTypo    Damage = "typo"    // a sheet without a picture, with wrong characters in its text
	DamageMissing Damage = "missing" // only as many sheets as are needed
	DamageMixed   Damage = "mixed"   // a sheet of another set among them
)

// PractiseRequest asks for a set to train with.
type PractiseRequest struct {
	Scheme shamir.Scheme
	Damage []Damage
	Folder string     // it must exist; a new folder is made in it
	Paper  paper.Size // zero: A4
}

// PractisePlan is a checked request.
type PractisePlan struct {
	machine Machine
	req     PractiseRequest
}

// PractiseResult reports a practice set.
type PractiseResult struct {
	Set    string   `json:"set"`
	Vector string   `json:"vector"` // where the secret is published
	Folder string   `json:"folder"`
	Files  []string `json:"files"`
	Record string   `json:"record"`
	Damage []string `json:"damage,omitempty"` // what was done to which file
	Task   []string `json:"task"`
	Notes  []string `json:"notes,omitempty"`
}

// PlanPractise checks req. It writes nothing.
func PlanPractise(m Machine, req PractiseRequest) (*PractisePlan, []Warning, error) {
	if req.Paper == (paper.Size{}) {
		req.Paper = paper.A4
	}
	if err := req.Scheme.Check(); err != nil {
		return nil, nil, err
	}
	for i, d := range req.Damage {
		if !slices.Contains([]Damage{DamageStain, DamageTypo, DamageMissing, DamageMixed}, d) || slices.Contains(req.Damage[:i], d) {
			return nil, nil, fault.New(fault.Usage, "damage %q: expected stain, typo, missing or mixed, each once", d)
		}
	}
	fsys, err := m.Open(req.Folder)
	if err != nil {
		return nil, nil, err
	}
	if err := atomicfile.Writable(fsys, ".", uint64(req.Scheme.Sheets())*(1<<20)); err != nil {
		return nil, nil, err
	}
	return &PractisePlan{machine: m, req: req}, []Warning{{
		What: "the secret of a practice set is published: whatever is made of it belongs to everybody",
	}}, nil
}

// PractiseVerdict says whether a restored practice set is the published secret.
func PractiseVerdict(r *Restored) error {
	entropy, err := hex.DecodeString(practiceHex)
	if err != nil {
		return err
	}
	if r.Result.Mode != ModePractice {
		return fault.New(fault.Refused, "set %s is not for practice", r.Result.Set)
	}
	s := r.secret
	if s.Kind != shamir.KindEntropy || s.Language != mnemonic.English || s.Passphrase || !bytes.Equal(s.Data.Bytes(), entropy) {
		return fault.New(fault.Integrity, "what was restored is not the published phrase")
	}
	return nil
}

// practising is the state of one Run.
type practising struct {
	*PractisePlan
	splitting
	files   []namedFile
	damaged []string
}

// Run makes the set: its sheets as PDF, picture and text, its record and its
// history, in a new folder. Nothing of it is secret.
func (p *PractisePlan) Run(ctx context.Context, progress Progress) (*PractiseResult, error) {
	entropy, err := hex.DecodeString(practiceHex)
	if err != nil {
		return nil, err
	}
	data, err := secret.From(entropy)
	if err != nil {
		return nil, err
	}
	s := &shamir.Secret{Kind: shamir.KindEntropy, Language: mnemonic.English, Data: data}
	defer s.Close()
	r := &practising{PractisePlan: p}
	if err := r.makeSet(ctx, s, progress); err != nil {
		return nil, interrupted(ctx, err)
	}
	defer r.forget()
	if err := r.compose(ctx, s); err != nil {
		return nil, interrupted(ctx, err)
	}
	return r.put(ctx)
}

// makeSet splits as a real run does.
func (r *practising) makeSet(ctx context.Context, s *shamir.Secret, progress Progress) error {
	keys, err := restoresOf(s, nil, []uint32{0})
	if err != nil {
		return err
	}
	req := SplitRequest{Secret: s, Scheme: r.req.Scheme, Label: "practice", Paper: r.req.Paper, Records: r.req.Folder, practice: true}
	r.splitting = splitting{
		SplitPlan: &SplitPlan{machine: r.machine, req: req}, progress: progress, now: r.machine.Now(), secret: s, restores: keys,
	}
	r.splitting.SplitPlan.Summary.Restores = keys
	return r.make(ctx)
}

// compose makes the files of all sheets, with what happens to them.
func (r *practising) compose(ctx context.Context, s *shamir.Secret) error {
	r.back = make([]string, len(r.sheets))
	for i := range r.back {
		r.back[i] = notReadBack
	}
	for i, sheet := range r.sheets {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if slices.Contains(r.req.Damage, DamageMissing) && sheet.Number() > sheet.Threshold() {
			r.damaged = append(r.damaged, r.record.sheetName(sheet)+": missing")
			continue
		}
		if err := r.sheetFiles(i, sheet); err != nil {
			return err
		}
	}
	if slices.Contains(r.req.Damage, DamageMixed) {
		return r.stranger(ctx, s)
	}
	return nil
}

// sheetFiles makes the files of sheet i. The first sheet is stained, the second
// mistyped.
func (r *practising) sheetFiles(i int, sheet *shamir.Sheet) error {
	name := r.record.sheetName(sheet)
	text, err := sheet.Text()
	if err != nil {
		return err
	}
	defer text.Close()
	typed := bytes.Clone(text.Bytes())
	mistyped := i == 1 && slices.Contains(r.req.Damage, DamageTypo)
	if mistyped {
		misspell(typed)
		r.damaged = append(r.damaged, name+".txt: wrong characters, and no picture")
	}
	r.files = append(r.files, namedFile{name + ".txt", lines(typed)})
	if mistyped {
		return nil
	}
	pages, err := paper.Rasterise(r.pages[i], 150)
	if err != nil {
		return err
	}
	if i == 0 && slices.Contains(r.req.Damage, DamageStain) {
		stain(pages[0])
		r.damaged = append(r.damaged, name+".png: a stain over one code")
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, pages[0]); err != nil {
		return err
	}
	r.files = append(r.files, namedFile{name + ".png", picture.Bytes()}, namedFile{name + ".pdf", bytes.Clone(r.pages[i])})
	return nil
}

// lines sets a text as it stands on a sheet.
func lines(text []byte) []byte {
	var out bytes.Buffer
	out.WriteString(shamir.Prefix + "\n")
	for _, line := range shamir.Lines(text) {
		out.Write(bytes.Join(line, []byte(" ")))
		out.WriteByte('\n')
	}
	return out.Bytes()
}

// misspell exchanges three characters for others of the alphabet, in different
// lines.
func misspell(text []byte) {
	for _, i := range []int{18, 43, 70} {
		if text[i] == 'Q' {
			text[i] = 'P'
		} else {
			text[i] = 'Q'
		}
	}
}

// stain blots a corner of the first code of a page, so that the code cannot be
// read.
func stain(page *image.Gray) {
	found := paper.FindCodes(page)
	if len(found) == 0 {
		return
	}
	box := found[0].Bounds
	radius := box.Dx() / 4
	centre := box.Min.Add(image.Pt(radius/2, radius/2))
	for y := -radius; y <= radius; y++ {
		for x := -radius; x <= radius; x++ {
			if at := centre.Add(image.Pt(x, y)); x*x+y*y <= radius*radius && at.In(page.Rect) {
				page.Pix[page.PixOffset(at.X, at.Y)] = 70
			}
		}
	}
}

// stranger adds the text of a sheet of another set.
func (r *practising) stranger(ctx context.Context, s *shamir.Secret) error {
	other, err := shamir.Split(r.machine.Rand, *s, r.req.Scheme, shamir.Practice)
	if err != nil {
		return err
	}
	defer func() {
		for _, sheet := range other {
			sheet.Close()
		}
	}()
	text, err := other[0].Text()
	if err != nil {
		return err
	}
	defer text.Close()
	name := "PRACTICE-sheet-found-beside-the-others.txt"
	r.files = append(r.files, namedFile{name, lines(text.Bytes())})
	r.damaged = append(r.damaged, name+": of another set")
	return ctx.Err()
}

// put writes the folder.
func (r *practising) put(ctx context.Context) (*PractiseResult, error) {
	first, _, err := r.firstEntry(ctx)
	if err != nil {
		return nil, err
	}
	fsys, err := r.machine.Open(r.req.Folder)
	if err != nil {
		return nil, err
	}
	folder := "practice-" + r.record.Set
	r.files = append(r.files, namedFile{r.record.HistoryName(), first.Bytes()}, namedFile{r.record.RecordName(), r.file})
	report, err := writeFiles(ctx, fsys, folder, r.files)
	if err != nil {
		return nil, interrupted(ctx, err)
	}
	record := path.Join(report.Folder, r.record.RecordName())
	return &PractiseResult{
		Set: r.record.Set, Vector: practiceVector, Folder: report.Folder, Files: report.Files, Record: record, Damage: r.damaged,
		Task: []string{
			fmt.Sprintf("restore the set from the files in %s, as if they were photographs and sheets: %s", report.Folder, strings.TrimSpace(r.record.Scheme.String())),
			"compare with the record: " + record,
		},
		Notes: notes(report),
	}, nil
}
