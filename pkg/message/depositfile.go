package message

import (
	"encoding/hex"
	"strconv"

	"github.com/ethkey/ethkey/internal/jsontext"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
)

// DepositEntry is one element of a deposit data file, deposit_data-*.json, as
// deposit-cli and the Launchpad know it.
type DepositEntry struct {
	PublicKey             bls.PublicKey
	WithdrawalCredentials [32]byte
	Amount                beacon.Gwei // as the file has it: on Gnosis Chain, 32 times the GNO
	Signature             bls.Signature
	DepositMessageRoot    beacon.Root
	DepositDataRoot       beacon.Root
	ForkVersion           beacon.Version // of genesis
	NetworkName           string
	DepositCLIVersion     string
}

// Data is what goes to the deposit contract.
func (e DepositEntry) Data() DepositData {
	return DepositData{PublicKey: e.PublicKey, WithdrawalCredentials: e.WithdrawalCredentials, Amount: e.Amount, Signature: e.Signature}
}

// NewDepositEntry signs the deposit and fills in its roots.
func NewDepositEntry(sk *bls.SecretKey, m DepositMessage, genesisForkVersion beacon.Version, network, version string) DepositEntry {
	root := m.SigningRoot(genesisForkVersion)
	e := DepositEntry{
		PublicKey:             m.PublicKey,
		WithdrawalCredentials: m.WithdrawalCredentials,
		Amount:                m.Amount,
		Signature:             sk.Sign(root[:]),
		DepositMessageRoot:    m.HashTreeRoot(),
		ForkVersion:           genesisForkVersion,
		NetworkName:           network,
		DepositCLIVersion:     version,
	}
	e.DepositDataRoot = e.Data().HashTreeRoot()
	return e
}

// The members of an entry, in the order of the file.
const (
	keyPublicKey   = "pubkey"
	keyCredentials = "withdrawal_credentials"
	keyAmount      = "amount"
	keySignature   = "signature"
	keyMessageRoot = "deposit_message_root"
	keyDataRoot    = "deposit_data_root"
	keyForkVersion = "fork_version"
	keyNetwork     = "network_name"
	keyVersion     = "deposit_cli_version"
)

// MarshalDepositData returns the bytes of a deposit data file as deposit-cli
// 1.3.0 writes it: one line of ASCII without a newline, a blank after each
// comma and colon, hexadecimal without 0x.
func MarshalDepositData(entries []DepositEntry) []byte {
	b := []byte{'['}
	for i, e := range entries {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = e.append(b)
	}
	return append(b, ']')
}

func (e DepositEntry) append(b []byte) []byte {
	b = appendHex(append(b, '{'), keyPublicKey, e.PublicKey[:])
	b = appendHex(append(b, ", "...), keyCredentials, e.WithdrawalCredentials[:])
	b = appendKey(append(b, ", "...), keyAmount)
	b = strconv.AppendUint(b, uint64(e.Amount), 10)
	b = appendHex(append(b, ", "...), keySignature, e.Signature[:])
	b = appendHex(append(b, ", "...), keyMessageRoot, e.DepositMessageRoot[:])
	b = appendHex(append(b, ", "...), keyDataRoot, e.DepositDataRoot[:])
	b = appendHex(append(b, ", "...), keyForkVersion, e.ForkVersion[:])
	b = jsontext.AppendQuoted(appendKey(append(b, ", "...), keyNetwork), e.NetworkName)
	b = jsontext.AppendQuoted(appendKey(append(b, ", "...), keyVersion), e.DepositCLIVersion)
	return append(b, '}')
}

func appendKey(b []byte, key string) []byte {
	return append(jsontext.AppendQuoted(b, key), ": "...)
}

func appendHex(b []byte, key string, value []byte) []byte {
	b = append(appendKey(b, key), '"')
	return append(hex.AppendEncode(b, value), '"')
}
