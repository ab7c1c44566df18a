package derive

import (
	"slices"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/secret"
)

// templateLevel is the letter that stands for the index of a key.
const templateLevel = "i"

// Template is a path in which one level is the index of the key, such as
// m/12381/3600/i/0/0, or a whole path for one key. Programs differ in where
// they keep a validator's signing key: ethdo's is at m/12381/3600/i/0.
type Template struct {
	path Path
	at   int // the level that is the index, from 1; 0 for a whole path
}

// SigningTemplate is where EIP-2334 has the signing keys, m/12381/3600/i/0/0.
func SigningTemplate() Template { return Template{path: SigningPath(0), at: 3} }

// WithdrawalTemplate is where EIP-2334 has the withdrawal keys,
// m/12381/3600/i/0.
func WithdrawalTemplate() Template { return Template{path: WithdrawalPath(0), at: 3} }

// ParseTemplate reads a path by the rules of ParsePath, in which one level may
// be the letter i.
func ParseTemplate(s string) (Template, error) {
	levels := strings.Split(s, "/")
	at := max(0, slices.Index(levels, templateLevel))
	if at > 0 {
		levels[at] = "0"
	}
	if slices.Contains(levels[1:], templateLevel) {
		return Template{}, fault.New(fault.Refused, "path %q: want one level i, the index of the key", s).
			WithHint("the others are numbers, as in m/12381/3600/i/0/0")
	}
	p, err := ParsePath(strings.Join(levels, "/"))
	if err != nil {
		return Template{}, err
	}
	return Template{path: p, at: at}, nil
}

// IsZero says whether t is the zero Template, which names no key.
func (t Template) IsZero() bool { return t.path == nil }

// Fixed says whether t names one key only, having no level i.
func (t Template) Fixed() bool { return t.at == 0 }

// Path is the path of key i. A whole path is the same for every i.
func (t Template) Path(i uint32) Path {
	p := slices.Clone(t.path)
	if t.at > 0 {
		p[t.at-1] = i
	}
	return p
}

// String returns the path with the letter i in it.
func (t Template) String() string {
	levels := strings.Split(t.path.String(), "/")
	if t.at > 0 {
		levels[t.at] = templateLevel
	}
	return strings.Join(levels, "/")
}

// Branch derives the keys of one template from one seed. It keeps the key
// above the level i. It may be used by several goroutines at a time.
type Branch struct {
	template Template
	stem     *bls.SecretKey
	above    int // levels that stem stands for
}

// NewBranch derives what all keys of t share. The caller keeps the seed.
func NewBranch(seed *secret.Buffer, t Template) (*Branch, error) {
	if t.IsZero() {
		return nil, fault.New(fault.Refused, "path: want one such as %s, found none", SigningTemplate())
	}
	above := len(t.path)
	if t.at > 0 {
		above = t.at - 1
	}
	stem, err := Derive(seed, t.path[:above])
	if err != nil {
		return nil, err
	}
	return &Branch{template: t, stem: stem, above: above}, nil
}

// Key derives key i. The caller closes it.
func (b *Branch) Key(i uint32) (*bls.SecretKey, error) {
	return descend(b.stem, b.template.Path(i)[b.above:]...)
}

// Path is the path of key i.
func (b *Branch) Path(i uint32) Path { return b.template.Path(i) }

// Template is what the branch was made for.
func (b *Branch) Template() Template { return b.template }

// Close wipes what the branch keeps.
func (b *Branch) Close() {
	if b != nil {
		b.stem.Close()
	}
}
