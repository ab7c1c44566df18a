package message

import (
	"github.com/ethkey/ethkey/internal/ssz"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
)

// DepositMessage is what the validator key signs to deposit
// (phase0/beacon-chain.md, "DepositMessage").
type DepositMessage struct {
	PublicKey             bls.PublicKey
	WithdrawalCredentials [32]byte
	Amount                beacon.Gwei
}

// HashTreeRoot is the deposit_message_root of deposit data files.
func (m DepositMessage) HashTreeRoot() beacon.Root {
	return ssz.Container(ssz.Bytes(m.PublicKey[:]), m.WithdrawalCredentials, ssz.Uint64(uint64(m.Amount)))
}

// SigningRoot is what the validator key signs on the network with this genesis
// fork version.
func (m DepositMessage) SigningRoot(genesisForkVersion beacon.Version) beacon.Root {
	return ComputeSigningRoot(m.HashTreeRoot(), DepositDomain(genesisForkVersion))
}

// DepositData is what the deposit contract takes (phase0/beacon-chain.md,
// "DepositData").
type DepositData struct {
	PublicKey             bls.PublicKey
	WithdrawalCredentials [32]byte
	Amount                beacon.Gwei
	Signature             bls.Signature
}

// Message is the part that is signed.
func (d DepositData) Message() DepositMessage {
	return DepositMessage{PublicKey: d.PublicKey, WithdrawalCredentials: d.WithdrawalCredentials, Amount: d.Amount}
}

// HashTreeRoot is the deposit_data_root that the deposit contract checks.
func (d DepositData) HashTreeRoot() beacon.Root {
	return ssz.Container(ssz.Bytes(d.PublicKey[:]), d.WithdrawalCredentials, ssz.Uint64(uint64(d.Amount)), ssz.Bytes(d.Signature[:]))
}
