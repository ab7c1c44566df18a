package network

import (
	"math/big"
	"regexp"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/pkg/beacon"
)

// amountForm is a decimal number as deposit-cli takes it. The exponent has at
// most two digits, so that a short text cannot ask for a huge number.
var amountForm = regexp.MustCompile(`^\+?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,2})?$`)

// maxAmountText is longer than any amount that has a meaning.
const maxAmountText = 64

// ParseAmount reads an amount in the coin of the chain, as a person types it
// for one deposit, and returns it as files have it. The arithmetic is exact.
func (n Network) ParseAmount(s string) (beacon.Gwei, error) {
	coins, err := parseDecimal(s)
	if err != nil {
		return 0, fault.New(fault.Refused, "amount %q: %w", clip(s), err).
			WithHint("write the amount in %s with a decimal point, such as %s or 33.5", n.Unit, n.FormatAmount(n.MinActivation))
	}
	file := coins.Mul(coins, ratio(gwei))
	if !file.IsInt() {
		return 0, fault.New(fault.Refused, "amount %s %s: want at most 9 decimals", strings.TrimSpace(s), n.Unit)
	}
	file.Mul(file, ratio(n.Multiplier))
	if file.Cmp(ratio(uint64(n.MinDeposit))) < 0 {
		return 0, fault.New(fault.Refused, "amount %s %s: a deposit on %s is at least %s %s",
			strings.TrimSpace(s), n.Unit, n.Name, n.FormatAmount(n.MinDeposit), n.Unit)
	}
	if file.Cmp(ratio(uint64(n.MaxDeposit))) > 0 {
		return 0, fault.New(fault.Refused, "amount %s %s: a deposit on %s is at most %s %s",
			strings.TrimSpace(s), n.Unit, n.Name, n.FormatAmount(n.MaxDeposit), n.Unit)
	}
	return beacon.Gwei(file.Num().Uint64()), nil
}

// FormatAmount writes an amount of a file in the coin of the chain, without
// trailing zeros: 32000000000 is "32" on mainnet and "1" on gnosis.
func (n Network) FormatAmount(amount beacon.Gwei) string {
	coins := new(big.Rat).Quo(ratio(uint64(amount)), ratio(n.Multiplier))
	coins.Quo(coins, ratio(gwei))
	digits, exact := coins.FloatPrec()
	if !exact {
		digits = 18
	}
	return coins.FloatString(digits)
}

// parseDecimal reads a decimal number exactly.
func parseDecimal(s string) (*big.Rat, error) {
	text := strings.TrimSpace(s)
	if len(text) > maxAmountText || !amountForm.MatchString(text) {
		return nil, errNotDecimal
	}
	value, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil, errNotDecimal
	}
	return value, nil
}

var errNotDecimal = fault.New(fault.Refused, "want a decimal number")

func ratio(n uint64) *big.Rat { return new(big.Rat).SetFrac(new(big.Int).SetUint64(n), big.NewInt(1)) }

func clip(s string) string {
	if len(s) > maxAmountText {
		return s[:maxAmountText] + "..."
	}
	return s
}
