package validator

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/message"
	"github.com/ethkey/ethkey/pkg/network"
)

// ExitFolder is the folder that exits go to.
const ExitFolder = "exit_transactions"

var exitName = regexp.MustCompile(`^(?:REHEARSAL-)?signed_exit_transaction-(\d+)-\d+\.json$`)

// ExitName is the name of a validator's exit, made at unix seconds.
func ExitName(index beacon.ValidatorIndex, unix int64) string {
	return fmt.Sprintf("signed_exit_transaction-%d-%d.json", index, unix)
}

// ExitRequest asks for a voluntary exit of each key's validator.
type ExitRequest struct {
	Network          network.Network
	Epoch            beacon.Epoch // from when the exit is valid
	Keys             KeySource
	ValidatorIndices []beacon.ValidatorIndex // one for each key, in their order
	Folder           string                  // where ExitFolder is made; it must exist
}

// ExitSummary is what a person agrees to before exits are signed.
type ExitSummary struct {
	Chain
	Epoch   beacon.Epoch `json:"epoch"`
	Count   int          `json:"count"`
	Keys    []SignedKey  `json:"validators"`
	Omitted int          `json:"validators_omitted"`
	Folder  string       `json:"folder"`

	WallsMissing []string `json:"walls_missing,omitempty"`
}

// ExitPlan is a checked request.
type ExitPlan struct {
	Summary ExitSummary

	machine Machine
	req     ExitRequest
	domain  beacon.Domain
}

// PlanExit checks req and the folder. It writes nothing. The keys stay the
// caller's, who keeps them until Run has returned.
func PlanExit(m Machine, req ExitRequest) (*ExitPlan, []Warning, error) {
	root, err := genesisRoot(req.Network)
	if err != nil {
		return nil, nil, err
	}
	if err := checkPairs(req.Keys, req.ValidatorIndices); err != nil {
		return nil, nil, err
	}
	p := &ExitPlan{machine: m, req: req, domain: message.ExitDomain(req.Network.ExitForkVersion, root)}
	p.Summary = ExitSummary{
		Chain: Chain{
			Network: req.Network.Name, ForkVersion: req.Network.ExitForkVersion.String(),
			GenesisRoot: root.String(), Rehearsal: req.Network.IsRehearsal(),
		},
		Epoch: req.Epoch, Count: req.Keys.Len(), Folder: target(req.Folder, ExitFolder), WallsMissing: m.WallsMissing,
	}
	if p.Summary.Keys, p.Summary.Omitted, err = shownPairs(req.Keys, req.ValidatorIndices); err != nil {
		return nil, nil, err
	}
	names, err := inspectOutput(m, req.Folder, ExitFolder, req.Keys.Len())
	if err != nil {
		return nil, nil, err
	}
	return p, append(p.warnings(), signedBefore(names, exitName, req.ValidatorIndices)...), nil
}

func (p *ExitPlan) warnings() []Warning {
	out := []Warning{{
		What: "an exit cannot be taken back, and whoever holds its file can send it",
		Hint: "keep the files as you keep keys until the day you use them",
	}}
	n := p.req.Network
	perEpoch := n.SecondsPerSlot * n.SlotsPerEpoch
	if n.GenesisTime == 0 || perEpoch == 0 {
		return out
	}
	current := max(0, p.machine.Now().Unix()-int64(n.GenesisTime)) / int64(perEpoch)
	if uint64(p.req.Epoch) <= uint64(current) {
		return out
	}
	when := "in more than a thousand years"
	if uint64(p.req.Epoch) < 1<<32 {
		when = time.Unix(int64(n.GenesisTime+uint64(p.req.Epoch)*perEpoch), 0).UTC().Format("on 2006-01-02 at 15:04 UTC")
	}
	return append(out, Warning{
		What: fmt.Sprintf("epoch %d begins %s: beacon nodes refuse the exit until then", p.req.Epoch, when),
		Hint: "epoch 0 makes an exit that is valid from now on",
	})
}

// Run signs and writes the exits, reads every file back, verifies the
// signatures, and only then puts the files in place. When it fails, or ctx
// ends, nothing is left.
func (p *ExitPlan) Run(ctx context.Context, progress Progress) (*SignResult, error) {
	n := p.req.Keys.Len()
	result, err := p.machine.write(ctx, p.req.Folder, ExitFolder, p.req.Network, progress, func(o *output) error {
		return p.signAll(ctx, o)
	})
	if err != nil {
		return nil, err
	}
	result.Signed = n
	result.Verified = []string{plural(n, "exit") + ": epoch, validator index and the signature of its key, as read back"}
	return result, nil
}

func (p *ExitPlan) signAll(ctx context.Context, o *output) error {
	return single[message.SignedVoluntaryExit]{
		sign: func(i int, sk *bls.SecretKey) message.SignedVoluntaryExit {
			return message.SignExit(sk, message.VoluntaryExit{Epoch: p.req.Epoch, ValidatorIndex: p.req.ValidatorIndices[i]}, p.domain)
		},
		name:    func(i int) string { return ExitName(p.req.ValidatorIndices[i], o.unix) },
		marshal: message.MarshalExit,
		parse:   message.ParseExit,
		verify: func(all []message.SignedVoluntaryExit, pks []bls.PublicKey) error {
			return message.VerifyExits(all, pks, p.domain, p.machine.Rand)
		},
	}.write(ctx, o, p.req.Keys)
}
