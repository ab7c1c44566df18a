package backup

import (
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
)

// A set takes the place of another only when it restores the same.
func TestCheckReplaces(t *testing.T) {
	keys := func(names ...string) (out Restores) {
		for i := 0; i < len(names); i += 2 {
			out.Validators = append(out.Validators, ValidatorKey{Path: names[i], PublicKey: names[i+1]})
		}
		return out
	}
	file := &SealedFile{Name: "wallet.age"}
	for name, c := range map[string]struct {
		old, planned Restores
		kind         Kind // of the new one, where it is another
		mode         Mode
		ok           bool
	}{
		"the same keys":                     {old: keys("0", "a", "1", "b"), planned: keys("0", "a", "1", "b"), ok: true},
		"fewer of them":                     {old: keys("0", "a", "1", "b"), planned: keys("1", "b"), ok: true},
		"another phrase":                    {old: keys("0", "a"), planned: keys("0", "z")},
		"one key differs":                   {old: keys("0", "a", "1", "b"), planned: keys("0", "a", "1", "z")},
		"none can be compared":              {old: keys("0", "a"), planned: keys("7", "h")},
		"another kind":                      {kind: KindPassword},
		"a rehearsal":                       {old: keys("0", "a"), planned: keys("0", "a"), mode: ModeRehearsal},
		"a key":                             {old: Restores{PublicKey: "a"}, planned: Restores{PublicKey: "a"}, ok: true},
		"another key":                       {old: Restores{PublicKey: "a"}, planned: Restores{PublicKey: "b"}},
		"another identity":                  {old: Restores{Recipient: "a"}, planned: Restores{Recipient: "b"}},
		"the key of a file is always new":   {old: Restores{Recipient: "a", File: file}, planned: Restores{}, ok: true},
		"what has nothing public is passed": {ok: true},
	} {
		old := &Record{Set: "JC4TA", Kind: KindMnemonic, Mode: ModeReal, Restores: c.old}
		planned := &SplitSummary{Kind: KindMnemonic, Mode: ModeReal, Restores: c.planned}
		if c.kind != "" {
			planned.Kind = c.kind
		}
		if c.mode != "" {
			planned.Mode = c.mode
		}
		err := CheckReplaces(old, planned)
		if (err == nil) != c.ok || err != nil && fault.KindOf(err) != fault.Refused {
			t.Errorf("%s: %v", name, err)
		}
	}
}
