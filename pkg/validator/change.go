package validator

import (
	"context"
	"fmt"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/derive"
	"github.com/ethkey/ethkey/pkg/message"
	"github.com/ethkey/ethkey/pkg/mnemonic"
	"github.com/ethkey/ethkey/pkg/network"
	"github.com/ethkey/ethkey/pkg/secret"
)

// ChangeFolder is the folder that changes of credentials go to.
const ChangeFolder = "bls_to_execution_changes"

// ChangeName is the name of the changes made at unix seconds.
func ChangeName(unix int64) string {
	return fmt.Sprintf("bls_to_execution_change-%d.json", unix)
}

// ChangeRequest asks to replace the 0x00 credentials of validators by an
// execution address. The withdrawal keys are those of StartIndex and its
// successors, or of KeyIndices, or are found by their credentials.
type ChangeRequest struct {
	Network    network.Network
	Mnemonic   *mnemonic.Mnemonic
	Passphrase *secret.Buffer  // nil for none
	Path       derive.Template // of the withdrawal keys; zero: m/12381/3600/i/0

	StartIndex uint64
	KeyIndices []uint32 // instead of StartIndex, one for each validator
	ScanLimit  uint64   // not 0: look for OldCredentials among so many keys from StartIndex on

	ValidatorIndices []beacon.ValidatorIndex
	OldCredentials   [][32]byte // one for each validator
	Address          beacon.ExecutionAddress

	Folder            string // where ChangeFolder is made; it must exist
	DepositCLIVersion string // empty: DepositCLIVersion
}

// ChangeSummary is what a person agrees to before changes are signed.
type ChangeSummary struct {
	Chain
	Address string       `json:"withdrawal_address"`
	Count   int          `json:"count"`
	Changes []ChangedKey `json:"validators"`
	Folder  string       `json:"folder"`

	WallsMissing []string `json:"walls_missing,omitempty"`
}

// ChangedKey is one validator of a ChangeSummary.
type ChangedKey struct {
	ValidatorIndex beacon.ValidatorIndex `json:"validator_index"`
	Path           string                `json:"key"` // of the withdrawal key
	PublicKey      string                `json:"withdrawal_public_key"`
	OldCredentials string                `json:"old_credentials"`
}

// ChangePlan is a checked request. It holds secrets: Close it.
type ChangePlan struct {
	Summary ChangeSummary

	machine Machine
	req     ChangeRequest
	domain  beacon.Domain
	branch  *derive.Branch
	indices []uint32
	pks     []bls.PublicKey
}

// PlanChange checks req and the folder, and that the mnemonic has the key of
// each validator's credentials. It writes nothing. The request's secrets stay
// the caller's. Progress is that of a scan.
func PlanChange(ctx context.Context, m Machine, req ChangeRequest, progress Progress) (*ChangePlan, []Warning, error) {
	if req.DepositCLIVersion == "" {
		req.DepositCLIVersion = DepositCLIVersion
	}
	if req.Path.IsZero() {
		req.Path = derive.WithdrawalTemplate()
	}
	root, err := genesisRoot(req.Network)
	if err != nil {
		return nil, nil, err
	}
	if err := req.check(); err != nil {
		return nil, nil, err
	}
	if _, err := inspectOutput(m, req.Folder, ChangeFolder, 1+len(req.ValidatorIndices)/8); err != nil {
		return nil, nil, err
	}
	p := &ChangePlan{machine: m, req: req, domain: message.ChangeDomain(req.Network.GenesisForkVersion, root)}
	if p.branch, err = newBranch(req.Mnemonic, req.Passphrase, req.Path); err != nil {
		return nil, nil, err
	}
	if err := p.findKeys(ctx, progress); err != nil {
		p.Close()
		return nil, nil, interrupted(ctx, err)
	}
	p.summarise(root)
	return p, []Warning{{
		What: fmt.Sprintf("withdrawals will go to %s for ever: the address cannot be changed again", req.Address),
		Hint: "make sure that you control it, and that it is not an exchange's",
	}}, nil
}

func (r *ChangeRequest) check() error {
	if err := checkValidators(r.ValidatorIndices); err != nil {
		return err
	}
	n := len(r.ValidatorIndices)
	if len(r.OldCredentials) != n {
		return fault.New(fault.Refused, "%d validator indices and %d withdrawal credentials: want one of each for every validator, in the same order", n, len(r.OldCredentials))
	}
	for _, c := range r.OldCredentials {
		if err := checkOld(c); err != nil {
			return err
		}
	}
	switch {
	case r.KeyIndices != nil && r.ScanLimit != 0:
		return fault.New(fault.Usage, "key indices were given and a scan was asked for; want one of them")
	case r.KeyIndices != nil && len(r.KeyIndices) != n:
		return fault.New(fault.Refused, "%d validator indices and %d key indices: want one of each", n, len(r.KeyIndices))
	case r.Path.Fixed() && n > 1 && r.ScanLimit == 0:
		return fault.New(fault.Refused, "path %s: names one key, %d are asked for", r.Path, n)
	}
	return checkAddress(r.Address)
}

// findKeys settles the key index of each validator, and checks that the key
// there is that of the credentials.
func (p *ChangePlan) findKeys(ctx context.Context, progress Progress) error {
	var err error
	switch {
	case p.req.ScanLimit != 0:
		err = p.scan(ctx, progress)
	case p.req.KeyIndices != nil:
		p.indices = p.req.KeyIndices
	default:
		p.indices, err = Consecutive(p.req.StartIndex, uint64(len(p.req.ValidatorIndices)))
	}
	if err != nil {
		return err
	}
	p.pks = make([]bls.PublicKey, len(p.indices))
	err = parallel(ctx, p.machine.Workers, len(p.indices), func(i int) error {
		sk, err := p.branch.Key(p.indices[i])
		if err != nil {
			return err
		}
		p.pks[i] = sk.PublicKey()
		sk.Close()
		return nil
	})
	if err != nil {
		return err
	}
	for i, pk := range p.pks {
		if message.BLSCredentials(pk) != p.req.OldCredentials[i] {
			return p.otherCredentials(ctx, i)
		}
	}
	return nil
}

func (p *ChangePlan) scan(ctx context.Context, progress Progress) error {
	found, err := FindCredentials(ctx, p.machine, p.branch, p.req.OldCredentials, p.req.StartIndex, p.req.ScanLimit, progress)
	if err != nil {
		return err
	}
	p.indices = make([]uint32, len(found))
	for i, f := range found {
		if !f.OK {
			return fault.New(fault.Refused, "validator %d: no key of this mnemonic from index %d to %d has the credentials %x",
				p.req.ValidatorIndices[i], p.req.StartIndex, p.req.StartIndex+p.req.ScanLimit-1, p.req.OldCredentials[i]).
				WithHint("check the mnemonic and its passphrase, or look further")
		}
		p.indices[i] = f.Index
	}
	return nil
}

// otherCredentials says that key i is not that of its validator, and where the
// right one is when it is near.
func (p *ChangePlan) otherCredentials(ctx context.Context, i int) error {
	fail := fault.New(fault.Refused, "validator %d: its withdrawal credentials are %x, but the key at index %d of this mnemonic gives %x",
		p.req.ValidatorIndices[i], p.req.OldCredentials[i], p.indices[i], message.BLSCredentials(p.pks[i]))
	found, err := FindCredentials(ctx, p.machine, p.branch, p.req.OldCredentials[i:i+1], 0, batch, nil)
	if err == nil && found[0].OK && !p.req.Path.Fixed() {
		return fail.WithHint("these credentials are those of key index %d", found[0].Index)
	}
	return fail.WithHint("they are not among the first %d keys; check the mnemonic, its passphrase and the credentials", batch)
}

func (p *ChangePlan) summarise(root beacon.Root) {
	n := p.req.Network
	p.Summary = ChangeSummary{
		Chain:   Chain{Network: n.Name, ForkVersion: n.GenesisForkVersion.String(), GenesisRoot: root.String(), Rehearsal: n.IsRehearsal()},
		Address: p.req.Address.String(), Count: len(p.indices), Folder: target(p.req.Folder, ChangeFolder), WallsMissing: p.machine.WallsMissing,
	}
	for i, index := range p.indices {
		p.Summary.Changes = append(p.Summary.Changes, ChangedKey{
			ValidatorIndex: p.req.ValidatorIndices[i], Path: p.branch.Path(index).String(),
			PublicKey: p.pks[i].String(), OldCredentials: fmt.Sprintf("0x%x", p.req.OldCredentials[i]),
		})
	}
}

// Close wipes the plan's secrets.
func (p *ChangePlan) Close() { p.branch.Close() }

// Run signs the changes and writes them to one file, reads it back, verifies
// it, and only then puts it in place. When it fails, or ctx ends, nothing is
// left.
func (p *ChangePlan) Run(ctx context.Context, progress Progress) (*SignResult, error) {
	result, err := p.machine.write(ctx, p.req.Folder, ChangeFolder, p.req.Network, progress, func(o *output) error {
		return p.signAll(ctx, o)
	})
	if err != nil {
		return nil, err
	}
	result.Signed = len(p.indices)
	result.Verified = []string{plural(len(p.indices), "change") +
		": validator index, address, network, the signature, and that its key is the one of the old credentials, as read back"}
	return result, nil
}

func (p *ChangePlan) signAll(ctx context.Context, o *output) error {
	entries := make([]message.ChangeEntry, len(p.indices))
	err := o.each(ctx, len(p.indices), func(i int) error {
		sk, err := p.branch.Key(p.indices[i])
		if err != nil {
			return err
		}
		defer sk.Close()
		c := message.BLSToExecutionChange{
			ValidatorIndex: p.req.ValidatorIndices[i], FromBLSPublicKey: p.pks[i], ToExecutionAddress: p.req.Address,
		}
		entries[i] = message.ChangeEntry{
			SignedBLSToExecutionChange: message.SignChange(sk, c, p.domain), NetworkName: p.req.Network.Name,
			GenesisValidatorsRoot: *p.req.Network.GenesisValidatorsRoot, DepositCLIVersion: p.req.DepositCLIVersion,
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := o.add(ChangeName(o.unix), message.MarshalChanges(entries)); err != nil {
		return err
	}
	return p.verify(o, entries)
}

// verify reads the file back, compares it with what was signed and with the
// request, and checks the signatures.
func (p *ChangePlan) verify(o *output, entries []message.ChangeEntry) error {
	if err := sameAll(o, o.files[0], entries, message.ParseChanges); err != nil {
		return err
	}
	for i, e := range entries {
		m := e.Message
		if m.ValidatorIndex != p.req.ValidatorIndices[i] || m.ToExecutionAddress != p.req.Address ||
			message.BLSCredentials(m.FromBLSPublicKey) != p.req.OldCredentials[i] {
			return fault.New(fault.Integrity, "%s, change %d: it is not what was asked for", o.files[0], i+1)
		}
	}
	if err := message.VerifyChanges(entries, p.domain, p.machine.Rand); err != nil {
		return err
	}
	o.progress.step(2*len(entries), 2*len(entries))
	return nil
}
