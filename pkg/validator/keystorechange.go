package validator

import (
	"context"
	"fmt"
	"regexp"

	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
	"github.com/ethkey/ethkey/pkg/message"
	"github.com/ethkey/ethkey/pkg/network"
)

// KeystoreChangeFolder is the folder that changes by keystore go to.
const KeystoreChangeFolder = "bls_to_execution_changes_keystore"

var keystoreChangeName = regexp.MustCompile(`^(?:REHEARSAL-)?bls_to_execution_change_keystore_signature-(\d+)-\d+\.json$`)

// KeystoreChangeName is the name of a validator's change by keystore, made at
// unix seconds.
func KeystoreChangeName(index beacon.ValidatorIndex, unix int64) string {
	return fmt.Sprintf("bls_to_execution_change_keystore_signature-%d-%d.json", index, unix)
}

// KeystoreChangeRequest asks for EthStaker's message that a validator key signs
// when the mnemonic is lost.
type KeystoreChangeRequest struct {
	Network          network.Network
	Keys             KeySource
	ValidatorIndices []beacon.ValidatorIndex // one for each key, in their order
	Address          beacon.ExecutionAddress
	Folder           string // where KeystoreChangeFolder is made; it must exist
}

// KeystoreChangeSummary is what a person agrees to before changes by keystore
// are signed.
type KeystoreChangeSummary struct {
	Chain
	Address string      `json:"withdrawal_address"`
	Count   int         `json:"count"`
	Keys    []SignedKey `json:"validators"`
	Omitted int         `json:"validators_omitted"`
	Folder  string      `json:"folder"`

	WallsMissing []string `json:"walls_missing,omitempty"`
}

// KeystoreChangePlan is a checked request.
type KeystoreChangePlan struct {
	Summary KeystoreChangeSummary

	machine Machine
	req     KeystoreChangeRequest
	domain  beacon.Domain
}

// PlanKeystoreChange checks req and the folder. It writes nothing. The keys
// stay the caller's, who keeps them until Run has returned.
func PlanKeystoreChange(m Machine, req KeystoreChangeRequest) (*KeystoreChangePlan, []Warning, error) {
	root, err := genesisRoot(req.Network)
	if err != nil {
		return nil, nil, err
	}
	if err := checkAddress(req.Address); err != nil {
		return nil, nil, err
	}
	if err := checkPairs(req.Keys, req.ValidatorIndices); err != nil {
		return nil, nil, err
	}
	version := req.Network.GenesisForkVersion
	p := &KeystoreChangePlan{machine: m, req: req, domain: message.KeystoreChangeDomain(version, root)}
	p.Summary = KeystoreChangeSummary{
		Chain:   Chain{Network: req.Network.Name, ForkVersion: version.String(), GenesisRoot: root.String(), Rehearsal: req.Network.IsRehearsal()},
		Address: req.Address.String(), Count: req.Keys.Len(), Folder: target(req.Folder, KeystoreChangeFolder), WallsMissing: m.WallsMissing,
	}
	if p.Summary.Keys, p.Summary.Omitted, err = shownPairs(req.Keys, req.ValidatorIndices); err != nil {
		return nil, nil, err
	}
	names, err := inspectOutput(m, req.Folder, KeystoreChangeFolder, req.Keys.Len())
	if err != nil {
		return nil, nil, err
	}
	warnings := []Warning{{
		What: "no network takes a change of credentials that the validator key has signed: only the withdrawal key, which the mnemonic holds, can change them",
		Hint: "this message is EthStaker's own, for a proposal that may never come; if you have the mnemonic, use it instead",
	}}
	return p, append(warnings, signedBefore(names, keystoreChangeName, req.ValidatorIndices)...), nil
}

// Run signs and writes the messages, reads every file back, verifies the
// signatures, and only then puts the files in place. When it fails, or ctx
// ends, nothing is left.
func (p *KeystoreChangePlan) Run(ctx context.Context, progress Progress) (*SignResult, error) {
	n := p.req.Keys.Len()
	result, err := p.machine.write(ctx, p.req.Folder, KeystoreChangeFolder, p.req.Network, progress, func(o *output) error {
		return p.signAll(ctx, o)
	})
	if err != nil {
		return nil, err
	}
	result.Signed = n
	result.Verified = []string{plural(n, "change") + " by keystore: address, validator index and the signature of its key, as read back"}
	return result, nil
}

func (p *KeystoreChangePlan) signAll(ctx context.Context, o *output) error {
	return single[message.SignedKeystoreChange]{
		sign: func(i int, sk *bls.SecretKey) message.SignedKeystoreChange {
			c := message.KeystoreChange{ValidatorIndex: p.req.ValidatorIndices[i], ToExecutionAddress: p.req.Address}
			return message.SignKeystoreChange(sk, c, p.domain)
		},
		name:    func(i int) string { return KeystoreChangeName(p.req.ValidatorIndices[i], o.unix) },
		marshal: message.MarshalKeystoreChange,
		parse:   message.ParseKeystoreChange,
		verify: func(all []message.SignedKeystoreChange, pks []bls.PublicKey) error {
			return message.VerifyKeystoreChanges(all, pks, p.domain, p.machine.Rand)
		},
	}.write(ctx, o, p.req.Keys)
}
