// Package beacon holds the custom types of the consensus specification
// (phase0, "Custom types") that a validator key's messages are made of. Each
// type is its own, so that an Epoch is never taken for a Slot.
package beacon

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// Slot is a slot number.
type Slot uint64

// Epoch is an epoch number.
type Epoch uint64

// ValidatorIndex is an index in the beacon chain's validator registry.
type ValidatorIndex uint64

// Gwei is an amount in Gwei, 10^-9 of an ether (or, on Gnosis Chain, of an mGNO).
type Gwei uint64

// Root is a 32-byte Merkle root.
type Root [32]byte

// Hash32 is a 32-byte hash.
type Hash32 [32]byte

// Version is a 4-byte fork version.
type Version [4]byte

// DomainType is a 4-byte domain type; its bytes stand in the order of the
// specification's hexadecimal notation.
type DomainType [4]byte

// Domain is a 32-byte signature domain: the domain type, then the first 28
// bytes of the fork data root.
type Domain [32]byte

// ExecutionAddress is a 20-byte address of the execution layer.
type ExecutionAddress [20]byte

// String returns 0x and 64 lower-case hexadecimal digits.
func (r Root) String() string { return "0x" + hex.EncodeToString(r[:]) }

// String returns 0x and 64 lower-case hexadecimal digits.
func (h Hash32) String() string { return "0x" + hex.EncodeToString(h[:]) }

// String returns 0x and 8 lower-case hexadecimal digits.
func (v Version) String() string { return "0x" + hex.EncodeToString(v[:]) }

// String returns 0x and 64 lower-case hexadecimal digits.
func (d Domain) String() string { return "0x" + hex.EncodeToString(d[:]) }

// ParseRoot reads 64 hexadecimal digits with or without 0x.
func ParseRoot(s string) (Root, error) {
	var r Root
	err := parseHex(r[:], s)
	return r, err
}

// ParseVersion reads 8 hexadecimal digits with or without 0x.
func ParseVersion(s string) (Version, error) {
	var v Version
	err := parseHex(v[:], s)
	return v, err
}

func parseHex(dst []byte, s string) error {
	digits := strings.TrimPrefix(s, "0x")
	if len(digits) != 2*len(dst) {
		return fmt.Errorf("%q: want %d hexadecimal digits, found %d", s, 2*len(dst), len(digits))
	}
	if _, err := hex.Decode(dst, []byte(digits)); err != nil {
		return fmt.Errorf("%q: not hexadecimal", s)
	}
	return nil
}
