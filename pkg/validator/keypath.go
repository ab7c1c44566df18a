package validator

import (
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/derive"
)

// elsewhere says whether the keys are on another path than EIP-2334's.
func (r *CreateRequest) elsewhere() bool {
	return !r.Path.IsZero() && r.Path.String() != derive.SigningTemplate().String()
}

// template is the path of the signing keys, with the letter i in it.
func (r *CreateRequest) template() derive.Template {
	if r.elsewhere() {
		return r.Path
	}
	return derive.SigningTemplate()
}

// checkPath refuses what a path of its own leaves undefined: the path of the
// withdrawal key, which EIP-2334 ties to its own, and the second key of a path
// that names one.
func (r *CreateRequest) checkPath() error {
	if !r.elsewhere() {
		return nil
	}
	if r.Path.Fixed() && (r.Count > 1 || r.StartIndex > 0) {
		return fault.New(fault.Refused, "path %s: names one key, whatever the start index and the number of validators", r.Path).
			WithHint("write the letter i where the index of the key stands, as in %s", derive.SigningTemplate())
	}
	if r.Address == nil {
		return fault.New(fault.Refused, "path %s: without a withdrawal address the credentials would be of a withdrawal key, and no standard says where that is for this path", r.Path).
			WithHint("give --withdrawal_address, or leave --path out")
	}
	return nil
}

// keys returns the signing key of an index, and the withdrawal key where the
// credentials are made of it. The caller closes both.
func (p *CreatePlan) keys(index uint32) (withdrawal, signing *bls.SecretKey, err error) {
	if p.branch == nil {
		return p.tree.Both(index)
	}
	signing, err = p.branch.Key(index)
	return nil, signing, err
}

// signing returns the signing key of an index. The caller closes it.
func (p *CreatePlan) signing(index uint32) (*bls.SecretKey, error) {
	if p.branch == nil {
		return p.tree.Signing(index)
	}
	return p.branch.Key(index)
}
