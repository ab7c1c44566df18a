package message

import (
	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/ssz"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
)

// BLSToExecutionChange replaces 0x00 credentials by an execution address
// (capella/beacon-chain.md, "BLSToExecutionChange").
type BLSToExecutionChange struct {
	ValidatorIndex     beacon.ValidatorIndex
	FromBLSPublicKey   bls.PublicKey // of the withdrawal key
	ToExecutionAddress beacon.ExecutionAddress
}

// HashTreeRoot is hash_tree_root(BLSToExecutionChange).
func (c BLSToExecutionChange) HashTreeRoot() beacon.Root {
	return ssz.Container(ssz.Uint64(uint64(c.ValidatorIndex)), ssz.Bytes(c.FromBLSPublicKey[:]), ssz.Bytes(c.ToExecutionAddress[:]))
}

// SigningRoot is what the withdrawal key signs under d, a ChangeDomain.
func (c BLSToExecutionChange) SigningRoot(d beacon.Domain) beacon.Root {
	return ComputeSigningRoot(c.HashTreeRoot(), d)
}

// ChangeDomain is the domain of a change of credentials: the genesis fork
// version, in every fork (capella/beacon-chain.md,
// "process_bls_to_execution_change").
func ChangeDomain(genesisForkVersion beacon.Version, genesisValidatorsRoot beacon.Root) beacon.Domain {
	return ComputeDomain(DomainBLSToExecutionChange, genesisForkVersion, genesisValidatorsRoot)
}

// SignedBLSToExecutionChange is capella's container of the same name.
type SignedBLSToExecutionChange struct {
	Message   BLSToExecutionChange
	Signature bls.Signature
}

// SignChange signs c with the withdrawal key, under d, a ChangeDomain.
func SignChange(withdrawalKey *bls.SecretKey, c BLSToExecutionChange, d beacon.Domain) SignedBLSToExecutionChange {
	root := c.SigningRoot(d)
	return SignedBLSToExecutionChange{Message: c, Signature: withdrawalKey.Sign(root[:])}
}

// Verify checks the signature of the withdrawal key that the message names,
// under d, a ChangeDomain. Whether that key is the validator's, the
// credentials on the chain say.
func (s SignedBLSToExecutionChange) Verify(d beacon.Domain) error {
	root := s.Message.SigningRoot(d)
	if !bls.Verify(s.Message.FromBLSPublicKey, root[:], s.Signature) {
		return fault.New(fault.Integrity, "signature: not the withdrawal key's signature of this change on this network")
	}
	return nil
}

// ChangeEntry is one element of a bls_to_execution_change file.
type ChangeEntry struct {
	SignedBLSToExecutionChange
	NetworkName           string
	GenesisValidatorsRoot beacon.Root
	DepositCLIVersion     string
	// NoMetadata tells that the file has no metadata, as some programs leave
	// it out; the three members above are then empty.
	NoMetadata bool
}

// domainKeystoreChange is EthStaker's, for KeystoreChange. The consensus
// specification has no such domain.
var domainKeystoreChange = beacon.DomainType{0x0f, 0x00, 0x00, 0x00}

// KeystoreChange is EthStaker's message for those who have lost their
// mnemonic: it is signed by the validator key. No network takes it today.
type KeystoreChange struct {
	ValidatorIndex     beacon.ValidatorIndex
	ToExecutionAddress beacon.ExecutionAddress
}

// HashTreeRoot is the root of the container of deposit-cli.
func (c KeystoreChange) HashTreeRoot() beacon.Root {
	return ssz.Container(ssz.Uint64(uint64(c.ValidatorIndex)), ssz.Bytes(c.ToExecutionAddress[:]))
}

// SigningRoot is what the validator key signs under d, a KeystoreChangeDomain.
func (c KeystoreChange) SigningRoot(d beacon.Domain) beacon.Root {
	return ComputeSigningRoot(c.HashTreeRoot(), d)
}

// KeystoreChangeDomain is the domain of a KeystoreChange.
func KeystoreChangeDomain(genesisForkVersion beacon.Version, genesisValidatorsRoot beacon.Root) beacon.Domain {
	return ComputeDomain(domainKeystoreChange, genesisForkVersion, genesisValidatorsRoot)
}

// SignedKeystoreChange is a KeystoreChange with the validator key's signature.
type SignedKeystoreChange struct {
	Message   KeystoreChange
	Signature bls.Signature
}

// SignKeystoreChange signs c with the validator key, under d, a
// KeystoreChangeDomain.
func SignKeystoreChange(sk *bls.SecretKey, c KeystoreChange, d beacon.Domain) SignedKeystoreChange {
	root := c.SigningRoot(d)
	return SignedKeystoreChange{Message: c, Signature: sk.Sign(root[:])}
}
