package validator

import (
	"fmt"
	"path/filepath"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/keystore"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/network"
	"github.com/ethkey/ethkey/pkg/secret"
)

const (
	// KeysFolder is the folder that a run makes, or adds to.
	KeysFolder = "validator_keys"
	// DepositCLIVersion is the version that deposit data claims by default: the
	// release of ethstaker-deposit-cli whose files these are, byte for byte.
	DepositCLIVersion = "1.3.0"

	// indexLimit is one past the highest key index of EIP-2334.
	indexLimit = 1 << 32
	// bytesPerKey is the room a key takes on the disk: a keystore of about 850
	// bytes in blocks of 4096, and its share of the deposit data.
	bytesPerKey = 5 << 10
)

// CreateRequest asks for the keystores and the deposit data of Count
// validators, from StartIndex on.
type CreateRequest struct {
	Mnemonic   *mnemonic.Mnemonic
	Passphrase *secret.Buffer // the BIP-39 passphrase; nil for none
	Seed       *secret.Buffer // in the place of both: a seed that no mnemonic makes; or nil
	StartIndex uint64
	Count      uint64
	Path       derive.Template // of the signing keys; zero: EIP-2334's
	Network    network.Network

	Address     *beacon.ExecutionAddress // nil: 0x00 credentials, from the mnemonic's withdrawal key
	Compounding bool                     // 0x02 instead of 0x01
	Amount      *beacon.Gwei             // as the file has it; nil: the activation amount

	Password    *secret.Buffer // of the keystores, as typed
	PBKDF2      bool
	UniqueSalts bool // scrypt: a salt for each keystore instead of one a run

	// VerifyFromMemory opens what was read back with the key that encrypted it
	// instead of deriving it from the password a second time.
	VerifyFromMemory bool

	Folder string // where KeysFolder is made; it must exist

	DepositCLIVersion string // empty: DepositCLIVersion
}

// CreatePlan is a checked request. It holds secrets: Close it.
type CreatePlan struct {
	Summary Summary

	machine  Machine
	req      CreateRequest
	amount   beacon.Gwei
	password *secret.Buffer // processed as EIP-2335 says
	tree     *derive.Tree
	branch   *derive.Branch // of a path that is not EIP-2334's, or nil
}

// PlanCreate checks req against the rules and the folder, and derives the
// public keys that the summary shows. It writes nothing. The request's secrets
// stay the caller's.
func PlanCreate(m Machine, req CreateRequest) (*CreatePlan, []Warning, error) {
	if req.DepositCLIVersion == "" {
		req.DepositCLIVersion = DepositCLIVersion
	}
	if err := req.checkRange(); err != nil {
		return nil, nil, err
	}
	if err := req.checkPath(); err != nil {
		return nil, nil, err
	}
	amount, err := req.amount()
	if err != nil {
		return nil, nil, err
	}
	p := &CreatePlan{machine: m, req: req, amount: amount}
	if err := p.prepare(); err != nil {
		p.Close()
		return nil, nil, err
	}
	found, err := p.inspectFolder()
	if err != nil {
		p.Close()
		return nil, nil, err
	}
	return p, append(req.warnings(), found...), nil
}

// prepare derives what the plan keeps: the password as EIP-2335 processes it,
// the key tree, and the summary with its public keys.
func (p *CreatePlan) prepare() error {
	var err error
	if p.password, err = keystore.ProcessPassword(p.req.Password.Bytes()); err != nil {
		return err
	}
	if err = keystore.CheckNew(p.req.Password.Bytes(), p.password); err != nil {
		return err
	}
	seed, err := p.req.seed()
	if err != nil {
		return err
	}
	defer seed.Close()
	if p.tree, err = derive.NewTree(seed); err != nil {
		return err
	}
	if p.req.elsewhere() {
		if p.branch, err = derive.NewBranch(seed, p.req.Path); err != nil {
			return err
		}
	}
	p.Summary, err = p.summarise()
	return err
}

// seed is what the keys are derived from. The caller closes it.
func (r *CreateRequest) seed() (*secret.Buffer, error) {
	if r.Seed != nil {
		return r.Seed.Clone()
	}
	return r.Mnemonic.Seed(r.Passphrase)
}

// Close wipes the plan's secrets.
func (p *CreatePlan) Close() {
	p.password.Close()
	if p.tree != nil {
		p.tree.Close()
	}
	p.branch.Close()
}

func (r *CreateRequest) checkRange() error {
	if r.Count == 0 {
		return fault.New(fault.Refused, "number of validators: 0; expected at least 1")
	}
	if r.StartIndex >= indexLimit {
		return fault.New(fault.Refused, "start index %d: expected a number below 2^32", r.StartIndex)
	}
	if r.Count > indexLimit-r.StartIndex {
		return fault.New(fault.Refused, "start index %d and %d validators go past the last key index, 2^32-1", r.StartIndex, r.Count).
			WithHint("at most %d validators fit from this index on", indexLimit-r.StartIndex)
	}
	return nil
}

// amount returns the deposit of each validator, in the file's Gwei.
func (r *CreateRequest) amount() (beacon.Gwei, error) {
	if r.Address != nil && *r.Address == (beacon.ExecutionAddress{}) {
		return 0, fault.New(fault.Refused, "withdrawal address: the zero address, which nobody controls; the funds could never be withdrawn")
	}
	if r.Compounding && r.Address == nil {
		return 0, fault.New(fault.Refused, "compounding without a withdrawal address: 0x02 credentials need one").
			WithHint("give --withdrawal_address, or --regular-withdrawal")
	}
	activation := r.Network.ActivationAmount()
	if r.Amount == nil {
		return activation, nil
	}
	if !r.Compounding && *r.Amount != activation {
		return 0, fault.New(fault.Refused, "amount %s without compounding: only 0x02 credentials take an amount of their own",
			r.format(*r.Amount)).
			WithHint("add --compounding and a withdrawal address, or leave --amount out to deposit %s", r.format(activation))
	}
	if *r.Amount < r.Network.MinDeposit || *r.Amount > r.Network.MaxDeposit {
		return 0, fault.New(fault.Refused, "amount %s: %s takes from %s to %s", r.format(*r.Amount), r.Network.Name,
			r.format(r.Network.MinDeposit), r.format(r.Network.MaxDeposit))
	}
	return *r.Amount, nil
}

// warnings are those that need no look at the folder.
func (r *CreateRequest) warnings() []Warning {
	var out []Warning
	if r.Address == nil {
		out = append(out, Warning{
			What: "no withdrawal address: these are 0x00 credentials, and only the mnemonic can change that later",
			Hint: "most people set an address now: --withdrawal_address",
		})
	} else {
		out = append(out, Warning{
			What: fmt.Sprintf("withdrawals will go to %s for ever: the address cannot be changed after the deposit", r.Address),
			Hint: "make sure that you control it, and that it is not an exchange's",
		})
	}
	if r.Amount != nil && *r.Amount < r.Network.ActivationAmount() {
		out = append(out, Warning{
			What: fmt.Sprintf("%s is less than the %s that activates a validator",
				r.format(*r.Amount), r.format(r.Network.ActivationAmount())),
			Hint: "top it up later, or deposit more now",
		})
	}
	return out
}

// Target is the folder that the files go to.
func (p *CreatePlan) Target() string { return filepath.Join(p.req.Folder, KeysFolder) }
