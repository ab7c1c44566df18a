package network

import "github.com/ethkey/ethkey/pkg/beacon"

// Rehearsal is the name of the chain that exists nowhere.
const Rehearsal = "rehearsal"

// Network is a chain.
type Network struct {
	Name               string
	GenesisForkVersion beacon.Version
	// ExitForkVersion is Capella's, under which exits are signed (EIP-7044).
	ExitForkVersion beacon.Version
	// GenesisValidatorsRoot is nil where none is known: on Ephemery, whose
	// root changes at each reset, and in a file that names none. Nothing but a
	// deposit can be signed without it.
	GenesisValidatorsRoot *beacon.Root

	Multiplier    uint64      // file amount = Gwei typed * Multiplier
	MinActivation beacon.Gwei // amounts as files have them, multiplied
	MinDeposit    beacon.Gwei
	MaxDeposit    beacon.Gwei
	Unit          string // ETH or GNO

	GenesisTime    uint64 // Unix seconds; 0 where it is unknown
	SecondsPerSlot uint64
	SlotsPerEpoch  uint64
}

// ActivationAmount is what a validator needs to become active, as files have
// it.
func (n Network) ActivationAmount() beacon.Gwei { return n.MinActivation }

// IsRehearsal says whether this is the chain that exists nowhere.
func (n Network) IsRehearsal() bool { return n.GenesisForkVersion == rehearsalVersion }

// gwei is the number of Gwei in a coin.
const gwei = 1_000_000_000

// The consensus specification's amounts, in Gwei: MIN_DEPOSIT_AMOUNT and
// MAX_EFFECTIVE_BALANCE (phase0), MAX_EFFECTIVE_BALANCE_ELECTRA (EIP-7251).
// Gnosis Chain has the same numbers; there they are 1/32, 1 and 64 GNO.
const (
	minDeposit    = 1 * gwei
	minActivation = 32 * gwei
	maxDeposit    = 2048 * gwei
)

func ethereum(name string, genesis, exit uint32, root string, genesisTime uint64) Network {
	return Network{
		Name: name, GenesisForkVersion: version(genesis), ExitForkVersion: version(exit), GenesisValidatorsRoot: rootOf(root),
		Multiplier: 1, MinActivation: minActivation, MinDeposit: minDeposit, MaxDeposit: maxDeposit, Unit: "ETH",
		GenesisTime: genesisTime, SecondsPerSlot: 12, SlotsPerEpoch: 32,
	}
}

func gnosis(name string, genesis, exit uint32, root string, genesisTime uint64) Network {
	n := ethereum(name, genesis, exit, root, genesisTime)
	n.Multiplier, n.Unit = 32, "GNO"
	n.SecondsPerSlot, n.SlotsPerEpoch = 5, 16
	return n
}

func version(v uint32) beacon.Version {
	return beacon.Version{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}
}

// rootOf returns nil for "". The roots below are constants, checked by test.
func rootOf(s string) *beacon.Root {
	if s == "" {
		return nil
	}
	r, err := beacon.ParseRoot(s)
	if err != nil {
		return nil
	}
	return &r
}
