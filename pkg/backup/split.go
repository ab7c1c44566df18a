package backup

import (
	"context"

	"github.com/ethkey/ethkey/pkg/network"
	"github.com/ethkey/ethkey/pkg/paper"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
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

	Replaces string // the set that this one takes the place of
	Sign     Signer // signs the first entry of the history; may be nil

	practice bool
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

	machine Machine
	req     SplitRequest
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

// PlanSplit checks req and the folders. It writes nothing and draws nothing.
func PlanSplit(m Machine, req SplitRequest) (*SplitPlan, []Warning, error) {
	return nil, nil, errSkeleton
}

// Run splits, writes the sheets, has each of them read back, and only then
// writes the record and its history. When it fails, or ctx ends, no sheet is
// left behind and there is no record.
func (p *SplitPlan) Run(ctx context.Context, desk Desk, progress Progress) (*SplitResult, error) {
	return nil, errSkeleton
}
