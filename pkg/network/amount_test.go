package network

import (
	"math/big"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/pkg/beacon"
)

func mustLookup(t testing.TB, name string) Network {
	t.Helper()
	n, err := Lookup(name)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAmountsTaken(t *testing.T) {
	for _, c := range []struct {
		chain, typed string
		file         beacon.Gwei
		shown        string
	}{
		{"mainnet", "32", 32000000000, "32"},
		{"mainnet", "1", 1000000000, "1"},
		{"mainnet", "2048", 2048000000000, "2048"},
		{"mainnet", "1.000000001", 1000000001, "1.000000001"},
		{"mainnet", "100.123456789", 100123456789, "100.123456789"},
		{"mainnet", "2047.999999999", 2047999999999, "2047.999999999"},
		{"mainnet", "32.1234567890000", 32123456789, "32.123456789"},
		{"mainnet", "1e1", 10000000000, "10"},
		{"mainnet", "3.25E+1", 32500000000, "32.5"},
		{"mainnet", "32000e-3", 32000000000, "32"},
		{"mainnet", " 33 ", 33000000000, "33"},
		{"mainnet", "\t33", 33000000000, "33"},
		{"mainnet", "+33.", 33000000000, "33"},
		{"mainnet", "0033.50", 33500000000, "33.5"},
		{"mainnet", ".2e2", 20000000000, "20"},
		{"hoodi", "100", 100000000000, "100"},
		{"gnosis", "1", 32000000000, "1"},
		{"gnosis", "0.03125", 1000000000, "0.03125"},
		{"gnosis", "0.031250001", 1000000032, "0.031250001"},
		{"gnosis", "64", 2048000000000, "64"},
		{"gnosis", "63.999999999", 2047999999968, "63.999999999"},
		{"chiado", "0.5", 16000000000, "0.5"},
		{Rehearsal, "33", 33000000000, "33"},
	} {
		n := mustLookup(t, c.chain)
		got, err := n.ParseAmount(c.typed)
		if err != nil || got != c.file {
			t.Errorf("%s %q: %d (%v), want %d", c.chain, c.typed, got, err, c.file)
			continue
		}
		if shown := n.FormatAmount(got); shown != c.shown {
			t.Errorf("%s %q is shown as %s, want %s", c.chain, c.typed, shown, c.shown)
		}
	}
}

func TestAmountsRefused(t *testing.T) {
	for _, c := range []struct{ chain, typed, want string }{
		{"mainnet", "0.999999999", "amount 0.999999999 ETH: a deposit on mainnet is at least 1 ETH"},
		{"mainnet", "0", "at least 1 ETH"},
		{"mainnet", "2048.000000001", "amount 2048.000000001 ETH: a deposit on mainnet is at most 2048 ETH"},
		{"mainnet", "9e99", "at most 2048 ETH"},
		{"mainnet", "18446744073709551617", "at most 2048 ETH"},
		{"mainnet", "32.0000000001", "amount 32.0000000001 ETH: want at most 9 decimals"},
		{"mainnet", "1e-99", "at most 9 decimals"},
		{"gnosis", "0.031249999", "at least 0.03125 GNO"},
		{"gnosis", "64.000000001", "a deposit on gnosis is at most 64 GNO"},
		{"gnosis", "3200", "at most 64 GNO"},
		{"gnosis", "1.0000000003125", "at most 9 decimals"},
		{"mainnet", "1,5", `amount "1,5": want a decimal number`},
		{"mainnet", "0x20", "want a decimal number"},
		{"mainnet", "", "want a decimal number"},
		{"mainnet", "-32", "want a decimal number"},
		{"mainnet", "32 ETH", "want a decimal number"},
		{"mainnet", "3 2", "want a decimal number"},
		{"mainnet", "1_000", "want a decimal number"},
		{"mainnet", "1/2", "want a decimal number"},
		{"mainnet", ".", "want a decimal number"},
		{"mainnet", "e1", "want a decimal number"},
		{"mainnet", "1e", "want a decimal number"},
		{"mainnet", "1e100", "want a decimal number"},
		{"mainnet", "Inf", "want a decimal number"},
		{"mainnet", "NaN", "want a decimal number"},
		{"mainnet", "３２", "want a decimal number"},
		{"mainnet", strings.Repeat("0", 100) + "32", "want a decimal number"},
	} {
		got, err := mustLookup(t, c.chain).ParseAmount(c.typed)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %q: %d, %v, want %q", c.chain, c.typed, got, err, c.want)
		}
	}
}

// What is taken is within the chain's bounds, and is read the same again from
// how it is shown.
func FuzzParseAmount(f *testing.F) {
	for _, s := range []string{"32", "1e1", " 33 ", "1,5", "0x20", "0.03125", "2048.000000001", "1e-99", ".5", "63.999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, chain := range []string{"mainnet", "gnosis"} {
			n := mustLookup(t, chain)
			got, err := n.ParseAmount(s)
			if err != nil {
				continue
			}
			if got < n.MinDeposit || got > n.MaxDeposit || uint64(got)%n.Multiplier != 0 {
				t.Errorf("%s: %q is %d", chain, s, got)
			}
			shown := n.FormatAmount(got)
			if again, err := n.ParseAmount(shown); err != nil || again != got {
				t.Errorf("%s: %q is %d, shown as %s, read as %d", chain, s, got, shown, again)
			}
		}
	})
}

// Every amount of a file is shown without loss, one too large for a deposit
// included.
func TestFormatAmountLosesNothing(t *testing.T) {
	for _, chain := range []string{"mainnet", "gnosis"} {
		n := mustLookup(t, chain)
		for _, amount := range []beacon.Gwei{0, 1, 31, 32, 33, 999999999, 1<<63 + 1, 1<<64 - 1} {
			coins, ok := new(big.Rat).SetString(n.FormatAmount(amount))
			if !ok {
				t.Fatal(n.FormatAmount(amount))
			}
			coins.Mul(coins, ratio(gwei*n.Multiplier))
			if !coins.IsInt() || coins.Num().Uint64() != uint64(amount) {
				t.Errorf("%s: %d is shown as %s", chain, amount, n.FormatAmount(amount))
			}
		}
	}
}
