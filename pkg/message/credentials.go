package message

import (
	"crypto/sha256"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/bls"
)

// The first byte of withdrawal credentials.
const (
	BLSWithdrawalPrefix         = 0x00 // phase0/validator.md, "Withdrawal credentials"
	ExecutionWithdrawalPrefix   = 0x01 // phase0/validator.md, there called ETH1_ADDRESS_WITHDRAWAL_PREFIX
	CompoundingWithdrawalPrefix = 0x02 // electra/beacon-chain.md, "Withdrawal prefixes"
)

// addressStart is where the address stands in 0x01 and 0x02 credentials,
// after the prefix and 11 zero bytes.
const addressStart = 12

// BLSCredentials are 0x00 credentials: the hash of the withdrawal public key.
func BLSCredentials(withdrawalKey bls.PublicKey) [32]byte {
	c := sha256.Sum256(withdrawalKey[:])
	c[0] = BLSWithdrawalPrefix
	return c
}

// ExecutionCredentials are 0x01 credentials.
func ExecutionCredentials(a beacon.ExecutionAddress) [32]byte {
	return addressCredentials(ExecutionWithdrawalPrefix, a)
}

// CompoundingCredentials are 0x02 credentials.
func CompoundingCredentials(a beacon.ExecutionAddress) [32]byte {
	return addressCredentials(CompoundingWithdrawalPrefix, a)
}

func addressCredentials(prefix byte, a beacon.ExecutionAddress) [32]byte {
	c := [32]byte{0: prefix}
	copy(c[addressStart:], a[:])
	return c
}

// CheckCredentials refuses an unknown prefix and, behind 0x01 and 0x02,
// anything but 11 zero bytes and an address that is not zero.
func CheckCredentials(c [32]byte) error {
	switch c[0] {
	case BLSWithdrawalPrefix:
		return nil
	case ExecutionWithdrawalPrefix, CompoundingWithdrawalPrefix:
	default:
		return fault.New(fault.Refused, "withdrawal_credentials: starts with %02x, want 00, 01 or 02", c[0])
	}
	if [addressStart - 1]byte(c[1:addressStart]) != [addressStart - 1]byte{} {
		return fault.New(fault.Refused, "withdrawal_credentials: want 11 zero bytes between %02x and the address", c[0])
	}
	if beacon.ExecutionAddress(c[addressStart:]) == (beacon.ExecutionAddress{}) {
		return fault.New(fault.Refused, "withdrawal_credentials: %w", beacon.ErrZeroAddress)
	}
	return nil
}
