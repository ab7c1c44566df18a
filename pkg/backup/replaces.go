package backup

import (
	"github.com/ethkey/ethkey/internal/atomicfile"
	"github.com/ethkey/ethkey/internal/fault"
)

// CheckReplaces refuses a set that does not restore what the set restores whose
// place it is to take: whoever destroyed the old one would lose keys. Passwords
// and texts have nothing public to compare.
func CheckReplaces(old *Record, planned *SplitSummary) error {
	if old.Kind == planned.Kind && old.Mode == planned.Mode && planned.Restores.covers(old.Restores) {
		return nil
	}
	return fault.New(fault.Refused, "the new set does not restore what set %s does, which it is to replace", old.Set).
		WithHint("is it the same phrase, with the same BIP-39 passphrase, and the same --start? Without --replaces it is a set of its own, and the old one stays")
}

// covers tells whether keys that both name are equal, and one is named by both
// where there are any.
func (r Restores) covers(old Restores) bool {
	if r.PublicKey != old.PublicKey {
		return false
	}
	if old.File == nil && r.Recipient != "" && r.Recipient != old.Recipient {
		return false // the key of a file is a new one each time
	}
	keys, common := map[string]string{}, len(old.Validators) == 0
	for _, v := range r.Validators {
		keys[v.Path] = v.PublicKey
	}
	for _, v := range old.Validators {
		key, named := keys[v.Path]
		if named && key != v.PublicKey {
			return false
		}
		common = common || named
	}
	return common
}

// OpenReplaced reads the record of a set that another is to take the place of,
// and refuses what Retire would refuse when the other exists.
func OpenReplaced(m Machine, path string) (*Record, error) {
	h, err := replaceable(m, path)
	if err == nil {
		err = atomicfile.Writable(h.fsys, ".", 1<<16)
	}
	if err != nil {
		return nil, fault.New(fault.KindOf(err), "the set that is to be replaced: %w", err)
	}
	return h.record, nil
}

// replaceable opens a history to which it can be added that another set takes
// the place of this one.
func replaceable(m Machine, path string) (*history, error) {
	h, err := openHistory(m, path)
	if err != nil {
		return nil, err
	}
	if err := h.checkFacts(); err != nil {
		return nil, err
	}
	by, err := h.retired()
	if err == nil && by != "" {
		err = fault.New(fault.Refused, "set %s is replaced already, by set %s", h.record.Set, by).
			WithHint("replace set %s, or leave out --replaces", by)
	}
	return h, err
}
