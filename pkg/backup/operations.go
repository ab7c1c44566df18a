package backup

import (
	"context"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/sshsig"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/paper"
	"github.com/ethkey/ethkey/pkg/secret"
	"github.com/ethkey/ethkey/pkg/shamir"
	"github.com/ethkey/ethkey/pkg/validator"
)

var errSkeleton = fault.New(fault.Refused, "pkg/backup is being written")

// MnemonicSecret is the entropy of a phrase, to be split. The phrase stays the
// caller's.
func MnemonicSecret(phrase *mnemonic.Mnemonic, passphrase bool) (*shamir.Secret, error) {
	return nil, errSkeleton
}

// KeySecret is an EIP-2335 secret key, to be split.
func KeySecret(key *bls.SecretKey) (*shamir.Secret, error) { return nil, errSkeleton }

// TextSecret is a password or a text, to be split.
func TextSecret(kind shamir.Kind, text *secret.Buffer) (*shamir.Secret, error) {
	return nil, errSkeleton
}

// AgeSecret is an age identity, AGE-SECRET-KEY-1 and so on, to be split.
func AgeSecret(text *secret.Buffer) (*shamir.Secret, error) { return nil, errSkeleton }

// Namespace is that of the signatures in histories.
const Namespace = "backup.ethkey"

// Signer signs a message in Namespace; name is a file name for it.
type Signer func(ctx context.Context, name string, message []byte) (armored []byte, err error)

// KeySigner signs with a key in memory.
func KeySigner(key ssh.Signer) Signer { return nil }

// DetachedSigner writes the message to a file in folder and takes the
// signature from wait, which gets the file's path: what
// `ssh-keygen -Y sign -n backup.ethkey` made of it.
func DetachedSigner(m Machine, folder string, wait func(ctx context.Context, path string) ([]byte, error)) Signer {
	return nil
}

// CheckRequest asks whether a sheet is good.
type CheckRequest struct {
	Record string // the path of the record; empty: none at hand
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
	Passphrase     bool     `json:"passphrase"`
	Undamaged      bool     `json:"undamaged"`
	Original       *bool    `json:"original"` // null without a record
	Corrected      int      `json:"corrected_characters"`
	RecordHash     string   `json:"record_sha256,omitempty"`
	Retired        string   `json:"to_be_destroyed,omitempty"` // the set that takes this one's place
	Unknown        []string `json:"cannot_tell,omitempty"`
}

// Check reads one sheet.
func Check(ctx context.Context, m Machine, req CheckRequest, desk Desk) (*CheckResult, error) {
	return nil, errSkeleton
}

// RestoreRequest asks for the secret of enough sheets.
type RestoreRequest struct {
	Record   string        // the path of the record; empty: none at hand
	Practice bool          // sheets of a practice set are what is expected
	Folder   []SheetSource // reserved for sheets that are read before the desk is asked
}

// SheetSource is a text that is at hand already.
type SheetSource = Reading

// RestorePlan is a checked request.
type RestorePlan struct {
	Record *Record // nil when none is at hand
}

// PlanRestore reads the record, if there is one. It writes nothing.
func PlanRestore(m Machine, req RestoreRequest) (*RestorePlan, []Warning, error) {
	return nil, nil, errSkeleton
}

// Run gathers sheets at the desk until a set is complete, combines it and
// compares what it restores with the record. The caller closes what it returns.
func (p *RestorePlan) Run(ctx context.Context, desk Desk) (*Restored, error) {
	return nil, errSkeleton
}

// RestoreResult reports a restore. It holds no secrets.
type RestoreResult struct {
	Set      string   `json:"set"`
	Mode     Mode     `json:"mode"`
	Kind     Kind     `json:"kind"`
	Phrase   *Phrase  `json:"phrase,omitempty"`
	Used     []string `json:"sheets_used"`
	Ignored  []string `json:"sheets_left_out,omitempty"`
	Compared bool     `json:"compared_with_record"`
	Restores Restores `json:"restores"`
	Notes    []string `json:"notes,omitempty"`
}

// Restored is a secret that came back. Close it.
type Restored struct {
	Result RestoreResult
}

// Mnemonic is the phrase of restored entropy. The caller closes it.
func (r *Restored) Mnemonic() (*mnemonic.Mnemonic, error) { return nil, errSkeleton }

// Passphrase is the BIP-39 passphrase that was asked for, or nil. It stays
// Restored's.
func (r *Restored) Passphrase() *secret.Buffer { return nil }

// Key is a restored secret key. The caller closes it.
func (r *Restored) Key() (*bls.SecretKey, error) { return nil, errSkeleton }

// Keys yields keys to sign exits and changes with: those of the mnemonic at
// these indices of the signing path or the withdrawal path, or the one key.
// The caller closes it by the function.
func (r *Restored) Keys(withdrawal bool, indices []uint32) (validator.KeySource, func(), error) {
	return nil, nil, errSkeleton
}

// Create plans keystores and deposit data from the restored mnemonic; req's
// mnemonic and passphrase are filled in.
func (r *Restored) Create(m Machine, req validator.CreateRequest) (*validator.CreatePlan, []Warning, error) {
	return nil, nil, errSkeleton
}

// Text is the secret as a person writes it: the words of a mnemonic, a
// password, a text, an age identity, a secret key in hexadecimal. The caller
// closes it.
func (r *Restored) Text() (*secret.Buffer, error) { return nil, errSkeleton }

// WriteFile writes Text to a new file, mode 0400.
func (r *Restored) WriteFile(ctx context.Context, m Machine, path string) error { return errSkeleton }

// Close wipes the secret.
func (r *Restored) Close() {}

// ReissueRequest asks for a lost sheet to be made again from others of its set.
// For other people make a new set: restore, and split with Replaces.
type ReissueRequest struct {
	Record  string // the path of the record, which has the place of the lost share
	Lost    SheetRef
	Protect bool // a new passphrase for it
	Paper   paper.Size
	Text    bool
	Sheets  string // as in SplitRequest
	OnDisk  bool
	NoCheck bool
	Sign    Signer // signs the entry of the history; may be nil
}

// ReissuePlan is a checked request.
type ReissuePlan struct {
	Record *Record
}

// ReissueResult reports a sheet that was made again.
type ReissueResult struct {
	Set         string   `json:"set"`
	Mode        Mode     `json:"mode"`
	Name        string   `json:"name"`
	Same        bool     `json:"same_as_lost"` // byte for byte; not when it has a passphrase
	Fingerprint string   `json:"fingerprint"`
	Used        []string `json:"sheets_used"`
	Checked     bool     `json:"checked"`
	History     string   `json:"history"`
	SignedBy    string   `json:"signed_by,omitempty"`
	Notes       []string `json:"notes,omitempty"`
}

// PlanReissue checks req, the record and the folders. It writes nothing.
func PlanReissue(m Machine, req ReissueRequest) (*ReissuePlan, []Warning, error) {
	return nil, nil, errSkeleton
}

// Run gathers the other sheets, makes the lost one, has it read back, and adds
// to the history that it was made.
func (p *ReissuePlan) Run(ctx context.Context, desk Desk) (*ReissueResult, error) {
	return nil, errSkeleton
}

// Retire adds to the history of the set whose record is at path that the set
// by takes its place and its sheets are to be destroyed.
func Retire(ctx context.Context, m Machine, path, by string, sign Signer) error { return errSkeleton }

// DrillRequest asks for a restore whose only output is a report.
type DrillRequest struct {
	Record string // the path of the record
	// Keystores are opened with what was restored, or compared with it: each must
	// hold a key that the record names. KeystorePassword, as typed, is not needed
	// when the set guards the password itself.
	Keystores        []validator.KeystoreFile
	KeystorePassword *secret.Buffer
	Sign             Signer   // nil: the report is marked unsigned
	Present          []string // names of people, public
	Reports          string   // the folder that the report goes to; empty: that of the record
}

// DrillPlan is a checked request.
type DrillPlan struct {
	Record *Record
}

// Report is what a drill found out, as it stands in the history. It is public.
type Report struct {
	Set        string   `json:"set"`
	Mode       Mode     `json:"mode"`
	RecordHash string   `json:"record_sha256"`
	Kind       Kind     `json:"kind"`
	Sheets     []string `json:"sheets_used"`
	Originals  int      `json:"originals"` // of them, with the record's fingerprint
	Compared   []string `json:"compared"`  // what was derived and is the record's
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
	SignedBy string   `json:"signed_by,omitempty"`
	Files    []string `json:"files"` // the report, and its signature
	History  string   `json:"history"`
	Notes    []string `json:"notes,omitempty"`
}

// PlanDrill reads the record and its history. It writes nothing.
func PlanDrill(m Machine, req DrillRequest) (*DrillPlan, []Warning, error) {
	return nil, nil, errSkeleton
}

// Run restores, compares, forgets the secret, and adds the report to the
// history.
func (p *DrillPlan) Run(ctx context.Context, desk Desk) (*DrillResult, error) {
	return nil, errSkeleton
}

// VerifyRequest asks whether a history and reports of drills are true.
type VerifyRequest struct {
	Record  string                 // the path of the record; its history is beside it
	Reports []ReportFile           // from elsewhere: what holders kept
	Allowed *sshsig.AllowedSigners // nil: nobody's word is taken
}

// ReportFile is a report of a drill and its signature, as kept by a holder.
type ReportFile struct {
	Name      string
	Data      []byte
	Signature []byte // nil: none is given
}

// VerifyResult says what is proven, and by whom.
type VerifyResult struct {
	Set       string        `json:"set"`
	Mode      Mode          `json:"mode"`
	Entries   []VerifyEntry `json:"entries"`
	Head      string        `json:"head_sha256"`
	Authentic int           `json:"authentic_entries"` // the first so many are vouched for by a signature
	Anchored  int           `json:"anchored_entries"`  // the first so many are shown by a report to be there
	Says      []string      `json:"says"`
}

// VerifyEntry is one entry of a history.
type VerifyEntry struct {
	Number   int    `json:"number"`
	Time     string `json:"time"`
	Event    string `json:"event"`
	SignedBy string `json:"signed_by,omitempty"` // principals
	Key      string `json:"key,omitempty"`       // fingerprint, also of one that is not allowed
}

// Verify checks record, history and reports against each other, and the
// signatures against the allowed signers. What is false is an error of kind
// Integrity; what is merely not proven stands in the result.
func Verify(m Machine, req VerifyRequest) (*VerifyResult, error) { return nil, errSkeleton }

// DueSet is a set whose last drill is too long ago, or that is to be destroyed.
type DueSet struct {
	Set     string `json:"set"`
	Record  string `json:"record"`
	Made    string `json:"made"`
	Last    string `json:"last_drill,omitempty"`
	Days    int    `json:"days"` // since then, or since it was made
	Retired string `json:"replaced_by,omitempty"`
	Problem string `json:"problem,omitempty"` // the record or its history cannot be read
}

// Due lists the sets of a folder of records whose last drill is older than the
// period, and those that are to be destroyed, the longest overdue first.
func Due(m Machine, folder string, period time.Duration) ([]DueSet, error) { return nil, errSkeleton }

// Damage is what happens to a practice set.
type Damage string

// The kinds of damage.
const (
	DamageStain   Damage = "stain"   // a blot over a code
	DamageTypo    Damage = "typo"    // wrong characters in a typed sheet
	DamageMissing Damage = "missing" // only as many sheets as are needed
	DamageMixed   Damage = "mixed"   // a sheet of another set among them
)

// PractiseRequest asks for a set to train with.
type PractiseRequest struct {
	Scheme shamir.Scheme
	Damage []Damage
	Folder string // it must exist; a new folder is made in it
	Paper  paper.Size
}

// PractisePlan is a checked request.
type PractisePlan struct{}

// PractiseResult reports a practice set.
type PractiseResult struct {
	Set    string   `json:"set"`
	Vector string   `json:"vector"` // where the secret is published
	Folder string   `json:"folder"`
	Files  []string `json:"files"`
	Record string   `json:"record"`
	Damage []string `json:"damage,omitempty"` // what was done to which file
	Task   []string `json:"task"`
}

// PlanPractise checks req. It writes nothing.
func PlanPractise(m Machine, req PractiseRequest) (*PractisePlan, []Warning, error) {
	return nil, nil, errSkeleton
}

// Run makes the set: pictures, texts and PDFs of its sheets, and its record.
func (p *PractisePlan) Run(ctx context.Context, progress Progress) (*PractiseResult, error) {
	return nil, errSkeleton
}

// PractiseVerdict says whether a restored practice set is the published secret.
func PractiseVerdict(r *Restored) error { return errSkeleton }
