package validator

import (
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
	"github.com/ethkey/ethkey/pkg/message"
)

// validatorLimit is one past the highest validator index that is taken, as
// ethstaker-deposit-cli has it.
const validatorLimit = 1 << 32

// ParseValidatorIndices reads a list as ethstaker-deposit-cli takes it:
// brackets around it or none, separated by commas, semicolons or blanks.
func ParseValidatorIndices(text string) ([]beacon.ValidatorIndex, error) {
	var out []beacon.ValidatorIndex
	for _, word := range listWords(text) {
		n, err := strconv.ParseUint(word, 10, 64)
		if err != nil {
			return nil, fault.New(fault.Refused, "validator index %q: want a whole number below 2^32", word)
		}
		out = append(out, beacon.ValidatorIndex(n))
	}
	return out, checkValidators(out)
}

// checkValidators refuses an empty list, what is no index, and duplicates.
func checkValidators(indices []beacon.ValidatorIndex) error {
	if len(indices) == 0 {
		return fault.New(fault.Refused, "validator indices: want at least one, found none").
			WithHint("a validator's index is the number that a block explorer shows for its public key")
	}
	seen := make(map[beacon.ValidatorIndex]bool, len(indices))
	for _, index := range indices {
		if index >= validatorLimit {
			return fault.New(fault.Refused, "validator index %d: want a number below 2^32", index)
		}
		if seen[index] {
			return fault.New(fault.Refused, "validator index %d stands twice", index).
				WithHint("each validator has an index of its own")
		}
		seen[index] = true
	}
	return nil
}

// ParseOldCredentials reads a list of 0x00 withdrawal credentials: 64
// hexadecimal digits each, with or without 0x.
func ParseOldCredentials(text string) ([][32]byte, error) {
	out, err := ParseCredentials(text)
	for _, c := range out {
		if err := checkOld(c); err != nil {
			return nil, err
		}
	}
	return out, err
}

// ParseCredentials reads a list of withdrawal credentials of any kind, 32
// bytes each in hexadecimal, with or without 0x.
func ParseCredentials(text string) ([][32]byte, error) {
	var out [][32]byte
	for _, word := range listWords(text) {
		var c [32]byte
		digits := strings.TrimPrefix(word, "0x")
		if len(digits) != 2*len(c) {
			return nil, fault.New(fault.Refused, "withdrawal credentials %q: want %d hexadecimal digits, found %d characters", word, 2*len(c), len(digits))
		}
		if _, err := hex.Decode(c[:], []byte(digits)); err != nil {
			return nil, fault.New(fault.Refused, "withdrawal credentials %q: not hexadecimal", word)
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return nil, fault.New(fault.Refused, "withdrawal credentials: want at least one, found none")
	}
	return out, nil
}

// checkOld refuses credentials that no BLS key can change.
func checkOld(c [32]byte) error {
	fail := fault.New(fault.Refused, "withdrawal credentials %x: want 0x00 credentials, which start with 00", c)
	switch c[0] {
	case message.BLSWithdrawalPrefix:
		return nil
	case message.ExecutionWithdrawalPrefix, message.CompoundingWithdrawalPrefix:
		return fail.WithHint("they name an execution address already, and that cannot be changed")
	default:
		return fail
	}
}

// listWords takes a list apart.
func listWords(text string) []string {
	text = strings.Trim(strings.TrimSpace(text), "[({})]")
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",; \t\r\n", r) })
}
