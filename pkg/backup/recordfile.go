package backup

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/jsontext"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// recordLimit bounds a record's file. A thousand validators take 500 KiB.
const recordLimit = 16 << 20

// Marshal returns the record's file.
func (r *Record) Marshal() ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(r)
	return out.Bytes(), err
}

// HashRecord is the hash that stands on the sheets, of the bytes of the file.
func HashRecord(file []byte) Hash { return sha256.Sum256(file) }

// ParseRecord reads a record. It is strict to the byte: the hash on the sheets
// is of these bytes, and a record that says the same in others is not theirs.
func ParseRecord(data []byte) (*Record, error) {
	object, err := jsontext.Parse(data, recordLimit)
	if err != nil {
		return nil, badRecord("%v", err).WithHint(expectedRecord)
	}
	version, err := object.Uint("ethkey_backup_record")
	if err != nil {
		return nil, badRecord("%v", err).WithHint(expectedRecord)
	}
	if version != RecordVersion {
		return nil, badRecord("it has version %d, and this ethkey reads %d", version, RecordVersion).WithHint("use a newer ethkey")
	}
	r := new(Record)
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(r); err != nil {
		return nil, badRecord("%s", decodeError(err))
	}
	if err := r.check(); err != nil {
		return nil, badRecord("%w", err)
	}
	again, err := r.Marshal()
	if err != nil || !bytes.Equal(again, data) {
		return nil, fault.New(fault.Integrity, "the record is not written as ethkey writes it: a member or its spacing was changed").
			WithHint("take another copy of it")
	}
	return r, nil
}

const expectedRecord = "expected the file backup-<set>.json that ethkey backup split wrote"

func badRecord(format string, args ...any) *fault.Error {
	return fault.New(fault.Refused, "the record: "+format, args...)
}

// decodeError names the member, and quotes nothing of the file.
func decodeError(err error) string {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return fmt.Sprintf("%s: expected another type than a %s", wrong.Field, wrong.Value)
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return "unknown member " + jsontext.Show(strings.Trim(name, `"`))
	}
	return "not as a record is written"
}

// check holds the record against itself.
func (r *Record) check() error {
	if id, err := shamir.ParseSetID(r.Set); err != nil || id.String() != r.Set {
		return fmt.Errorf("set: expected five characters as they stand on a sheet")
	}
	if r.Replaces != "" {
		if id, err := shamir.ParseSetID(r.Replaces); err != nil || id.String() != r.Replaces || r.Replaces == r.Set {
			return fmt.Errorf("replaces: expected another set")
		}
	}
	if r.Mode != ModeReal && r.Mode != ModeRehearsal && r.Mode != ModePractice {
		return fmt.Errorf("mode: expected real, rehearsal or practice")
	}
	if t, err := time.Parse(time.DateOnly, r.Made); err != nil || day(t) != r.Made {
		return fmt.Errorf("made: expected a day such as 2026-11-20")
	}
	if err := CheckLabel(r.Label); err != nil {
		return err
	}
	if err := r.checkKind(); err != nil {
		return err
	}
	if err := r.Scheme.Shamir().Check(); err != nil {
		return fmt.Errorf("scheme: %w", err)
	}
	if err := r.checkSheets(); err != nil {
		return err
	}
	return r.checkRestores()
}

func (r *Record) checkKind() error {
	if !slices.Contains([]Kind{KindMnemonic, KindPassword, KindSecretKey, KindAge, KindText}, r.Kind) {
		return fmt.Errorf("kind: unknown")
	}
	if (r.Phrase != nil) != (r.Kind == KindMnemonic) {
		return fmt.Errorf("phrase: expected for a mnemonic, and for nothing else")
	}
	if r.Phrase == nil {
		return nil
	}
	if lang, err := mnemonic.ParseLanguage(r.Phrase.Language); err != nil || string(lang) != r.Phrase.Language {
		return fmt.Errorf("phrase.language: unknown")
	}
	if w := r.Phrase.Words; w < 12 || w > 24 || w%3 != 0 {
		return fmt.Errorf("phrase.words: expected 12, 15, 18, 21 or 24")
	}
	return nil
}

// checkSheets wants the sheets of the scheme, in order, each on a place of its
// own.
func (r *Record) checkSheets() error {
	i := 0
	for g, group := range r.Scheme.Groups {
		taken := map[int]bool{}
		for n := range group.Sheets {
			if i == len(r.Sheets) {
				return fmt.Errorf("sheets: fewer than the scheme has")
			}
			s := r.Sheets[i]
			i++
			sum, err := hex.DecodeString(s.Fingerprint)
			switch {
			case s.Group != g+1 || s.Number != n+1:
				return fmt.Errorf("sheets[%d]: expected sheet %d of group %d", i-1, n+1, g+1)
			case s.X < 1 || s.X > 255 || taken[s.X]:
				return fmt.Errorf("sheets[%d].x: expected a number from 1 to 255 that no other sheet of the group has", i-1)
			case err != nil || len(sum) != 16 || hex.EncodeToString(sum) != s.Fingerprint:
				return fmt.Errorf("sheets[%d].fingerprint: expected 32 hexadecimal digits", i-1)
			}
			taken[s.X] = true
		}
	}
	if i != len(r.Sheets) {
		return fmt.Errorf("sheets: more than the scheme has")
	}
	return nil
}

func (r *Record) checkRestores() error {
	w := r.Restores
	if (len(w.Validators) > 0) != (r.Kind == KindMnemonic) || (w.PublicKey != "") != (r.Kind == KindSecretKey) ||
		(w.Recipient != "") != (r.Kind == KindAge) || w.File != nil && r.Kind != KindAge {
		return fmt.Errorf("restores: expected what a %s restores, and nothing else", r.Kind)
	}
	if w.PublicKey != "" {
		if _, err := publicKey(w.PublicKey); err != nil {
			return fmt.Errorf("restores.public_key: %w", err)
		}
	}
	if w.Recipient != "" && (!strings.HasPrefix(w.Recipient, "age1") || len(w.Recipient) != 62) {
		return fmt.Errorf("restores.recipient: expected a recipient of age")
	}
	if f := w.File; f != nil {
		if sum, err := hex.DecodeString(f.SHA256); err != nil || len(sum) != 32 || f.Size <= 0 || path.Base(f.Name) != f.Name || f.Name == "." || f.Name == ".." {
			return fmt.Errorf("restores.file: expected a name, a size and a SHA-256")
		}
	}
	for i, v := range w.Validators {
		if err := v.check(); err != nil {
			return fmt.Errorf("restores.validators[%d].%w", i, err)
		}
	}
	_, err := r.indices()
	return err
}

func (v ValidatorKey) check() error {
	if _, err := publicKey(v.PublicKey); err != nil {
		return fmt.Errorf("public_key: %w", err)
	}
	withdrawal, err := publicKey(v.WithdrawalPublicKey)
	if err != nil {
		return fmt.Errorf("withdrawal_public_key: %w", err)
	}
	if credentials(withdrawal) != v.BLSCredentials {
		return fmt.Errorf("withdrawal_credentials_0x00: not those of the withdrawal public key")
	}
	return nil
}

func publicKey(text string) (bls.PublicKey, error) {
	digits, ok := strings.CutPrefix(text, "0x")
	data, err := hex.DecodeString(digits)
	if !ok || err != nil {
		return bls.PublicKey{}, fmt.Errorf("expected 0x and 96 hexadecimal digits")
	}
	return bls.PublicKeyFromBytes(data)
}

// sheet is what the record says of a sheet, or nil.
func (r *Record) sheet(ref SheetRef) *Sheet {
	for i := range r.Sheets {
		if s := &r.Sheets[i]; s.Group == ref.Group && s.Number == ref.Number {
			return s
		}
	}
	return nil
}
