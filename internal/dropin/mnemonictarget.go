package dropin

import (
	"slices"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/keyfolder"
	"github.com/ethkey/ethkey/pkg/message"
	"github.com/ethkey/ethkey/pkg/validator"
)

const (
	searchKeys = 10      // key indices that are searched when nothing names them
	maxSearch  = 100_000 // bounds --search-indices
)

// target gathers what is known of the keys of a phrase.
type target struct {
	validator.PhraseTarget
	session *Session
	machine validator.Machine
	named   []uint32 // by --search-indices
	pathed  []uint32 // by the paths in keystores
}

func (t *target) targetOptions() []Option {
	return []Option{
		{Flag: "public-keys", Take: t.takePublicKeys},
		{Flag: "credentials", Take: func(v string) (err error) {
			t.Credentials, err = validator.ParseOldCredentials(v)
			return err
		}},
		{Flag: "deposit-data", Take: t.takeDeposits},
		{Flag: "keystores", Take: t.takeKeystores},
		{Flag: "search-indices", Take: func(v string) (err error) {
			t.named, err = parseIndices(v)
			return err
		}},
		{Flag: "path", Take: func(v string) error { return takePath(&t.Template, v) }},
	}
}

// known tells whether there is anything to look for.
func (t *target) known() bool { return len(t.PublicKeys)+len(t.Credentials) > 0 }

// finish decides where to look: at the indices that were named, else those
// that keystores name and the first few.
func (t *target) finish() error {
	t.Indices = t.named
	if t.named == nil {
		t.Indices = t.pathed
		for i := range uint32(searchKeys) {
			if !slices.Contains(t.pathed, i) {
				t.Indices = append(t.Indices, i)
			}
		}
	}
	return t.Check()
}

func (t *target) takePublicKeys(v string) error {
	keys, err := ParsePublicKeys(v)
	if err == nil && len(keys) == 0 {
		err = fault.New(fault.Refused, "expected a public key")
	}
	if err != nil {
		return fault.New(fault.Refused, "--public-keys: %w", err)
	}
	t.PublicKeys = append(t.PublicKeys, keys...)
	return nil
}

func (t *target) takeDeposits(name string) error {
	data, err := t.session.readFile(name, maxFile)
	if err != nil {
		return err
	}
	entries, warnings, err := message.ParseDepositData(data)
	if err != nil {
		return err
	}
	for _, w := range warnings {
		t.session.Term.Warn(w)
	}
	for i := range entries {
		t.PublicKeys = append(t.PublicKeys, entries[i].PublicKey)
	}
	return nil
}

// takeKeystores reads the public keys, and where the keystores say that they
// were derived, from a folder in the layout of any client.
func (t *target) takeKeystores(name string) error {
	fsys, err := t.machine.Open(name)
	if err != nil {
		return err
	}
	folder, err := keyfolder.Read(fsys, "")
	if err != nil {
		return err
	}
	defer folder.Close()
	found := false
	for _, item := range folder.Items {
		if item.Err != nil || item.Keystore == nil {
			continue
		}
		pk, err := bls.PublicKeyFromBytes(item.Keystore.PublicKey)
		if err != nil {
			continue
		}
		found = true
		t.PublicKeys = append(t.PublicKeys, pk)
		if p, err := derive.ParsePath(item.Keystore.Path); err == nil && p.CheckValidator() == nil && !slices.Contains(t.pathed, p[2]) {
			t.pathed = append(t.pathed, p[2])
		}
	}
	if !found {
		return fault.New(fault.Refused, "%s: no keystore there names its public key", name).
			WithHint("give the public key itself: --public-keys")
	}
	return nil
}

// parseIndices reads a list such as 0-9,100.
func parseIndices(v string) ([]uint32, error) {
	var out []uint32
	for part := range strings.SplitSeq(v, ",") {
		from, to, ranged := strings.Cut(part, "-")
		if !ranged {
			to = from
		}
		low, err1 := ParseCount(from, 0, 1<<32-1)
		high, err2 := ParseCount(to, 0, 1<<32-1)
		if err1 != nil || err2 != nil || low > high {
			return nil, fault.New(fault.Refused, "--search-indices: expected key indices such as 0-9 or 0-3,100")
		}
		if high-low >= maxSearch || len(out)+int(high-low) >= maxSearch {
			return nil, fault.New(fault.Refused, "--search-indices: more than %d", maxSearch).WithHint("search them part by part")
		}
		for i := low; i <= high; i++ {
			out = append(out, uint32(i))
		}
	}
	return out, nil
}
