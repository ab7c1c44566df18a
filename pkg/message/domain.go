package message

import (
	"github.com/ethkey/ethkey/internal/ssz"
	"github.com/ethkey/ethkey/pkg/beacon"
)

// The domain types a validator key, or its withdrawal key, signs under. The
// file of consensus-specs that defines each is named beside it.
var (
	DomainBeaconProposer              = beacon.DomainType{0x00, 0x00, 0x00, 0x00} // phase0/beacon-chain.md, "Domain types"
	DomainBeaconAttester              = beacon.DomainType{0x01, 0x00, 0x00, 0x00} // phase0/beacon-chain.md
	DomainRandao                      = beacon.DomainType{0x02, 0x00, 0x00, 0x00} // phase0/beacon-chain.md
	DomainDeposit                     = beacon.DomainType{0x03, 0x00, 0x00, 0x00} // phase0/beacon-chain.md
	DomainVoluntaryExit               = beacon.DomainType{0x04, 0x00, 0x00, 0x00} // phase0/beacon-chain.md
	DomainSelectionProof              = beacon.DomainType{0x05, 0x00, 0x00, 0x00} // phase0/beacon-chain.md
	DomainAggregateAndProof           = beacon.DomainType{0x06, 0x00, 0x00, 0x00} // phase0/beacon-chain.md
	DomainSyncCommittee               = beacon.DomainType{0x07, 0x00, 0x00, 0x00} // altair/beacon-chain.md
	DomainSyncCommitteeSelectionProof = beacon.DomainType{0x08, 0x00, 0x00, 0x00} // altair/beacon-chain.md
	DomainContributionAndProof        = beacon.DomainType{0x09, 0x00, 0x00, 0x00} // altair/beacon-chain.md
	DomainBLSToExecutionChange        = beacon.DomainType{0x0a, 0x00, 0x00, 0x00} // capella/beacon-chain.md
	DomainApplicationMask             = beacon.DomainType{0x00, 0x00, 0x00, 0x01} // phase0/beacon-chain.md
	DomainApplicationBuilder          = beacon.DomainType{0x00, 0x00, 0x00, 0x01} // builder-specs, bellatrix/builder.md
)

// ForkData is phase0's container of the same name.
type ForkData struct {
	CurrentVersion        beacon.Version
	GenesisValidatorsRoot beacon.Root
}

// HashTreeRoot is hash_tree_root(ForkData), which is compute_fork_data_root.
func (f ForkData) HashTreeRoot() beacon.Root {
	return ssz.Container(ssz.Bytes(f.CurrentVersion[:]), f.GenesisValidatorsRoot)
}

// SigningData is phase0's container of the same name.
type SigningData struct {
	ObjectRoot beacon.Root
	Domain     beacon.Domain
}

// HashTreeRoot is hash_tree_root(SigningData).
func (s SigningData) HashTreeRoot() beacon.Root {
	return ssz.Container(s.ObjectRoot, s.Domain)
}

// ComputeDomain is compute_domain (phase0/beacon-chain.md): the domain type,
// then the first 28 bytes of the fork data root.
func ComputeDomain(t beacon.DomainType, v beacon.Version, genesisValidatorsRoot beacon.Root) beacon.Domain {
	root := ForkData{CurrentVersion: v, GenesisValidatorsRoot: genesisValidatorsRoot}.HashTreeRoot()
	var d beacon.Domain
	copy(d[copy(d[:], t[:]):], root[:])
	return d
}

// ComputeSigningRoot is compute_signing_root (phase0/beacon-chain.md).
func ComputeSigningRoot(objectRoot beacon.Root, d beacon.Domain) beacon.Root {
	return SigningData{ObjectRoot: objectRoot, Domain: d}.HashTreeRoot()
}

// DepositDomain is the domain of a deposit: the genesis fork version and a
// genesis validators root of zeros (phase0/beacon-chain.md, "Deposits":
// fork-agnostic).
func DepositDomain(genesisForkVersion beacon.Version) beacon.Domain {
	return ComputeDomain(DomainDeposit, genesisForkVersion, beacon.Root{})
}
