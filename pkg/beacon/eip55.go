package beacon

import (
	"encoding/hex"
	"errors"
	"strings"

	"golang.org/x/crypto/sha3"

	"github.com/ethkey/ethkey/internal/fault"
)

// ErrZeroAddress is the cause of refusing 0x00...00: what is sent there is
// gone.
var ErrZeroAddress = errors.New("the zero address: nobody holds its key, what is paid to it is lost")

const copyHint = "copy the address again from the wallet that owns it; letters stand in upper and lower case there, and that is the checksum"

// ParseExecutionAddress reads 0x and 40 hexadecimal digits whose letters carry
// the checksum of EIP-55. It never offers a corrected address: a person who
// pastes that has checked nothing.
func ParseExecutionAddress(s string) (ExecutionAddress, error) {
	var a ExecutionAddress
	digits, err := addressDigits(s)
	if err != nil {
		return a, err
	}
	if _, err := hex.Decode(a[:], []byte(digits)); err != nil {
		return a, fault.New(fault.Refused, "address %q: character %d after 0x is not a hexadecimal digit", s, 1+firstNonHex(digits))
	}
	if a == (ExecutionAddress{}) {
		return a, fault.New(fault.Refused, "address %q: %w", s, ErrZeroAddress).WithHint("give an address whose key you hold")
	}
	if err := checkCase(s, digits, a.String()[2:]); err != nil {
		return ExecutionAddress{}, err
	}
	return a, nil
}

// addressDigits takes off the prefix and checks the length.
func addressDigits(s string) (string, error) {
	if strings.HasPrefix(s, "0X") {
		return "", fault.New(fault.Refused, "address %q: starts with 0X, want 0x", s).WithHint("write the x in lower case")
	}
	digits, ok := strings.CutPrefix(s, "0x")
	if !ok {
		return "", fault.New(fault.Refused, "address %q: want 0x in front", s).WithHint("write 0x, then the 40 digits")
	}
	if want := 2 * len(ExecutionAddress{}); len(digits) != want {
		return "", fault.New(fault.Refused, "address %q: want %d digits after 0x, found %d", s, want, len(digits)).WithHint(copyHint)
	}
	return digits, nil
}

func firstNonHex(digits string) int {
	return strings.IndexFunc(digits, func(r rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF", r) })
}

// checkCase compares the digits as typed with their checksummed form.
func checkCase(s, digits, want string) error {
	if digits == want {
		return nil
	}
	if digits == strings.ToLower(digits) || digits == strings.ToUpper(digits) {
		return fault.New(fault.Refused, "address %q: carries no checksum, its letters are all of one case", s).WithHint(copyHint)
	}
	at := 0
	for digits[at] == want[at] {
		at++
	}
	return fault.New(fault.Refused, "address %q: checksum wrong, first seen at character %d after 0x", s, at+1).WithHint(copyHint)
}

// String returns the form of EIP-55: 0x and 40 digits, a letter in upper case
// where the same digit of Keccak-256 over the lower-case digits is 8 or more.
func (a ExecutionAddress) String() string {
	digits := []byte(hex.EncodeToString(a[:]))
	keccak := sha3.NewLegacyKeccak256()
	keccak.Write(digits)
	hash := hex.EncodeToString(keccak.Sum(nil))
	for i, c := range digits {
		if c >= 'a' && hash[i] >= '8' {
			digits[i] = c - 'a' + 'A'
		}
	}
	return "0x" + string(digits)
}
