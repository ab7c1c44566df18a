package network

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/jsontext"
	"github.com/ethkey/ethkey/pkg/beacon"
)

// MaxDevnetFile is the largest custom network file that is read.
const MaxDevnetFile = 64 << 10

// Bounds of a custom chain, wide enough for every one that was ever run.
const (
	maxMultiplier     = 1 << 20
	maxSecondsPerSlot = 3600
	maxSlotsPerEpoch  = 1 << 16
	maxGenesisTime    = 1 << 40
)

// devnetNames are the members of a custom network file: deposit-cli's, its
// genesis_validator_root without s among them, then ours.
var devnetNames = []string{
	"network_name", "genesis_fork_version", "exit_fork_version", "genesis_validator_root", "multiplier",
	"min_activation_amount", "min_deposit_amount",
	"genesis_validators_root", "max_deposit_amount", "genesis_time", "seconds_per_slot", "slots_per_epoch",
}

// nameForm is what a name may look like: it goes into files and file names.
var nameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// ParseDevnet reads a custom network file: the JSON object that deposit-cli
// takes as --devnet_chain_setting, or a fuller one with genesis_time (Unix
// seconds), seconds_per_slot, slots_per_epoch and max_deposit_amount. Amounts
// are in coins, before the multiplier. It refuses what would pass for a
// built-in chain: its name, or its genesis fork version, under which a deposit
// is valid there.
func ParseDevnet(data []byte) (Network, error) {
	o, err := jsontext.Parse(data, MaxDevnetFile)
	if err == nil {
		err = checkNames(o)
	}
	if err != nil {
		return Network{}, inFile(err)
	}
	n := ethereum("", 0, 0, "", 0)
	for _, read := range []func(*jsontext.Object, *Network) error{readName, readVersions, readRoot, readMultiplier, readAmounts, readTimes} {
		if err := read(o, &n); err != nil {
			return Network{}, inFile(err)
		}
	}
	return n, nil
}

func inFile(err error) error { return fault.New(fault.Refused, "custom network: %w", err) }

func checkNames(o *jsontext.Object) error {
	for _, name := range o.Names() {
		if !slices.Contains(devnetNames, name) {
			return fault.New(fault.Refused, "%s: unknown member", o.Path(name)).
				WithHint("known are: %s", strings.Join(devnetNames, ", "))
		}
	}
	return nil
}

func readName(o *jsontext.Object, n *Network) (err error) {
	if n.Name, err = o.String("network_name"); err != nil {
		return err
	}
	if !nameForm.MatchString(n.Name) {
		return fmt.Errorf("network_name: want 1 to 64 letters, digits, '.', '_' or '-', found %s", jsontext.Show(n.Name))
	}
	for _, known := range Builtin() {
		if strings.EqualFold(known.Name, n.Name) {
			return fault.New(fault.Refused, "network_name: %q is a built-in network", known.Name).
				WithHint("name the network on the command line instead of its file, or give the custom network another name")
		}
	}
	return nil
}

func readVersions(o *jsontext.Object, n *Network) (err error) {
	if n.GenesisForkVersion, err = readVersion(o, "genesis_fork_version"); err != nil {
		return err
	}
	if n.ExitForkVersion, err = readVersion(o, "exit_fork_version"); err != nil {
		return err
	}
	for _, known := range Builtin() {
		if known.GenesisForkVersion == n.GenesisForkVersion && !describes(o, known) {
			return fault.New(fault.Refused, "genesis_fork_version: %s is that of %s", n.GenesisForkVersion, known.Name).
				WithHint("a deposit for the custom network would be valid on %s too", known.Name)
		}
	}
	return nil
}

// describes says whether the file is about a built-in chain whose genesis
// validators root is not known here and changes, Ephemery's: with the root of
// today its exits and changes can be signed.
func describes(o *jsontext.Object, known Network) bool {
	given := func(name string) bool { return o.Has(name) && !o.IsNull(name) }
	return known.GenesisValidatorsRoot == nil && (given("genesis_validators_root") || given("genesis_validator_root"))
}

func readVersion(o *jsontext.Object, name string) (beacon.Version, error) {
	text, err := o.String(name)
	if err != nil {
		return beacon.Version{}, err
	}
	v, err := beacon.ParseVersion(text)
	if err != nil {
		return v, fmt.Errorf("%s: want 8 hexadecimal digits, found %s", name, jsontext.Show(text))
	}
	if v == rehearsalVersion {
		return v, fmt.Errorf("%s: %s is kept for rehearsals", name, v)
	}
	return v, nil
}

func readRoot(o *jsontext.Object, n *Network) error {
	name := "genesis_validators_root"
	if o.Has("genesis_validator_root") {
		if o.Has(name) {
			return fmt.Errorf("genesis_validator_root: stands beside %s", name)
		}
		name = "genesis_validator_root"
	}
	if !o.Has(name) || o.IsNull(name) {
		return nil
	}
	text, err := o.String(name)
	if err != nil {
		return err
	}
	root, err := beacon.ParseRoot(text)
	if err != nil {
		return fmt.Errorf("%s: want 64 hexadecimal digits, found %s", name, jsontext.Show(text))
	}
	n.GenesisValidatorsRoot = &root
	return nil
}

// readMultiplier takes a chain with a multiplier for one of Gnosis Chain's.
// deposit-cli's default amounts, 32 and 1, are in coins, so that the multiplier
// raises them; the largest deposit is the protocol's and stays.
func readMultiplier(o *jsontext.Object, n *Network) error {
	if err := readUint(o, "multiplier", 1, maxMultiplier, &n.Multiplier); err != nil {
		return err
	}
	n.MinActivation *= beacon.Gwei(n.Multiplier)
	n.MinDeposit *= beacon.Gwei(n.Multiplier)
	if n.Multiplier != 1 {
		n.Unit = "GNO"
	}
	return nil
}

func readAmounts(o *jsontext.Object, n *Network) error {
	for _, a := range []struct {
		name string
		dst  *beacon.Gwei
	}{{"min_activation_amount", &n.MinActivation}, {"min_deposit_amount", &n.MinDeposit}, {"max_deposit_amount", &n.MaxDeposit}} {
		if err := readAmount(o, a.name, n.Multiplier, a.dst); err != nil {
			return err
		}
	}
	if n.MinDeposit > n.MinActivation || n.MinActivation > n.MaxDeposit {
		return fmt.Errorf("min_activation_amount: want an amount between the smallest deposit (%s) and the largest (%s), found %s",
			n.FormatAmount(n.MinDeposit), n.FormatAmount(n.MaxDeposit), n.FormatAmount(n.MinActivation))
	}
	return nil
}

// readAmount reads coins, exactly; absent, the default stays.
func readAmount(o *jsontext.Object, name string, multiplier uint64, dst *beacon.Gwei) error {
	if !o.Has(name) || o.IsNull(name) {
		return nil
	}
	text, err := o.Number(name)
	if err != nil {
		return err
	}
	coins, err := parseDecimal(text)
	if err != nil {
		return fmt.Errorf("%s: want a decimal number of coins, found %s", name, jsontext.Show(text))
	}
	coins.Mul(coins, ratio(gwei))
	if !coins.IsInt() {
		return fmt.Errorf("%s: want at most 9 decimals, found %s", name, jsontext.Show(text))
	}
	file := new(big.Int).Mul(coins.Num(), new(big.Int).SetUint64(multiplier))
	if file.Sign() <= 0 || !file.IsUint64() {
		return fmt.Errorf("%s: want an amount above 0 that fits 64 bits of Gwei, found %s", name, jsontext.Show(text))
	}
	*dst = beacon.Gwei(file.Uint64())
	return nil
}

func readTimes(o *jsontext.Object, n *Network) error {
	if err := readUint(o, "genesis_time", 0, maxGenesisTime, &n.GenesisTime); err != nil {
		return err
	}
	if err := readUint(o, "seconds_per_slot", 1, maxSecondsPerSlot, &n.SecondsPerSlot); err != nil {
		return err
	}
	return readUint(o, "slots_per_epoch", 1, maxSlotsPerEpoch, &n.SlotsPerEpoch)
}

// readUint reads a whole number between low and high; absent, the default
// stays.
func readUint(o *jsontext.Object, name string, low, high uint64, dst *uint64) error {
	if !o.Has(name) || o.IsNull(name) {
		return nil
	}
	v, err := o.Uint(name)
	if err != nil {
		return err
	}
	if v < low || v > high {
		return fmt.Errorf("%s: want %d to %d, found %d", name, low, high, v)
	}
	*dst = v
	return nil
}
