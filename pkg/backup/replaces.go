package backup

import (
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
