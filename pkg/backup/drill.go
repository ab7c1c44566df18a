package backup

import (
	"context"
	"errors"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/chain"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
	"github.com/ethkey/ethkey/pkg/validator"
)

// DrillRequest asks for a restore whose only output is a report.
type DrillRequest struct {
	Record string // the path of the record; its history is beside it
	// Keystores of the fleet, to be opened. A set that guards their password
	// opens them with it; another one needs KeystorePassword, as typed, and must
	// have restored the key inside.
	Keystores        []validator.KeystoreFile
	KeystorePassword *secret.Buffer
	Sign             Signer   // nil: the report is unsigned, and says so
	Present          []string // names of people, public
	Reports          string   // the folder that the report goes to; empty: that of the record
	Tool             string   // what made the report, as "ethkey v1.2.3", public
}

// DrillPlan is a checked request.
type DrillPlan struct {
	Record     *Record
	RecordHash string
	Last       string // when the last drill was, or ""
	Signed     bool

	machine Machine
	req     DrillRequest
	known   *history
}

// Report is what a drill found out, as it stands in the history. It is public.
type Report struct {
	Set        string   `json:"set"`
	Mode       Mode     `json:"mode"`
	RecordHash string   `json:"record_sha256"`
	Kind       Kind     `json:"kind"`
	Sheets     []string `json:"sheets_used"` // originals, by the record's fingerprints
	Aside      []string `json:"sheets_put_aside,omitempty"`
	Compared   []string `json:"compared"` // what was derived, and is the record's
	Keystores  []string `json:"keystores_opened,omitempty"`
	Present    []string `json:"present,omitempty"`
	Tool       string   `json:"tool,omitempty"`
}

// DrillResult reports a drill.
type DrillResult struct {
	Report   Report   `json:"report"`
	Number   int      `json:"number"` // of the entry in the history
	Time     string   `json:"time"`
	Head     string   `json:"head_sha256"` // the hash of its line
	Signed   bool     `json:"signed"`
	SignedBy string   `json:"signed_by,omitempty"` // the fingerprint of the key
	Files    []string `json:"files"`               // the report, and its signature
	History  string   `json:"history"`
	Notes    []string `json:"notes,omitempty"`
}

// PlanDrill reads the record and its history. It writes nothing.
func PlanDrill(m Machine, req DrillRequest) (*DrillPlan, []Warning, error) {
	known, err := openHistory(m, req.Record)
	if err != nil {
		return nil, nil, err
	}
	if req.Reports == "" {
		req.Reports = filepath.Dir(req.Record)
	}
	for _, name := range append(slices.Clone(req.Present), req.Tool) {
		if len(name) > 100 || strings.ContainsFunc(name, func(c rune) bool { return !unicode.IsPrint(c) }) {
			return nil, nil, fault.New(fault.Usage, "a name of somebody present: expected a short line of text")
		}
	}
	if len(req.Keystores) > 0 && known.record.Kind != KindPassword && req.KeystorePassword.Len() == 0 {
		return nil, nil, fault.New(fault.Usage, "a set that guards a %s opens no keystore without its password", known.record.Kind).
			WithHint("give the password of the keystores: --keystore-password-file")
	}
	if err := req.firstOpens(known.record.Kind); err != nil {
		return nil, nil, err
	}
	if err := known.checkFacts(); err != nil {
		return nil, nil, err
	}
	if err := known.freeReport(m, req.Reports); err != nil {
		return nil, nil, err
	}
	p := &DrillPlan{Record: known.record, RecordHash: known.hash.String(), Signed: req.Sign != nil, machine: m, req: req, known: known}
	if last := known.last(EventDrill); last != nil {
		p.Last = day(last.Time)
	}
	return p, p.warnings(), nil
}

// firstOpens finds a mistyped password before sheets are read for nothing.
func (r *DrillRequest) firstOpens(kind Kind) error {
	if len(r.Keystores) == 0 || kind == KindPassword {
		return nil
	}
	if _, err := validator.TestKeystore(r.Keystores[0].Data, r.KeystorePassword); err != nil {
		return fault.New(fault.KindOf(err), "%s: %w", r.Keystores[0].Name, err).WithHint("%s", fault.HintOf(err))
	}
	return nil
}

// freeReport refuses a history whose next report lies there already: it is
// shorter than it was.
func (h *history) freeReport(m Machine, folder string) error {
	fsys, err := m.Open(folder)
	if err != nil {
		return err
	}
	name := h.entryName(EventDrill, h.chain.Len()+1)
	for _, name := range []string{name, name + ".sig"} {
		if _, err := fsys.Lstat(name); err == nil {
			return fault.New(fault.Integrity, "%s is there already, and the history has only %s", path.Join(fsys.Name(), name), entries(h.chain.Len())).
				WithHint("the history is an old copy, or its end was cut off: use the newest copy, or another folder for the report")
		}
	}
	return atomicfile.Writable(fsys, ".", 1<<20)
}

func (p *DrillPlan) warnings() (out []Warning) {
	if p.req.Sign == nil {
		out = append(out, Warning{
			What: "the report will be unsigned: anybody who can write the file could have written it",
			Hint: "sign with an SSH key, here (--sign-key), or with ssh-keygen on another machine (--sign-in)",
		})
	}
	if by, _ := p.known.retired(); by != "" {
		out = append(out, Warning{What: "set " + p.Record.Set + " is to be destroyed: set " + by + " takes its place"})
	}
	return out
}

// last is the last line of an event, or nil.
func (h *history) last(event string) *chain.Line {
	for _, l := range slices.Backward(h.chain.Lines()) {
		if l.Event == event {
			return &l
		}
	}
	return nil
}

// Run restores, compares, forgets the secret, and adds the report to the
// history. It fails, and adds nothing, when the restore fails or differs.
func (p *DrillPlan) Run(ctx context.Context, desk Desk) (*DrillResult, error) {
	report, err := p.restore(ctx, desk)
	if err != nil {
		return nil, err
	}
	line, by, err := p.known.add(ctx, p.machine, EventDrill, report, p.req.Sign)
	if err != nil {
		return nil, interrupted(ctx, err)
	}
	result := &DrillResult{
		Report: report, Number: int(line.Seq), Time: line.Time.Format("2006-01-02T15:04:05Z"), Head: line.Hash.String(),
		Signed: by != "", SignedBy: by, History: path.Join(p.known.fsys.Name(), p.known.name),
	}
	return result, p.write(ctx, line, result)
}

// restore does what a restore does, and returns with the secret wiped.
func (p *DrillPlan) restore(ctx context.Context, desk Desk) (Report, error) {
	r, err := (&RestorePlan{Record: p.Record, known: p.known}).Run(ctx, desk)
	if err != nil {
		return Report{}, err
	}
	defer r.Close()
	report := Report{
		Set: p.Record.Set, Mode: p.Record.Mode, RecordHash: p.RecordHash, Kind: p.Record.Kind, Sheets: r.Result.Used, Aside: r.Result.Aside,
		Compared: r.Result.Compared, Present: p.req.Present, Tool: p.req.Tool,
	}
	for _, file := range p.req.Keystores {
		if ctx.Err() != nil {
			return Report{}, fault.New(fault.Interrupted, "interrupted")
		}
		opened, err := p.openKeystore(r, file)
		if err != nil {
			return Report{}, fault.New(fault.KindOf(err), "%s: %w", file.Name, err).WithHint("%s", fault.HintOf(err))
		}
		report.Keystores = append(report.Keystores, path.Base(file.Name)+": "+opened)
	}
	return report, nil
}

// openKeystore opens a keystore, and returns the public key of what is in it.
// Unless the set guards the password itself, that key must be one that was
// restored.
func (p *DrillPlan) openKeystore(r *Restored, file validator.KeystoreFile) (string, error) {
	password := p.req.KeystorePassword
	if r.secret.Kind == shamir.KindPassword {
		password = r.secret.Data
	}
	opened, err := validator.TestKeystore(file.Data, password)
	if err != nil {
		if errors.Is(err, keystore.ErrWrongPassword) && r.secret.Kind == shamir.KindPassword {
			return "", fault.New(fault.Integrity, "the restored password does not open it")
		}
		return "", err
	}
	if r.secret.Kind == shamir.KindPassword {
		return opened.PublicKey, nil
	}
	return opened.PublicKey, p.holds(r, opened)
}

// holds tells whether a keystore's key is one of the record's, which have been
// derived again.
func (p *DrillPlan) holds(r *Restored, opened *validator.Opened) error {
	if r.secret.Kind != shamir.KindEntropy && r.secret.Kind != shamir.KindSecretKey {
		return fault.New(fault.Refused, "a set that guards a %s restores no key to compare with", p.Record.Kind)
	}
	want, err := parseKey(opened.PublicKey)
	if err != nil {
		return err
	}
	for _, v := range append(r.Result.Restores.Validators, ValidatorKey{PublicKey: r.Result.Restores.PublicKey}) {
		if got, err := parseKey(v.PublicKey); err == nil && got == want {
			return nil
		}
	}
	return fault.New(fault.Integrity, "its key %s is none of those that the record names", opened.PublicKey).
		WithHint("is it a keystore of another mnemonic, or of a validator beyond those of the record?")
}

// parseKey reads a public key with or without 0x.
func parseKey(text string) (bls.PublicKey, error) {
	return publicKey("0x" + strings.TrimPrefix(text, "0x"))
}

// write puts the report, and its signature, into files of their own, for the
// holders to keep: what they keep is what a history is compared with.
func (p *DrillPlan) write(ctx context.Context, line chain.Line, result *DrillResult) error {
	fsys, err := p.machine.Open(p.req.Reports)
	if err != nil {
		return err
	}
	name := p.known.entryName(EventDrill, int(line.Seq))
	files := []namedFile{{name, line.Entry}}
	if line.Signature != nil {
		files = []namedFile{{name + ".sig", line.Signature}, files[0]}
	}
	written, err := writeFiles(ctx, fsys, ".", files)
	if err != nil {
		return fault.New(fault.KindOf(err), "the drill is in the history as number %d, but its report could not be written: %w", line.Seq, err).
			WithHint("the report is what stands after \"entry\": in that line of the history")
	}
	for _, f := range slices.Backward(files) {
		result.Files = append(result.Files, path.Join(fsys.Name(), f.name))
	}
	result.Notes = notes(written)
	return nil
}
