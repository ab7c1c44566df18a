package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"

	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/chain"
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/shamir"
)

// The events of a history.
const (
	EventMade     = "made"     // the set exists
	EventDrill    = "drill"    // a restore was proven to work
	EventReissued = "reissued" // a sheet was made again
	EventRetired  = "retired"  // another set takes its place; its sheets are to be destroyed
)

// Made says how a set came to be.
type Made struct {
	Set        string       `json:"set"`
	Mode       Mode         `json:"mode"`
	RecordHash string       `json:"record_sha256"`
	Checked    bool         `json:"checked"` // every sheet was read back before the set counted
	Sheets     []SplitSheet `json:"sheets"`
	Unsigned   bool         `json:"unsigned,omitempty"` // a signature was asked for, and none came
}

// Reissued says which sheet was made again.
type Reissued struct {
	Set         string   `json:"set"`
	RecordHash  string   `json:"record_sha256"`
	Group       int      `json:"group"`
	Number      int      `json:"number"`
	Fingerprint string   `json:"fingerprint"`
	Passphrase  bool     `json:"passphrase"`
	Checked     bool     `json:"checked"`
	Used        []string `json:"sheets_used"`
	Unsigned    bool     `json:"unsigned,omitempty"` // as in Made
}

// Retired says that a set is to be destroyed.
type Retired struct {
	Set        string `json:"set"`
	RecordHash string `json:"record_sha256"`
	By         string `json:"replaced_by"`
	Unsigned   bool   `json:"unsigned,omitempty"` // as in Made
}

// Public says that the type holds no secret.
func (Made) Public() {}

// Public says that the type holds no secret.
func (Reissued) Public() {}

// Public says that the type holds no secret.
func (Retired) Public() {}

// Public says that the type holds no secret.
func (Report) Public() {}

// history is a record and what happened to its set.
type history struct {
	record *Record
	hash   Hash
	fsys   atomicfile.FS
	name   string // of the history's file
	chain  *chain.Chain
}

// openRecord reads a record alone.
func openRecord(m Machine, file string) (*history, error) {
	fsys, err := m.Open(filepath.Dir(file))
	if err != nil {
		return nil, err
	}
	data, err := readAll(fsys, filepath.Base(file), recordLimit)
	if err != nil {
		return nil, err
	}
	record, err := ParseRecord(data)
	if err != nil {
		return nil, fault.New(fault.KindOf(err), "%s: %w", file, err).WithHint("%s", fault.HintOf(err))
	}
	return &history{record: record, hash: HashRecord(data), fsys: fsys, name: record.HistoryName()}, nil
}

// openHistory reads a record and the history beside it. With an error about the
// history it returns what the record is.
func openHistory(m Machine, file string) (*history, error) {
	h, err := openRecord(m, file)
	if err != nil {
		return nil, err
	}
	h.chain, err = chain.Load(h.fsys, h.name, chain.Hash(h.hash))
	if errors.Is(err, fs.ErrNotExist) {
		err = fault.New(fault.Integrity, "%w", err).
			WithHint("the history lies beside its record, and both are copied together; look for another copy")
	}
	if broken := (*chain.BrokenError)(nil); errors.As(err, &broken) && broken.Line == 1 && !broken.Torn {
		err = fault.New(fault.Integrity, "%w", err).
			WithHint("the record or its history was changed, or they are not of one set: compare sha256sum of the record with the hash on a sheet, and take another copy")
	}
	if err != nil {
		return h, err
	}
	return h, nil
}

func readAll(fsys atomicfile.FS, name string, limit int) ([]byte, error) {
	shown := path.Join(fsys.Name(), name)
	f, err := fsys.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.Refused, "%s is not there", shown)
	}
	if err != nil {
		return nil, fault.New(fault.Environment, "%s: %w", shown, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		return nil, fault.New(fault.Refused, "%s is not a file", shown)
	}
	data, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	if err != nil {
		return nil, fault.New(fault.Environment, "%s: %w", shown, err)
	}
	return data, nil
}

// facts reads the entries of one event.
func facts[T any](c *chain.Chain, event string) ([]T, error) {
	var out []T
	for _, l := range c.Lines() {
		if l.Event != event {
			continue
		}
		var v T
		if err := json.Unmarshal(l.Data, &v); err != nil {
			return nil, fault.New(fault.Integrity, "line %d of the history: not what a %s is", l.Seq, event)
		}
		out = append(out, v)
	}
	return out, nil
}

// retired is the set that takes this one's place, or "".
func (h *history) retired() (string, error) {
	all, err := facts[Retired](h.chain, EventRetired)
	if err != nil || len(all) == 0 {
		return "", err
	}
	return all[len(all)-1].By, nil
}

// Retire adds to the history of the set whose record is at path that the set
// by takes its place, and that its sheets are to be destroyed. Where the
// signature does not come, the entry is unsigned, and unsigned says why.
func Retire(ctx context.Context, m Machine, path, by string, sign Signer) (unsigned string, err error) {
	h, err := replaceable(m, path)
	if err != nil {
		return "", err
	}
	if _, err := shamir.ParseSetID(by); err != nil || by == h.record.Set {
		return "", fault.New(fault.Usage, "expected the name of another set than %s, as it stands on its sheets", h.record.Set)
	}
	_, got, err := h.addAnyway(ctx, m, EventRetired, func(unsigned bool) chain.Public {
		return Retired{Set: h.record.Set, RecordHash: h.hash.String(), By: by, Unsigned: unsigned}
	}, sign)
	return got.missing, interrupted(ctx, err)
}

// fingerprints are those that sheets of the set may have: the record's, and
// those of sheets that were made again with another passphrase.
func (h *history) fingerprints(ref SheetRef) ([]string, error) {
	var out []string
	if s := h.record.sheet(ref); s != nil {
		out = append(out, s.Fingerprint)
	}
	if h.chain == nil {
		return out, nil
	}
	again, err := h.remade(ref)
	for _, r := range again {
		out = append(out, r.Fingerprint)
	}
	return out, err
}

// remade are the entries of a sheet that was made again and is not the same:
// with another passphrase, or without the one that it had. A sheet that never
// had one is the same to the last character, and whatever else an entry says of
// it is false.
func (h *history) remade(ref SheetRef) (out []Reissued, err error) {
	again, err := facts[Reissued](h.chain, EventReissued)
	s := h.record.sheet(ref)
	for _, r := range again {
		if s != nil && r.Group == ref.Group && r.Number == ref.Number && (r.Passphrase || s.Passphrase) {
			out = append(out, r)
		}
	}
	return out, err
}

// recorded tells whether the record itself has the fingerprint of a sheet, and
// not only its history, which whoever can write the file can add to.
func (h *history) recorded(sheet *shamir.Sheet) (bool, error) {
	sum, err := sheet.Fingerprint()
	s := h.record.sheet(SheetRef{sheet.Group(), sheet.Number()})
	return err == nil && s != nil && s.Fingerprint == fmt.Sprintf("%x", sum), err
}

// add signs an entry, appends it, and returns its line and the fingerprint of
// the key that signed.
func (h *history) add(ctx context.Context, m Machine, event string, data chain.Public, sign Signer) (chain.Line, string, error) {
	entry, err := h.chain.Next(m.Now(), event, data)
	if err != nil {
		return chain.Line{}, "", err
	}
	signature, by, err := sign.sign(ctx, h.entryName(event, h.chain.Len()+1), entry)
	if err != nil {
		return chain.Line{}, "", err
	}
	next, err := chain.Append(ctx, h.fsys, h.name, h.chain, entry, signature)
	if err != nil {
		return chain.Line{}, "", err
	}
	h.chain = next
	return next.Lines()[next.Len()-1], by, nil
}

// addAnyway is add for an entry about what is on paper already: where the
// signature does not come, the entry says so and is unsigned.
func (h *history) addAnyway(
	ctx context.Context, m Machine, event string, fact func(unsigned bool) chain.Public, sign Signer,
) (chain.Line, signed, error) {
	got, err := sign.signAnyway(ctx, h.entryName(event, h.chain.Len()+1), func(unsigned bool) ([]byte, error) {
		return h.chain.Next(m.Now(), event, fact(unsigned))
	})
	if err != nil {
		return chain.Line{}, got, err
	}
	next, err := chain.Append(got.context(ctx), h.fsys, h.name, h.chain, got.entry, got.signature)
	if err != nil {
		return chain.Line{}, got, err
	}
	h.chain = next
	return next.Lines()[next.Len()-1], got, nil
}

// entryName is the name of an entry as a file of its own.
func (h *history) entryName(event string, number int) string {
	return fmt.Sprintf("%s%s-%s-%d.json", h.record.prefix(), event, h.record.Set, number)
}
