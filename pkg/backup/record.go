package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/ethkey/ethkey/pkg/shamir"
)

// RecordVersion is the version of the record's file.
const RecordVersion = 1

// Hash is a SHA-256, in hexadecimal where it is written.
type Hash [sha256.Size]byte

// String is the hash in hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Record says what a set is and what a restore of it must reproduce. It is
// public, is written once, and its hash stands on every sheet.
//
// It holds no hash of anything that a person could guess. The fingerprints are
// of the sheets' texts, and fewer sheets than are needed say nothing of the
// secret: what is split has at least 16 random bytes beside a password or a
// text, so that fingerprints and the sheets in one hand are no way to test a
// guess either.
type Record struct {
	Version  int      `json:"ethkey_backup_record"`
	Set      string   `json:"set"`
	Mode     Mode     `json:"mode"`
	Made     string   `json:"made"` // the day, UTC
	Label    string   `json:"label,omitempty"`
	Kind     Kind     `json:"kind"`
	Phrase   *Phrase  `json:"phrase,omitempty"` // of a mnemonic
	Scheme   Scheme   `json:"scheme"`
	Sheets   []Sheet  `json:"sheets"`
	Restores Restores `json:"restores"`
	Replaces string   `json:"replaces,omitempty"` // the set that this one takes the place of
}

// Mode tells a set that guards something from one that does not.
type Mode string

// The modes.
const (
	ModeReal      Mode = "real"
	ModeRehearsal Mode = "rehearsal"
	ModePractice  Mode = "practice"
)

// Kind is what is split, as the record names it.
type Kind string

// The kinds.
const (
	KindMnemonic  Kind = "mnemonic"
	KindPassword  Kind = "password"
	KindSecretKey Kind = "secret-key"
	KindAge       Kind = "age-identity"
	KindText      Kind = "text"
)

// Phrase says which mnemonic makes the keys of the entropy.
type Phrase struct {
	Language   string `json:"language"`
	Words      int    `json:"words"`
	Passphrase bool   `json:"passphrase"` // a BIP-39 passphrase exists
}

// Scheme says how many sheets are needed.
type Scheme struct {
	GroupThreshold int     `json:"group_threshold"`
	Groups         []Group `json:"groups"`
}

// Group is one group of a Scheme.
type Group struct {
	Threshold int `json:"threshold"`
	Sheets    int `json:"sheets"`
}

// Sheet is one sheet of a record.
type Sheet struct {
	Group       int    `json:"group"`
	Number      int    `json:"number"`
	X           int    `json:"x"` // the place of its share, by which a lost sheet is made again
	Fingerprint string `json:"fingerprint"`
	Passphrase  bool   `json:"passphrase"` // the sheet has one
}

// Restores is what a restore must reproduce. For a password or a text it is
// empty.
type Restores struct {
	Network    string         `json:"network,omitempty"`
	Validators []ValidatorKey `json:"validators,omitempty"` // of a mnemonic
	PublicKey  string         `json:"public_key,omitempty"` // of a secret key
	Recipient  string         `json:"recipient,omitempty"`  // of an age identity
	File       *SealedFile    `json:"file,omitempty"`       // what the age identity opens
}

// ValidatorKey is the public side of one key of a mnemonic.
type ValidatorKey struct {
	Path                string `json:"path"`
	PublicKey           string `json:"public_key"`
	WithdrawalPublicKey string `json:"withdrawal_public_key"`
	BLSCredentials      string `json:"withdrawal_credentials_0x00"`
}

// SealedFile is an encrypted file whose key is split.
type SealedFile struct {
	Name   string `json:"name"`
	Size   int    `json:"size"`
	SHA256 string `json:"sha256"`
}

// Flags are the set-wide marks of the record's sheets.
func (r *Record) Flags() shamir.Flags {
	switch r.Mode {
	case ModeRehearsal:
		return shamir.Rehearsal
	case ModePractice:
		return shamir.Practice
	}
	return 0
}

// Shamir is the scheme as package shamir has it.
func (s Scheme) Shamir() shamir.Scheme {
	out := shamir.Scheme{GroupThreshold: s.GroupThreshold}
	for _, g := range s.Groups {
		out.Groups = append(out.Groups, shamir.Group{Threshold: g.Threshold, Sheets: g.Sheets})
	}
	return out
}

// String says the scheme in words.
func (s Scheme) String() string { return s.Shamir().String() }

func schemeOf(sc shamir.Scheme) Scheme {
	out := Scheme{GroupThreshold: sc.GroupThreshold}
	for _, g := range sc.Groups {
		out.Groups = append(out.Groups, Group{Threshold: g.Threshold, Sheets: g.Sheets})
	}
	return out
}

// prefix marks the names of files that guard nothing.
func (r *Record) prefix() string {
	switch r.Mode {
	case ModeRehearsal:
		return "REHEARSAL-"
	case ModePractice:
		return "PRACTICE-"
	}
	return ""
}

// RecordName is the name of the record's file.
func (r *Record) RecordName() string { return r.prefix() + "backup-" + r.Set + ".json" }

// HistoryName is the name of the file of the set's history, beside the record.
func (r *Record) HistoryName() string { return r.prefix() + "backup-" + r.Set + ".history.jsonl" }

// day is a date as records have it.
func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
