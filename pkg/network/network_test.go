package network

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/ethkey/ethkey/internal/fault"
	"github.com/ethkey/ethkey/internal/testkit"
	"github.com/ethkey/ethkey/pkg/beacon"
)

// published is a row of network/networks.json.
type published struct {
	Name                  string
	GenesisForkVersion    string  `json:"genesis_fork_version"`
	ExitForkVersion       string  `json:"exit_fork_version"`
	GenesisValidatorsRoot *string `json:"genesis_validators_root"`
	Multiplier            uint64
	MinActivationAmount   json.Number `json:"min_activation_amount"`
	MinDepositAmount      json.Number `json:"min_deposit_amount"`
	MaxDepositAmount      json.Number `json:"max_deposit_amount_shown"`
}

func TestPublishedNetworks(t *testing.T) {
	var file struct{ Networks []published }
	testkit.Decode(t, "network/networks.json", &file)
	seen := map[string]bool{"plataberget": true, "mekong": true}
	for _, want := range file.Networks {
		if seen[want.Name] {
			continue
		}
		seen[want.Name] = true
		t.Run(want.Name, func(t *testing.T) { want.check(t) })
	}
	for _, n := range Builtin() {
		if !seen[n.Name] && n.Name != Rehearsal {
			t.Errorf("%s is built in and not published", n.Name)
		}
	}
}

func (want published) check(t *testing.T) {
	n, err := Lookup(want.Name)
	if err != nil {
		t.Fatal(err)
	}
	if got := n.GenesisForkVersion.String(); got != "0x"+want.GenesisForkVersion {
		t.Errorf("genesis fork version %s", got)
	}
	if got := n.ExitForkVersion.String(); got != "0x"+want.ExitForkVersion {
		t.Errorf("exit fork version %s", got)
	}
	if (n.GenesisValidatorsRoot == nil) != (want.GenesisValidatorsRoot == nil) {
		t.Errorf("genesis validators root %v", n.GenesisValidatorsRoot)
	} else if want.GenesisValidatorsRoot != nil && n.GenesisValidatorsRoot.String() != "0x"+*want.GenesisValidatorsRoot {
		t.Errorf("genesis validators root %v", n.GenesisValidatorsRoot)
	}
	if n.Multiplier != want.Multiplier {
		t.Errorf("multiplier %d", n.Multiplier)
	}
	for _, a := range []struct {
		got  beacon.Gwei
		want json.Number
	}{{n.ActivationAmount(), want.MinActivationAmount}, {n.MinDeposit, want.MinDepositAmount}, {n.MaxDeposit, want.MaxDepositAmount}} {
		shown := strings.TrimSuffix(a.want.String(), ".0")
		if got := n.FormatAmount(a.got); got != shown {
			t.Errorf("amount %s, want %s", got, shown)
		}
		if got, err := n.ParseAmount(a.want.String()); err != nil || got != a.got {
			t.Errorf("%s is %d (%v), want %d", a.want, got, err, a.got)
		}
	}
}

// The genesis times of the chains' own configurations and of their clients.
func TestTimes(t *testing.T) {
	for name, want := range map[string][3]uint64{
		"mainnet":  {1606824023, 12, 32},
		"sepolia":  {1655647200 + 86400, 12, 32},
		"hoodi":    {1742212800 + 600, 12, 32},
		"holesky":  {1695902100 + 300, 12, 32},
		"ephemery": {0, 12, 32},
		"gnosis":   {1638993340, 5, 16},
		"chiado":   {1665396000 + 300, 5, 16},
		Rehearsal:  {1735689600, 12, 32},
	} {
		n, err := Lookup(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := [3]uint64{n.GenesisTime, n.SecondsPerSlot, n.SlotsPerEpoch}; got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
}

func TestRehearsalStandsApart(t *testing.T) {
	for _, n := range Builtin() {
		if n.IsRehearsal() != (n.Name == Rehearsal) {
			t.Errorf("%s: rehearsal %v", n.Name, n.IsRehearsal())
		}
	}
	n, err := Lookup(Rehearsal)
	if err != nil {
		t.Fatal(err)
	}
	if n.GenesisForkVersion.String() != "0xeeeeeeee" || n.GenesisValidatorsRoot.String() != "0x"+strings.Repeat("ee", 32) {
		t.Errorf("%v", n)
	}
	if n.ActivationAmount() != 32e9 || n.MaxDeposit != 2048e9 || n.Multiplier != 1 {
		t.Errorf("%v", n)
	}
}

func TestBuiltinCannotBeChangedByItsCaller(t *testing.T) {
	Builtin()[0].GenesisValidatorsRoot[0] ^= 1
	n, _ := Lookup("mainnet")
	if n.GenesisValidatorsRoot[0] != 0x4b {
		t.Error("the root of mainnet has changed")
	}
}

func TestNearMissIsSuggestedNeverTaken(t *testing.T) {
	for typed, near := range map[string]string{
		"hood": "hoodi", "hodi": "hoodi", "hoody": "hoodi", "Hoodi": "hoodi", "HOODI": "hoodi", " hoodi": "hoodi", "hoodi ": "hoodi",
		"mianet": "mainnet", "MAINNET": "mainnet", "main": "mainnet", "eth": "mainnet", "mainnnet": "mainnet",
		"gno": "gnosis", "gnossis": "gnosis", "ephemeral": "ephemery", "holeski": "holesky", "chaido": "chiado",
		"sepoli": "sepolia", "rehersal": "rehearsal", "mainnet-1": "mainnet",
	} {
		_, err := Lookup(typed)
		if err == nil {
			t.Errorf("%q was taken", typed)
			continue
		}
		if hint := fault.HintOf(err); !strings.HasPrefix(hint, "did you mean \""+near+"\"?") || fault.KindOf(err) != fault.Refused {
			t.Errorf("%q: %v, hint %q", typed, err, hint)
		}
	}
}

func TestFarMissIsNotSuggested(t *testing.T) {
	for _, typed := range []string{"", "x", "ho", "solana", "polygon", strings.Repeat("mainet", 1000), "網"} {
		_, err := Lookup(typed)
		if err == nil || strings.Contains(fault.HintOf(err), "did you mean") || !strings.Contains(fault.HintOf(err), "mainnet, sepolia") {
			t.Errorf("%q: %v, hint %q", typed, err, fault.HintOf(err))
		}
	}
}

func TestEndedNetworksAreNamedAsSuch(t *testing.T) {
	for _, typed := range append([]string{"Goerli"}, ended...) {
		_, err := Lookup(typed)
		if err == nil || !strings.Contains(err.Error(), "has ended") || !strings.Contains(fault.HintOf(err), "custom network file") {
			t.Errorf("%q: %v", typed, err)
		}
	}
}
