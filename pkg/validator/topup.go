package validator

import (
	"context"
	"fmt"
	"math/bits"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/message"
	"github.com/ethkey/ethkey/pkg/network"
)

// TopUpFolder is the folder that deposits for existing keys go to.
const TopUpFolder = "partial_deposits"

// TopUpRequest asks for a deposit for each key, to raise the balance of its
// validator or to make one.
type TopUpRequest struct {
	Network network.Network
	Keys    KeySource
	Amount  *beacon.Gwei // of each, as the file has it; nil: the activation amount

	Address     *beacon.ExecutionAddress
	Compounding bool       // 0x02 instead of 0x01
	Credentials [][32]byte // instead of Address: one for all keys, or one for each

	Folder            string // where TopUpFolder is made; it must exist
	DepositCLIVersion string // empty: DepositCLIVersion
}

// TopUpSummary is what a person agrees to before deposits are signed.
type TopUpSummary struct {
	Chain
	Credentials []string    `json:"credentials"` // one for all, or one for each key
	Amount      string      `json:"amount"`
	Total       string      `json:"total"`
	Count       int         `json:"count"`
	Keys        []SignedKey `json:"validators"`
	Omitted     int         `json:"validators_omitted"`
	Folder      string      `json:"folder"`

	WallsMissing []string `json:"walls_missing,omitempty"`
}

// TopUpPlan is a checked request.
type TopUpPlan struct {
	Summary TopUpSummary

	machine     Machine
	req         TopUpRequest
	amount      beacon.Gwei
	credentials [][32]byte
}

// PlanTopUp checks req and the folder. It writes nothing. The keys stay the
// caller's, who keeps them until Run has returned.
func PlanTopUp(m Machine, req TopUpRequest) (*TopUpPlan, []Warning, error) {
	if req.DepositCLIVersion == "" {
		req.DepositCLIVersion = DepositCLIVersion
	}
	p := &TopUpPlan{machine: m, req: req, amount: req.Network.ActivationAmount()}
	if req.Amount != nil {
		p.amount = *req.Amount
	}
	n := req.Network
	if req.Keys.Len() == 0 {
		return nil, nil, fault.New(fault.Refused, "want at least one key, found none")
	}
	if p.amount < n.MinDeposit || p.amount > n.MaxDeposit {
		return nil, nil, fault.New(fault.Refused, "amount %s: %s takes from %s to %s", p.format(p.amount), n.Name, p.format(n.MinDeposit), p.format(n.MaxDeposit))
	}
	if err := p.settleCredentials(); err != nil {
		return nil, nil, err
	}
	if err := p.summarise(); err != nil {
		return nil, nil, err
	}
	if _, err := inspectOutput(m, req.Folder, TopUpFolder, 1+req.Keys.Len()/4); err != nil {
		return nil, nil, err
	}
	return p, p.warnings(), nil
}

// settleCredentials fills credentials: one for all keys, or one for each.
func (p *TopUpPlan) settleCredentials() error {
	r := p.req
	switch {
	case r.Address != nil && r.Credentials != nil:
		return fault.New(fault.Usage, "a withdrawal address and withdrawal credentials were both given; want one of them")
	case r.Credentials == nil && r.Address == nil:
		return fault.New(fault.Refused, "want a withdrawal address, or the validator's withdrawal credentials")
	case r.Credentials != nil && r.Compounding:
		return fault.New(fault.Usage, "compounding goes with a withdrawal address; the credentials given say it themselves")
	case r.Credentials != nil && len(r.Credentials) != 1 && len(r.Credentials) != r.Keys.Len():
		return fault.New(fault.Refused, "%d keys and %d withdrawal credentials: want one for all keys, or one for each", r.Keys.Len(), len(r.Credentials))
	case r.Credentials != nil:
		p.credentials = r.Credentials
	case r.Compounding:
		p.credentials = [][32]byte{message.CompoundingCredentials(*r.Address)}
	default:
		p.credentials = [][32]byte{message.ExecutionCredentials(*r.Address)}
	}
	for _, c := range p.credentials {
		if err := message.CheckCredentials(c); err != nil {
			return err
		}
	}
	return nil
}

func (p *TopUpPlan) credentialsOf(i int) [32]byte {
	if len(p.credentials) == 1 {
		return p.credentials[0]
	}
	return p.credentials[i]
}

func (p *TopUpPlan) summarise() (err error) {
	n := p.req.Network
	p.Summary = TopUpSummary{
		Chain:  Chain{Network: n.Name, ForkVersion: n.GenesisForkVersion.String(), Rehearsal: n.IsRehearsal()},
		Amount: p.format(p.amount), Count: p.req.Keys.Len(), Folder: target(p.req.Folder, TopUpFolder), WallsMissing: p.machine.WallsMissing,
	}
	if high, low := bits.Mul64(uint64(p.amount), uint64(p.req.Keys.Len())); high == 0 {
		p.Summary.Total = p.format(beacon.Gwei(low))
	}
	for _, c := range p.credentials {
		p.Summary.Credentials = append(p.Summary.Credentials, describeCredentials(c))
	}
	p.Summary.Keys, p.Summary.Omitted, err = shownPairs(p.req.Keys, nil)
	return err
}

// describeCredentials spells credentials out.
func describeCredentials(c [32]byte) string {
	switch c[0] {
	case message.ExecutionWithdrawalPrefix:
		return fmt.Sprintf("0x01, regular withdrawals to %s", beacon.ExecutionAddress(c[12:]))
	case message.CompoundingWithdrawalPrefix:
		return fmt.Sprintf("0x02, compounding, withdrawals to %s", beacon.ExecutionAddress(c[12:]))
	default:
		return fmt.Sprintf("0x%x", c)
	}
}

func (p *TopUpPlan) warnings() []Warning {
	out := []Warning{{
		What: "for a validator that the chain knows, a deposit adds to its balance and leaves its withdrawal credentials as they are; for a key that it does not know, it makes a validator with the credentials given here",
		Hint: "compare the public keys and the credentials with a block explorer",
	}}
	activation := p.req.Network.ActivationAmount()
	for _, c := range p.credentials {
		if c[0] != message.CompoundingWithdrawalPrefix && p.amount > activation {
			return append(out, Warning{
				What: fmt.Sprintf("%s is more than the %s that a validator without compounding can use: the rest is paid out again", p.format(p.amount), p.format(activation)),
				Hint: "deposit less, or use compounding credentials",
			})
		}
	}
	return out
}

func (p *TopUpPlan) format(amount beacon.Gwei) string {
	return p.req.Network.FormatAmount(amount) + " " + p.req.Network.Unit
}

// Run signs the deposits and writes them to one file, reads it back, verifies
// it, and only then puts it in place. When it fails, or ctx ends, nothing is
// left.
func (p *TopUpPlan) Run(ctx context.Context, progress Progress) (*SignResult, error) {
	n := p.req.Keys.Len()
	result, err := p.machine.write(ctx, p.req.Folder, TopUpFolder, p.req.Network, progress, func(o *output) error {
		return p.signAll(ctx, o, n)
	})
	if err != nil {
		return nil, err
	}
	result.Signed = n
	result.Verified = []string{plural(n, "deposit") + ": public key, withdrawal credentials, amount, both roots and the signature, as read back"}
	return result, nil
}

func (p *TopUpPlan) signAll(ctx context.Context, o *output, n int) error {
	entries, pks := make([]message.DepositEntry, n), make([]bls.PublicKey, n)
	net := p.req.Network
	err := o.each(ctx, n, func(i int) error {
		sk, pk, err := keyAndPublic(p.req.Keys, i)
		if err != nil {
			return inKey(p.req.Keys, i, err)
		}
		defer sk.Close()
		m := message.DepositMessage{PublicKey: pk, WithdrawalCredentials: p.credentialsOf(i), Amount: p.amount}
		entries[i] = message.NewDepositEntry(sk, m, net.GenesisForkVersion, net.Name, p.req.DepositCLIVersion)
		pks[i] = pk
		return nil
	})
	if err != nil {
		return err
	}
	if err := checkDistinct(p.req.Keys, pks); err != nil {
		return err
	}
	name := DepositDataName(o.unix)
	if err := o.add(name, message.MarshalDepositData(entries)); err != nil {
		return err
	}
	if err := sameAll(o, name, entries, message.ParseDepositData); err != nil {
		return err
	}
	if err := message.VerifyDeposits(entries, net.GenesisForkVersion, o.machine.Rand); err != nil {
		return err
	}
	o.progress.step(2*n, 2*n)
	return nil
}
