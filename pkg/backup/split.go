package backup

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/network"
	"github.com/ethkey/ethkey/pkg/paper"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
	"github.com/ethkey/ethkey/pkg/validator"
)

// Progress hears how many of total steps are done. It may be nil.
type Progress func(done, total int)

// SheetRef names a sheet.
type SheetRef struct{ Group, Number int }

// SplitRequest asks for a secret to be split into sheets.
type SplitRequest struct {
	// Secret is what is split, or nil when there is a Data. MnemonicSecret,
	// KeySecret and the like make it. It stays the caller's.
	Secret *shamir.Secret
	// Data is what fits on no sheet: it is encrypted to a new age key, which is
	// split. DataName is the name of the encrypted file.
	Data     *secret.Buffer
	DataName string

	// Of a mnemonic: its BIP-39 passphrase, or nil; and the validators whose
	// public keys the record keeps. A Count of 0 is 1.
	Passphrase *secret.Buffer
	StartIndex uint64
	Count      uint64
	Network    network.Network // the rehearsal network marks the set; may be zero for other kinds

	Scheme  shamir.Scheme
	Protect []SheetRef // the sheets that get a passphrase

	Label string     // a name for people, public; may be empty
	Paper paper.Size // zero: A4
	Text  bool       // sheets as plain text instead of PDF

	Sheets  string // the folder that the sheets go to until they are read back; it must exist
	OnDisk  bool   // somebody confirmed that Sheets may be a folder that outlives the power
	Records string // the folder that the record and the public pages go to; it must exist
	NoCheck bool   // somebody confirmed that sheets need not be read back

	Replaces string // the set that this one takes the place of, which Retire then says in its history
	Sign     Signer // signs the first entry of the history, which is unsigned where it fails; may be nil

	practice bool // the set is one to train with
}

// SplitSummary is what a person agrees to before a secret is split.
type SplitSummary struct {
	Mode     Mode     `json:"mode"`
	Kind     Kind     `json:"kind"`
	Phrase   *Phrase  `json:"phrase,omitempty"`
	Scheme   Scheme   `json:"scheme"`
	Words    string   `json:"scheme_in_words"`
	Count    int      `json:"sheets"`
	Protect  []string `json:"sheets_with_passphrase,omitempty"`
	Restores Restores `json:"restores"`
	Folder   string   `json:"sheets_folder"`
	InMemory bool     `json:"sheets_in_memory"`
	Records  string   `json:"records_folder"`
	Checked  bool     `json:"sheets_are_read_back"`
	Signed   bool     `json:"signed"`
	Replaces string   `json:"replaces,omitempty"`

	WallsMissing []string `json:"walls_missing,omitempty"`
}

// SplitPlan is a checked request. It holds no secret of its own.
type SplitPlan struct {
	Summary SplitSummary

	machine  Machine
	req      SplitRequest
	inMemory bool
}

// SplitResult reports a set that exists. It holds no secrets.
type SplitResult struct {
	Set        string       `json:"set"`
	Mode       Mode         `json:"mode"`
	Kind       Kind         `json:"kind"`
	Scheme     Scheme       `json:"scheme"`
	Words      string       `json:"scheme_in_words"`
	Record     string       `json:"record"`
	RecordHash string       `json:"record_sha256"`
	History    string       `json:"history"`
	Pages      []string     `json:"public_pages"`
	File       string       `json:"encrypted_file,omitempty"`
	Checked    bool         `json:"checked"` // every sheet was read back
	Sheets     []SplitSheet `json:"sheets"`
	Restores   Restores     `json:"restores"`
	Replaces   string       `json:"replaces,omitempty"`
	SignedBy   string       `json:"signed_by,omitempty"` // the fingerprint of the key
	Unsigned   string       `json:"unsigned,omitempty"`  // why the signature that was asked for did not come
	Notes      []string     `json:"notes,omitempty"`

	WallsMissing []string `json:"walls_missing,omitempty"`
}

// SplitSheet is one sheet of a SplitResult.
type SplitSheet struct {
	Name        string `json:"name"`
	Fingerprint string `json:"fingerprint"`
	Passphrase  bool   `json:"passphrase"`
	ReadBack    string `json:"read_back"` // typed, picture, no
}

// PlanSplit checks req and the folders, and derives what the record will say. It
// writes nothing and draws nothing. The request's secrets stay the caller's,
// who keeps them until Run has returned.
func PlanSplit(m Machine, req SplitRequest) (*SplitPlan, []Warning, error) {
	if req.Paper == (paper.Size{}) {
		req.Paper = paper.A4
	}
	req.Count = max(1, req.Count)
	p := &SplitPlan{machine: m, req: req}
	if err := p.check(); err != nil {
		return nil, nil, err
	}
	restores, err := p.restores()
	if err != nil {
		return nil, nil, err
	}
	if p.inMemory, err = m.inMemory(req.Sheets); err != nil {
		return nil, nil, err
	}
	if !p.inMemory && !req.OnDisk {
		return nil, nil, notInMemory(req.Sheets)
	}
	left, err := p.inspectFolders()
	if err != nil {
		return nil, nil, err
	}
	p.summarise(restores)
	return p, append(p.warnings(), left...), nil
}

func (m Machine) inMemory(folder string) (bool, error) {
	if m.InMemory == nil {
		return false, nil
	}
	return m.InMemory(folder)
}

func notInMemory(folder string) error {
	return fault.New(fault.Refused, "%s does not lie in memory: a sheet that is written there may be found on the disk later", folder).
		WithHint("name a folder of a tmpfs, such as /dev/shm, or confirm that this disk will be destroyed or holds nothing but the system of this day")
}

// CheckSplit refuses what is wrong with a request that lacks its secret yet, so
// that nobody types one in vain.
func CheckSplit(m Machine, req SplitRequest) error {
	p := &SplitPlan{machine: m, req: req}
	if err := p.checkSheets(); err != nil {
		return err
	}
	_, err := p.inspectFolders()
	return err
}

func (p *SplitPlan) check() error {
	r := &p.req
	if (r.Secret == nil) == (r.Data == nil) {
		return fault.New(fault.Usage, "expected one secret to split")
	}
	if r.Data != nil && (r.DataName == "" || path.Base(r.DataName) != r.DataName) {
		return fault.New(fault.Usage, "the encrypted file needs a name, without a folder")
	}
	if r.Secret != nil && r.Secret.Kind == shamir.KindEntropy && (r.Passphrase.Len() > 0) != r.Secret.Passphrase {
		return fault.New(fault.Usage, "a BIP-39 passphrase is said to exist and is not there, or the other way round")
	}
	return p.checkSheets()
}

// checkSheets refuses sheets that cannot be.
func (p *SplitPlan) checkSheets() error {
	r := &p.req
	if err := r.Scheme.Check(); err != nil {
		return err
	}
	if err := CheckLabel(r.Label); err != nil {
		return err
	}
	for i, ref := range r.Protect {
		if ref.Group < 1 || ref.Group > len(r.Scheme.Groups) || ref.Number < 1 || ref.Number > r.Scheme.Groups[ref.Group-1].Sheets {
			return fault.New(fault.Usage, "a passphrase for %s: there is no such sheet", ref.name(r.Scheme))
		}
		if slices.Contains(r.Protect[:i], ref) {
			return fault.New(fault.Usage, "a passphrase for %s stands twice", ref.name(r.Scheme))
		}
	}
	if r.Replaces != "" {
		if _, err := shamir.ParseSetID(r.Replaces); err != nil {
			return err
		}
	}
	return nil
}

// kind is what is split.
func (r *SplitRequest) kind() shamir.Kind {
	if r.Secret == nil {
		return shamir.KindAge
	}
	return r.Secret.Kind
}

func (r *SplitRequest) mode() Mode {
	switch {
	case r.practice:
		return ModePractice
	case r.Network.IsRehearsal():
		return ModeRehearsal
	}
	return ModeReal
}

// restores is what the record will say that a restore must reproduce, but for
// an age identity that is yet to be drawn.
func (p *SplitPlan) restores() (Restores, error) {
	r := &p.req
	if r.Secret == nil {
		return Restores{}, nil
	}
	indices, err := validator.Consecutive(r.StartIndex, r.Count)
	if err != nil {
		return Restores{}, err
	}
	out, err := restoresOf(r.Secret, r.Passphrase, indices)
	if r.Secret.Kind == shamir.KindEntropy || r.Secret.Kind == shamir.KindSecretKey {
		out.Network = r.Network.Name
	}
	return out, err
}

// inspectFolders looks whether the files could be written, and for sheets that
// lie about.
func (p *SplitPlan) inspectFolders() ([]Warning, error) {
	sheets, err := p.machine.Open(p.req.Sheets)
	if err != nil {
		return nil, err
	}
	records, err := p.machine.Open(p.req.Records)
	if err != nil {
		return nil, err
	}
	if err := atomicfile.Writable(sheets, ".", uint64(p.req.Scheme.Sheets())*bytesPerSheet); err != nil {
		return nil, err
	}
	if err := atomicfile.Writable(records, ".", 1<<20+uint64(p.req.Data.Len())*2); err != nil {
		return nil, err
	}
	left, err := leftSheets(sheets)
	if err != nil || len(left) == 0 {
		return nil, err
	}
	return []Warning{{
		What: fmt.Sprintf("%s holds sheets of another run: %s", p.req.Sheets, strings.Join(left, ", ")),
		Hint: "whoever reads enough of them has the secret: unless that run still goes on, remove them; they count for nothing",
	}}, nil
}

// bytesPerSheet is the room that the PDF of a sheet takes, and more.
const bytesPerSheet = 256 << 10

func (p *SplitPlan) summarise(restores Restores) {
	r := &p.req
	p.Summary = SplitSummary{
		Mode: r.mode(), Kind: kinds[r.kind()], Scheme: schemeOf(r.Scheme), Words: r.Scheme.String(), Count: r.Scheme.Sheets(),
		Restores: restores, Folder: r.Sheets, InMemory: p.inMemory, Records: r.Records, Checked: !r.NoCheck, Signed: r.Sign != nil,
		Replaces: r.Replaces, WallsMissing: p.machine.WallsMissing,
	}
	if r.Secret != nil {
		p.Summary.Phrase = phraseOf(r.Secret)
	}
	for _, ref := range r.Protect {
		p.Summary.Protect = append(p.Summary.Protect, ref.name(r.Scheme))
	}
}

// name is a sheet's name in its scheme, as shamir.Sheet.Name has it.
func (ref SheetRef) name(sc shamir.Scheme) string {
	if len(sc.Groups) == 1 && ref.Group == 1 {
		return fmt.Sprintf("sheet %d", ref.Number)
	}
	return fmt.Sprintf("sheet %d of group %d", ref.Number, ref.Group)
}

// oneCannotBeLost tells whether there is a sheet in whose place no other does.
func oneCannotBeLost(sc shamir.Scheme) bool {
	return sc.GroupThreshold == len(sc.Groups) &&
		slices.ContainsFunc(sc.Groups, func(g shamir.Group) bool { return g.Threshold == g.Sheets })
}

func (p *SplitPlan) warnings() []Warning {
	var out []Warning
	add := func(what, hint string) { out = append(out, Warning{What: what, Hint: hint}) }
	if !p.inMemory {
		add(p.req.Sheets+" is a disk: what is written there can be read from it later, also after it was removed",
			"destroy the medium, or use a folder of a tmpfs such as /dev/shm")
	}
	if oneCannotBeLost(p.req.Scheme) {
		add("there are sheets that no other makes up for: to lose one of them is to lose the secret", "with 2 of 3 one may be lost")
	}
	if p.req.NoCheck {
		add("the sheets are not read back: a page that was not printed, or badly, is found when it is needed",
			"check each of them with ethkey backup check before anything depends on them")
	}
	if p.req.Secret != nil && p.req.Secret.Passphrase {
		add("the sheets do not hold the BIP-39 passphrase, and without it they restore other keys", "keep it apart, and tell somebody where")
	}
	if p.req.mode() == ModeRehearsal {
		add("this is a rehearsal: the sheets say so, and never combine with real ones", "")
	}
	if len(p.req.Protect) > 0 {
		add("a sheet with a passphrase is lost with its passphrase", "it is shown once, to be written on the sheet by hand")
	}
	return out
}
