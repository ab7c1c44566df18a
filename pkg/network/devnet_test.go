package network

import (
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
)

const minimal = `{"network_name": "devnetx", "genesis_fork_version": "0x10abcdef", "exit_fork_version": "0x40abcdef"}`

// with returns the minimal file with further members.
func with(members string) string { return strings.TrimSuffix(minimal, "}") + ", " + members + "}" }

func TestDevnetMinimal(t *testing.T) {
	n, err := ParseDevnet([]byte(minimal))
	if err != nil {
		t.Fatal(err)
	}
	want := ethereum("devnetx", 0x10abcdef, 0x40abcdef, "", 0)
	if n != want {
		t.Errorf("%+v, want %+v", n, want)
	}
}

func TestDevnetFull(t *testing.T) {
	root := strings.Repeat("ab", 32)
	for _, member := range []string{"genesis_validator_root", "genesis_validators_root"} {
		n, err := ParseDevnet([]byte(with(`"` + member + `": "` + root + `", "multiplier": 32, "min_activation_amount": 1,
			"min_deposit_amount": 0.03125, "max_deposit_amount": 6.4e1, "genesis_time": 1700000000, "seconds_per_slot": 5, "slots_per_epoch": 16`)))
		if err != nil {
			t.Fatal(err)
		}
		if n.GenesisValidatorsRoot == nil || n.GenesisValidatorsRoot.String() != "0x"+root {
			t.Errorf("root %v", n.GenesisValidatorsRoot)
		}
		n.GenesisValidatorsRoot = nil
		if want := gnosis("devnetx", 0x10abcdef, 0x40abcdef, "", 1700000000); n != want {
			t.Errorf("%+v, want %+v", n, want)
		}
	}
}

// deposit-cli's defaults are 32 and 1 coins whatever the multiplier.
func TestDevnetDefaultAmountsAreInCoins(t *testing.T) {
	n, err := ParseDevnet([]byte(with(`"multiplier": 32`)))
	if err != nil {
		t.Fatal(err)
	}
	if n.FormatAmount(n.ActivationAmount()) != "32" || n.FormatAmount(n.MinDeposit) != "1" || n.FormatAmount(n.MaxDeposit) != "64" {
		t.Errorf("%+v", n)
	}
}

func TestDevnetNullIsAbsent(t *testing.T) {
	n, err := ParseDevnet([]byte(with(`"genesis_validator_root": null, "multiplier": null, "min_deposit_amount": null`)))
	if err != nil || n.GenesisValidatorsRoot != nil || n.Multiplier != 1 {
		t.Errorf("%+v, %v", n, err)
	}
}

func TestDevnetRefused(t *testing.T) {
	replace := func(old, new string) string { return strings.Replace(minimal, old, new, 1) }
	for name, c := range map[string]struct{ text, want string }{
		"no name":              {replace(`"network_name": "devnetx", `, ""), "network_name: missing, want a string"},
		"no genesis version":   {replace(`"genesis_fork_version": "0x10abcdef", `, ""), "genesis_fork_version: missing"},
		"no exit version":      {replace(`, "exit_fork_version": "0x40abcdef"`, ""), "exit_fork_version: missing"},
		"built-in name":        {replace("devnetx", "hoodi"), `"hoodi" is a built-in network`},
		"built-in name, upper": {replace("devnetx", "Mainnet"), `"mainnet" is a built-in network`},
		"rehearsal's name":     {replace("devnetx", "rehearsal"), `"rehearsal" is a built-in network`},
		"empty name":           {replace("devnetx", ""), "network_name: want 1 to 64 letters"},
		"name is a path":       {replace("devnetx", "../x"), "network_name: want 1 to 64 letters"},
		"mainnet's version":    {replace("0x10abcdef", "0x00000000"), "genesis_fork_version: 0x00000000 is that of mainnet"},
		"gnosis's version":     {replace("0x10abcdef", "00000064"), "is that of gnosis"},
		"ephemery's, no root":  {replace("0x10abcdef", "1000101b"), "is that of ephemery"},
		"ephemery's, null":     {strings.Replace(with(`"genesis_validators_root": null`), "0x10abcdef", "1000101b", 1), "is that of ephemery"},
		"mainnet's and a root": {strings.Replace(with(`"genesis_validators_root": "`+strings.Repeat("ab", 32)+`"`), "0x10abcdef", "00000000", 1), "is that of mainnet"},
		"rehearsal's version":  {replace("0x10abcdef", "0xEEEEEEEE"), "genesis_fork_version: 0xeeeeeeee is kept for rehearsals"},
		"rehearsal's exit":     {replace("0x40abcdef", "0xeeeeeeee"), "exit_fork_version: 0xeeeeeeee is kept for rehearsals"},
		"short version":        {replace("0x10abcdef", "0x10ab"), `genesis_fork_version: want 8 hexadecimal digits, found "0x10ab"`},
		"version a number":     {replace(`"0x10abcdef"`, "10"), "genesis_fork_version: want a string, found a number"},
		"unknown member":       {with(`"chain_id": 1`), "chain_id: unknown member"},
		"unknown, by case":     {with(`"Multiplier": 1`), "Multiplier: unknown member"},
		"twice":                {with(`"network_name": "y"`), "network_name: stands twice"},
		"both roots":           {with(`"genesis_validator_root": null, "genesis_validators_root": null`), "genesis_validator_root: stands beside genesis_validators_root"},
		"short root":           {with(`"genesis_validator_root": "0xab"`), "genesis_validator_root: want 64 hexadecimal digits"},
		"multiplier 0":         {with(`"multiplier": 0`), "multiplier: want 1 to 1048576, found 0"},
		"multiplier decimal":   {with(`"multiplier": 1.5`), "multiplier: want a whole number"},
		"multiplier text":      {with(`"multiplier": "1"`), "multiplier: want a whole number, found a string"},
		"amount text":          {with(`"min_deposit_amount": "1"`), "min_deposit_amount: want a number, found a string"},
		"amount negative":      {with(`"min_deposit_amount": -1`), "min_deposit_amount: want a decimal number of coins, found \"-1\""},
		"amount zero":          {with(`"min_deposit_amount": 0`), "min_deposit_amount: want an amount above 0"},
		"amount too fine":      {with(`"min_deposit_amount": 0.0000000001`), "min_deposit_amount: want at most 9 decimals"},
		"amount too large":     {with(`"max_deposit_amount": 1e20`), "fits 64 bits"},
		"activation too low":   {with(`"min_activation_amount": 0.5`), "min_activation_amount: want an amount between the smallest deposit (1) and the largest (2048), found 0.5"},
		"activation too high":  {with(`"min_activation_amount": 2049`), "found 2049"},
		"slots 0":              {with(`"slots_per_epoch": 0`), "slots_per_epoch: want 1 to 65536, found 0"},
		"seconds 0":            {with(`"seconds_per_slot": 0`), "seconds_per_slot: want 1 to 3600, found 0"},
		"genesis in ms":        {with(`"genesis_time": 1700000000000000`), "genesis_time: want 0 to"},
		"trailing":             {minimal + "x", "not JSON: line 1"},
		"array":                {"[" + minimal + "]", "want a JSON object, found an array"},
		"too large":            {minimal + strings.Repeat(" ", MaxDevnetFile), "larger than 65536 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := ParseDevnet([]byte(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("%+v, %v, want %q", n, err, c.want)
			}
			if !strings.HasPrefix(err.Error(), "custom network: ") || fault.KindOf(err) != fault.Refused {
				t.Errorf("%v", err)
			}
		})
	}
}

// Ephemery's root changes with each reset: a file that has the root of today
// makes exits and changes possible there.
func TestDevnetGivesEphemeryItsRoot(t *testing.T) {
	text := strings.Replace(with(`"genesis_validators_root": "`+strings.Repeat("ab", 32)+`"`), "0x10abcdef", "0x1000101b", 1)
	n, err := ParseDevnet([]byte(text))
	if err != nil || n.GenesisValidatorsRoot == nil || n.GenesisValidatorsRoot[31] != 0xab {
		t.Errorf("%+v, %v", n, err)
	}
}

// Whatever is taken cannot be mistaken for a built-in chain and has sound
// amounts.
func FuzzParseDevnet(f *testing.F) {
	for _, s := range []string{
		minimal, "{}", "[]", with(`"multiplier": 32, "min_activation_amount": 1, "min_deposit_amount": 0.03125`),
		with(`"genesis_validator_root": null`), with(`"genesis_time": 1700000000, "seconds_per_slot": 5, "slots_per_epoch": 16`),
		with(`"max_deposit_amount": 6.4e1`), with(`"multiplier": 18446744073709551616`),
		strings.Replace(minimal, "0x10abcdef", "0xeeeeeeee", 1), strings.Replace(minimal, "devnetx", "mainnet", 1),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := ParseDevnet(data)
		if err != nil {
			return
		}
		if _, err := Lookup(n.Name); err == nil || n.IsRehearsal() || n.ExitForkVersion == rehearsalVersion {
			t.Errorf("%+v was taken", n)
		}
		for _, known := range Builtin() {
			if known.GenesisForkVersion == n.GenesisForkVersion && (known.GenesisValidatorsRoot != nil || n.GenesisValidatorsRoot == nil) {
				t.Errorf("the version of %s was taken", known.Name)
			}
		}
		if n.MinDeposit == 0 || n.MinDeposit > n.MinActivation || n.MinActivation > n.MaxDeposit || n.Multiplier == 0 ||
			n.SecondsPerSlot == 0 || n.SlotsPerEpoch == 0 {
			t.Errorf("%+v was taken", n)
		}
	})
}
